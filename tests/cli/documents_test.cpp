// SPDX-License-Identifier: MIT OR Apache-2.0
// Documents as another reader of YAML understands them, and of what the tool itself never makes.
#include <yaml-cpp/yaml.h>

#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/commit.hpp"
#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;

class DocumentsTest : public Scenario {
  protected:
    DocumentsTest() { make_file(); }
};

std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) {
        keys.push_back(key);
    }
    return keys;
}

TEST_F(DocumentsTest, YamlKeepsStringsThatLookLikeOtherTypes) {
    for (const std::string rules : {"no", "0x10", "1e3", "null", "", "a: b", "x\ny\n", "- z", "~",
                                    "tab\there", "\xc3\xbc", "'\"", " lead", "trail ", "#c"}) {
        commit(rules, "m");
        const YAML::Node document =
            YAML::Load(must({"show", "p.aion", "rules", "--registry", "reg.json", "-f", "yaml"}));
        EXPECT_EQ(document["content"].as<std::string>(), rules);
    }
}

// RFC 3629, written down independently of the code under test.
std::string encode(unsigned point) {
    const auto byte = [](unsigned value) { return static_cast<char>(value); };
    if (point < 0x80) {
        return {byte(point)};
    }
    if (point < 0x800) {
        return {byte(0xc0 + point / 64), byte(0x80 + point % 64)};
    }
    if (point < 0x10000) {
        return {byte(0xe0 + point / 4096), byte(0x80 + point / 64 % 64), byte(0x80 + point % 64)};
    }
    return {byte(0xf0 + point / 262144), byte(0x80 + point / 4096 % 64),
            byte(0x80 + point / 64 % 64), byte(0x80 + point % 64)};
}

TEST_F(DocumentsTest, YamlIsReadBackAsExactlyTheText) {
    std::string every;
    for (unsigned point = 0; point < 0x110000; ++point) {
        every += point < 0xd800 || point > 0xdfff ? encode(point) : "";
    }
    commit(every, "m");
    const std::string yaml =
        must({"show", "p.aion", "rules", "--registry", "reg.json", "-f", "yaml"});
    EXPECT_EQ(YAML::Load(yaml)["content"].as<std::string>(), every);
    // Whoever only looks at it sees all of it.
    EXPECT_THAT(yaml, HasSubstr(R"(\x1b\x1c)"));
    EXPECT_THAT(yaml, HasSubstr(R"(\x7f\x80)"));
    EXPECT_THAT(yaml, HasSubstr(R"(\u202e)"));
    EXPECT_THAT(yaml, HasSubstr(R"(\ufffe\uffff)"));
    EXPECT_THAT(yaml, HasSubstr(R"(\U000e0041)"));
}

TEST_F(DocumentsTest, YamlSaysTheSameAsJson) {
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

// An object that has a number of 64 bits has it again as text, and nothing else has such a twin.
void expect_twins(const Json& value) {
    constexpr std::string_view ending = "_text";
    if (!value.is_structured()) {
        return;
    }
    for (const auto& [key, inner] : value.items()) {
        expect_twins(inner);
        if (!value.is_object()) {
            continue;
        }
        const bool has_twin = inner.is_number() && !key.ends_with("epoch") && !key.ends_with("_ns");
        if (has_twin) {
            EXPECT_EQ(value.value(key + "_text", Json()), Json(inner.dump())) << key;
        }
        if (key.ends_with(ending)) {
            const std::string name = key.substr(0, key.size() - ending.size());
            EXPECT_EQ(inner.is_null(), value.at(name).is_null()) << key;
        }
    }
}

TEST_F(DocumentsTest, EveryNumberOf64BitsHasATwin) {
    variables["AION_REGISTRY"] = "reg.json";
    commit("x", "m");
    must({"registry", "rotate", "--author", "7", "--from-epoch", "0", "--to-epoch", "1",
          "--new-key", "2", "--master-key", "2", "--effective-from-version", "9"});
    flip("p.aion", 96);
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"verify", "p.aion", "--timings"},
          {"verify", "p.aion", "p.aion"},
          {"show", "p.aion", "rules", "--no-verify"},
          {"show", "p.aion", "history", "--no-verify"},
          {"show", "p.aion", "signatures", "--no-verify"},
          {"show", "p.aion", "info", "--no-verify"},
          {"key", "list"},
          {"key", "show", "1"},
          {"registry", "show"},
          {"registry", "check"}}) {
        std::vector<std::string> words = line;
        words.insert(words.end(), {"-f", "json"});
        const Json document = Json::parse(run(words).out);
        expect_twins(document);
        EXPECT_THAT(document.dump(), HasSubstr("_text\":")) << words[0] << ' ' << words[1];
    }
}

TEST_F(DocumentsTest, TemporalWarningsKeepTheReferencesShape) {
    const TestKey key = load_test_keys().at("a1");
    crypto::SigningKey signer = *crypto::SigningKey::from_seed(key.seed);
    must({"registry", "pin", "--author", "1001", "--public-key", to_hex(key.public_key), "-o",
          "reg.json"});
    ASSERT_TRUE(policy::create(
        Env::system(), path("f.aion"),
        {as_bytes("x"), AuthorId{1001}, "", Timestamp{4'000'000'000'000'000'000}}, signer));
    EXPECT_THAT(must({"verify", "f.aion", "--registry", "reg.json"}),
                HasSubstr("\nremark: Version 1 has future timestamp"));
    const Json report = must_json({"verify", "f.aion", "--registry", "reg.json", "-f", "json"});
    const Json warning = report["temporal_warnings"][0]["FutureTimestamp"];
    EXPECT_THAT(keys_of(warning),
                ::testing::ElementsAre("version", "timestamp", "current_time", "version_text",
                                       "timestamp_text", "timestamp_rfc3339", "current_time_text",
                                       "current_time_rfc3339"));
    EXPECT_EQ(warning["timestamp"], 4'000'000'000'000'000'000U);
    EXPECT_EQ(warning["timestamp_text"], "4000000000000000000");
    EXPECT_EQ(warning["timestamp_rfc3339"], "2096-10-02T07:06:40.000000000Z");
    const std::string yaml = must({"verify", "f.aion", "--registry", "reg.json", "-f", "yaml"});
    EXPECT_THAT(yaml, HasSubstr("- !FutureTimestamp"));
    EXPECT_EQ(YAML::Load(yaml)["temporal_warnings"][0]["version"].as<int>(), 1);
}

// The counts stand in front of thousands of rows, which do not fit into one buffer.
TEST_F(DocumentsTest, TheCountsOfAnArchiveStandInFrontOfItsFiles) {
    std::string list;
    for (int i = 0; i < 3'000; ++i) {
        list += "p.aion\n";
    }
    list += "missing.aion\n";
    write("list", list);
    const Completed json =
        run({"archive", "verify", "--files-from", "list", "--registry", "reg.json", "-f", "json"});
    EXPECT_EQ(json.exit_code, 2);
    const Json document = Json::parse(json.out);
    EXPECT_EQ(document.at("file_count"), 3'001);
    EXPECT_EQ(document.at("valid_count"), 3'000);
    EXPECT_EQ(document.at("files").size(), 3'001);
    EXPECT_EQ(document.at("relations").at(0).at("paths").size(), 3'000);
    const std::vector<std::string> keys = keys_of(document);
    EXPECT_THAT(std::vector(keys.begin(), keys.begin() + 6),
                ::testing::ElementsAre("archive_dir", "file_count", "valid_count", "invalid_count",
                                       "files", "authors"));
    const Completed yaml =
        run({"archive", "verify", "--files-from", "list", "--registry", "reg.json", "-f", "yaml"});
    const YAML::Node same = YAML::Load(yaml.out);
    EXPECT_EQ(same["file_count"].as<int>(), 3'001);
    EXPECT_EQ(same["files"].size(), 3'001);
    EXPECT_EQ(same["files"][3'000]["path"].as<std::string>(), "missing.aion");
    EXPECT_EQ(same["relations"][0]["kind"].as<std::string>(), "copies");
}

}  // namespace
}  // namespace aion::test
