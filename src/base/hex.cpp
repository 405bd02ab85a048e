// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/hex.hpp"

#include <optional>

namespace aion {
namespace {

constexpr std::uint8_t no_digit = 16;

constexpr std::uint8_t digit_value(char digit) noexcept {
    if (digit >= '0' && digit <= '9') {
        return static_cast<std::uint8_t>(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return static_cast<std::uint8_t>(digit - 'a' + 10);
    }
    if (digit >= 'A' && digit <= 'F') {
        return static_cast<std::uint8_t>(digit - 'A' + 10);
    }
    return no_digit;
}

/// Decodes into `out`, which is half as long as `text`. Returns the offset of the first character
/// that is no digit.
std::optional<std::size_t> decode(std::string_view text, MutableByteView out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint8_t high = digit_value(text[2 * i]);
        const std::uint8_t low = digit_value(text[2 * i + 1]);
        if (high == no_digit || low == no_digit) {
            return 2 * i + (high == no_digit ? 0 : 1);
        }
        out[i] = static_cast<std::uint8_t>(high << 4U | low);
    }
    return std::nullopt;
}

Error malformed(std::string what) {
    return error_because(ErrorCode::invalid_argument, std::move(what));
}

Error not_a_digit(std::size_t offset) {
    return malformed("not a hex digit at offset " + std::to_string(offset));
}

}  // namespace

std::string to_hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out(2 * bytes.size(), '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out[2 * i] = digits[bytes[i] >> 4U];
        out[2 * i + 1] = digits[bytes[i] & 15U];
    }
    return out;
}

std::string to_hex(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    }
    return to_hex(ByteView(bytes));
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return fail(malformed("odd number of hex digits: " + std::to_string(text.size())));
    }
    Bytes out(text.size() / 2);
    if (const auto offset = decode(text, out)) {
        return fail(not_a_digit(*offset));
    }
    return out;
}

Result<> from_hex_into(std::string_view text, MutableByteView out) {
    if (text.size() != 2 * out.size()) {
        return fail(malformed("expected " + std::to_string(2 * out.size()) + " hex digits, got " +
                              std::to_string(text.size())));
    }
    if (const auto offset = decode(text, out)) {
        return fail(not_a_digit(*offset));
    }
    return {};
}

std::string short_hex(ByteView bytes) {
    std::string out = to_hex(bytes.first(std::min<std::size_t>(bytes.size(), 8)));
    out.resize(16, '0');
    return out;
}

}  // namespace aion
