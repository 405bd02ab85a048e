// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/utf8.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/bytes.hpp"

namespace aion {
namespace {

std::string fault_in(std::string_view text) {
    const auto fault = find_utf8_fault(text);
    return fault ? describe(*fault) : "valid";
}

std::string invalid(int length, int index) {
    return "invalid utf-8 sequence of " + std::to_string(length) + " bytes from index " +
           std::to_string(index);
}

std::string incomplete(int index) {
    return "incomplete utf-8 byte sequence from index " + std::to_string(index);
}

/// RFC 3629, written down independently of the code under test.
std::string encode(std::uint32_t c) {
    const auto byte = [](std::uint32_t b) { return static_cast<char>(b); };
    if (c < 0x80) {
        return {byte(c)};
    }
    if (c < 0x800) {
        return {byte(0xc0 + c / 64), byte(0x80 + c % 64)};
    }
    if (c < 0x10000) {
        return {byte(0xe0 + c / 4096), byte(0x80 + c / 64 % 64), byte(0x80 + c % 64)};
    }
    return {byte(0xf0 + c / 262144), byte(0x80 + c / 4096 % 64), byte(0x80 + c / 64 % 64),
            byte(0x80 + c % 64)};
}

TEST(Utf8, AcceptsEveryCodePointAndNoSurrogate) {
    for (std::uint32_t c = 0; c < 0x110000; ++c) {
        const bool surrogate = c >= 0xd800 && c <= 0xdfff;
        ASSERT_EQ(find_utf8_fault(encode(c)).has_value(), surrogate) << std::hex << c;
    }
    EXPECT_EQ(fault_in("\xf4\x90\x80\x80"), invalid(1, 0));  // U+110000
}

TEST(Utf8, SaysWhereAndHowTextIsInvalid) {
    EXPECT_EQ(fault_in("ok"), "valid");
    EXPECT_EQ(fault_in(""), "valid");
    EXPECT_EQ(fault_in("abc\xff"), invalid(1, 3));
    EXPECT_EQ(fault_in("\x80"), invalid(1, 0));
    EXPECT_EQ(fault_in("\xc0\xaf"), invalid(1, 0));        // overlong
    EXPECT_EQ(fault_in("\xe0\x80\xaf"), invalid(1, 0));    // overlong
    EXPECT_EQ(fault_in("\xed\xa0\x80"), invalid(1, 0));    // surrogate
    EXPECT_EQ(fault_in("a\xe2\x82x"), invalid(2, 1));      // third byte is none
    EXPECT_EQ(fault_in("a\xf0\x9f\x98x"), invalid(3, 1));  // fourth byte is none
    EXPECT_EQ(fault_in("a\xc3("), invalid(1, 1));
    EXPECT_EQ(fault_in("12345678\xff"), invalid(1, 8));  // behind a whole word of ASCII
}

TEST(Utf8, SaysWhereTextEndsInsideASequence) {
    EXPECT_EQ(fault_in("a\xc3"), incomplete(1));
    EXPECT_EQ(fault_in("ab\xe2\x82"), incomplete(2));
    EXPECT_EQ(fault_in("\xf0\x9f\x98"), incomplete(0));
    EXPECT_EQ(fault_in("\xf0"), incomplete(0));
}

TEST(Utf8, ReplacesMaximalSubparts) {
    // The example of Unicode 15, table 3-8.
    EXPECT_EQ(to_valid_utf8("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"),
              "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA");
    EXPECT_EQ(to_valid_utf8("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), "\ufffd\ufffd\ufffd\ufffdA");
    EXPECT_EQ(to_valid_utf8("a\xe2\x82"), "a\ufffd");
    EXPECT_EQ(to_valid_utf8("plain \u00e4"), "plain \u00e4");
}

TEST(Utf8, EscapesWhatMovesTheCursorOrTheDirection) {
    EXPECT_EQ(escape_controls("a\nb\tc\rd"), "a\\nb\\tc\\rd");
    EXPECT_EQ(escape_controls("\x1b[31m"), "\\x1b[31m");
    EXPECT_EQ(escape_controls(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
    EXPECT_EQ(escape_controls("\u0085\u009b"), "\\u{85}\\u{9b}");
    EXPECT_EQ(escape_controls("\u061c\u200e\u200f"), "\\u{61c}\\u{200e}\\u{200f}");
    EXPECT_EQ(escape_controls("\u2028\u2029\u202a\u202e"), "\\u{2028}\\u{2029}\\u{202a}\\u{202e}");
    EXPECT_EQ(escape_controls("\u2066\u2069"), "\\u{2066}\\u{2069}");
    EXPECT_EQ(escape_controls("C:\\n"), "C:\\\\n");
    EXPECT_EQ(escape_controls("\u00e4\u65e5\U0001f600 ok"), "\u00e4\u65e5\U0001f600 ok");
    EXPECT_EQ(escape_controls("a\xff\xe2\x82"), "a\ufffd\ufffd");
}

TEST(Utf8, TrimsUnicodeWhiteSpace) {
    EXPECT_EQ(trim_white_space(""), "");
    EXPECT_EQ(trim_white_space(" \t\n\u00a0\u3000 "), "");
    EXPECT_EQ(trim_white_space("\n id \u2003with\u2003 spaces \u0085\r\n"),
              "id \u2003with\u2003 spaces");
    EXPECT_EQ(trim_white_space("\u200bx"), "\u200bx");  // has no width, but is not white space
}

RC_GTEST_PROP(Utf8, WhateverIsRepairedIsValid, (const std::vector<std::uint8_t>& bytes)) {
    const std::string_view text = as_text(bytes);
    const std::string repaired = to_valid_utf8(text);
    RC_ASSERT(!find_utf8_fault(repaired));
    if (!find_utf8_fault(text)) {
        RC_ASSERT(repaired == text);
    }
}

RC_GTEST_PROP(Utf8, EscapedTextIsPrintableAndUnambiguous,
              (const std::vector<std::uint8_t>& bytes)) {
    const std::string_view text = as_text(bytes);
    const std::string escaped = escape_controls(text);
    RC_ASSERT(!find_utf8_fault(escaped));
    for (const char c : escaped) {
        const auto byte = static_cast<std::uint8_t>(c);
        RC_ASSERT(byte >= 0x20 && byte != 0x7f);
    }
    RC_ASSERT(escape_controls(to_valid_utf8(text)) == escaped);
}

}  // namespace
}  // namespace aion
