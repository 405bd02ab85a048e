// SPDX-License-Identifier: MIT OR Apache-2.0
// What the texts of a log have in common: lines, numbers and base64, each written in one way only,
// so that two programs that read a text cannot see different things in it.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aion/base/ascii.hpp"
#include "aion/base/base64.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/utf8.hpp"

namespace aion::tlog {

/// Takes the first line from `text`, without its end; nothing if it has none.
[[nodiscard]] inline std::optional<std::string_view> take_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

/// Whether these are digits without a leading zero, of a number of any size.
[[nodiscard]] inline bool is_decimal(std::string_view digits) noexcept {
    return std::ranges::all_of(digits, is_ascii_digit) && !digits.empty() &&
           (digits.size() == 1 || digits.front() != '0');
}

/// A number as `is_decimal` has it; nothing for one beyond 64 bits, too.
[[nodiscard]] inline std::optional<std::uint64_t> decimal(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    const char* const end = digits.data() + digits.size();
    if (!is_decimal(digits) || std::from_chars(digits.data(), end, number).ec != std::errc()) {
        return std::nullopt;
    }
    return number;
}

/// Base64 of the standard alphabet, padded.
[[nodiscard]] inline std::optional<Bytes> strict_base64(std::string_view text) {
    if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) {
        return std::nullopt;
    }
    auto bytes = from_base64(text);
    return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
}

/// The same, of exactly `T::size` bytes.
template <class T>
[[nodiscard]] std::optional<T> strict_base64_of(std::string_view text) {
    // Before anything is allocated for it.
    if (text.size() != (T::size + 2) / 3 * 4) {
        return std::nullopt;
    }
    const auto bytes = strict_base64(text);
    return bytes ? T::from(*bytes) : std::nullopt;
}

/// Whether there is a control character of ASCII, ends of lines aside (c2sp.org/signed-note).
[[nodiscard]] inline bool has_control(std::string_view text) noexcept {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

}  // namespace aion::tlog
