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

/// What `escape_controls` was given.
std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text.front() != '\\') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const char kind = text.at(1);
        const std::string_view rest = text.substr(2);
        const std::size_t end = kind == 'u' ? rest.find('}') + 1 : kind == 'x' ? 2 : 0;
        const std::string digits(kind == 'u' ? rest.substr(1, end - 2) : rest.substr(0, end));
        const auto number = digits.empty() ? 0UL : std::stoul(digits, nullptr, 16);
        out += kind == 'u'   ? encode(static_cast<std::uint32_t>(number))
               : kind == 'x' ? std::string(1, static_cast<char>(number))
               : kind == 'n' ? "\n"
               : kind == 'r' ? "\r"
               : kind == 't' ? "\t"
                             : "\\";
        text = rest.substr(end);
    }
    return out;
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
}

TEST(Utf8, EscapesWhatNobodySees) {
    // Soft hyphen, Mongolian vowel separator, zero width space, non-joiner and joiner, word joiner,
    // invisible times, a deprecated format character, byte order mark, interlinear annotation.
    EXPECT_EQ(escape_controls("\u00ad\u180e\u200b\u200c\u200d\u2060\u2062\u206f\ufeff\ufffb"),
              "\\u{ad}\\u{180e}\\u{200b}\\u{200c}\\u{200d}\\u{2060}\\u{2062}\\u{206f}\\u{feff}"
              "\\u{fffb}");
    // Combining grapheme joiner, Hangul filler, variation selectors, tags, as they smuggle text.
    EXPECT_EQ(escape_controls("\u034f\u3164\ufe0f\U000e0001\U000e0041\U000e01ef"),
              "\\u{34f}\\u{3164}\\u{fe0f}\\u{e0001}\\u{e0041}\\u{e01ef}");
}

TEST(Utf8, KnowsWhereRunsOfWhatNobodySeesEnd) {
    for (const char32_t c : {0x00U,   0x1fU,   0x7fU,   0x9fU,    0xadU,    0x61cU,  0x200bU,
                             0x200fU, 0x2028U, 0x202eU, 0x2060U,  0x206fU,  0xfe00U, 0xfe0fU,
                             0xfeffU, 0xfff9U, 0xfffbU, 0xe0000U, 0xe007fU, 0xe0fffU}) {
        EXPECT_TRUE(is_unseen(c)) << std::hex << static_cast<std::uint32_t>(c);
    }
    for (const char32_t c : {0x20U,   0x7eU,   0xa0U,   0xacU,    0xaeU,    0x600U,   0x200aU,
                             0x2010U, 0x2027U, 0x202fU, 0x205fU,  0x2070U,  0xfdffU,  0xfe10U,
                             0xfefeU, 0xfffcU, 0xfffdU, 0x1f600U, 0xe1000U, 0x10ffffU}) {
        EXPECT_FALSE(is_unseen(c)) << std::hex << static_cast<std::uint32_t>(c);
    }
}

TEST(Utf8, BytesThatAreNoTextStayDistinguishable) {
    EXPECT_EQ(escape_controls("p\xff"), "p\\xff");
    EXPECT_EQ(escape_controls("p\xfe"), "p\\xfe");
    EXPECT_EQ(escape_controls("p\\xff"), "p\\\\xff");
    EXPECT_EQ(escape_controls("a\xff\xe2\x82"), "a\\xff\\xe2\\x82");
    EXPECT_EQ(escape_bad_bytes("a\xff\\\n\u202e\xe2\x82z\xe2\x82"),
              "a\\xff\\\n\u202e\\xe2\\x82z\\xe2\\x82");
    EXPECT_EQ(escape_bad_bytes("plain \u00e4"), "plain \u00e4");
}

TEST(Utf8, TakesOneCharacterAtATime) {
    EXPECT_EQ(first_character("ab").point, U'a');
    EXPECT_EQ(first_character("\U0001f600x").point, U'\U0001f600');
    EXPECT_EQ(first_character("\U0001f600x").length, 4U);
    EXPECT_EQ(first_character("\xe2\x82x").point, std::nullopt);
    EXPECT_EQ(first_character("\xe2\x82x").length, 2U);
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
    RC_ASSERT(unescaped(escaped) == text);
}

}  // namespace
}  // namespace aion
