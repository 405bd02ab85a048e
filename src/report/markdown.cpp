// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/markdown.hpp"

#include <algorithm>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"

namespace aion::report {

namespace {

// A run of as many backticks as nothing in `text` has.
std::string fence_for(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    std::string fence(longest + 1, '`');
    return fence;
}

std::string code(std::string_view escaped, Place place) {
    if (escaped.empty()) {
        return {};
    }
    const std::string fence = fence_for(escaped);
    // A space on both sides is taken off again.
    const bool is_padded = escaped.front() == '`' || escaped.back() == '`' ||
                           (escaped.front() == ' ' && escaped.back() == ' ');
    std::string text = fence;
    text += is_padded ? " " : "";
    for (const char c : escaped) {
        text += c == '|' && place == Place::cell ? "\\|" : std::string(1, c);
    }
    text += is_padded ? " " : "";
    return text + fence;
}

// Whether renderers may make something of it that no escape prevents: links (`www.`, `http:`,
// `a.example` in any script, `a@b`), names (`@somebody`), pictures (`:wave:`), and spaces that they
// take off.
bool needs_code(std::string_view escaped) {
    if (escaped.contains("www.")) {
        return true;
    }
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const char next = i + 1 < escaped.size() ? escaped[i + 1] : ' ';
        // A time, `§164.312`, `2.5`: no host is called so.
        const bool in_digits = i != 0 && is_ascii_digit(escaped[i - 1]) && is_ascii_digit(next);
        const bool is_joint = escaped[i] == ':' || escaped[i] == '.';
        if (escaped[i] == '@' || (is_joint && next != ' ' && !in_digits) ||
            (escaped[i] == ' ' && (i == 0 || next == ' '))) {
            return true;
        }
    }
    return false;
}

bool is_markup(char c) noexcept {
    return std::string_view("\\`*_[]<>&|#!~$^{}").contains(c);
}

// What begins a list, a heading or a line across at the start of a block: `1.`, `-`, `+`, `=`.
std::size_t marker_end(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+') || text.starts_with('=')) {
        return 0;
    }
    const auto digits =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_ascii_digit) - text.begin());
    return digits != 0 && digits < text.size() && (text[digits] == '.' || text[digits] == ')')
               ? digits
               : std::string_view::npos;
}

}  // namespace

std::string markdown_text(std::string_view text, Place place) {
    const std::string escaped = escape_controls(text);
    if (needs_code(escaped)) {
        return code(escaped, place);
    }
    const std::size_t marker = marker_end(escaped);
    std::string result;
    result.reserve(escaped.size());
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        if (is_markup(escaped[i]) || i == marker) {
            result += '\\';
        }
        result += escaped[i];
    }
    return result;
}

std::string markdown_code(std::string_view text, Place place) {
    return code(escape_controls(text), place);
}

}  // namespace aion::report
