// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/compliance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "aion/base/json_writer.hpp"
#include "report/reported.hpp"
#include "report/statements.hpp"

namespace aion::report {
namespace {

using test::all_frameworks;
using test::Gate;
using test::GateState;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Statement> all_statements(const Report& report) {
    std::vector<Statement> all;
    for (const Section& section : report.sections) {
        all.insert(all.end(), section.statements.begin(), section.statements.end());
    }
    return all;
}

// Statements that are a gate's own: those of counts and ids have other words.
std::vector<Statement> of_gate(const Report& report, Gate gate) {
    std::vector<Statement> found;
    const GateWords& words = words_of(gate);
    for (const Statement& statement : all_statements(report)) {
        const auto says = [&](std::string_view clause) {
            // A clause that begins the sentence has a capital.
            return statement.text.contains(clause.substr(1));
        };
        if (statement.basis == basis_of(gate) &&
            (says(words.holds) || says(words.fails) || says(words.whether) ||
             says("the gate " + std::string(words.name) + " passed"))) {
            found.push_back(statement);
        }
    }
    return found;
}

std::size_t count(const Report& report, Standing standing) {
    return static_cast<std::size_t>(
        std::ranges::count(all_statements(report), standing, &Statement::standing));
}

class ComplianceTest : public test::Reported {};

TEST_F(ComplianceTest, FrameworksHaveTheNamesOfTheCommandLineAndOfTitles) {
    EXPECT_EQ(name_of(Framework::generic), "generic");
    EXPECT_EQ(display_name(Framework::generic), "Generic Audit");
    EXPECT_EQ(display_name(Framework::hipaa), "HIPAA");
}

TEST_F(ComplianceTest, SectionsHaveTheTitlesThatReadersLookFor) {
    const std::map<Framework, std::vector<std::string>> titles = {
        {Framework::sox,
         {"Internal Control Assessment", "Change Management Log", "Management Assertion"}},
        {Framework::hipaa,
         {"Access and Audit Controls (§164.312)", "Audit Log Entries",
          "Technical Safeguards Summary"}},
        {Framework::gdpr,
         {"Record of Processing Activities (Article 30)", "Data Processing Log",
          "Accountability Demonstration (Article 5(2))"}},
        {Framework::generic, {"File Summary", "Verification Results", "Cryptographic Methods"}},
    };
    const policy::Examination file = examined(content());
    for (const auto& [framework, wanted] : titles) {
        const Report report = make_report(file, framework, run());
        std::vector<std::string> found;
        for (const Section& section : report.sections) {
            found.push_back(section.title);
        }
        EXPECT_EQ(found, wanted);
        EXPECT_EQ(report.title, std::string(display_name(framework)) + " Compliance Report");
    }
}

TEST_F(ComplianceTest, OfAValidFileEveryGateThatWasAskedHolds) {
    const policy::Examination file = examined(content());
    ASSERT_TRUE(file.report().is_valid()) << file.report().summary();
    for (const Framework framework : all_frameworks) {
        const Report report = make_report(file, framework, run());
        EXPECT_EQ(count(report, Standing::fails), 0U) << display_name(framework);
        for (const Gate gate : policy::all_gates) {
            const auto statements = of_gate(report, gate);
            ASSERT_EQ(statements.size(), 1U) << display_name(framework) << name_of(gate);
            EXPECT_EQ(statements.front().standing,
                      gate == Gate::pin ? Standing::unknown : Standing::holds)
                << statements.front().text;
        }
    }
}

TEST_F(ComplianceTest, AGateThatFailsMakesItsStatementNegativeAndOnlyThat) {
    for (const Gate spoilt_gate : policy::all_gates) {
        const policy::Examination file = examined(spoilt(spoilt_gate), pins_against(spoilt_gate));
        ASSERT_EQ(file.report().state(spoilt_gate), GateState::failed) << name_of(spoilt_gate);
        for (const Framework framework : all_frameworks) {
            const Report report = make_report(file, framework, run());
            EXPECT_EQ(count(report, Standing::holds), 0U)
                << "of an INVALID file nothing is asserted: " << name_of(spoilt_gate);
            for (const Gate gate : policy::all_gates) {
                const auto statements = of_gate(report, gate);
                ASSERT_EQ(statements.size(), 1U) << display_name(framework) << name_of(gate);
                const bool failed = file.report().state(gate) == GateState::failed;
                EXPECT_EQ(statements.front().standing == Standing::fails, failed)
                    << name_of(spoilt_gate) << ": " << statements.front().text;
                const bool skipped = file.report().state(gate) == GateState::skipped;
                EXPECT_EQ(statements.front().standing == Standing::unknown, skipped)
                    << name_of(spoilt_gate) << ": " << statements.front().text;
            }
            for (const Section& section : report.sections) {
                ASSERT_FALSE(section.statements.empty());
                EXPECT_EQ(section.statements.front().standing, Standing::fails);
                EXPECT_THAT(section.statements.front().text, HasSubstr("Nothing can be concluded"));
            }
        }
    }
}

TEST_F(ComplianceTest, AFailureNamesWhatWasFound) {
    const policy::Examination file = examined(spoilt(Gate::payload));
    const auto statements = of_gate(make_report(file, Framework::generic, run()), Gate::payload);
    EXPECT_THAT(statements.at(0).text, HasSubstr("payload_undecryptable"));
    EXPECT_EQ(statements.at(0).basis, "gate payload");
}

TEST_F(ComplianceTest, WhatIsPinnedIsEstablishedAndWhatIsNotIsSaid) {
    const auto file_id = [&](const policy::VerifyOptions& how) {
        const policy::Examination file = examined(content(), how);
        return make_report(file, Framework::gdpr, run()).sections.at(0).statements.at(0);
    };
    const Statement open = file_id({});
    EXPECT_EQ(open.standing, Standing::text);
    EXPECT_THAT(open.text, HasSubstr("which no signature covers"));
    policy::VerifyOptions pinned;
    pinned.pins.file_id = FileId{header_of(content()).file_id};
    const Statement closed = file_id(pinned);
    EXPECT_EQ(closed.standing, Standing::holds);
    EXPECT_EQ(closed.basis, "gate pin");
}

TEST_F(ComplianceTest, OfWhatIsNoAionFileNothingIsKnown) {
    const Bytes text(20, 'a');
    const policy::Examination file = examined(text);
    const Report report = make_report(file, Framework::sox, run());
    EXPECT_EQ(count(report, Standing::holds), 0U);
    for (const Gate gate : policy::all_gates) {
        EXPECT_EQ(of_gate(report, gate).at(0).standing,
                  gate == Gate::structure ? Standing::fails : Standing::unknown);
    }
}

TEST_F(ComplianceTest, TheReferencesRulesAssertNothing) {
    policy::VerifyOptions how;
    how.profile = policy::Profile::reference;
    const policy::Examination file = examined(content(), how);
    ASSERT_TRUE(file.report().is_valid());
    for (const Framework framework : all_frameworks) {
        const Report report = make_report(file, framework, run());
        EXPECT_EQ(count(report, Standing::holds), 0U);
        for (const Section& section : report.sections) {
            EXPECT_EQ(section.statements.front().standing, Standing::unknown);
            EXPECT_EQ(section.statements.front().basis, "profile");
        }
    }
}

TEST_F(ComplianceTest, AVerdictByTheReferencesRulesSaysSo) {
    policy::VerifyOptions how;
    how.profile = policy::Profile::reference;
    const policy::Examination file = examined(content(), how);
    const Report report = make_report(file, Framework::generic, run());
    EXPECT_THAT(test::text_of<Report>(write_text, report),
                HasSubstr("\n\nVALID (reference profile)\n\n"));
    EXPECT_THAT(test::text_of<Report>(write_markdown, report),
                HasSubstr("\n\n**VALID (reference profile)**\n\n"));
    std::string json;
    JsonWriter out(json, JsonStyle::compact);
    write(out, report);
    EXPECT_THAT(json, HasSubstr(R"json("verdict":"VALID (reference profile)")json"));
}

TEST_F(ComplianceTest, ALongPathStaysOnItsLine) {
    const policy::Examination file = examined(content());
    Report report = make_report(file, Framework::generic, run());
    report.run.file_path = std::string(100, 'p');
    EXPECT_THAT(test::text_of<Report>(write_text, report),
                HasSubstr("\nFile: " + report.run.file_path + "\nFile ID: "));
}

// The key of the seal is public: it is no safeguard, whatever the reference says.
TEST_F(ComplianceTest, NothingIsSaidToBeConfidential) {
    const policy::Examination file = examined(content());
    for (const Framework framework : all_frameworks) {
        for (const Statement& statement : all_statements(make_report(file, framework, run()))) {
            if (statement.standing == Standing::holds) {
                EXPECT_THAT(statement.text, Not(HasSubstr("ncrypt")));
                EXPECT_THAT(statement.text, Not(HasSubstr("onfidential")));
            }
        }
    }
}

TEST_F(ComplianceTest, EveryStatementThatHoldsOrFailsNamesItsCheck) {
    for (const Gate gate : policy::all_gates) {
        for (const Bytes& bytes : {content(), spoilt(gate)}) {
            const policy::Examination file = examined(bytes, pins_against(gate));
            for (const Framework framework : all_frameworks) {
                for (const Statement& statement :
                     all_statements(make_report(file, framework, run()))) {
                    EXPECT_TRUE(statement.standing == Standing::text || !statement.basis.empty())
                        << statement.text;
                    EXPECT_FALSE(statement.text.contains('\n'));
                }
            }
        }
    }
}

}  // namespace
}  // namespace aion::report
