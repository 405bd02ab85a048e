// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/archive_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aion/archive/names.hpp"
#include "report/reported.hpp"

namespace aion::report {
namespace {

using test::all_frameworks;
using test::Gate;
using ::testing::HasSubstr;
using ::testing::Not;

class ArchiveReportTest : public test::Reported {
  protected:
    void SetUp() override {
        Reported::SetUp();
        env.put_directory("/all");
    }

    void put(const std::string& name, const Bytes& bytes) { env.put("/all/" + name, bytes); }

    // Looks at /all.
    ArchiveReport report(Framework framework = Framework::generic) {
        rows_.emplace(env);
        ledger_.emplace(env);
        const std::vector<std::filesystem::path> operands = {"/all"};
        const auto names = archive::scan(env, operands, {});
        const auto tally = archive::verify(
            env, *names, registry, {},
            [&](const archive::Row& row) {
                EXPECT_TRUE(rows_->add(row).has_value());
                return policy::Next::go_on;
            },
            &*ledger_);
        EXPECT_TRUE(tally.has_value());
        rows_->finish();
        EXPECT_TRUE(ledger_->finish().has_value());
        ArchiveReport made;
        made.framework = framework;
        made.run = run();
        made.operands = {"/all"};
        made.registry = facts_of(registry);
        made.tally = *tally;
        made.rows = &*rows_;
        made.ledger = &*ledger_;
        complete(made);
        return made;
    }

    static std::string text_of(Result<> (*write)(const TextSink&, const ArchiveReport&),
                               const ArchiveReport& report) {
        std::string text;
        EXPECT_TRUE(write([&](std::string_view piece) { text += piece; }, report).has_value());
        return text;
    }

    static nlohmann::json document_of(const ArchiveReport& report) {
        std::string text;
        JsonWriter writer(text, JsonStyle::pretty);
        EXPECT_TRUE(write(writer, report).has_value());
        return nlohmann::json::parse(text);
    }

    static std::size_t count(const ArchiveReport& report, Standing standing) {
        std::size_t found = 0;
        for (const Section& section : report.sections) {
            found += static_cast<std::size_t>(
                std::ranges::count(section.statements, standing, &Statement::standing));
        }
        return found;
    }

    std::optional<ArchiveRows> rows_;
    std::optional<archive::Ledger> ledger_;
};

TEST_F(ArchiveReportTest, RowsComeBackAsTheyWentIn) {
    put("a.aion", content());
    put("b.aion", spoilt(Gate::integrity));
    put("c.aion", Bytes(10, 'x'));
    const ArchiveReport made = report();
    std::vector<ArchiveRow> rows;
    ASSERT_TRUE(made.rows
                    ->for_each([&](const ArchiveRow& row) {
                        rows.push_back(row);
                        return policy::Next::go_on;
                    })
                    .has_value());
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].path, "/all/a.aion");
    EXPECT_EQ(rows[0].valid, true);
    EXPECT_EQ(rows[0].versions, 2U);
    EXPECT_EQ(rows[0].size, content().size());
    ASSERT_EQ(rows[0].signers.size(), 1U);
    EXPECT_EQ(rows[0].signers[0].author, aion::test::alice);
    EXPECT_EQ(rows[0].signers[0].versions, 2U);
    const Bytes bytes = content();
    EXPECT_TRUE(equal(rows[0].integrity_hash->bytes, ByteView(bytes).last(32)));
    EXPECT_EQ(rows[1].valid, false);
    EXPECT_THAT(rows[1].reason, HasSubstr("integrity"));
    EXPECT_TRUE(rows[1].signers.empty());
    EXPECT_FALSE(rows[1].head);
    EXPECT_FALSE(rows[2].file_id);
}

TEST_F(ArchiveReportTest, EveryFileIsValidOrNothingIsAsserted) {
    put("a.aion", content());
    for (const Framework framework : all_frameworks) {
        const ArchiveReport made = report(framework);
        EXPECT_EQ(made.summary(), "VALID: 1 file");
        EXPECT_GT(count(made, Standing::holds), 0U);
        EXPECT_EQ(count(made, Standing::fails), 0U);
    }
    put("b.aion", spoilt(Gate::payload));
    for (const Framework framework : all_frameworks) {
        const ArchiveReport made = report(framework);
        EXPECT_EQ(made.summary(), "NOT VALID: 2 files: 1 valid, 1 invalid, 0 unreadable");
        EXPECT_EQ(count(made, Standing::holds), 0U);
        for (const Section& section : made.sections) {
            EXPECT_EQ(section.statements.front().standing, Standing::fails);
            EXPECT_FALSE(section.lists_versions);
        }
    }
}

TEST_F(ArchiveReportTest, OnlyGatesThatFailedAreNegative) {
    put("a.aion", content());
    put("b.aion", spoilt(Gate::payload));
    const ArchiveReport made = report();
    std::vector<std::string> failed;
    for (const Statement& statement : made.sections.at(1).statements) {
        if (statement.standing == Standing::fails && statement.basis.starts_with("gate ")) {
            failed.push_back(statement.basis);
        }
    }
    EXPECT_EQ(failed, std::vector<std::string>{"gate payload"});
    EXPECT_EQ(made.rows->gates()[static_cast<std::size_t>(Gate::payload)],
              (GateTally{.passed = 1, .failed = 1}));
}

TEST_F(ArchiveReportTest, EveryFormatHasARowAFileAndTheRelations) {
    put("a.aion", content());
    put("b.aion", content());
    put("c|`.aion", spoilt(Gate::header));
    const ArchiveReport made = report();
    const std::string text = text_of(write_text, made);
    EXPECT_THAT(text, HasSubstr("\nNOT VALID: 3 files: 2 valid, 1 invalid, 0 unreadable\n"));
    EXPECT_THAT(text, HasSubstr("  VALID    /all/a.aion\n"));
    EXPECT_THAT(text, HasSubstr("  INVALID  /all/c|`.aion\n"));
    EXPECT_THAT(text, HasSubstr("copies: 2 files have the same history"));
    const std::string markdown = text_of(write_markdown, made);
    EXPECT_THAT(markdown, HasSubstr("| `/all/a.aion` | ✅ VALID |"));
    EXPECT_THAT(markdown, HasSubstr("| ``/all/c\\|`.aion`` | ❌ INVALID |"));
    EXPECT_THAT(markdown, HasSubstr("`/all/a.aion` and `/all/b.aion`"));
    const auto document = document_of(made);
    EXPECT_EQ(document["verification"]["is_valid"], false);
    EXPECT_EQ(document["counts"]["files"], 3);
    ASSERT_EQ(document["files"].size(), 3U);
    EXPECT_EQ(document["files"][0]["is_valid"], true);
    EXPECT_EQ(document["files"][2]["signers"].size(), 0U);
    EXPECT_EQ(document["relations"][0]["paths"],
              (std::vector<std::string>{"/all/a.aion", "/all/b.aion"}));
    EXPECT_FALSE(document.contains("error"));
}

TEST_F(ArchiveReportTest, AVisitorMayStop) {
    put("a.aion", content());
    put("b.aion", content());
    const ArchiveReport made = report();
    int seen = 0;
    ASSERT_TRUE(made.rows
                    ->for_each([&](const ArchiveRow&) {
                        ++seen;
                        return policy::Next::stop;
                    })
                    .has_value());
    EXPECT_EQ(seen, 1);
}

// Rows of any length, read back in pieces that end anywhere.
TEST_F(ArchiveReportTest, ManyRowsAreReadBackInPieces) {
    ArchiveRows rows(env);
    constexpr std::size_t count = 30'000;
    const Result<policy::VerificationReport> none =
        fail(error_at_path(ErrorCode::file_read_error, "x"));
    for (std::size_t i = 0; i < count; ++i) {
        const std::filesystem::path name = std::string(i % 701, 'a') + std::to_string(i);
        ASSERT_TRUE(rows.add({.path = name, .report = none, .size = i}).has_value());
    }
    rows.finish();
    std::size_t next = 0;
    ASSERT_TRUE(rows.for_each([&](const ArchiveRow& row) {
                        EXPECT_EQ(row.path, std::string(next % 701, 'a') + std::to_string(next));
                        EXPECT_EQ(row.size, next);
                        EXPECT_FALSE(row.valid);
                        ++next;
                        return policy::Next::go_on;
                    })
                    .has_value());
    EXPECT_EQ(next, count);
}

}  // namespace
}  // namespace aion::report
