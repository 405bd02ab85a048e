// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/compliance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "aion/base/hex.hpp"
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
             says("the gate " + std::string(name_of(gate)) + " passed"))) {
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

// A file whose last versions were cut off is VALID: only a pinned head tells.
TEST_F(ComplianceTest, ARecordIsCompleteOnlyIfItsHeadIsPinned) {
    const auto completeness = [&](const policy::VerifyOptions& how) {
        const policy::Examination file = examined(content(), how);
        EXPECT_TRUE(file.report().is_valid());
        std::vector<Statement> found;
        for (const Framework framework : all_frameworks) {
            for (const Statement& statement : all_statements(make_report(file, framework, run()))) {
                EXPECT_FALSE(statement.text.contains("taken out")) << statement.text;
                if (statement.text.starts_with("Completeness")) {
                    found.push_back(statement);
                }
            }
        }
        EXPECT_EQ(found.size(), 1U);
        return found.at(0);
    };
    EXPECT_EQ(completeness({}).standing, Standing::unknown);
    policy::VerifyOptions how;
    how.pins.min_version = VersionNumber{2};
    EXPECT_EQ(completeness(how).standing, Standing::unknown);
    how.pins.head = examined(content()).report().head;
    EXPECT_EQ(completeness(how).standing, Standing::holds);
    EXPECT_EQ(completeness(how).basis, "gate pin");
    how.profile = policy::Profile::reference;
    EXPECT_EQ(completeness(how).standing, Standing::unknown);
}

// A remark is printed of any file, even of none: it must not tell what that file is like.
TEST_F(ComplianceTest, RemarksAreRulesAndNoFactsOfTheFile) {
    const Bytes text(20, 'a');
    const policy::Examination none = examined(text);
    for (const Framework framework : all_frameworks) {
        for (const Statement& statement : all_statements(make_report(none, framework, run()))) {
            for (const char* const fact : {"is sealed", "are signed", "are hashed", "Each ",
                                           "The file says", "0 versions", "0 entries", "allowed"}) {
                EXPECT_TRUE(!statement.text.contains(fact) ||
                            statement.text.starts_with("Format v2 prescribes"))
                    << statement.text;
            }
        }
    }
}

// The time is that of the signer's clock, and nobody knows what came after.
TEST_F(ComplianceTest, TheLastVersionHereIsNotSaidToBeCurrent) {
    const policy::Examination file = examined(content());
    std::size_t found = 0;
    for (const Statement& statement :
         all_statements(make_report(file, Framework::generic, run()))) {
        EXPECT_THAT(statement.text, Not(HasSubstr("current version")));
        if (statement.text ==
            "The last version here is 2, by author 1001, whose clock said "
            "2023-11-14T22:13:21Z.") {
            EXPECT_EQ(statement.standing, Standing::holds);
            ++found;
        }
    }
    EXPECT_EQ(found, 1U);
}

// Each form of a report, its lines joined, so that it does not matter where one is folded.
std::map<std::string, std::string> forms_of(const Report& report) {
    std::string json;
    JsonWriter writer(json, JsonStyle::pretty);
    write(writer, report);
    std::map<std::string, std::string> forms = {
        {"text", test::text_of<Report>(write_text, report)},
        {"markdown", test::text_of<Report>(write_markdown, report)},
        {"html", test::text_of<Report>(write_html, report)},
        {"json", json}};
    for (auto& [name, form] : forms) {
        std::string joined;
        for (const char c : form) {
            const char seen = c == '\n' ? ' ' : c;
            if (seen != ' ' || !joined.ends_with(' ')) {
                joined += seen;
            }
        }
        form = std::move(joined);
    }
    return forms;
}

policy::VerifyOptions by_reference() {
    policy::VerifyOptions how;
    how.profile = policy::Profile::reference;
    return how;
}

// A list of what is open would say that all else is not.
TEST_F(ComplianceTest, NothingOfWhatIsNotProvenIsAuthenticated) {
    const std::pair<policy::Examination, std::string> files[] = {
        {examined(spoilt(Gate::integrity)),
         "othing in the file is authenticated, as it is INVALID"},
        {examined(content(), by_reference()), "othing is authenticated, as the reference profile"}};
    for (const auto& [file, said] : files) {
        for (const Framework framework : all_frameworks) {
            for (const auto& [name, form] : forms_of(make_report(file, framework, run()))) {
                EXPECT_THAT(form, HasSubstr(said)) << name;
                EXPECT_THAT(form, Not(HasSubstr("n older state of the file"))) << name;
                EXPECT_THAT(form, Not(HasSubstr("message_texts"))) << name;
                EXPECT_THAT(form, Not(HasSubstr("message\\_texts"))) << name;
            }
        }
    }
    for (const auto& [name, form] :
         forms_of(make_report(examined(content()), Framework::sox, run()))) {
        EXPECT_THAT(form, HasSubstr("n older state of the file is valid too")) << name;
        EXPECT_THAT(form, Not(HasSubstr("othing in the file is auth"))) << name;
    }
}

TEST_F(ComplianceTest, TheHeadOfWhatIsNotProvenIsNoEvidence) {
    const std::string head = to_hex(examined(content()).report().head.value());
    for (const policy::Examination& file :
         {examined(spoilt(Gate::integrity)), examined(content(), by_reference())}) {
        const auto forms = forms_of(make_report(file, Framework::sox, run()));
        for (const auto& [name, form] : forms) {
            EXPECT_THAT(form, Not(HasSubstr("Head (version hash)"))) << name;
            EXPECT_THAT(form, Not(HasSubstr("for pinning it"))) << name;
            EXPECT_THAT(form, HasSubstr(name == "json" ? "\"unproven_head\": \"" + head
                                                       : "Head, as the file says"))
                << name;
        }
        EXPECT_THAT(forms.at("json"), HasSubstr("\"head\": null"));
    }
    const auto forms = forms_of(make_report(examined(content()), Framework::sox, run()));
    EXPECT_THAT(forms.at("json"), HasSubstr("\"head\": \"" + head));
    EXPECT_THAT(forms.at("html"), HasSubstr("for pinning it"));
    EXPECT_THAT(forms.at("text"), HasSubstr("Head (version hash): " + head));
}

TEST_F(ComplianceTest, ASignatureThatVerifiesInWhatIsNotProvenIsNotValid) {
    for (const policy::Examination& file :
         {examined(spoilt(Gate::integrity)), examined(content(), by_reference())}) {
        ASSERT_EQ(file.version(0).signature, policy::SignatureState::valid);
        const auto forms = forms_of(make_report(file, Framework::sox, run()));
        EXPECT_THAT(forms.at("text"), HasSubstr("Signature: verifies, proves nothing alone;"));
        EXPECT_THAT(forms.at("text"), HasSubstr("signed: verifies, proves nothing alone,"));
        EXPECT_THAT(forms.at("markdown"), HasSubstr("| ⚪ verifies, proves nothing alone |"));
        EXPECT_THAT(forms.at("html"), HasSubstr("verifies</span><small><bdi>proves nothing alone"));
        EXPECT_THAT(forms.at("html"), HasSubstr("that verify, which alone proves nothing."));
        for (const char* const name : {"text", "markdown"}) {
            EXPECT_THAT(forms.at(name), HasSubstr("Their signatures verify, which alone proves"));
        }
        for (const auto& [name, form] : forms) {
            EXPECT_THAT(form, Not(HasSubstr("✅ valid"))) << name;
            EXPECT_THAT(form, Not(HasSubstr("signed: valid"))) << name;
            EXPECT_THAT(form, Not(HasSubstr("Signature: valid"))) << name;
            EXPECT_THAT(form, Not(HasSubstr("a valid signature"))) << name;
            EXPECT_THAT(form, Not(HasSubstr("✅ VALID"))) << name;
        }
    }
}

// Nothing found where nothing was looked at is no good sign, and zeros are no digests.
TEST_F(ComplianceTest, OfWhatWasNotLookedAtNothingIsSaid) {
    const Bytes text(20, 'a');
    const policy::Examination file = examined(text);
    report::Run without = run();
    without.registry_path.clear();
    without.registry_digests = {};
    for (const Framework framework : all_frameworks) {
        const auto forms = forms_of(make_report(file, framework, without));
        for (const auto& [name, form] : forms) {
            for (const char* const wrong :
                 {"each entry names the hash", "None of them is odd", "Temporal Warnings: 0",
                  "Temporal warnings: 0", "Temporal Warnings | 0", "0x0000000000000000",
                  "0000000000000000000000000000000000000000"}) {
                EXPECT_THAT(form, Not(HasSubstr(wrong))) << name;
            }
        }
        EXPECT_THAT(forms.at("text"), HasSubstr("File ID: none: no readable header"));
        EXPECT_THAT(forms.at("text"), HasSubstr("Temporal Warnings: NOT CHECKED"));
        EXPECT_THAT(forms.at("markdown"), HasSubstr("| Temporal Warnings | not checked |"));
        EXPECT_THAT(forms.at("html"), HasSubstr("not checked: no entry could be located"));
        EXPECT_THAT(forms.at("html"), HasSubstr("so no time was looked at"));
        EXPECT_THAT(forms.at("json"), HasSubstr("\"file_id\": null"));
        EXPECT_THAT(forms.at("json"), HasSubstr("\"sha256\": null"));
    }
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
