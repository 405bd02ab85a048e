// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/hex.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aion {
namespace {

std::string refusal(std::string_view text) {
    const auto bytes = from_hex(text);
    return bytes ? "accepted" : bytes.error().message();
}

TEST(Hex, WritesLowerCasePairs) {
    EXPECT_EQ(to_hex(Bytes{}), "");
    EXPECT_EQ(to_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}), "000fa5ff");
    PublicKey key;
    key.bytes.fill(0x1c);
    EXPECT_EQ(to_hex(key).size(), 64U);
    EXPECT_EQ(to_hex(key).substr(0, 4), "1c1c");
}

TEST(Hex, WritesNumbersMostSignificantDigitFirst) {
    EXPECT_EQ(to_hex(std::uint64_t{0}), "0000000000000000");
    EXPECT_EQ(to_hex(std::uint64_t{0x0123456789abcdef}), "0123456789abcdef");
}

TEST(Hex, ReadsEitherCase) {
    EXPECT_EQ(from_hex("000FA5ff"), (Bytes{0x00, 0x0f, 0xa5, 0xff}));
    EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(Hex, SaysWhatIsWrongWithoutRepeatingIt) {
    EXPECT_EQ(refusal("abc"), "Invalid argument: odd number of hex digits: 3");
    EXPECT_EQ(refusal("0g"), "Invalid argument: not a hex digit at offset 1");
    EXPECT_EQ(refusal("00 1"), "Invalid argument: not a hex digit at offset 2");
    EXPECT_EQ(refusal("0x00"), "Invalid argument: not a hex digit at offset 1");
    EXPECT_EQ(refusal("00\n0"), "Invalid argument: not a hex digit at offset 2");
    EXPECT_EQ(refusal(std::string_view("\0\0", 2)),
              "Invalid argument: not a hex digit at offset 0");
}

TEST(Hex, OctetsNeedTheirExactLength) {
    const std::string digits(64, 'a');
    const auto key = octets_from_hex<PublicKey>(digits);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(to_hex(*key), digits);
    for (const std::string& wrong : {digits + "aa", digits.substr(2), digits.substr(1)}) {
        const auto refused = octets_from_hex<PublicKey>(wrong);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().message(),
                  "Invalid argument: expected 64 hex digits, got " + std::to_string(wrong.size()));
    }
    EXPECT_FALSE(octets_from_hex<PublicKey>(digits.substr(1) + "z").has_value());
}

TEST(Hex, ShortFormIsAlwaysSixteenDigits) {
    EXPECT_EQ(short_hex(Bytes{}), "0000000000000000");
    EXPECT_EQ(short_hex(Bytes{0x12, 0x34}), "1234000000000000");
    EXPECT_EQ(short_hex(Bytes(32, 0xab)), "abababababababab");
}

RC_GTEST_PROP(Hex, RoundTrips, (const std::vector<std::uint8_t>& bytes)) {
    RC_ASSERT(*from_hex(to_hex(bytes)) == bytes);
}

RC_GTEST_PROP(Hex, ReadsOnlyWhatItWouldWriteUpToCase, (const std::string& text)) {
    const auto bytes = from_hex(text);
    if (bytes) {
        std::string lower = text;
        std::ranges::transform(lower, lower.begin(), [](char c) {
            return c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
        });
        RC_ASSERT(to_hex(*bytes) == lower);
    }
}

TEST(Hex, WhatIsAbsentHasNone) {
    EXPECT_EQ(hex_of(std::optional<Hash>()), std::nullopt);
    EXPECT_EQ(hex_of(std::optional(Hash())), std::string(64, '0'));
}

}  // namespace
}  // namespace aion
