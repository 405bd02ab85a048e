// SPDX-License-Identifier: MIT OR Apache-2.0
// AION_LOG: which events are shown (docs/errors.md). How: scenarios/log.txt.
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

TEST_F(LogTest, TheFileIdIsByteReversed) {
    variables["AION_LOG"] = "info";
    const Json report = must_json({"verify", "p.aion", "--registry", "reg.json", "-f", "json"});
    const std::string shown = report["file_id_hex"].get<std::string>().substr(2);
    std::string reversed;
    for (std::size_t i = shown.size(); i > 0; i -= 2) {
        reversed += shown.substr(i - 2, 2);
    }
    EXPECT_THAT(log_of_verify(), ::testing::HasSubstr("file_id=" + reversed + " "));
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

}  // namespace
}  // namespace aion::test
