// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_escape.hpp"

#include "aion/base/utf8.hpp"

namespace aion::report {
namespace {

// U+FFFE and U+FFFF: no characters, which XML does not let stand in any form.
constexpr std::string_view not_a_character = "\xef\xbf\xbe";
constexpr std::string_view nor_is_this = "\xef\xbf\xbf";

std::string_view entity_of(char c) noexcept {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

bool continues_a_character(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

}  // namespace

std::string html_text(std::string_view text) {
    const std::string seen = escape_controls(text);
    std::string out;
    out.reserve(seen.size() + seen.size() / 8);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const std::string_view next = std::string_view(seen).substr(i, not_a_character.size());
        if (next == not_a_character || next == nor_is_this) {
            out += next == nor_is_this ? "\\u{ffff}" : "\\u{fffe}";
            i += next.size() - 1;
            continue;
        }
        const std::string_view entity = entity_of(seen[i]);
        if (entity.empty()) {
            out += seen[i];
        } else {
            out += entity;
        }
    }
    return out;
}

std::string_view beginning_of(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) {
        return text;
    }
    // A character has at most three bytes behind its first: more of them are none.
    std::size_t length = most;
    for (int back = 0; back < 3 && length > 0 && continues_a_character(text[length]); ++back) {
        --length;
    }
    return text.substr(0, length);
}

}  // namespace aion::report
