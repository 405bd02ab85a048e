// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/glob.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"

namespace aion::archive {
namespace {

/// The first character of `text`, which is taken from it. A byte that is no UTF-8 counts as one,
/// beyond all of Unicode's.
char32_t take(std::string_view& text) noexcept {
    constexpr char32_t beyond = 0x110000;
    const Utf8Character first = first_character(text);
    if (!first.point) {
        const auto byte = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        return beyond + byte;
    }
    text.remove_prefix(first.length);
    return *first.point;
}

bool is_graphic(char c) noexcept {
    return c > ' ' && c <= '~';
}

struct Class {
    std::string_view name;
    bool (*has)(char);
};

constexpr auto classes = std::to_array<Class>({
    {"alnum", [](char c) { return is_ascii_letter(c) || is_ascii_digit(c); }},
    {"alpha", is_ascii_letter},
    {"blank", [](char c) { return c == ' ' || c == '\t'; }},
    {"cntrl", [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }},
    {"digit", is_ascii_digit},
    {"graph", is_graphic},
    {"lower", [](char c) { return c >= 'a' && c <= 'z'; }},
    {"print", [](char c) { return c == ' ' || is_graphic(c); }},
    {"punct", [](char c) { return is_graphic(c) && !is_ascii_letter(c) && !is_ascii_digit(c); }},
    {"space", [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }},
    {"upper", [](char c) { return c >= 'A' && c <= 'Z'; }},
    {"xdigit",
     [](char c) { return is_ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); }},
});

/// A class at the beginning of `set`, `[:digit:]`, which is taken from it.
const Class* take_class(std::string_view& set) noexcept {
    if (!set.starts_with("[:")) {
        return nullptr;
    }
    const std::size_t end = set.find(":]", 2);
    const auto* const found = std::ranges::find(
        classes, end == std::string_view::npos ? "" : set.substr(2, end - 2), &Class::name);
    if (found == classes.end()) {
        return nullptr;
    }
    set.remove_prefix(end + 2);
    return found;
}

/// A character of a set, quoted or not.
char32_t take_member(std::string_view& set) noexcept {
    if (set.size() > 1 && set.front() == '\\') {
        set.remove_prefix(1);
    }
    return take(set);
}

/// Whether `c` is in the set that `pattern` has behind its `[`, which is taken from it with its
/// `]`; nothing if it has no end.
std::optional<bool> take_set(std::string_view& pattern, char32_t c) noexcept {
    std::string_view set = pattern;
    const bool inverted = set.starts_with('!') || set.starts_with('^');
    set.remove_prefix(inverted ? 1 : 0);
    bool found = false;
    for (bool first = true; !set.empty(); first = false) {
        if (set.front() == ']' && !first) {
            pattern = set.substr(1);
            return found != inverted;
        }
        if (const Class* const named = take_class(set)) {
            found = found || (c < 0x80 && named->has(static_cast<char>(c)));
            continue;
        }
        const char32_t low = take_member(set);
        char32_t high = low;
        if (set.size() > 1 && set.front() == '-' && set[1] != ']') {
            set.remove_prefix(1);
            high = take_member(set);
        }
        found = found || (c >= low && c <= high);
    }
    return std::nullopt;
}

/// Matches one character of each, which are taken; `pattern` does not begin with `*`.
bool take_match(std::string_view& pattern, std::string_view& name) noexcept {
    const char32_t c = take(name);
    const char32_t p = take(pattern);
    if (p == '?') {
        return true;
    }
    if (p == '[') {
        return take_set(pattern, c).value_or(c == '[');
    }
    if (p == '\\' && !pattern.empty()) {
        return take(pattern) == c;
    }
    return p == c;
}

}  // namespace

bool has_wildcard(std::string_view pattern) noexcept {
    return pattern.find_first_of("*?[") != std::string_view::npos;
}

bool matches(std::string_view pattern, std::string_view name) noexcept {
    if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\.")) {
        return false;
    }
    // Behind the last `*`, and where in the name that was tried: only the last one can need
    // another try, which is what keeps this short.
    std::optional<std::string_view> retry_pattern;
    std::string_view retry_name;
    while (!name.empty() || !pattern.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            retry_pattern = pattern;
            retry_name = name;
            continue;
        }
        if (!name.empty() && !pattern.empty() && take_match(pattern, name)) {
            continue;
        }
        if (!retry_pattern || retry_name.empty()) {
            return false;
        }
        take(retry_name);
        pattern = *retry_pattern;
        name = retry_name;
    }
    return true;
}

}  // namespace aion::archive
