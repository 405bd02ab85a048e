// SPDX-License-Identifier: MIT OR Apache-2.0
// What hostile files can do to reports: nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "report/reported.hpp"

namespace aion::report {
namespace {

using test::lines_of;
using test::text_of;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto hostile_messages = std::to_array<std::string_view>({
    "| a | b |\n# heading",
    "<script>alert(1)</script>",
    "[click](http://evil.example) ![x](y)",
    "`` ` ``|`",
    "\x1b[31mred\x1b[0m \xE2\x80\xAEtxt.exe",
    "www.evil.example and a@evil.example",
    "\\| \\\\| \\",
    "======================================================================",
});

class HostileReportTest : public test::Reported {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("rules\n");
        for (const std::string_view message : hostile_messages) {
            must_commit("more\n", message);
        }
        file_.emplace(examined(content()));
        report_ = make_report(*file_, Framework::sox, run());
        report_.run.file_path = "evil|`path`\n# heading\x1b[2J\xff.aion";
    }

    std::optional<policy::Examination> file_;
    Report report_;
};

// Bars that end a cell.
std::size_t cells(const std::string& line) {
    std::size_t count = 0;
    bool is_escaped = false;
    for (const char c : line) {
        count += c == '|' && !is_escaped ? 1U : 0U;
        is_escaped = c == '\\' && !is_escaped;
    }
    return count;
}

TEST_F(HostileReportTest, MessagesEndNoCellAndBeginNothing) {
    const std::string markdown = text_of<Report>(write_markdown, report_);
    std::size_t headings = 0;
    std::size_t rows = 0;
    bool in_history = false;
    for (const std::string& line : lines_of(markdown)) {
        headings += line.starts_with('#') ? 1U : 0U;
        in_history = line.starts_with("## ") ? line == "## Version History" : in_history;
        if (in_history && line.starts_with('|')) {
            EXPECT_EQ(cells(line), 8U) << line;
            ++rows;
        }
    }
    EXPECT_EQ(rows, hostile_messages.size() + 3);
    // Title, summary, history, three sections, signers, what is open.
    EXPECT_EQ(headings, 8U);
    EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
    EXPECT_THAT(markdown, Not(HasSubstr("\x1b")));
    EXPECT_FALSE(find_utf8_fault(markdown));
}

TEST_F(HostileReportTest, TextHasNoControlsAndNoFurtherLines) {
    const std::string text = text_of<Report>(write_text, report_);
    EXPECT_FALSE(find_utf8_fault(text));
    EXPECT_TRUE(std::ranges::none_of(
        text, [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
    EXPECT_THAT(text, Not(HasSubstr("\xE2\x80\xAE")));
    const auto lines = lines_of(text);
    EXPECT_EQ(std::ranges::count(lines, "  # heading"), 0);
    // Two of the title, two of the end.
    EXPECT_EQ(std::ranges::count(lines, std::string(70, '=')), 4);
}

TEST_F(HostileReportTest, DocumentsHoldExactlyTheTexts) {
    std::string text;
    JsonWriter writer(text, JsonStyle::pretty);
    write(writer, report_);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    const auto document = nlohmann::json::parse(text);
    for (std::size_t i = 0; i < hostile_messages.size(); ++i) {
        EXPECT_EQ(document["version_history"][i + 1]["message"], hostile_messages[i]);
        EXPECT_EQ(document["version_history"][i + 1]["message_authenticated"], false);
    }
    EXPECT_EQ(document["file_path_bytes"], to_hex(as_bytes(report_.run.file_path)));
}

// What is written piece by piece is never held as a whole: no piece grows with the file.
TEST_F(HostileReportTest, NoPieceHoldsTheWhole) {
    for (void (*const write)(const TextSink&, const Report&) : {write_text, write_markdown}) {
        std::size_t longest = 0;
        write([&](std::string_view piece) { longest = std::max(longest, piece.size()); }, report_);
        EXPECT_LT(longest, 2'000U);
    }
}

}  // namespace
}  // namespace aion::report
