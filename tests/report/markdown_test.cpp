// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace aion::report {
namespace {

TEST(MarkdownTest, PlainWordsStayAsTheyAre) {
    for (const char* const plain :
         {"Genesis", "allow write", "fix: tighten, 2.5 %", "at 2026-11-26T13:09:30Z", "Ünïcode",
          "§164.312(b): one. Two.", "version 1.2.3"}) {
        EXPECT_EQ(markdown_text(plain, Place::cell), plain);
    }
}

TEST(MarkdownTest, WhatMeansSomethingIsEscaped) {
    EXPECT_EQ(markdown_text("a | b", Place::cell), "a \\| b");
    EXPECT_EQ(markdown_text("*a* _b_ `c`", Place::cell), "\\*a\\* \\_b\\_ \\`c\\`");
    EXPECT_EQ(markdown_text("<b>[x](y) ![z]", Place::cell), "\\<b\\>\\[x\\](y) \\!\\[z\\]");
    EXPECT_EQ(markdown_text("# head", Place::line), "\\# head");
    EXPECT_EQ(markdown_text("- item", Place::line), "\\- item");
    EXPECT_EQ(markdown_text("12. item", Place::line), "12\\. item");
    EXPECT_EQ(markdown_text("&lt;", Place::cell), "\\&lt;");
}

TEST(MarkdownTest, WhatBecomesALinkByItselfIsCode) {
    for (const char* const link : {"http://a.b", "see www.evil.com", "a@b.c", "mailto:x",
                                   "evil.example", ":wave:", "two  spaces", " leading",
                                   // What renderers take for hosts is not ASCII letters only.
                                   "see www.пример.рф now", "пример.рф", "www.1.2", "x www. y",
                                   "www.-a.b", "a.1", "1.рф", "例え.テスト"}) {
        EXPECT_EQ(markdown_text(link, Place::cell), "`" + std::string(link) + "`");
    }
}

TEST(MarkdownTest, CodeHoldsBackticksAndBars) {
    EXPECT_EQ(markdown_code("a`b", Place::line), "``a`b``");
    EXPECT_EQ(markdown_code("`a", Place::line), "`` `a ``");
    EXPECT_EQ(markdown_code("a|b", Place::cell), "`a\\|b`");
    EXPECT_EQ(markdown_code("a|b", Place::line), "`a|b`");
    EXPECT_EQ(markdown_code("", Place::line), "");
}

TEST(MarkdownTest, LineEndsAndUnseenCharactersAreVisible) {
    EXPECT_EQ(markdown_text("a\nb", Place::cell), "a\\\\nb");
    EXPECT_EQ(markdown_text("\xE2\x80\xAE", Place::cell), "\\\\u\\{202e\\}");
}

// Whatever the text: one line, and every bar is behind a backslash that is none itself.
RC_GTEST_PROP(MarkdownTest, NoTextEndsItsCell, (const std::string& text)) {
    for (const std::string& cell :
         {markdown_text(text, Place::cell), markdown_code(text, Place::cell)}) {
        bool is_escaped = false;
        for (const char c : cell) {
            RC_ASSERT(c != '\n' && c != '\r');
            RC_ASSERT(c != '|' || is_escaped);
            is_escaped = c == '\\' && !is_escaped;
        }
    }
}

// Outside code nothing that begins markup stands alone.
RC_GTEST_PROP(MarkdownTest, NothingMeansAnything, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::element('a', ' ', '.', ':', '@', '<', '>', '[', ']', '(', ')', '!', '*', '_', '`',
                         '#', '&', '\\', '|', '~', '-', '1', '\n', 'w', '/'));
    const std::string made = markdown_text(text, Place::line);
    if (made.starts_with('`')) {
        const std::size_t fence = made.find_first_not_of('`');
        RC_ASSERT(fence != std::string::npos);
        RC_ASSERT(made.ends_with(std::string(fence, '`')));
        std::size_t run = 0;
        for (const char c : made.substr(fence, made.size() - 2 * fence)) {
            RC_ASSERT(c == '`' || run != fence);
            run = c == '`' ? run + 1 : 0;
        }
        RC_ASSERT(run == 0);
        return;
    }
    bool is_escaped = false;
    for (const char c : made) {
        RC_ASSERT(is_escaped || !std::string_view("`*_[]<>&|#!~").contains(c));
        RC_ASSERT(c != '@');
        is_escaped = c == '\\' && !is_escaped;
    }
}

}  // namespace
}  // namespace aion::report
