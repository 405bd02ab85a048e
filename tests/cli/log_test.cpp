// SPDX-License-Identifier: MIT OR Apache-2.0
// AION_LOG and AION_LOG_FORMAT: which events are shown, and how (spec 02 sections 10 and 11).
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* timestamp =
    "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\\."
    "[0-9][0-9][0-9][0-9][0-9][0-9]Z";

class LogTest : public Scenario {
  protected:
    LogTest() { make_file(); }

    // The log lines of verifying p.aion quietly.
    std::string log_of_verify() {
        return run({"verify", "-q", "p.aion", "--registry", "reg.json"}).err;
    }

    void spoil() { flip("p.aion", read("p.aion").size() - 1); }
};

TEST_F(LogTest, AcceptedOutcomesAreShownAtInfo) {
    EXPECT_EQ(log_of_verify(), "");
    variables["AION_LOG"] = "info";
    EXPECT_THAT(log_of_verify(),
                MatchesRegex(std::string(timestamp) +
                             "  INFO aion_context::operations: event=\"file_verified\" "
                             "file_id=[0-9a-f]+ versions=1\n"));
    const Completed key = run({"key", "generate", "-q", "--id", "255"});
    EXPECT_THAT(key.err, HasSubstr("aion_context::keystore: event=\"keystore_key_created\" "
                                   "author=00000000000000ff backend=\"file\"\n"));
}

TEST_F(LogTest, TheFileIdIsByteReversed) {
    variables["AION_LOG"] = "info";
    const Json report = must_json({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
    const std::string shown = report["file_id_hex"].get<std::string>().substr(2);
    std::string reversed;
    for (std::size_t i = shown.size(); i > 0; i -= 2) {
        reversed += shown.substr(i - 2, 2);
    }
    EXPECT_THAT(log_of_verify(), HasSubstr("file_id=" + reversed + " "));
}

TEST_F(LogTest, RefusalsAreShownByDefault) {
    spoil();
    EXPECT_THAT(log_of_verify(),
                MatchesRegex(std::string(timestamp) +
                             "  WARN aion_context::operations: event=\"file_rejected\" "
                             "file_id=[0-9a-f]+ versions=1 reason=\"integrity_hash_mismatch\"\n"));
    const Completed refused = run(
        {"commit", "-q", "p.aion", "-a", "9", "-k", "1", "-m", "m", "--registry", "reg.json"}, "x");
    EXPECT_THAT(refused.err, HasSubstr(" WARN aion_context::"));
}

TEST_F(LogTest, JsonLinesHaveTheFixedShape) {
    spoil();
    for (const char* format : {"json", "JSON", "Json"}) {
        variables["AION_LOG_FORMAT"] = format;
        const std::string line = log_of_verify();
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        EXPECT_THAT(line, Not(HasSubstr(": ")));
        const Json event = Json::parse(line);
        std::vector<std::string> keys;
        for (const auto& [key, value] : event.items()) {
            keys.push_back(key);
        }
        EXPECT_THAT(keys, ::testing::ElementsAre("timestamp", "level", "fields", "target"));
        EXPECT_EQ(event["level"], "WARN");
        EXPECT_EQ(event["target"], "aion_context::operations");
        EXPECT_EQ(event["fields"].begin().key(), "event");
        EXPECT_EQ(event["fields"]["reason"], "integrity_hash_mismatch");
        EXPECT_TRUE(event["fields"]["versions"].is_number());
    }
    variables["AION_LOG_FORMAT"] = "yaml";
    EXPECT_THAT(log_of_verify(), HasSubstr("event=\"file_rejected\""));
}

// What is shown of a refused verification (WARN, operations) under each filter.
TEST_F(LogTest, FilterLanguageForRefusals) {
    spoil();
    const std::vector<std::pair<std::string, bool>> cases = {
        {"off", false},
        {"error", false},
        {"warn", true},
        {"WARN", true},
        {"info", true},
        {"trace", true},
        {"0", false},
        {"1", false},
        {"2", true},
        {"5", true},
        {"", false},
        {",", false},
        {",,warn,", true},
        {"aion_context=warn", true},
        {"aion_context=error", false},
        {"aion_context", true},
        {"aion_context::operations=warn", true},
        {"aion_context::parser=warn", false},
        {"aion_context=off,aion_context::operations=warn", true},
        {"warn,aion_context::operations=off", false},
        {"aion_context::operations=off,warn", false},
        {"off,aion_context::oper=warn", true},
        {"elsewhere=trace", false},
        {"warn,off", false},
        {"off , warn", true},
        // What is not of the language means `warn`.
        {"aion_context=loud", true},
        {"a b=warn", true},
        {"=warn", true},
        {"off,aion_context==off", true},
        {"\xff", true},
    };
    for (const auto& [filter, expected] : cases) {
        variables["AION_LOG"] = filter;
        EXPECT_EQ(!log_of_verify().empty(), expected) << "'" << filter << "'";
    }
}

TEST_F(LogTest, FilterLanguageForAcceptedOutcomes) {
    const std::vector<std::pair<std::string, bool>> cases = {
        {"warn", false},
        {"info", true},
        {"3", true},
        {"debug", true},
        {"aion_context=info", true},
        {"warn,aion_context::operations=info", true},
        {"warn,aion_context::audit=info", false},
        {"info,bad directive", false},
        {"aion_context=", true},
    };
    for (const auto& [filter, expected] : cases) {
        variables["AION_LOG"] = filter;
        EXPECT_EQ(!log_of_verify().empty(), expected) << "'" << filter << "'";
    }
}

TEST_F(LogTest, ColourOnlyWhereAskedFor) {
    spoil();
    EXPECT_THAT(log_of_verify(), Not(HasSubstr("\x1b")));
    const Completed coloured =
        run({"verify", "-q", "--color=always", "p.aion", "--registry", "reg.json"});
    EXPECT_THAT(coloured.err,
                HasSubstr("\x1b[33m WARN\x1b[0m \x1b[2maion_context::operations\x1b[0m"
                          "\x1b[2m:\x1b[0m \x1b[3mevent\x1b[0m\x1b[2m=\x1b[0m"
                          "\"file_rejected\""));
    variables["AION_LOG_FORMAT"] = "json";
    const Completed json =
        run({"verify", "-q", "--color=always", "p.aion", "--registry", "reg.json"});
    EXPECT_THAT(json.err, Not(HasSubstr("\x1b")));
}

TEST_F(LogTest, CommitAndInitAreLogged) {
    variables["AION_LOG"] = "info";
    const Completed init = run({"init", "-q", "q.aion", "-a", "7", "-k", "1"}, "x");
    EXPECT_THAT(init.err, HasSubstr("event=\"file_initialized\" file_id="));
    const Completed commit = run(
        {"commit", "-q", "q.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"}, "x");
    EXPECT_THAT(commit.err, HasSubstr("event=\"commit_accepted\" file_id="));
    EXPECT_THAT(commit.err, HasSubstr(" author=0000000000000007 version=2 version_hash="));
}

}  // namespace
}  // namespace aion::test
