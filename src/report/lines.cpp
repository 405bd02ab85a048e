// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/lines.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/report/text_diff.hpp"
#include "report/text_details.hpp"

namespace aion::report {
namespace {

struct Line {
    std::uint64_t digest;
    std::uint32_t place;  // In what is compared of both texts, one behind the other.
};

std::size_t count_lines(std::string_view text) {
    const auto ended = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    return ended + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

// Nobody can make many lines that share one, as with a hash table's own function.
std::uint64_t digest_of(std::string_view line) {
    const Hash hash = crypto::blake3(as_bytes(line));
    std::uint64_t digest = 0;
    std::memcpy(&digest, hash.bytes.data(), sizeof digest);
    return digest;
}

struct Numbered {
    std::vector<ElementId> ids;
    std::size_t count = 0;
};

using Lines = std::span<const std::string_view>;

// Equal lines have equal numbers, from 0.
Numbered number_lines(Lines a, Lines b) {
    const auto text_of = [a, b](const Line& line) {
        return line.place < a.size() ? a[line.place] : b[line.place - a.size()];
    };
    std::vector<Line> lines;
    lines.reserve(a.size() + b.size());
    for (const Lines side : {a, b}) {
        for (const std::string_view text : side) {
            lines.push_back({digest_of(text), static_cast<std::uint32_t>(lines.size())});
        }
    }
    std::ranges::sort(lines, {},
                      [](const Line& line) { return std::pair(line.digest, line.place); });
    Numbered numbered{.ids = std::vector<ElementId>(lines.size())};
    for (std::span<Line> rest(lines); !rest.empty();) {
        const auto behind = std::ranges::find_if(
            rest, [&](const Line& line) { return line.digest != rest.front().digest; });
        const auto same = rest.first(static_cast<std::size_t>(behind - rest.begin()));
        rest = rest.subspan(same.size());
        // Others with that digest can be found, with much work.
        if (!std::ranges::all_of(
                same, [first = text_of(same.front())](auto text) { return text == first; },
                text_of)) {
            std::ranges::sort(same, {}, text_of);
        }
        for (std::size_t i = 0; i < same.size(); ++i) {
            if (i == 0 || text_of(same[i]) != text_of(same[i - 1])) {
                ++numbered.count;
            }
            numbered.ids[same[i].place] = static_cast<ElementId>(numbered.count - 1);
        }
    }
    return numbered;
}

}  // namespace

std::string_view take_line(std::string_view& text) noexcept {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    return line;
}

Result<> check_lines(std::string_view a, std::string_view b) {
    const std::size_t count = count_lines(a) + count_lines(b);
    if (count > most_lines) {
        return fail(invalid<TextDetail::text_too_many_lines>(count, most_lines));
    }
    return {};
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    lines.reserve(count_lines(text));
    while (!text.empty()) {
        lines.push_back(take_line(text));
    }
    return lines;
}

std::vector<Region> differing_lines(const std::vector<std::string_view>& a,
                                    const std::vector<std::string_view>& b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t before = 0;
    while (before < shorter && a[before] == b[before]) {
        ++before;
    }
    std::size_t behind = 0;
    while (behind < shorter - before && a[a.size() - 1 - behind] == b[b.size() - 1 - behind]) {
        ++behind;
    }
    const std::size_t a_size = a.size() - before - behind;
    const Numbered numbered = number_lines(Lines(a).subspan(before, a_size),
                                           Lines(b).subspan(before, b.size() - before - behind));
    const std::span<const ElementId> all(numbered.ids);
    SearchBudget budget;
    auto regions =
        regions_of(sequence_diff(all.first(a_size), all.subspan(a_size), numbered.count, budget));
    for (Region& region : regions) {
        region.a_begin += before;
        region.a_end += before;
        region.b_begin += before;
        region.b_end += before;
    }
    return regions;
}

}  // namespace aion::report
