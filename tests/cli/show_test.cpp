// SPDX-License-Identifier: MIT OR Apache-2.0
// aion show: what is handed out, in which form, and what is withheld.
#include <yaml-cpp/yaml.h>

#include "aion/base/base64.hpp"
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ShowTest : public Scenario {
  protected:
    ShowTest() { make_file(); }

    std::vector<std::string> show(std::vector<std::string> words) {
        words.insert(words.begin(), {"show", "p.aion", "--registry", "reg.json"});
        return words;
    }
};

std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) {
        keys.push_back(key);
    }
    return keys;
}

TEST_F(ShowTest, RulesAsTextAreTheContentAndOneNewline) {
    EXPECT_EQ(must(show({"rules"})), "allow: read\n\n");
    commit("no newline", "m");
    EXPECT_EQ(must(show({"rules"})), "no newline\n");
    EXPECT_EQ(run(show({"rules"})).err, "");
}

TEST_F(ShowTest, RulesThatAreNotTextAreShownAsHex) {
    commit(std::string("\x00\xff\x10", 3), "binary");
    const Completed result = run(show({"rules"}));
    EXPECT_EQ(result.out, "00ff10\n");
    EXPECT_THAT(result.err, HasSubstr("Rules contain binary data, displaying as hex:"));
}

TEST_F(ShowTest, OutputGivesTheExactBytes) {
    const std::string rules("a\0\xff\r\nb", 6);
    commit(rules, "binary");
    const Completed to_file = run(show({"rules", "--output", "rules.bin"}));
    EXPECT_EQ(to_file.out, "");
    EXPECT_EQ(to_file.err, "Rules written to: rules.bin\n");
    EXPECT_EQ(read("rules.bin"), rules);
    EXPECT_EQ(must(show({"rules", "-o", "-"})), rules);
    const Completed both = run(show({"rules", "-o", "-", "-f", "json"}));
    EXPECT_EQ(both.exit_code, 2);
    EXPECT_EQ(Json::parse(both.out)["error"]["code"], "invalid_argument");
    expect_failure(run(show({"rules", "-o", "none/rules"})), "Failed to write to: none/rules");
}

TEST_F(ShowTest, RulesAsDocuments) {
    const Json text = must_json(show({"rules", "-f", "json"}));
    EXPECT_THAT(keys_of(text), ElementsAre("encoding", "content", "size", "version_number",
                                           "rules_hash_hex", "verified"));
    EXPECT_EQ(text["encoding"], "utf-8");
    EXPECT_EQ(text["content"], "allow: read\n");
    EXPECT_EQ(text["verified"], true);
    const std::string binary("\x00\xff", 2);
    commit(binary, "binary");
    const Json bytes = must_json(show({"rules", "-f", "json"}));
    EXPECT_EQ(bytes["encoding"], "base64");
    EXPECT_EQ(as_text(*from_base64(bytes["content"].get<std::string>())), binary);
    EXPECT_EQ(YAML::Load(must(show({"rules", "-f", "yaml"})))["content"].as<std::string>(), "AP8=");
}

TEST_F(ShowTest, YamlKeepsStringsThatLookLikeOtherTypes) {
    for (const std::string rules : {"no", "0x10", "1e3", "null", "", "a: b", "x\ny\n", "- z", "~",
                                    "tab\there", "\xc3\xbc", "'\"", " lead", "trail ", "#c"}) {
        commit(rules, "m");
        const YAML::Node document = YAML::Load(must(show({"rules", "-f", "yaml"})));
        EXPECT_EQ(document["content"].as<std::string>(), rules);
    }
}

TEST_F(ShowTest, HistoryAsText) {
    commit("x", "second");
    const std::string history = must(show({"history"}));
    EXPECT_THAT(history, ::testing::StartsWith("Version History (2 versions)\n"
                                               "================================\n\nVersion 1:\n"
                                               "  Author:    7\n  Timestamp: "));
    EXPECT_THAT(history, HasSubstr("  Message:   Genesis\n"));
    EXPECT_THAT(history, HasSubstr("  Message:   second\n"));
    EXPECT_EQ(history.find("Parent Hash: "), history.rfind("Parent Hash: "));
}

TEST_F(ShowTest, HistoryAsJsonKeepsTheReferencesShape) {
    commit("x", "second");
    const Json history = must_json(show({"history", "-f", "json"}));
    ASSERT_EQ(history.size(), 2U);
    EXPECT_THAT(
        keys_of(history[1]),
        ElementsAre("version_number", "author_id", "timestamp", "message", "rules_hash",
                    "parent_hash", "rules_hash_hex", "parent_hash_hex", "version_hash_hex"));
    EXPECT_EQ(history[0]["parent_hash"], nullptr);
    EXPECT_EQ(history[1]["parent_hash"].size(), 32U);
    EXPECT_EQ(history[1]["parent_hash_hex"], history[0]["version_hash_hex"]);
}

TEST_F(ShowTest, SignaturesAndInfo) {
    const std::string text = must(show({"signatures"}));
    EXPECT_THAT(text, ::testing::StartsWith("Signatures (1 total)\n==================\n\n"
                                            "Version 1: VALID\n  Author: 7\n  Public Key: "));
    const Json signatures = must_json(show({"signatures", "--format", "json"}));
    EXPECT_THAT(keys_of(signatures[0]), ElementsAre("version_number", "author_id", "public_key",
                                                    "verified", "error", "public_key_hex"));
    EXPECT_EQ(signatures[0]["verified"], true);
    EXPECT_THAT(must(show({"info"})),
                ::testing::StartsWith("File Information\n================\nFile ID:         0x"));
    const Json info = must_json(show({"info", "-f", "json"}));
    EXPECT_THAT(keys_of(info), ElementsAre("file_id", "version_count", "current_version",
                                           "versions", "signatures", "file_id_hex", "head"));
    EXPECT_EQ(info["head"], info["versions"][0]["version_hash_hex"]);
    EXPECT_EQ(YAML::Load(must(show({"info", "-f", "yaml"})))["signatures"][0]["error"].Type(),
              YAML::NodeType::Null);
}

TEST_F(ShowTest, OptionsMayStandAnywhere) {
    const std::string expected = must(show({"history"}));
    EXPECT_EQ(must({"show", "p.aion", "history", "--registry", "reg.json"}), expected);
    EXPECT_EQ(must({"show", "--registry", "reg.json", "p.aion", "history"}), expected);
    EXPECT_EQ(must({"show", "--registry=reg.json", "-ftext", "p.aion", "history", "-q"}), expected);
    EXPECT_EQ(must({"--quiet", "show", "p.aion", "--registry", "reg.json", "history"}), expected);
}

TEST_F(ShowTest, AFileNamedLikeASubcommand) {
    std::filesystem::copy(path("p.aion"), path("info"));
    EXPECT_EQ(must({"show", "./info", "rules", "--registry", "reg.json"}), "allow: read\n\n");
}

TEST_F(ShowTest, ContentOfAnInvalidFileIsWithheld) {
    flip("p.aion", 100);
    for (const char* part : {"rules", "history", "signatures", "info"}) {
        const Completed result = run(show({part}));
        EXPECT_EQ(result.exit_code, 1) << part;
        EXPECT_EQ(result.out, "");
        EXPECT_THAT(result.err,
                    HasSubstr("Error: Content withheld, the file is INVALID: p.aion\n"));
        EXPECT_THAT(result.err, HasSubstr("--no-verify"));
        EXPECT_THAT(result.err, HasSubstr("Caused by:\n    INVALID: "));
    }
    const Completed to_file = run(show({"rules", "--output", "rules.bin"}));
    EXPECT_EQ(to_file.exit_code, 1);
    EXPECT_FALSE(std::filesystem::exists(path("rules.bin")));
}

TEST_F(ShowTest, AFailedPinWithholdsToo) {
    EXPECT_EQ(run(show({"rules", "--min-version", "2"})).exit_code, 1);
    EXPECT_EQ(run(show({"--min-version", "1", "rules"})).exit_code, 0);
    EXPECT_EQ(run(show({"info", "--expect-file-id", "1"})).exit_code, 1);
}

TEST_F(ShowTest, NoVerifyShowsAnythingReadableWithAWarning) {
    flip("p.aion", read("p.aion").size() - 1);
    for (const char* part : {"rules", "history"}) {
        const Completed result = run({"show", "p.aion", part, "--no-verify"});
        EXPECT_EQ(result.exit_code, 0) << part;
        EXPECT_NE(result.out, "");
        EXPECT_THAT(result.err, HasSubstr("Warning: --no-verify"));
    }
    EXPECT_EQ(run(show({"info", "--no-verify"})).exit_code, 0);
    expect_failure(run({"show", "p.aion", "signatures", "--no-verify"}), "No registry given");
    expect_failure(run({"show", "p.aion", "rules"}), "Pass --registry FILE or set AION_REGISTRY");
    const Json rules = Json::parse(run(show({"rules", "--no-verify", "-f", "json"})).out);
    EXPECT_EQ(rules["verified"], false);
}

}  // namespace
}  // namespace aion::test
