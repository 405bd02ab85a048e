// SPDX-License-Identifier: MIT OR Apache-2.0
// AION_LOG: which events are shown (docs/errors.md#logs-of-the-command-line). How:
// scenarios/log.txt.
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

class LogTest : public Scenario {
  protected:
    LogTest() { make_file(); }

    // The log lines of verifying p.aion quietly.
    std::string log_of_verify() {
        return run({"verify", "-q", "p.aion", "--registry", "reg.json"}).err;
    }

    void spoil() { flip("p.aion", read("p.aion").size() - 1); }
};

TEST_F(LogTest, IdsAreAsPeopleTypeThem) {
    variables["AION_LOG"] = "info";
    const Json report = must_json({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
    const std::string file_id = report["file_id_hex"].get<std::string>();
    EXPECT_THAT(log_of_verify(), ::testing::HasSubstr("file_id=" + file_id + " "));
    const std::string log =
        run({"commit", "-q", "p.aion", "-a", "5", "-k", "1", "-m", "m", "--registry", "reg.json"},
            "x")
            .err;
    EXPECT_THAT(log, ::testing::HasSubstr("file_id=" + file_id + " author=5 "));
}

TEST_F(LogTest, IsSilentUnlessAskedFor) {
    spoil();
    variables.erase("AION_LOG");
    EXPECT_EQ(log_of_verify(), "");
}

TEST_F(LogTest, WhatIsNoFilterIsSaid) {
    variables["AION_LOG"] = "a b=warn";
    EXPECT_THAT(log_of_verify(), ::testing::HasSubstr("Warning: AION_LOG is no filter"));
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
        {"aion=warn", true},
        {"aion_context=warn", true},
        {"aion_contexts=warn", false},
        {"aion=error", false},
        {"aion_context=error", false},
        {"aion", true},
        {"aion_context", true},
        {"aion::operations=warn", true},
        {"aion_context::operations=warn", true},
        {"aion::parser=warn", false},
        {"aion=off,aion::operations=warn", true},
        {"aion=off,aion_context::operations=warn", true},
        {"warn,aion::operations=off", false},
        {"aion::operations=off,warn", false},
        {"off,aion::oper=warn", true},
        {"elsewhere=trace", false},
        {"warn,off", false},
        {"off , warn", true},
        // What is not of the language means `warn`.
        {"aion=loud", true},
        {"a b=warn", true},
        {"=warn", true},
        {"inof", true},
        {"warning", true},
        {"off,aion==off", true},
        {"\xff", true},
    };
    for (const auto& [filter, expected] : cases) {
        variables["AION_LOG"] = filter;
        EXPECT_EQ(log_of_verify().find(" aion::") != std::string::npos, expected)
            << "'" << filter << "'";
    }
}

TEST_F(LogTest, FilterLanguageForAcceptedOutcomes) {
    const std::vector<std::pair<std::string, bool>> cases = {
        {"warn", false},
        {"info", true},
        {"3", true},
        {"debug", true},
        {"aion=info", true},
        {"warn,aion::operations=info", true},
        {"warn,aion::audit=info", false},
        {"info,bad directive", false},
        {"aion=", true},
    };
    for (const auto& [filter, expected] : cases) {
        variables["AION_LOG"] = filter;
        EXPECT_EQ(log_of_verify().find(" aion::") != std::string::npos, expected)
            << "'" << filter << "'";
    }
}

}  // namespace
}  // namespace aion::test
