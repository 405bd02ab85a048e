// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/export.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "base/value.hpp"
#include "report/export_world.hpp"

namespace aion::report {
namespace {

using Json = nlohmann::ordered_json;

class ExportTest : public test::ExportWorld {
  protected:
    // Keys in the order of the document.
    static std::vector<std::string> keys_of(const Json& object) {
        std::vector<std::string> keys;
        for (const auto& [key, value] : object.items()) {
            keys.push_back(key);
        }
        return keys;
    }
};

std::string with(std::string text, const std::vector<std::pair<std::string, std::string>>& values) {
    for (const auto& [name, value] : values) {
        for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name)) {
            text.replace(at, name.size(), value);
        }
    }
    return text;
}

// The recorded session of aion-context 1.0.0, with what differs from run to run put in.
constexpr const char* reference_json = R"({
  "export_version": "1.0",
  "source_file": "policy.aion",
  "file_info": {
    "file_id": "FILE",
    "version_count": 2,
    "current_version": 2
  },
  "versions": [
    {
      "version": 1,
      "author_id": 1001,
      "timestamp": "2023-11-14T22:13:20Z",
      "message": "Genesis version",
      "rules_hash": "RULES1",
      "parent_hash": null
    },
    {
      "version": 2,
      "author_id": 1001,
      "timestamp": "2023-11-14T22:13:21Z",
      "message": "allow write",
      "rules_hash": "RULES2",
      "parent_hash": "PARENT"
    }
  ],
  "signatures": [
    {
      "version": 1,
      "author_id": 1001,
      "public_key": "KEY",
      "verified": true
    },
    {
      "version": 2,
      "author_id": 1001,
      "public_key": "KEY",
      "verified": true
    }
  ]
})";

constexpr const char* reference_yaml = R"(export_version: '1.0'
source_file: policy.aion
file_info:
  file_id: 'FILE'
  version_count: 2
  current_version: 2
versions:
- version: 1
  author_id: 1001
  timestamp: 2023-11-14T22:13:20Z
  message: Genesis version
  rules_hash: RULES1
  parent_hash: null
- version: 2
  author_id: 1001
  timestamp: 2023-11-14T22:13:21Z
  message: allow write
  rules_hash: RULES2
  parent_hash: PARENT
signatures:
- version: 1
  author_id: 1001
  public_key: KEY
  verified: true
- version: 2
  author_id: 1001
  public_key: KEY
  verified: true
)";

constexpr const char* reference_csv =
    "version,author_id,timestamp,message,rules_hash,parent_hash\n"
    "1,1001,2023-11-14T22:13:20Z,Genesis version,RULES1,\n"
    "2,1001,2023-11-14T22:13:21Z,allow write,RULES2,PARENT\n";

TEST_F(ExportTest, TheReferencesExportsAreReproducedByteForByte) {
    must_create();
    must_commit("rules: 2\n", "allow write");
    const auto file = examined();
    const std::vector<std::pair<std::string, std::string>> values = {
        {"FILE", to_string(file.report().file_id)},
        {"RULES1", to_hex(crypto::blake3(as_bytes("rules: 1\n")))},
        {"RULES2", to_hex(crypto::blake3(as_bytes("rules: 2\n")))},
        {"PARENT", to_hex(file.version(0).version_hash)},
        {"KEY", to_hex(aion::test::public_of(aion::test::alices))}};
    EXPECT_EQ(exported(file, ExportFormat::json, true), with(reference_json, values));
    EXPECT_EQ(exported(file, ExportFormat::yaml, true), with(reference_yaml, values));
    EXPECT_EQ(exported(file, ExportFormat::csv, true), with(reference_csv, values));
}

TEST_F(ExportTest, TheReferencesKeysComeFirst) {
    must_create();
    must_commit("rules: 2\n");
    const Json all = Json::parse(exported(examined(), ExportFormat::json));
    const Json theirs = Json::parse(exported(examined(), ExportFormat::json, true));
    const auto begins_alike = [](const Json& a, const Json& b) {
        const auto first = keys_of(a);
        const auto second = keys_of(b);
        return first.size() > second.size() &&
               std::equal(second.begin(), second.end(), first.begin());
    };
    EXPECT_TRUE(begins_alike(all, theirs));
    for (const char* list : {"versions", "signatures"}) {
        for (std::size_t i = 0; i < theirs[list].size(); ++i) {
            EXPECT_TRUE(begins_alike(all[list][i], theirs[list][i])) << list << i;
            for (const auto& [key, value] : theirs[list][i].items()) {
                EXPECT_EQ(all[list][i][key], value);
            }
        }
    }
    EXPECT_EQ(all["aion_export"], 1);
}

TEST_F(ExportTest, ItSaysByWhichRightAVersionIsThere) {
    must_create();
    const Json all = Json::parse(exported(examined(), ExportFormat::json));
    const Json& version = all["versions"][0];
    EXPECT_EQ(version["signature"], "valid");
    EXPECT_EQ(version["epoch"], 0);
    EXPECT_EQ(version["epoch_valid_until"], nullptr);
    EXPECT_EQ(version["key"], to_hex(aion::test::public_of(aion::test::alices)));
    EXPECT_EQ(version["message_authenticated"], false);
    EXPECT_EQ(version["timestamp_nanos_text"], "1700000000000000000");
    EXPECT_EQ(all["verification"]["verdict"], "VALID");
    EXPECT_EQ(all["verification"]["head"], version["version_hash"]);
    EXPECT_EQ(all["verification"]["unauthenticated"].size(), 3U);
    EXPECT_EQ(all["audit_trail"].size(), 1U);
}

TEST_F(ExportTest, AnInvalidFileSaysSo) {
    must_create();
    Bytes bytes = content();
    bytes[bytes.size() / 2] ^= 1U;
    const Json all = Json::parse(exported(examined(bytes), ExportFormat::json));
    EXPECT_EQ(all["verification"]["verdict"], "INVALID");
    EXPECT_FALSE(all["verification"]["reason"].get<std::string>().empty());
    EXPECT_GT(all["verification"]["finding_count"], 0);
    EXPECT_NE(exported(examined(bytes), ExportFormat::csv).find(",\"INVALID\"\r\n"),
              std::string::npos);
}

TEST_F(ExportTest, WhatIsNoFileIsExportedButNotLikeTheReference) {
    const auto file = examined(as_bytes("nothing of the kind"));
    const Json all = Json::parse(exported(file, ExportFormat::json));
    EXPECT_EQ(all["file_info"]["file_id"], nullptr);
    EXPECT_TRUE(all["versions"].empty());
    EXPECT_EQ(exports_like_reference(file).error().detail(), "export_not_like_reference");
    must_create();
    EXPECT_TRUE(exports_like_reference(examined()).has_value());
}

TEST_F(ExportTest, HostileMessagesComeBackFromJsonAndYaml) {
    make_hostile_file();
    const auto file = examined();
    for (const bool like_reference : {false, true}) {
        const auto json = parse_json(exported(file, ExportFormat::json, like_reference));
        const auto yaml = parse_yaml(exported(file, ExportFormat::yaml, like_reference));
        ASSERT_TRUE(json) << json.error().full_message();
        ASSERT_TRUE(yaml) << yaml.error().full_message();
        for (const auto* tree : {&*json, &*yaml}) {
            const auto& versions = tree->find("versions")->items;
            ASSERT_EQ(versions.size(), hostile_messages().size() + 1);
            for (std::size_t i = 1; i < versions.size(); ++i) {
                EXPECT_EQ(versions[i].find("message")->text,
                          to_valid_utf8(hostile_messages()[i - 1]));
                EXPECT_EQ(versions[i].find("message")->kind, Value::Kind::text);
            }
        }
    }
}

TEST_F(ExportTest, ManyVersionsAreNotHeldAsText) {
    make_hostile_file();
    const auto file = examined();
    std::size_t longest = 0;
    std::size_t total = 0;
    const auto measure = [&](std::string_view piece) {
        longest = std::max(longest, piece.size());
        total += piece.size();
    };
    const Export what{.file = &file, .run = run()};
    JsonWriter out(measure, JsonStyle::pretty);
    write(out, what);
    EXPECT_GT(total, 20'000U);
    EXPECT_LT(longest, 20'000U);
}

// A verdict by other rules than ours says so wherever it stands alone.
TEST_F(ExportTest, AVerdictByTheReferencesRulesSaysSo) {
    must_create();
    policy::ExamineOptions how;
    how.verify.profile = policy::Profile::reference;
    const auto valid = policy::examine(content(), registry, policy::test::start, how).value();
    EXPECT_NE(exported(valid, ExportFormat::csv).find(",\"VALID (reference profile)\"\r\n"),
              std::string::npos);
    Bytes bytes = content();
    bytes.back() ^= 1U;
    const auto invalid = policy::examine(bytes, registry, policy::test::start, how).value();
    EXPECT_NE(exported(invalid, ExportFormat::csv).find(",\"INVALID (reference profile)\"\r\n"),
              std::string::npos);
}

}  // namespace
}  // namespace aion::report
