// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/decimal.hpp"

#include <algorithm>
#include <charconv>

#include "aion/base/ascii.hpp"

namespace aion::cli {

std::expected<std::uint64_t, std::string_view> parse_decimal(std::string_view text,
                                                             std::uint64_t max) {
    if (text.empty()) {
        return std::unexpected("cannot parse integer from empty string");
    }
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    if (digits.empty() || !std::ranges::all_of(digits, is_ascii_digit)) {
        return std::unexpected("invalid digit found in string");
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
    if (error != std::errc() || value > max) {
        return std::unexpected("number too large to fit in target type");
    }
    return value;
}

}  // namespace aion::cli
