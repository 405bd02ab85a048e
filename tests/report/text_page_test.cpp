// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/text_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace aion::report {
namespace {

class TextPageTest : public ::testing::Test {
  protected:
    std::string text_;
    TextSink sink_ = [this](std::string_view piece) { text_ += piece; };
    TextPage page_{sink_};
};

TEST_F(TextPageTest, ParagraphsAreFoldedAtSeventyColumns) {
    page_.paragraph("[+] ", std::string(30, 'a') + " " + std::string(35, 'b') + " c");
    EXPECT_EQ(text_, "[+] " + std::string(30, 'a') + " " + std::string(35, 'b') + "\n    c\n");
}

TEST_F(TextPageTest, AWordThatIsLongerHasALineOfItsOwn) {
    page_.paragraph("  ", "a " + std::string(100, 'b') + " c");
    EXPECT_EQ(text_, "  a\n  " + std::string(100, 'b') + "\n  c\n");
}

TEST_F(TextPageTest, CharactersAreCountedAndNotBytes) {
    std::string word;
    for (int i = 0; i < 68; ++i) {
        word += "ü";
    }
    page_.paragraph("", word + " a");
    EXPECT_EQ(text_, word + " a\n");
}

TEST_F(TextPageTest, UntrustedTextIsEscaped) {
    page_.paragraph("", "a\nb\x1b[31m\xE2\x80\xAE");
    EXPECT_EQ(text_, "a\\nb\\x1b[31m\\u{202e}\n");
    text_.clear();
    const Fact fact{"File", "a\nb", Form::path};
    page_.facts({&fact, 1});
    EXPECT_EQ(text_, "File: a\\nb\n");
}

TEST_F(TextPageTest, AHashStandsBelowItsLabelWhereBothDoNotFit) {
    const Fact fact{"SHA-256 (sha256sum)", std::string(64, 'a'), Form::digits};
    page_.facts({&fact, 1});
    EXPECT_EQ(text_, "SHA-256 (sha256sum):\n  " + std::string(64, 'a') + "\n");
}

}  // namespace
}  // namespace aion::report
