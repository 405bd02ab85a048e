// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/base64.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace aion {
namespace {

std::string refusal(std::string_view text) {
    const auto bytes = from_base64(text);
    return bytes ? "accepted" : bytes.error().message();
}

TEST(Base64, AgreesWithTheVectorsOfRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
        const auto decoded = from_base64(encoded);
        ASSERT_TRUE(decoded.has_value()) << encoded;
        EXPECT_EQ(as_text(*decoded), plain);
        const std::string unpadded = encoded.substr(0, encoded.find('='));
        EXPECT_EQ(to_base64_unpadded(as_bytes(plain)), unpadded);
        EXPECT_EQ(from_base64(unpadded), decoded);
    }
}

TEST(Base64, WritesEitherAlphabet) {
    const Bytes bytes{0xfb, 0xff, 0xbf};
    EXPECT_EQ(to_base64(bytes), "+/+/");
    EXPECT_EQ(to_base64url(bytes), "-_-_");
    EXPECT_EQ(to_base64url(Bytes{0xff}), "_w");
    EXPECT_EQ(from_base64("-_-_"), bytes);
    EXPECT_EQ(from_base64("_w=="), Bytes{0xff});
}

TEST(Base64, RefusesWhatIsNotCanonical) {
    EXPECT_EQ(refusal("Zh=="), "Invalid argument: unused base64 bits are not zero at offset 1");
    EXPECT_EQ(refusal("Zm9="), "Invalid argument: unused base64 bits are not zero at offset 2");
    EXPECT_EQ(refusal("Zh"), "Invalid argument: unused base64 bits are not zero at offset 1");
    EXPECT_EQ(refusal("Zm9v+_Zm"), "Invalid argument: base64 alphabets are mixed at offset 5");
    EXPECT_EQ(refusal("Z"), "Invalid argument: base64 ends inside a byte at offset 1");
    EXPECT_EQ(refusal("Zm9vZ"), "Invalid argument: base64 ends inside a byte at offset 5");
}

TEST(Base64, RefusesWrongPadding) {
    for (const char* text : {"Zg=", "Zg===", "Zm8==", "Zm9v=", "Zm9v====", "=", "====", "Zg=a",
                             "Zg==Zg==", "Zm9vYg=\n"}) {
        EXPECT_NE(refusal(text), "accepted") << text;
    }
    EXPECT_EQ(refusal("Zm9v="), "Invalid argument: wrong base64 padding at offset 4");
}

TEST(Base64, RefusesEveryOtherCharacter) {
    EXPECT_EQ(refusal("Zm 9"), "Invalid argument: not a base64 digit at offset 2");
    for (int c = 0; c < 256; ++c) {
        const char character = static_cast<char>(c);
        const bool digit = (character >= 'A' && character <= 'Z') ||
                           (character >= 'a' && character <= 'z') ||
                           (character >= '0' && character <= '9') ||
                           std::string_view("+/-_").find(character) != std::string_view::npos;
        EXPECT_EQ(from_base64(std::string{'A', character, 'A', 'A'}).has_value(), digit) << c;
    }
}

TEST(Base64, ExactlyOneTextOfTwoDigitsDecodesToEachByte) {
    const std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::set<Bytes> decoded;
    int accepted = 0;
    for (const char a : alphabet) {
        for (const char b : alphabet) {
            if (const auto bytes = from_base64(std::string{a, b})) {
                ++accepted;
                decoded.insert(*bytes);
            }
        }
    }
    EXPECT_EQ(accepted, 256);
    EXPECT_EQ(decoded.size(), 256U);
}

RC_GTEST_PROP(Base64, RoundTripsInEveryForm, (const std::vector<std::uint8_t>& bytes)) {
    RC_ASSERT(*from_base64(to_base64(bytes)) == bytes);
    RC_ASSERT(*from_base64(to_base64_unpadded(bytes)) == bytes);
    RC_ASSERT(*from_base64(to_base64url(bytes)) == bytes);
}

RC_GTEST_PROP(Base64, ReadsOnlyWhatItWouldWrite, ()) {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ABCDwxyz0189+/-_==")));
    if (const auto bytes = from_base64(text)) {
        std::string url = to_base64url(*bytes);
        std::string padded_url = url + std::string((4 - url.size() % 4) % 4, '=');
        RC_ASSERT(text == to_base64(*bytes) || text == to_base64_unpadded(*bytes) || text == url ||
                  text == padded_url);
    }
}

}  // namespace
}  // namespace aion
