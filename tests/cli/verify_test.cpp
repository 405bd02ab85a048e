// SPDX-License-Identifier: MIT OR Apache-2.0
// aion verify: verdicts, gates, documents, pins and exit codes.
#include <yaml-cpp/yaml.h>

#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/author.hpp"
#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class VerifyTest : public Scenario {
  protected:
    VerifyTest() { make_file(); }

    Completed verify(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "verify");
        arguments.insert(arguments.end(), {"--registry", "reg.json"});
        return run(arguments);
    }
};

std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) {
        keys.push_back(key);
    }
    return keys;
}

TEST_F(VerifyTest, AValidFile) {
    const Completed result = verify({"p.aion"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("Overall: VALID\n"));
    for (const char* gate : {"Structure:", "Integrity:", "Header:", "Hash Chain:", "Payload:",
                             "Signatures:", "Audit Trail:"}) {
        EXPECT_EQ(after_label(result.out, gate).find("ok"), 15 - std::string(gate).size()) << gate;
    }
    EXPECT_THAT(result.out, HasSubstr("Pins:          none given\n"));
    EXPECT_THAT(result.out, HasSubstr("Not authenticated by format v2:\n  • message_texts: "));
    EXPECT_EQ(result.err, "Registry: reg.json\nVerifying AION file: p.aion\n");
}

TEST_F(VerifyTest, ATamperedFileNamesGateReasonVersionAndOffset) {
    flip("p.aion", 100);
    const Completed result = verify({"p.aion"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.out, HasSubstr("Overall: INVALID\n"));
    EXPECT_THAT(result.out, HasSubstr("Integrity:     FAILED\n    integrity_hash_mismatch: "));
    EXPECT_THAT(result.out, HasSubstr("\nReason: "));
    EXPECT_THAT(result.out, HasSubstr("offset "));
    EXPECT_THAT(result.err, Not(HasSubstr("Error:")));
}

TEST_F(VerifyTest, EveryFlippedByteIsInvalidWithExitCodeOne) {
    const std::size_t size = read("p.aion").size();
    for (std::size_t offset = 0; offset < size; offset += 61) {
        flip("p.aion", offset);
        EXPECT_EQ(verify({"p.aion"}).exit_code, 1) << offset;
        flip("p.aion", offset);
    }
    EXPECT_EQ(verify({"p.aion"}).exit_code, 0);
}

TEST_F(VerifyTest, FurtherFindingsAreCountedOrListed) {
    for (int i = 0; i < 3; ++i) {
        commit("x", "m");
    }
    make_key(3);
    must({"registry", "pin", "--author", "7", "--key", "3", "-o", "other.json"});
    const Completed brief = run({"verify", "p.aion", "--registry", "other.json"});
    EXPECT_EQ(brief.exit_code, 1);
    EXPECT_THAT(brief.out, HasSubstr("(version 1, offset "));
    EXPECT_THAT(brief.out, HasSubstr("    and 3 more\n"));
    const Completed verbose = run({"verify", "p.aion", "--registry", "other.json", "-v"});
    EXPECT_THAT(verbose.out, HasSubstr("(version 4, offset "));
    EXPECT_THAT(verbose.out, Not(HasSubstr("more\n")));
    EXPECT_THAT(verbose.out, HasSubstr("File Path: p.aion\n"));
}

TEST_F(VerifyTest, WhatIsNoAionFileIsInvalid) {
    write("junk.aion", "junk\n");
    write("empty.aion", "");
    for (const char* name : {"junk.aion", "empty.aion"}) {
        const Completed result = verify({name});
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_THAT(result.out, HasSubstr("Structure:     FAILED"));
        EXPECT_THAT(result.out, HasSubstr("Payload:       not checked"));
    }
    EXPECT_EQ(verify({"."}).exit_code, 2);
}

TEST_F(VerifyTest, JsonHasTheReferencesKeysFirst) {
    const Json report = must_json({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
    EXPECT_THAT(
        keys_of(report),
        ElementsAre("file_id", "version_count", "structure_valid", "integrity_hash_valid",
                    "hash_chain_valid", "audit_chain_valid", "signatures_valid", "is_valid",
                    "errors", "temporal_warnings", "header_valid", "payload_valid", "pins_valid",
                    "gates", "findings", "unauthenticated", "file_id_hex", "head", "path"));
    EXPECT_TRUE(report["file_id"].is_number_unsigned());
    EXPECT_EQ(report["is_valid"], true);
    EXPECT_EQ(report["gates"].size(), 8U);
    EXPECT_EQ(report["gates"][6], (Json{{"gate", "audit"}, {"state", "passed"}}));
    EXPECT_EQ(report["path"], "p.aion");
}

TEST_F(VerifyTest, JsonOfAnInvalidFileSaysWhy) {
    flip("p.aion", read("p.aion").size() - 1);
    const Completed result = verify({"p.aion", "--format", "json"});
    EXPECT_EQ(result.exit_code, 1);
    const Json report = Json::parse(result.out);
    EXPECT_EQ(report["is_valid"], false);
    EXPECT_EQ(report["integrity_hash_valid"], false);
    EXPECT_EQ(report["signatures_valid"], true);
    ASSERT_EQ(report["findings"].size(), 1U);
    EXPECT_THAT(keys_of(report["findings"][0]),
                ElementsAre("gate", "reason", "version", "offset", "message"));
    EXPECT_EQ(report["findings"][0]["reason"], "integrity_hash_mismatch");
    EXPECT_EQ(report["errors"][0], report["findings"][0]["message"]);
}

TEST_F(VerifyTest, YamlSaysTheSameAsJson) {
    const std::string text =
        must({"verify", "p.aion", "--registry", "reg.json", "--format", "yaml"});
    const YAML::Node yaml = YAML::Load(text);
    const Json json = must_json({"verify", "p.aion", "--registry", "reg.json", "--format=json"});
    EXPECT_EQ(yaml.size(), json.size());
    EXPECT_EQ(yaml["file_id"].as<std::uint64_t>(), json["file_id"].get<std::uint64_t>());
    EXPECT_EQ(yaml["head"].as<std::string>(), json["head"].get<std::string>());
    EXPECT_TRUE(yaml["is_valid"].as<bool>());
    EXPECT_EQ(yaml["errors"].size(), 0U);
    EXPECT_EQ(yaml["gates"][7]["gate"].as<std::string>(), "pin");
}

TEST_F(VerifyTest, TimingsAreReportedWhenAskedFor) {
    EXPECT_THAT(verify({"p.aion", "--timings"}).out, HasSubstr("\nTimings:\n  read "));
    const Json report =
        must_json({"verify", "p.aion", "--timings", "--registry", "reg.json", "-f", "json"});
    EXPECT_THAT(keys_of(report["timings"]),
                ElementsAre("read_ns", "parse_ns", "hash_ns", "payload_ns", "signatures_ns",
                            "audit_ns", "total_ns"));
    EXPECT_GT(report["timings"]["total_ns"], 0);
}

TEST_F(VerifyTest, SeveralFilesGiveTheWorstExitCode) {
    std::filesystem::copy(path("p.aion"), path("bad.aion"));
    flip("bad.aion", 100);
    EXPECT_EQ(verify({"p.aion", "p.aion"}).exit_code, 0);
    EXPECT_EQ(verify({"p.aion", "bad.aion"}).exit_code, 1);
    EXPECT_EQ(verify({"bad.aion", "none.aion", "p.aion"}).exit_code, 2);
    const Completed text = verify({"p.aion", "bad.aion"});
    EXPECT_THAT(text.out, HasSubstr("File Path: p.aion\nOverall: VALID\n"));
    EXPECT_THAT(text.out, HasSubstr("File Path: bad.aion\nOverall: INVALID\n"));
}

TEST_F(VerifyTest, SeveralFilesGiveAnArray) {
    std::filesystem::copy(path("p.aion"), path("bad.aion"));
    flip("bad.aion", 100);
    const Completed result = verify({"bad.aion", "none.aion", "p.aion", "-f", "json"});
    EXPECT_EQ(result.exit_code, 2);
    const Json reports = Json::parse(result.out);
    ASSERT_EQ(reports.size(), 3U);
    EXPECT_EQ(reports[0]["is_valid"], false);
    EXPECT_EQ(reports[1]["is_valid"], nullptr);
    EXPECT_EQ(reports[1]["error"]["code"], "file_read_error");
    EXPECT_EQ(reports[1]["path"], "none.aion");
    EXPECT_EQ(reports[2]["is_valid"], true);
    EXPECT_THAT(result.err, HasSubstr("Error: File not found: none.aion\n"));
}

TEST_F(VerifyTest, OneMissingFileGivesADocumentThatSaysSo) {
    const Completed result = verify({"none.aion", "-f", "json"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("Error: File not found: none.aion\n"));
    EXPECT_EQ(Json::parse(result.out), (Json{{"error",
                                              {{"code", "file_read_error"},
                                               {"message", "File not found: none.aion"},
                                               {"path", "none.aion"},
                                               {"remedy", nullptr}}}}));
}

TEST_F(VerifyTest, PinsDecideAndAreNoLongerUnauthenticated) {
    commit("x", "two");
    const Json report = must_json({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
    const std::string id = report["file_id_hex"];
    const std::string decimal = std::to_string(report["file_id"].get<std::uint64_t>());
    const std::string head = report["head"];
    const std::vector<std::string> all = {"p.aion", "--expect-file-id", id, "--expect-head",
                                          head,     "--min-version",    "2"};
    const Completed pinned = verify(all);
    EXPECT_EQ(pinned.exit_code, 0);
    EXPECT_THAT(pinned.out, HasSubstr("Pins:          ok\n"));
    EXPECT_THAT(pinned.out, Not(HasSubstr("• file_id")));
    EXPECT_THAT(pinned.out, Not(HasSubstr("• history_length")));
    EXPECT_EQ(verify({"p.aion", "--expect-file-id", decimal}).exit_code, 0);
    EXPECT_EQ(verify({"p.aion", "--min-version", "3"}).exit_code, 1);
    EXPECT_EQ(verify({"p.aion", "--expect-file-id", "1"}).exit_code, 1);
    EXPECT_EQ(verify({"p.aion", "--expect-head", std::string(64, 'a')}).exit_code, 1);
}

TEST_F(VerifyTest, MalformedPinsAreNoVerdict) {
    for (const char* id : {"", "abc", "0x1", "0x00000000000000zz", "18446744073709551616"}) {
        expect_failure(verify({"p.aion", "--expect-file-id=" + std::string(id)}),
                       "Error: Invalid file ID '");
    }
    expect_failure(verify({"p.aion", "--expect-head", "1234"}), "Error: Invalid head '1234'");
}

TEST_F(VerifyTest, RegistryMayComeFromTheEnvironment) {
    variables["AION_REGISTRY"] = "reg.json";
    EXPECT_EQ(run({"verify", "p.aion"}).exit_code, 0);
    EXPECT_EQ(run({"verify", "p.aion", "--registry", "none.json"}).exit_code, 2);
    variables["AION_REGISTRY"] = "";
    expect_failure(run({"verify", "p.aion"}), "--registry <REGISTRY_FILE> (or set AION_REGISTRY)");
}

TEST_F(VerifyTest, AnUnusableRegistryIsNoVerdict) {
    write("bad.json", "{");
    expect_failure(run({"verify", "p.aion", "--registry", "none.json"}),
                   "Error: Failed to read registry file: none.json\n");
    expect_failure(run({"verify", "p.aion", "--registry", "bad.json"}),
                   "Error: Failed to parse registry file: bad.json\n\nCaused by:\n");
}

TEST_F(VerifyTest, AHandWrittenRegistryWorksIfItsKeyIsAPoint) {
    const Json key = must_json({"key", "show", "1", "--format", "json"});
    const auto registry = [](const std::string& public_key) {
        return R"({"version":1,"authors":[{"author_id":7,"master_key":")" + public_key +
               R"(","epochs":[{"epoch":0,"public_key":")" + public_key +
               R"(","active_from_version":0}]}]})";
    };
    write("mine.json", registry(key["public_key_base64"]));
    EXPECT_EQ(run({"verify", "p.aion", "--registry", "mine.json"}).exit_code, 0);
    write("mine.json", registry("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="));
    EXPECT_EQ(run({"verify", "p.aion", "--registry", "mine.json"}).exit_code, 2);
}

TEST_F(VerifyTest, TheReferenceProfileWarns) {
    const Completed result = verify({"p.aion", "--profile", "reference"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("Warning: --profile reference checks less"));
    EXPECT_THAT(run({"verify", "--help"}).out, HasSubstr("\nAdvanced:\n      --profile"));
}

TEST_F(VerifyTest, TemporalWarningsKeepTheReferencesShape) {
    const TestKey key = load_test_keys().at("a1");
    crypto::SigningKey signer = *crypto::SigningKey::from_seed(key.seed);
    must({"registry", "pin", "--author", "1001", "--public-key", to_hex(key.public_key), "-o",
          "reg.json"});
    policy::CreateOptions options;
    options.timestamp = Timestamp{4'000'000'000'000'000'000};
    ASSERT_TRUE(policy::create(Env::system(), path("f.aion"), as_bytes("x"), AuthorId{1001}, signer,
                               options));
    EXPECT_THAT(verify({"f.aion"}).out, HasSubstr("\nTemporal warnings"));
    const Json report = must_json({"verify", "f.aion", "--registry", "reg.json", "-f", "json"});
    const Json warning = report["temporal_warnings"][0]["FutureTimestamp"];
    EXPECT_THAT(keys_of(warning), ElementsAre("version", "timestamp", "current_time"));
    EXPECT_EQ(warning["timestamp"], 4'000'000'000'000'000'000U);
    const std::string yaml = must({"verify", "f.aion", "--registry", "reg.json", "-f", "yaml"});
    EXPECT_THAT(yaml, HasSubstr("- !FutureTimestamp"));
    EXPECT_EQ(YAML::Load(yaml)["temporal_warnings"][0]["version"].as<int>(), 1);
}

}  // namespace
}  // namespace aion::test
