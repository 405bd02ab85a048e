// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/export_import.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "report/export_world.hpp"

namespace aion::report {
namespace {

using Json = nlohmann::ordered_json;

class ExportImportTest : public test::ExportWorld {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create();
        must_commit("rules: 2\n", "second");
        must_commit("rules: 3\n", "third", policy::test::bob);
    }

    // What is said of an export in which `change` changed something.
    std::string refusal(const std::function<void(Json&)>& change, bool like_reference = false) {
        Json tree = Json::parse(exported(examined(), ExportFormat::json, like_reference));
        change(tree);
        const auto read = import_export(tree.dump(), ExportFormat::json);
        if (read) {
            return "";
        }
        EXPECT_EQ(read.error().code(), ErrorCode::invalid_format);
        EXPECT_FALSE(read.error().detail().empty());
        return read.error().message().substr(std::string_view("Invalid file format: ").size());
    }
};

TEST_F(ExportImportTest, WhatWasExportedIsReadBack) {
    const auto file = examined();
    const auto read = import_export(exported(file, ExportFormat::json), ExportFormat::json);
    ASSERT_TRUE(read) << read.error().full_message();
    EXPECT_TRUE(read->is_ours);
    EXPECT_EQ(read->source_file, "policy.aion");
    EXPECT_EQ(read->file_id, file.report().file_id);
    EXPECT_EQ(read->version_count, 3U);
    EXPECT_EQ(read->current_version, VersionNumber{3});
    EXPECT_EQ(read->was_valid, true);
    ASSERT_EQ(read->versions.size(), 3U);
    ASSERT_EQ(read->signatures.size(), 3U);
    ASSERT_EQ(read->audit_trail.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const policy::ExaminedVersion version = file.version(i);
        const ExportedVersion& said = read->versions[i];
        EXPECT_EQ(said.number, version.number);
        EXPECT_EQ(said.author, version.author);
        EXPECT_EQ(said.timestamp, version.timestamp);
        EXPECT_EQ(said.message, version.message);
        EXPECT_EQ(said.rules_hash, version.rules_hash);
        EXPECT_EQ(said.parent_hash.value_or(Hash{}), version.parent_hash);
        EXPECT_EQ(said.version_hash, version.version_hash);
        EXPECT_EQ(said.signature, version.signature);
        EXPECT_EQ(said.key, version.key);
        EXPECT_EQ(said.epoch, version.epoch->epoch);
        EXPECT_EQ(said.epoch_active_from, version.epoch->active_from);
        EXPECT_EQ(said.epoch_valid_until, version.epoch->valid_until());
        EXPECT_EQ(read->signatures[i].key, version.key);
        EXPECT_EQ(read->signatures[i].author, version.author);
        EXPECT_TRUE(read->signatures[i].verified);
        EXPECT_EQ(read->audit_trail[i].hash, file.audit_entry(i).hash);
    }
}

TEST_F(ExportImportTest, AllFormsSayTheSame) {
    const auto file = examined();
    EXPECT_EQ(*import_export(exported(file, ExportFormat::json), ExportFormat::json),
              *import_export(exported(file, ExportFormat::yaml), ExportFormat::yaml));
    const auto theirs = import_export(exported(file, ExportFormat::json, true), ExportFormat::json);
    ASSERT_TRUE(theirs);
    EXPECT_EQ(*theirs,
              *import_export(exported(file, ExportFormat::yaml, true), ExportFormat::yaml));
    EXPECT_FALSE(theirs->is_ours);
    EXPECT_EQ(theirs->versions[2].message, "third");
    EXPECT_EQ(theirs->versions[2].version_hash, std::nullopt);
}

TEST_F(ExportImportTest, ErrorsNameThePlace) {
    EXPECT_EQ(refusal([](Json&) {}), "");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][2]["rules_hash"] = "zz"; }),
              "versions[2].rules_hash: expected 64 lower-case hex digits");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][0]["rules_hash"] = std::string(64, 'A'); }),
              "versions[0].rules_hash: expected 64 lower-case hex digits");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][1]["author_id"] = 1; }),
              "versions[1].author_id_text: it is not what author_id says");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][1]["author_id"] = -1; }, true),
              "versions[1].author_id: expected a number from 0 to 18446744073709551615");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][1]["timestamp"] = "2026-02-30T00:00:00Z"; }),
              "versions[1].timestamp: expected a time such as 2026-01-01T00:00:00Z");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][1]["timestamp"] = "2026-01-01T00:00:00Z"; }),
              "versions[1].timestamp: it is not what timestamp_nanos says");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][1].erase("message"); }),
              "versions[1].message: missing");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][1]["message_authenticated"] = true; }),
              "versions[1].message_authenticated: no message of format v2 is authenticated");
    EXPECT_EQ(refusal([](Json& t) { t["versions"] = 1; }), "versions: expected a list");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][0] = 1; }), "versions[0]: expected an object");
    EXPECT_EQ(refusal([](Json& t) { t["file_info"]["file_id"] = "0x12"; }),
              "file_info.file_id: expected 0x and 16 lower-case hex digits");
    EXPECT_EQ(refusal([](Json& t) { t["signatures"][0]["verified"] = "yes"; }),
              "signatures[0].verified: expected true or false");
    EXPECT_EQ(refusal([](Json& t) { t["audit_trail"][1]["entry"] = 5; }),
              "audit_trail[1].entry: it is the entry at place 2");
}

TEST_F(ExportImportTest, PlacesMustNotContradictEachOther) {
    EXPECT_EQ(refusal([](Json& t) { t["versions"].erase(1); }),
              "file_info.version_count: there are 2 versions");
    EXPECT_EQ(refusal([](Json& t) { std::swap(t["versions"][0], t["versions"][1]); }, true),
              "versions[0].version: version 1 comes here");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][2]["parent_hash"] = std::string(64, '0'); }),
              "versions[2].parent_hash: it is not the version_hash of the version before");
    EXPECT_EQ(refusal([](Json& t) { t["versions"][2]["parent_hash"] = nullptr; }, true),
              "versions[2].parent_hash: only version 1 has none");
    EXPECT_EQ(refusal([](Json& t) { t["file_info"]["current_version"] = 2; }, true),
              "file_info.current_version: the last version is 3");
    EXPECT_EQ(refusal([](Json& t) { t["signatures"].push_back(t["signatures"][0]); }, true),
              "signatures[3].version: it is no version at this place");
    EXPECT_EQ(refusal([](Json& t) { t["verification"]["verdict"] = "INVALID"; }),
              "verification.verdict: it is not what is_valid says");
}

// A verdict is what its parts come to, and VALID what holds of each version.
TEST_F(ExportImportTest, TheVerdictMustFollowFromWhatIsStated) {
    const auto of = [this](const std::function<void(Json&)>& change) { return refusal(change); };
    EXPECT_EQ(of([](Json& t) {
                  t["versions"][0]["signature"] = "refused";
                  t["versions"][0]["refused"] = "bad_signature";
              }),
              "signatures[0].verified: it is not what versions[0].signature says");
    EXPECT_EQ(of([](Json& t) { t["versions"][0]["refused"] = "bad_signature"; }),
              "versions[0].refused: it is not what signature says");
    EXPECT_EQ(of([](Json& t) { t["versions"][0]["refused"] = "bad luck"; }),
              "versions[0].refused: expected a reason, or null");
    EXPECT_EQ(of([](Json& t) {
                  t["versions"][1]["signature"] = "not_judged";
                  t["signatures"][1]["signature"] = "not_judged";
                  t["signatures"][1]["verified"] = false;
              }),
              "versions[1].signature: the verdict is VALID");
    EXPECT_EQ(of([](Json& t) { t["signatures"].erase(2); }), "signatures: there are 3 versions");
    EXPECT_EQ(of([](Json& t) { t["audit_trail"] = Json::array(); }),
              "audit_trail: there are 3 versions");
    EXPECT_EQ(of([](Json& t) { t["verification"]["gates"][0]["state"] = "failed"; }),
              "verification.verdict: by what else is stated it is INVALID");
    EXPECT_EQ(of([](Json& t) { t["verification"]["gates"][0]["state"] = "skipped"; }),
              "verification.verdict: by what else is stated it is INVALID");
    EXPECT_EQ(of([](Json& t) {
                  t["verification"]["signatures_valid"] = 0;
                  t["verification"]["signatures_valid_text"] = "0";
              }),
              "verification.signatures_valid: there are 3 versions");
    EXPECT_EQ(of([](Json& t) { t["verification"]["head"] = std::string(64, '0'); }),
              "verification.head: it is not the last version_hash");
    EXPECT_EQ(of([](Json& t) { t["verification"].erase("reason"); }),
              "verification.reason: missing");
    EXPECT_EQ(of([](Json& t) { t["signatures"][0]["public_key"] = std::string(64, '0'); }),
              "signatures[0].public_key: it is not that of the version");
    EXPECT_EQ(of([](Json& t) { t["audit_trail"][2]["is_linked"] = false; }),
              "audit_trail[2].is_linked: the verdict is VALID");
    EXPECT_EQ(of([](Json& t) {
                  t["versions"][2]["epoch_active_from"] = 9;
                  t["versions"][2]["epoch_active_from_text"] = "9";
              }),
              "versions[2].epoch: no epoch signed that version");
    EXPECT_EQ(of([](Json& t) { t["verification"]["ours"] = "more is nobody's"; }), "");
}

TEST_F(ExportImportTest, WhatIsNoExportIsRefused) {
    EXPECT_EQ(refusal([](Json& t) { t.erase("export_version"); }),
              "not an export: export_version is missing");
    EXPECT_EQ(refusal([](Json& t) { t["export_version"] = "2.0"; }),
              "not an export: export_version is not \"1.0\"");
    EXPECT_EQ(refusal([](Json& t) { t["aion_export"] = 2; }),
              "aion_export is 2: written by a newer version of this program, which reads 1");
    EXPECT_EQ(import_export("[]", ExportFormat::json).error().detail(), "export_unknown_form");
    EXPECT_EQ(import_export("a,b", ExportFormat::csv).error().detail(), "export_unknown_form");
    EXPECT_EQ(import_export("{}  ", ExportFormat::json, {.max_size = 3}).error().detail(),
              "export_too_large");
    EXPECT_EQ(import_export("[[[]]]", ExportFormat::json, {.max_depth = 2}).error().detail(),
              "json_too_deep");
}

// Its history is as broken as the file; that is what it says.
TEST_F(ExportImportTest, TheExportOfAnInvalidFileIsRead) {
    Bytes bytes = content();
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
        Bytes broken = bytes;
        broken[at] ^= 0x55U;
        const auto file = examined(broken);
        for (const ExportFormat format : {ExportFormat::json, ExportFormat::yaml}) {
            const auto read = import_export(exported(file, format), format);
            ASSERT_TRUE(read) << at << ": " << read.error().full_message();
            EXPECT_EQ(read->was_valid, false);
        }
    }
}

TEST_F(ExportImportTest, FormatsAreToldByHowTheyBegin) {
    const auto file = examined();
    for (const ExportFormat format : {ExportFormat::json, ExportFormat::yaml, ExportFormat::csv}) {
        for (const bool like_reference : {false, true}) {
            EXPECT_EQ(export_format_of(exported(file, format, like_reference)), format);
        }
    }
}

TEST_F(ExportImportTest, WhatSpreadsheetsSaveAgainIsStillATable) {
    for (const std::string_view text :
         {"version,author_id,timestamp\n", "\"version\",\"author_id\"\n",
          "\ufeffversion,author_id\n", "\ufeff\"version\",\"author_id\"\n", "version;author_id\r\n",
          "version\tauthor_id\n"}) {
        EXPECT_EQ(export_format_of(text), ExportFormat::csv) << text;
    }
    for (const std::string_view text :
         {"version: 1", "versions, all", "version", "\"version\": 1"}) {
        EXPECT_EQ(export_format_of(text), ExportFormat::yaml) << text;
    }
    EXPECT_EQ(export_format_of("\ufeff {}"), ExportFormat::json);
    const auto file = examined();
    for (const ExportFormat format : {ExportFormat::json, ExportFormat::yaml}) {
        EXPECT_TRUE(import_export("\ufeff" + exported(file, format), format)) << name_of(format);
    }
}

}  // namespace
}  // namespace aion::report
