// SPDX-License-Identifier: MIT OR Apache-2.0
// UTF-8 (RFC 3629): checking, and making untrusted text safe to show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aion {

/// Where and how a text stops being UTF-8.
struct Utf8Fault {
    std::size_t index = 0;   ///< Offset of the first byte of the bad sequence.
    std::size_t length = 0;  ///< Bytes of that sequence (1..3), or 0 when the text ends inside one.
};

/// Nothing when all of `text` is valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
[[nodiscard]] std::optional<Utf8Fault> find_utf8_fault(std::string_view text) noexcept;

/// `invalid utf-8 sequence of {k} bytes from index {i}` or
/// `incomplete utf-8 byte sequence from index {i}`, which are the reference's words.
[[nodiscard]] std::string describe(const Utf8Fault& fault);

/// `text` with each maximal invalid subsequence replaced by U+FFFD (Unicode 15, section 3.9,
/// "substitution of maximal subparts").
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// `text` with each byte that is no part of valid UTF-8 written as `\xff`, and everything else as
/// it is: what differs stays different for a reader, where U+FFFD would hide it.
[[nodiscard]] std::string escape_bad_bytes(std::string_view text);

/// What a text begins with.
struct Utf8Character {
    std::size_t length = 0;         ///< In bytes.
    std::optional<char32_t> point;  ///< Nothing if those bytes are no valid UTF-8.
};

/// The first character of `text`, which must not be empty.
[[nodiscard]] Utf8Character first_character(std::string_view text) noexcept;

/// Whether a reader does not see `c` itself, only at most what it does to the text around it:
/// control characters (C0, C1, DEL), line separators, what turns the direction of the text, and
/// what screens leave out (soft hyphens, zero-width and filler characters, variation selectors,
/// tags, byte order marks).
[[nodiscard]] bool is_unseen(char32_t c) noexcept;

/// `text` made safe for a terminal and unambiguous for whoever reads it: valid UTF-8, with every
/// character that `is_unseen` written as `\n`, `\r`, `\t`, `\x1b`, `\u{202e}`, a byte that is no
/// UTF-8 as `\xff`, and a backslash doubled.
[[nodiscard]] std::string escape_controls(std::string_view text);

/// `text` without leading and trailing Unicode white space (property White_Space). Borrows from
/// `text`, which must be valid UTF-8.
[[nodiscard]] std::string_view trim_white_space(std::string_view text) noexcept;

/// `text` without U+FEFF at its front, which some programs put there as a byte order mark. Borrows
/// from `text`.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text) noexcept;

}  // namespace aion
