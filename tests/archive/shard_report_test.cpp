// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/shard_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "support/results.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string times(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
        all += text;
    }
    return all;
}

const std::string hash_1 = times(32, "11");
const std::string hash_2 = times(32, "22");

std::string gates(std::string_view audit) {
    std::string all;
    for (const policy::Gate gate : policy::all_gates) {
        const bool is_pin = gate == policy::Gate::pin;
        all += std::string(all.empty() ? "" : ",") + R"({"gate":")" + std::string(name_of(gate)) +
               R"(","state":")" +
               (is_pin                        ? "skipped"
                : gate == policy::Gate::audit ? std::string(audit)
                                              : "passed") +
               R"(","asked":)" + (is_pin ? "false}" : "true}");
    }
    return R"("gates":[)" + all + "]";
}

std::string valid_row(std::string_view path = "a.aion") {
    return R"({"type":"file","path":")" + std::string(path) +
           R"(","valid":true,"author":7,"error":null,"file_id":18446744073709551615,)"
           R"("version_count":2,"head":")" +
           hash_2 + R"(",)" + gates("passed") + R"(,"findings":[],"version_hashes":[")" + hash_1 +
           R"(",")" + hash_2 + R"("],"signers":[{"author":7,"epoch":1,"public_key":")" +
           times(32, "33") +
           R"(","first_version":1,"last_version":2,"versions":2}],"size":900,"remembered":true,"position":3})";
}

const std::string bad_row =
    R"({"type":"file","path":"?","valid":false,"file_id":1,"version_count":1,"head":null,)" +
    gates("failed") +
    R"(,"findings":[{"gate":"audit","reason":"audit_link_broken","version":3,"offset":77,)"
    R"("message":"broken","version_text":"3","offset_text":"77"}],"size":5,"remembered":false,"position":4,)"
    R"("path_bytes":"62ff"})";

const std::string unreadable_row =
    R"({"type":"file","path":"c","valid":null,"error":"x","no_verdict":{"code":"file_changed",)"
    R"("message":"it changed","path":"c","remedy":null},"size":0,"remembered":false,"position":9,)"
    R"("in_every_part":true,"causes":["Failed","it changed"]})";

std::string summary(int valid, int invalid, int unreadable, std::string_view more = "") {
    return R"({"type":"summary","archive_dir":"dir","file_count":0,"valid_count":)" +
           std::to_string(valid) + R"(,"invalid_count":)" + std::to_string(invalid) +
           R"(,"unreadable_count":)" + std::to_string(unreadable) +
           R"(,"remembered_count":0,"bytes":9,"operands":["dir"],"registry":")" + times(32, "ab") +
           R"(","shard":{"index":2,"count":3},"profile":"strict","stopped":false,)"
           R"("elapsed_ns":12)" +
           std::string(more) + "}";
}

class ShardReportTest : public ::testing::Test {
  protected:
    Result<ReportedRun> read(const std::string& text) {
        env.put("/report", as_bytes(text));
        const auto file = ok(env.open("/report", {}));
        files.clear();
        return read_report(*file, [this](ReportedFile told) {
            files.push_back(std::move(told));
            return Result<>();
        });
    }

    std::string refusal(const std::string& text) { return aion::test::refusal(read(text)); }

    MemoryEnv env;
    std::vector<ReportedFile> files;
};

TEST_F(ShardReportTest, LinesAreRead) {
    const ReportedRun run =
        ok(read(valid_row() + "\n" + bad_row + "\n" + unreadable_row + "\n" +
                R"({"type":"relation","kind":"fork"})" + "\n" + summary(1, 1, 1) + "\n"));
    EXPECT_EQ(run.directory, "dir");
    EXPECT_THAT(run.operands, ElementsAre("dir"));
    ASSERT_TRUE(run.shard.has_value());
    EXPECT_EQ(run.shard->index, 2);
    EXPECT_EQ(run.shard->count, 3);
    EXPECT_EQ(run.profile, policy::Profile::strict);
    EXPECT_EQ(run.files_from, std::nullopt);
    EXPECT_EQ(run.registry.bytes.at(31), 0xab);
    EXPECT_EQ(run.tally.files(), 3);
    EXPECT_EQ(run.elapsed_ns, 12);
    EXPECT_FALSE(run.is_faulty);

    ASSERT_EQ(files.size(), 3);
    const policy::VerificationReport& valid = *files[0].report;
    EXPECT_TRUE(valid.is_valid());
    EXPECT_EQ(files[0].path, "a.aion");
    EXPECT_EQ(files[0].size, 900);
    EXPECT_TRUE(files[0].remembered);
    EXPECT_EQ(valid.file_id, FileId{UINT64_MAX});
    ASSERT_TRUE(valid.history.has_value());
    EXPECT_EQ(valid.history->version_hashes.size(), 2);
    EXPECT_EQ(valid.history->signers.at(0).epoch, Epoch{1});
    EXPECT_EQ(valid.history->signers.at(0).last, VersionNumber{2});

    const policy::VerificationReport& bad = *files[1].report;
    EXPECT_FALSE(bad.is_valid());
    EXPECT_EQ(files[1].path, "b\xff");
    ASSERT_EQ(bad.findings.size(), 1);
    EXPECT_EQ(bad.findings[0].reason, policy::Reason::audit_link_broken);
    EXPECT_EQ(bad.findings[0].version, VersionNumber{3});
    EXPECT_EQ(bad.findings[0].offset, 77);

    ASSERT_FALSE(files[2].report.has_value());
    EXPECT_EQ(files[2].report.error().code(), ErrorCode::file_changed);
    EXPECT_EQ(files[2].report.error().message(), "it changed");
    EXPECT_THAT(files[2].causes, ElementsAre("Failed", "it changed"));
    EXPECT_EQ(files[2].error_path, "c");
    EXPECT_TRUE(files[2].is_in_every_part);
    EXPECT_EQ(files[2].position, 9);
}

TEST_F(ShardReportTest, ADocumentIsRead) {
    std::string text = summary(1, 0, 0);
    text.insert(1, "\n  \"files\": [\n" + valid_row() + "\n],\n");
    text.replace(text.find(R"("type":"summary",)"), 17, "");
    EXPECT_EQ(ok(read(text)).tally.valid, 1);
    EXPECT_EQ(files.size(), 1);
}

TEST_F(ShardReportTest, WhatIsCutOffIsSaid) {
    EXPECT_THAT(refusal(valid_row() + "\n"), HasSubstr("there is no summary"));
    EXPECT_THAT(refusal(valid_row() + "\n" + summary(2, 0, 0)), HasSubstr("1 of 2 files"));
    EXPECT_THAT(refusal(""), HasSubstr("it is empty"));
    const std::string whole = valid_row() + "\n" + summary(1, 0, 0) + "\n";
    for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
        EXPECT_FALSE(read(whole.substr(0, size)).has_value()) << size;
    }
    EXPECT_TRUE(read(whole).has_value());
}

TEST_F(ShardReportTest, NonsenseIsRefused) {
    const auto with = [](std::string row, std::string_view what, std::string_view by) {
        row.replace(row.find(what), what.size(), by);
        return row + "\n" + summary(1, 0, 0);
    };
    EXPECT_THAT(refusal(with(valid_row(), R"("valid":true)", R"("valid":false)")),
                HasSubstr("the gates contradict"));
    EXPECT_THAT(refusal(with(valid_row(), R"("valid":true)", R"("valid":1)")),
                HasSubstr("without a verdict"));
    EXPECT_THAT(refusal(with(valid_row(), R"("version_count":2)", R"("version_count":3)")),
                HasSubstr("not those of all versions"));
    EXPECT_THAT(refusal(with(valid_row(), R"("version_hashes")", R"("other")")),
                HasSubstr("without --shard"));
    EXPECT_THAT(refusal(with(valid_row(), "passed", "pleased")), HasSubstr("'pleased'"));
    EXPECT_THAT(refusal(with(valid_row(), "structure", "stricture")), HasSubstr("'stricture'"));
    EXPECT_THAT(refusal(with(valid_row(), times(32, "33"), "33")), HasSubstr("32 bytes in hex"));
    EXPECT_THAT(refusal(valid_row() + "\n" + summary(1, 0, 0) + "\n" + valid_row()),
                HasSubstr("behind the summary"));
    EXPECT_THAT(refusal(with(bad_row, R"("62ff")", R"("6")")), HasSubstr("path_bytes"));
    EXPECT_THAT(refusal(with(valid_row(), R"("position":3)", R"("position":0)")),
                HasSubstr("order of their positions"));
    EXPECT_THAT(refusal(bad_row + "\n" + valid_row() + "\n" + summary(1, 1, 0)),
                HasSubstr("order of their positions"));
    EXPECT_THAT(refusal(with(valid_row(), R"("position")", R"("pos")")),
                HasSubstr("without --shard"));
    EXPECT_THAT(refusal(with(unreadable_row, R"("in_every_part")", R"("some")")),
                HasSubstr("in_every_part"));
    EXPECT_THAT(refusal(with(unreadable_row, R"(["Failed","it changed"])", "[]")),
                HasSubstr("causes"));
    EXPECT_THAT(refusal(with(unreadable_row, R"("code")", R"("cod")")), HasSubstr("say why"));
    std::string shard = summary(0, 0, 0);
    shard.replace(shard.find(R"("index":2)"), 9, R"("index":4)");
    EXPECT_THAT(refusal(shard), HasSubstr("shard"));
    EXPECT_THAT(refusal("[1]\n"), HasSubstr("report of an archive"));
    EXPECT_THAT(refusal("archive_dir: a\nfile_count: 1\n"), HasSubstr("--format jsonl"));
    EXPECT_THAT(refusal("1 valid, 0 invalid\n"), HasSubstr("--format jsonl"));
}

std::string with(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

TEST_F(ShardReportTest, WhatWasVerifiedIsKnown) {
    const std::string all = summary(0, 0, 0);
    EXPECT_THAT(refusal(with(all, R"("profile":"strict")", R"("profile":"lax")")),
                HasSubstr("'lax' is no profile"));
    EXPECT_THAT(refusal(with(all, R"("operands":["dir"],)", "")), HasSubstr("operands"));
    EXPECT_THAT(refusal(with(all, R"(["dir"])", "[1]")), HasSubstr("operands"));
    EXPECT_THAT(refusal(with(all, R"(["dir"])", "[]")), HasSubstr("archive_dir"));
    EXPECT_THAT(refusal(with(all, R"(["dir"])", R"(["dir2"])")), HasSubstr("archive_dir"));
    const ReportedRun run =
        ok(read(with(with(all, R"("archive_dir":"dir")", R"("archive_dir":null)"), R"(["dir"])",
                     R"(["dir","b"],"files_from":"-")")));
    EXPECT_THAT(run.operands, ElementsAre("dir", "b"));
    EXPECT_EQ(run.files_from, "-");
    // Not UTF-8: what stands for it is no name.
    const ReportedRun odd = ok(read(
        with(with(all, R"(["dir"])", R"(["?"],"operands_bytes":["62ff"])"), R"("dir")", R"("?")")));
    EXPECT_THAT(odd.operands, ElementsAre("b\xff"));
    EXPECT_EQ(odd.directory, "b\xff");
}

TEST_F(ShardReportTest, WhatIsFaultySaysSo) {
    EXPECT_TRUE(ok(read(summary(0, 0, 0, R"(,"error":{"code":"file_read_error"})"))).is_faulty);
}

TEST_F(ShardReportTest, WhoIsToldMayEndIt) {
    env.put("/report", as_bytes(valid_row() + "\n" + summary(1, 0, 0)));
    const auto file = ok(env.open("/report", {}));
    const auto run = read_report(*file, [](const ReportedFile&) -> Result<> {
        return fail(error_because(ErrorCode::invalid_argument, "enough"));
    });
    EXPECT_EQ(aion::test::code_of(run), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aion::archive::test
