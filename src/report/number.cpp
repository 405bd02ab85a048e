// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/number.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "aion/base/ascii.hpp"

namespace aion::report {
namespace {

std::string_view without_leading_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// Nothing for more than 64 bits.
std::optional<std::string> based(std::string_view digits, int base) {
    std::uint64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value, base);
    return read.ec == std::errc() && read.ptr == end ? std::optional(std::to_string(value))
                                                     : std::nullopt;
}

// Nothing for more than 18 digits.
std::optional<std::int64_t> exponent(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    text = without_leading_zeros(text);
    constexpr std::size_t most_digits = 18;
    if (text.size() > most_digits) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return is_negative ? -value : value;
}

// Without a sign. Nothing for what is compared as written.
std::optional<std::string> decimal(std::string_view text) {
    const auto e = std::min(text.find('e'), text.size());
    const auto power = exponent(text.substr(std::min(e + 1, text.size())));
    if (!power) {
        return std::nullopt;
    }
    const std::string_view mantissa = text.substr(0, e);
    const auto point = std::min(mantissa.find('.'), mantissa.size());
    std::string digits(mantissa.substr(0, point));
    const std::string_view fraction = mantissa.substr(std::min(point + 1, mantissa.size()));
    digits += fraction;
    const std::string_view significant = without_leading_zeros(digits);
    if (significant.empty()) {
        return "0";
    }
    const std::size_t last = significant.find_last_not_of('0') + 1;
    const auto shift = static_cast<std::int64_t>(significant.size() - last) -
                       static_cast<std::int64_t>(fraction.size());
    return std::string(significant.substr(0, last)) + "e" + std::to_string(*power + shift);
}

}  // namespace

std::string canonical_number(std::string_view text) {
    std::string lower = ascii_lowered(std::string(text));
    std::string_view rest = lower;
    const bool is_negative = rest.starts_with('-');
    if (is_negative || rest.starts_with('+')) {
        rest.remove_prefix(1);
    }
    std::optional<std::string> value;
    if (rest.starts_with(".inf") || rest.starts_with(".nan")) {
        value = rest;
    } else if (rest.starts_with("0x") || rest.starts_with("0o")) {
        // As the decimal number that it is, or by its own digits.
        const auto as_decimal = based(rest.substr(2), rest[1] == 'x' ? 16 : 8);
        value = as_decimal
                    ? decimal(*as_decimal)
                    : std::string(rest.substr(0, 2)).append(without_leading_zeros(rest.substr(2)));
    } else {
        value = decimal(rest);
    }
    if (!value) {
        return lower;
    }
    return is_negative && *value != "0" ? "-" + *value : *value;
}

}  // namespace aion::report
