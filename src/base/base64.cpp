// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/base64.hpp"

#include <array>

#include "base/try.hpp"

namespace aion {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(ByteView bytes, std::string_view alphabet, bool padded) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    unsigned count = 0;  // of bits not yet written
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8U | byte;
        count += 8;
        while (count >= 6) {
            count -= 6;
            out += alphabet[bits >> count & 63U];
        }
    }
    if (count > 0) {
        out += alphabet[bits << (6 - count) & 63U];
    }
    while (padded && out.size() % 4 != 0) {
        out += '=';
    }
    return out;
}

constexpr std::uint8_t no_digit = 0xff;

/// The six-bit value of every character of either alphabet.
constexpr std::array<std::uint8_t, 256> digit_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < 64; ++i) {
        values[static_cast<std::uint8_t>(standard_alphabet[i])] = static_cast<std::uint8_t>(i);
        values[static_cast<std::uint8_t>(url_alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}();

Error malformed(std::string_view what, std::size_t offset) {
    return error_because(ErrorCode::invalid_argument,
                         std::string(what) + " at offset " + std::to_string(offset));
}

/// The digits without their padding, whose presence and length are checked.
Result<std::string_view> without_padding(std::string_view text) {
    const std::size_t first = text.find('=');
    const std::string_view digits = text.substr(0, first);
    const bool padded = first != std::string_view::npos;
    if (digits.size() % 4 == 1) {
        return fail(malformed("base64 ends inside a byte", digits.size()));
    }
    if (padded && (digits.size() % 4 == 0 || text.size() != (digits.size() + 3) / 4 * 4 ||
                   text.find_first_not_of('=', first) != std::string_view::npos)) {
        return fail(malformed("wrong base64 padding", first));
    }
    return digits;
}

/// Refuses every character outside the alphabets, and one alphabet's after the other's.
Result<> check_digits(std::string_view digits) {
    char standard_or_url = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const char digit = digits[i];
        if (digit_values[static_cast<std::uint8_t>(digit)] == no_digit) {
            return fail(malformed("not a base64 digit", i));
        }
        const bool standard = digit == '+' || digit == '/';
        if (standard || digit == '-' || digit == '_') {
            const char alphabet = standard ? 's' : 'u';
            if (standard_or_url != 0 && standard_or_url != alphabet) {
                return fail(malformed("base64 alphabets are mixed", i));
            }
            standard_or_url = alphabet;
        }
    }
    return {};
}

}  // namespace

std::string to_base64(ByteView bytes) {
    return encode(bytes, standard_alphabet, true);
}

std::string to_base64_unpadded(ByteView bytes) {
    return encode(bytes, standard_alphabet, false);
}

std::string to_base64url(ByteView bytes) {
    return encode(bytes, url_alphabet, false);
}

Result<Bytes> from_base64(std::string_view text) {
    AION_TRY_ASSIGN(const std::string_view digits, without_padding(text));
    AION_TRY(check_digits(digits));
    Bytes out;
    out.reserve(digits.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;  // of bits not yet written
    for (const char digit : digits) {
        bits = bits << 6U | digit_values[static_cast<std::uint8_t>(digit)];
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<std::uint8_t>(bits >> count));
        }
    }
    if ((bits & ((1U << count) - 1U)) != 0) {
        return fail(malformed("unused base64 bits are not zero", digits.size() - 1));
    }
    return out;
}

}  // namespace aion
