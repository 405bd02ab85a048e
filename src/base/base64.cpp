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

/// Bits of `digit_values` beside the six of the value: in one alphabet only. A character that is in
/// neither has all of them, so that their union over a text shows whether something is wrong.
constexpr std::uint8_t in_standard = 0x40;
constexpr std::uint8_t in_url = 0x80;
constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < 64; ++i) {
        const bool in_both = standard_alphabet[i] == url_alphabet[i];
        values[static_cast<std::uint8_t>(standard_alphabet[i])] =
            static_cast<std::uint8_t>(i | (in_both ? 0U : in_standard));
        values[static_cast<std::uint8_t>(url_alphabet[i])] =
            static_cast<std::uint8_t>(i | (in_both ? 0U : in_url));
    }
    return values;
}();

constexpr std::uint8_t value_of(char digit) noexcept {
    return digit_values[static_cast<std::uint8_t>(digit)];
}

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
    std::uint8_t seen = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const std::uint8_t value = value_of(digits[i]);
        if (value == no_digit) {
            return fail(malformed("not a base64 digit", i));
        }
        seen |= value;
        if ((seen & in_standard) != 0 && (seen & in_url) != 0) {
            return fail(malformed("base64 alphabets are mixed", i));
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
    Bytes out(digits.size() * 6 / 8);
    std::uint8_t seen = 0;
    const auto group = [&](std::size_t first, std::size_t count) {
        std::uint32_t bits = 0;
        for (std::size_t i = first; i < first + count; ++i) {
            const std::uint8_t value = value_of(digits[i]);
            seen |= value;
            bits = bits << 6U | (value & 63U);
        }
        return bits;
    };
    std::size_t written = 0;
    std::size_t read = 0;
    for (; digits.size() - read >= 4; read += 4) {
        const std::uint32_t bits = group(read, 4);
        out[written++] = static_cast<std::uint8_t>(bits >> 16U);
        out[written++] = static_cast<std::uint8_t>(bits >> 8U);
        out[written++] = static_cast<std::uint8_t>(bits);
    }
    const std::size_t rest = digits.size() - read;  // 0, 2 or 3
    const std::uint32_t last = group(read, rest) << (6 * (4 - rest));
    for (unsigned shift = 16; written < out.size(); shift -= 8) {
        out[written++] = static_cast<std::uint8_t>(last >> shift);
    }
    if ((seen & in_standard) != 0 && (seen & in_url) != 0) {
        AION_TRY(check_digits(digits));
    }
    if ((last & (rest == 2 ? 0xffffU : 0xffU)) != 0) {
        return fail(malformed("unused base64 bits are not zero", digits.size() - 1));
    }
    return out;
}

}  // namespace aion
