// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_escape.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/utf8.hpp"
#include "support/xml_page.hpp"

namespace aion::report {
namespace {

TEST(HtmlEscapeTest, WhatIsMarkupBecomesText) {
    EXPECT_EQ(html_text("<script>alert('x')</script>"),
              "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    EXPECT_EQ(html_text("\" onload=\"x"), "&quot; onload=&quot;x");
    EXPECT_EQ(html_text("&lt; ]]> -->"), "&amp;lt; ]]&gt; --&gt;");
}

TEST(HtmlEscapeTest, WhatNobodySeesIsWrittenOut) {
    EXPECT_EQ(html_text("a\u202eb\u200bc\x1b[31m\n"), "a\\u{202e}b\\u{200b}c\\x1b[31m\\n");
    EXPECT_EQ(html_text(R"(\n)"), R"(\\n)");
    EXPECT_EQ(html_text("\xff<\xc3"), "\\xff&lt;\\xc3");
}

TEST(HtmlEscapeTest, WhatXmlDoesNotAllowIsWrittenOut) {
    EXPECT_EQ(html_text("a\ufffe\uffff\ufffdz"), "a\\u{fffe}\\u{ffff}\ufffdz");
}

RC_GTEST_PROP(HtmlEscapeTest, AnyBytesBecomeTextThatReadsAsTheyAreShown,
              (const std::string& text)) {
    const test::XmlPage page("<!DOCTYPE html>\n<p title=\"" + html_text(text) + "\">" +
                             html_text(text) + "</p>");
    RC_ASSERT(page.fault() == "");
    RC_ASSERT(page.elements.at(0).text == escape_controls(text));
    RC_ASSERT(page.elements.at(0).attribute("title") == escape_controls(text));
}

TEST(HtmlEscapeTest, ABeginningCutsNoCharacter) {
    EXPECT_EQ(beginning_of("abc", 3), "abc");
    EXPECT_EQ(beginning_of("abcd", 3), "abc");
    EXPECT_EQ(beginning_of("ab\u20acd", 3), "ab");
    EXPECT_EQ(beginning_of("ab\u20acd", 4), "ab");
    EXPECT_EQ(beginning_of("ab\u20acd", 5), "ab\u20ac");
    EXPECT_EQ(beginning_of("\u20ac", 0), "");
    // Bytes that are no text are no reason to go further back.
    EXPECT_EQ(beginning_of("\x80\x80\x80\x80\x80\x80", 5).size(), 2);
}

}  // namespace
}  // namespace aion::report
