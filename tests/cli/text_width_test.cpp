// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/text_width.hpp"

#include <gtest/gtest.h>

namespace aion::cli {
namespace {

TEST(TextWidth, CountsWhatATerminalUses) {
    EXPECT_EQ(columns_of(""), 0U);
    EXPECT_EQ(columns_of("abc"), 3U);
    EXPECT_EQ(columns_of("Größe"), 5U);
    EXPECT_EQ(columns_of("漢字"), 4U);
    EXPECT_EQ(columns_of("한글ｶﾅカナ"), 10U);
    EXPECT_EQ(columns_of("🚀✅→"), 5U);
    EXPECT_EQ(columns_of("e\u0301"), 1U);
    EXPECT_EQ(columns_of("\U00020000"), 2U);
    EXPECT_EQ(columns_of("a\xff"), 2U);
}

TEST(TextWidth, PadsToColumns) {
    EXPECT_EQ(padded("漢", "漢", 4), "漢  ");
    EXPECT_EQ(padded("<漢>", "漢", 3), "<漢> ");
    EXPECT_EQ(padded("abcd", "abcd", 3), "abcd");
}

TEST(TextWidth, CutsBetweenCharacters) {
    EXPECT_EQ(cut_to("abcdef", 6, "…"), "abcdef");
    EXPECT_EQ(cut_to("abcdef", 5, "…"), "abcd…");
    EXPECT_EQ(cut_to("漢字漢字", 8, "…"), "漢字漢字");
    EXPECT_EQ(cut_to("漢字漢字", 7, "…"), "漢字漢…");
    EXPECT_EQ(cut_to("漢字漢字", 6, "…"), "漢字…");
    EXPECT_EQ(cut_to("abcdef", 5, "..."), "ab...");
    EXPECT_EQ(cut_to("abcdef", 1, "…"), "…");
    EXPECT_EQ(cut_to("abcdef", 0, "…"), "");
    EXPECT_EQ(cut_to("", 0, "…"), "");
}

// Half of an escape could be read as another.
TEST(TextWidth, CutsNoEscapeInTwo) {
    EXPECT_EQ(cut_to("a\\x1bcd", 7, "…"), "a\\x1bcd");
    EXPECT_EQ(cut_to("a\\x1bcd", 6, "…"), "a\\x1b…");
    EXPECT_EQ(cut_to("a\\x1bcd", 5, "…"), "a…");
    EXPECT_EQ(cut_to("a\\u{202e}b", 9, "…"), "a…");
    EXPECT_EQ(cut_to("a\\\\\\nb", 5, "…"), "a\\\\…");
    EXPECT_EQ(cut_to("ab\\", 2, "…"), "a…");
    EXPECT_EQ(cut_to("\\u{20", 4, "…"), "\\u{…");
}

}  // namespace
}  // namespace aion::cli
