// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON without white space and with its members sorted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aion/base/result.hpp"
#include "base/json_reader.hpp"

namespace aion::supply {

enum class SortedForm : std::uint8_t {
    canonical,  ///< RFC 8785.
    /// As the reference writes what it does not know: names in the order of their bytes, integers
    /// of 64 bits as they are, other numbers always with a point or an exponent.
    reference,
};

/// `value`, which is of a document of `text`, in that form. Error: `jcs_integer_too_large` of the
/// canonical form.
[[nodiscard]] Result<std::string> sorted_json(const json::Value& value, std::string_view text,
                                              SortedForm form);

/// Where two texts in UTF-8 differ first, these bytes differ as the texts' UTF-16 does: characters
/// beyond U+FFFF, which begin with F0 to F4, are surrogates there, before those that begin with EE
/// and EF.
[[nodiscard]] constexpr std::uint8_t utf16_rank(char c) noexcept {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0xee) {
        return byte;
    }
    return static_cast<std::uint8_t>(byte < 0xf0 ? byte + 5 : byte - 2);
}

/// Whether `a` stands before `b` in the order of UTF-16 code units. Both are valid UTF-8.
[[nodiscard]] bool is_before_in_utf16(std::string_view a, std::string_view b) noexcept;

/// Numbers of so many digits, whole or not, are other doubles if they are other numbers.
inline constexpr std::size_t digits_for_sure = 15;
/// From here on, 2^53, an integer that is written is perhaps not the double that is read.
inline constexpr double first_unsure = 9007199254740992.0;

/// Appends a finite number as ECMAScript prints it.
void append_ecmascript(std::string& out, double number);

}  // namespace aion::supply
