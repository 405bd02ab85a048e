// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/registry_lists.hpp"

#include <charconv>

namespace aion::supply {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.begin(), text.end(), value);
    return problem == std::errc() && end == text.end() && !text.empty() ? std::optional(value)
                                                                        : std::nullopt;
}

struct Span {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

std::optional<Span> span_in(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto first = number(text.substr(0, dash));
    const auto last = number(text.substr(dash + 1));
    if (!first || !last || *first > *last) {
        return std::nullopt;
    }
    return Span{*first, *last};
}

}  // namespace

std::optional<std::string_view> next_link(std::string_view header) {
    while (true) {
        const std::size_t begin = header.find('<');
        const std::size_t end = header.find('>', begin);
        if (begin == std::string_view::npos || end == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view target = header.substr(begin + 1, end - begin - 1);
        header.remove_prefix(end + 1);
        const std::string_view about = header.substr(0, header.find('<'));
        if (about.find("rel=\"next\"") != std::string_view::npos ||
            about.find("rel=next") != std::string_view::npos) {
            return target;
        }
    }
}

std::optional<std::uint64_t> uploaded_bytes(std::string_view range) {
    constexpr std::string_view unit = "bytes=";
    if (range.starts_with(unit)) {
        range.remove_prefix(unit.size());
    }
    const auto span = span_in(range);
    if (!span || span->first != 0 || span->last == 0 || span->last == UINT64_MAX) {
        return std::nullopt;
    }
    return span->last + 1;
}

std::optional<ContentRange> content_range(std::string_view header) {
    constexpr std::string_view unit = "bytes ";
    const std::size_t slash = header.find('/');
    if (!header.starts_with(unit) || slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto span = span_in(header.substr(unit.size(), slash - unit.size()));
    const std::string_view size = header.substr(slash + 1);
    const auto all = number(size);
    if (!span || (!all && size != "*")) {
        return std::nullopt;
    }
    return ContentRange{.first = span->first, .last = span->last, .size = all};
}

}  // namespace aion::supply
