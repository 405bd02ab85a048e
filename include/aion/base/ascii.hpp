// SPDX-License-Identifier: MIT OR Apache-2.0
// Letters and digits of ASCII, whatever the locale.
#pragma once

#include <string>

namespace aion {

[[nodiscard]] constexpr bool is_ascii_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool is_ascii_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// `c` in lower case, if it is one of `A` to `Z`.
[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// All of `text` so.
[[nodiscard]] constexpr std::string ascii_lowered(std::string text) {
    for (char& c : text) {
        c = ascii_lower(c);
    }
    return text;
}

/// `c` in upper case, if it is one of `a` to `z`.
[[nodiscard]] constexpr char ascii_upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace aion
