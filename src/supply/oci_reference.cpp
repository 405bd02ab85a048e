// SPDX-License-Identifier: MIT OR Apache-2.0
// References: where an artefact is, as people write it.
#include <algorithm>
#include <charconv>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/supply/oci.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_json.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view layout_prefix = "oci:";
constexpr std::size_t longest_repository = 255;
constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_tag = 128;

Error bad(std::string_view text, std::string_view why) {
    return invalid<SupplyDetail::oci_bad_reference>(excerpt(text), why);
}

bool is_word(char c) noexcept {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '_';
}

bool is_lower_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || is_ascii_digit(c);
}

// What may stand between two words of a repository: `.`, `_`, `__`, or any number of `-`.
bool is_separator(std::string_view text) noexcept {
    return text == "." || text == "_" || text == "__" ||
           std::ranges::all_of(text, [](char c) { return c == '-'; });
}

bool is_path_component(std::string_view text) noexcept {
    if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
        return false;
    }
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && !is_lower_or_digit(text[end])) {
            ++end;
        }
        if (end > i && !is_separator(text.substr(i, end - i))) {
            return false;
        }
        i = end + 1;
    }
    return true;
}

bool is_repository(std::string_view text) noexcept {
    if (text.size() > longest_repository) {
        return false;
    }
    for (;;) {
        const std::size_t slash = text.find('/');
        if (!is_path_component(text.substr(0, slash))) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(slash + 1);
    }
}

bool is_port(std::string_view text) noexcept {
    std::uint32_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535;
}

// An IPv6 address in brackets: what is in them is for whoever connects to judge.
bool is_bracketed(std::string_view text) noexcept {
    return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
           std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
               return is_ascii_digit(c) || c == ':' || c == '.' ||
                      (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
           });
}

bool is_host_name(std::string_view text) noexcept {
    for (;;) {
        const std::size_t dot = text.find('.');
        const std::string_view label = text.substr(0, dot);
        if (label.empty() || label.front() == '-' || label.back() == '-' ||
            !std::ranges::all_of(label, [](char c) {
                return is_ascii_letter(c) || is_ascii_digit(c) || c == '-';
            })) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(dot + 1);
    }
}

bool is_host(std::string_view text) noexcept {
    if (text.empty() || text.size() > longest_host) {
        return false;
    }
    const std::size_t behind = text.front() == '[' ? text.find(']') : 0;
    if (behind == std::string_view::npos) {
        return false;
    }
    const std::size_t colon = text.find(':', behind);
    const std::string_view name = text.substr(0, colon);
    const bool has_port = colon != std::string_view::npos;
    if (has_port && !is_port(text.substr(colon + 1))) {
        return false;
    }
    if (name.starts_with('[')) {
        return is_bracketed(name);
    }
    return is_host_name(name) &&
           (has_port || name == "localhost" || name.find('.') != std::string_view::npos);
}

// Takes `@DIGEST` from the end of `text`; one that is no digest stays.
std::optional<OciDigest> take_digest(std::string_view& text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    auto digest = OciDigest::parse(text.substr(at + 1));
    if (!digest) {
        return std::nullopt;
    }
    text = text.substr(0, at);
    return *std::move(digest);
}

// Takes `:TAG` from the end of `text`; what is none stays.
std::string take_tag(std::string_view& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || !is_oci_tag(text.substr(colon + 1))) {
        return {};
    }
    std::string tag(text.substr(colon + 1));
    text = text.substr(0, colon);
    return tag;
}

Result<OciReference> parse_layout(std::string_view whole, std::string_view text) {
    OciReference reference;
    reference.digest = take_digest(text);
    reference.tag = take_tag(text);
    if (text.empty() || text.find('\0') != std::string_view::npos) {
        return fail(bad(whole, "no folder is named"));
    }
    reference.folder = text;
    return reference;
}

Result<OciReference> parse_registry(std::string_view whole) {
    OciReference reference;
    std::string_view text = whole;
    reference.digest = take_digest(text);
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || !is_host(text.substr(0, slash))) {
        return fail(bad(whole,
                        "it begins neither with the host of a registry, as in "
                        "registry.example/name, nor with oci: and a folder"));
    }
    reference.host = text.substr(0, slash);
    std::string_view name = text.substr(slash + 1);
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos) {
        reference.tag = name.substr(colon + 1);
        name = name.substr(0, colon);
        if (!is_oci_tag(reference.tag)) {
            return fail(bad(whole,
                            "a tag has up to 128 letters, digits, _, . and -, not beginning with "
                            ". or -"));
        }
    }
    if (name.find('@') != std::string_view::npos) {
        return fail(bad(whole, "what follows @ is neither sha256: nor sha512: with its digits"));
    }
    if (!is_repository(name)) {
        return fail(bad(whole,
                        "the name of a repository is of lower-case letters and digits, with "
                        "single ., _ or - between them, in parts that / separates"));
    }
    reference.repository = name;
    return reference;
}

}  // namespace

bool is_oci_tag(std::string_view word) noexcept {
    return !word.empty() && word.size() <= longest_tag && is_word(word.front()) &&
           std::ranges::all_of(word, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

Result<OciReference> OciReference::parse(std::string_view text) {
    if (text.starts_with(layout_prefix)) {
        return parse_layout(text, text.substr(layout_prefix.size()));
    }
    return parse_registry(text);
}

std::string OciReference::text() const {
    std::string out = is_layout() ? std::string(layout_prefix) + folder : host + "/" + repository;
    if (!tag.empty()) {
        out += ":" + tag;
    }
    if (digest) {
        out += "@" + digest->text();
    }
    return out;
}

}  // namespace aion::supply
