// SPDX-License-Identifier: MIT OR Apache-2.0
// Pages on archives.
#include <gmock/gmock.h>

#include "aion/base/utf8.hpp"
#include "aion/report/archive_report.hpp"
#include "report/pages.hpp"

namespace aion::report {
namespace {

using aion::test::XmlPage;
using test::texts;
using test::two_authors;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ArchiveHtmlTest : public ::testing::Test {
  protected:
    /// Puts a file into the archive.
    void add(const std::filesystem::path& path, ByteView file, std::uint64_t times = 1) {
        const Result<policy::VerificationReport> report =
            policy::verify(file, registry, test::judged_at, {.list_history = true});
        for (std::uint64_t i = 0; i < times; ++i) {
            const archive::Row row{.path = path, .report = report, .size = file.size()};
            rows.add(row).value();
            made.tally.count(row);
            if (report->is_valid()) {
                ledger.add(path, report->file_id, *report->history).value();
            }
        }
    }

    std::string page() {
        rows.finish();
        ledger.finish().value();
        made.run = test::some_run();
        made.operands = {"archive", "<b>\u202e"};
        made.rows = &rows;
        made.ledger = &ledger;
        complete(made);
        std::string text;
        write_html([&](std::string_view piece) { text += piece; }, made).value();
        return text;
    }

    MemoryEnv env{1};
    trust::Registry registry = two_authors();
    ArchiveRows rows{env};
    archive::Ledger ledger{env};
    ArchiveReport made;
};

TEST_F(ArchiveHtmlTest, WhatIsNotValidComesFirst) {
    const Bytes good = test::file_of(3);
    Bytes bad = good;
    bad.back() ^= 1U;
    add("good.aion", good);
    add("copy.aion", good);
    add("bad<script>\xff.aion", bad);
    const XmlPage read(page());
    ASSERT_EQ(read.fault(), "");
    EXPECT_EQ(read.all("p", "word")[0]->text, "NOT VALID");
    EXPECT_THAT(texts(read.all("span", "state")), Not(Contains(HasSubstr("Holds"))));
    std::vector<std::string> files;
    for (const auto* cell : read.all("th", "wide")) {
        if (cell->attribute("data-label") == "File") {
            files.push_back(cell->text);
        }
    }
    EXPECT_THAT(files, ::testing::ElementsAre("bad<script>\\xff.aion", "good.aion", "copy.aion"));
    EXPECT_THAT(texts(read.all("bdi")), Contains("<b>\\u{202e}"));
    EXPECT_THAT(texts(read.all("dt")), Contains("copies"));
}

TEST_F(ArchiveHtmlTest, AnArchiveOfGenuineFilesIsValid) {
    add("good.aion", test::file_of(3));
    const XmlPage read(page());
    ASSERT_EQ(read.fault(), "");
    EXPECT_EQ(read.all("p", "word")[0]->text, "VALID");
    EXPECT_EQ(read.all("div", "good").size(), 1);
    EXPECT_THAT(read.all("p", "caution"), IsEmpty());
}

TEST_F(ArchiveHtmlTest, TheReferencesRulesProveNoFile) {
    add("good.aion", test::file_of(3));
    made.profile = policy::Profile::reference;
    const XmlPage read(page());
    ASSERT_EQ(read.fault(), "");
    EXPECT_THAT(texts(read.all("td", "time")), Contains("○VALIDby the reference profile"));
    std::string markdown;
    write_markdown([&](std::string_view piece) { markdown += piece; }, made).value();
    EXPECT_THAT(markdown, HasSubstr("| ⚪ VALID (reference profile) |"));
    EXPECT_THAT(markdown, Not(HasSubstr("✅ VALID")));
}

TEST_F(ArchiveHtmlTest, AnEmptyArchiveIsNotValid) {
    const XmlPage read(page());
    ASSERT_EQ(read.fault(), "");
    EXPECT_EQ(read.all("p", "word")[0]->text, "NOT VALID");
    EXPECT_THAT(texts(read.all("p")), Contains("There is no file."));
}

TEST_F(ArchiveHtmlTest, ManyFilesAreCounted) {
    add("good.aion", test::file_of(2), 1200);
    add("none", as_bytes("none"), 700);
    const std::string text = page();
    EXPECT_LT(text.size(), 1'500'000);
    const XmlPage read(text);
    ASSERT_EQ(read.fault(), "");
    EXPECT_THAT(texts(read.all("p", "note")), Contains(HasSubstr("200 more files")));
    EXPECT_THAT(texts(read.all("p", "note")), Contains(HasSubstr("700 more files")));
}

}  // namespace
}  // namespace aion::report
