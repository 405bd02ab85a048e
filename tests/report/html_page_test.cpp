// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_page.hpp"

#include <gtest/gtest.h>

#include "aion/base/base64.hpp"
#include "aion/crypto/sha256.hpp"
#include "support/xml_page.hpp"

namespace aion::report {
namespace {

TEST(HtmlPageTest, NumbersAreGroupedInThousands) {
    EXPECT_EQ(many(1, "version"), "1 version");
    EXPECT_EQ(many(1000, "version"), "1,000 versions");
}

// Whatever came to stand in a page, no script runs, no style but ours has an effect and nothing is
// fetched: the page's own policy says so, by the digest of the one style sheet in it.
TEST(HtmlPageTest, ThePolicyAllowsTheOneStyleSheetAndNothingElse) {
    std::string written;
    const TextSink sink = [&](std::string_view piece) { written += piece; };
    Page page(sink);
    page.begin("a <title>");
    page.end();
    const test::XmlPage read(written);
    ASSERT_EQ(read.fault(), "");
    ASSERT_EQ(read.all("style").size(), 1);
    const std::string digest =
        to_base64(crypto::sha256(as_bytes(read.all("style")[0]->text)).view());
    EXPECT_EQ(read.all("meta")[0]->attribute("charset"), "utf-8");
    EXPECT_EQ(read.all("meta")[1]->attribute("http-equiv"), "Content-Security-Policy");
    EXPECT_EQ(read.all("meta")[1]->attribute("content"),
              "default-src 'none'; style-src 'sha256-" + digest +
                  "'; base-uri 'none'; form-action 'none'");
    EXPECT_EQ(read.all("meta")[2]->attribute("content"), "no-referrer");
    EXPECT_EQ(read.all("title")[0]->text, "a <title>");
    EXPECT_EQ(read.all("html")[0]->attribute("lang"), "en");
    EXPECT_EQ(written.find("url("), std::string::npos);
    EXPECT_EQ(written.find("@import"), std::string::npos);
}

TEST(HtmlPageTest, PiecesAreSmall) {
    std::size_t largest = 0;
    std::size_t all = 0;
    const TextSink sink = [&](std::string_view piece) {
        largest = std::max(largest, piece.size());
        all += piece.size();
    };
    Page page(sink);
    page.begin("many");
    for (int i = 0; i < 100'000; ++i) {
        page.mark("<p>").number(7).mark("</p>");
    }
    page.end();
    EXPECT_GT(all, 800'000);
    EXPECT_LT(largest, 64'000);
}

TEST(HtmlPageTest, TablesNameEveryCell) {
    std::string written;
    const TextSink sink = [&](std::string_view piece) { written += piece; };
    Page page(sink);
    page.mark("<!DOCTYPE html>\n");
    constexpr std::array columns{Column{"Name"}, Column{"Count", "number"}};
    Table table(page, "Things & others", columns);
    for (int i = 0; i < 2; ++i) {
        table.row();
        table.cell().text("<a>");
        table.cell().number(3);
    }
    table.end();
    page.mark("<p></p>");
    page.end();
    written.resize(written.find("<p></p>"));
    const test::XmlPage read(written);
    ASSERT_EQ(read.fault(), "");
    EXPECT_EQ(read.all("caption")[0]->text, "Things & others");
    ASSERT_EQ(read.all("th").size(), 4);
    EXPECT_EQ(read.all("th")[0]->attribute("scope"), "col");
    EXPECT_EQ(read.all("th")[2]->attribute("scope"), "row");
    EXPECT_EQ(read.all("th")[2]->text, "<a>");
    ASSERT_EQ(read.all("td").size(), 2);
    EXPECT_EQ(read.all("td")[1]->attribute("data-label"), "Count");
    EXPECT_EQ(read.all("td", "number").size(), 2);
}

}  // namespace
}  // namespace aion::report
