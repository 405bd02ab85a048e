// SPDX-License-Identifier: MIT OR Apache-2.0
// The command line itself: forms of options, help, and exit code 2 for what is not understood.
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class UsageTest : public Scenario {};

TEST_F(UsageTest, HelpNamesEveryCommand) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"--help"}, {"-h"}, {"help"}}) {
        const Completed result = run(arguments);
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_EQ(result.err, "");
        for (const char* command :
             {"init", "commit", "verify", "show", "key", "registry", "completion", "man", "help"}) {
            EXPECT_THAT(result.out, HasSubstr(std::string("\n  ") + command + " "));
        }
    }
}

TEST_F(UsageTest, WhatComesLaterIsAbsent) {
    for (const char* command : {"release", "report", "export", "archive"}) {
        expect_failure(run({command}), std::string("unrecognized subcommand '") + command + "'");
    }
}

TEST_F(UsageTest, EveryCommandHasHelpInTwoWays) {
    const std::vector<std::vector<std::string>> commands = {{"init"},
                                                            {"commit"},
                                                            {"verify"},
                                                            {"show"},
                                                            {"key"},
                                                            {"registry"},
                                                            {"completion"},
                                                            {"man"},
                                                            {"key", "generate"},
                                                            {"key", "list"},
                                                            {"key", "show"},
                                                            {"key", "export"},
                                                            {"key", "import"},
                                                            {"key", "delete"},
                                                            {"registry", "pin"},
                                                            {"registry", "rotate"},
                                                            {"registry", "revoke"},
                                                            {"registry", "show"},
                                                            {"registry", "check"},
                                                            {"registry", "sign-rotation"},
                                                            {"registry", "sign-revocation"},
                                                            {"registry", "apply"}};
    for (const auto& command : commands) {
        std::vector<std::string> option = command;
        option.push_back("--help");
        std::vector<std::string> subcommand = command;
        subcommand.insert(subcommand.begin(), "help");
        const std::string text = must(option);
        EXPECT_THAT(text, HasSubstr("\nUsage: aion " + command.front()));
        EXPECT_EQ(must(subcommand), text);
    }
    EXPECT_EQ(must({"key", "help", "list"}), must({"key", "list", "-h"}));
    EXPECT_EQ(must({"registry", "help"}), must({"help", "registry"}));
    EXPECT_EQ(must({"help", "show", "rules"}), must({"show", "f", "rules", "--help"}));
    expect_failure(run({"help", "nothing"}), "Error: No such command: aion nothing\n");
}

TEST_F(UsageTest, HelpSaysThatSealingIsNoConfidentiality) {
    EXPECT_THAT(must({"init", "--help"}), HasSubstr("it keeps nothing secret"));
}

TEST_F(UsageTest, VersionNamesTheLibraries) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--version"}, {"-V"}, {"init", "--version"}, {"key", "list", "-V"}}) {
        const std::string text = must(arguments);
        EXPECT_THAT(text,
                    ::testing::MatchesRegex("aion [0-9.]+\nOpenSSL [0-9.]+\nBLAKE3 [0-9.]+\n"
                                            "Ed25519 verification: (portable|avx2|avx512ifma)\n"
                                            "Argon2id: (OpenSSL|libargon2)\n"
                                            "ML-DSA: (available|not available; .*)\n"));
    }
}

TEST_F(UsageTest, NothingToDoShowsHelpOnStandardErrorWithCodeTwo) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{}, {"key"}, {"registry"}, {"-q"}, {"key", "-q"}}) {
        const Completed result = run(arguments);
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_EQ(result.out, "");
        EXPECT_THAT(result.err, HasSubstr("\nCommands:\n"));
    }
    expect_failure(run({"show", "f"}), "'aion show' requires a subcommand");
}

TEST_F(UsageTest, ErrorsSayWhatIsWrongAndHowItGoes) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {{"frobnicate"}, "error: unrecognized subcommand 'frobnicate'\n"},
        {{"key", "frob"}, "error: unrecognized subcommand 'frob'\n"},
        {{"key", "list", "extra"}, "error: unexpected argument 'extra' found\n"},
        {{"verify", "f", "--frob"}, "error: unexpected argument '--frob' found\n"},
        {{"verify", "f", "-x"}, "error: unexpected argument '-x' found\n"},
        {{"init"},
         "error: the following required arguments were not provided:\n  <FILE>\n"
         "  --author <AUTHOR_ID>\n  --key <KEY_ID>\n"},
        {{"commit", "f"}, "  --message <MESSAGE>\n"},
        {{"verify", "f"}, "  --registry <REGISTRY_FILE> (or set AION_REGISTRY)\n"},
        {{"key", "generate"}, "  --id <KEY_ID>\n"},
        {{"key", "export", "1"}, "  --output <OUTPUT_FILE>\n"},
        {{"init", "f", "--author", "abc", "-k", "1"},
         "error: invalid value 'abc' for '--author <AUTHOR_ID>': invalid digit found in string\n"},
        {{"init", "f", "--author", "18446744073709551616", "-k", "1"},
         "': number too large to fit in target type\n"},
        {{"init", "f", "--author", "0x10", "-k", "1"}, "': invalid digit found in string\n"},
        {{"init", "f", "--author", "1_0", "-k", "1"}, "': invalid digit found in string\n"},
        {{"init", "f", "--author=-1", "-k", "1"}, "': invalid digit found in string\n"},
        {{"init", "f", "--author=", "-k", "1"}, "': cannot parse integer from empty string\n"},
        {{"verify", "f", "--registry", "r", "--format", "xml"},
         "error: invalid value 'xml' for '--format <FORMAT>'\n"
         "  [possible values: text, json, yaml]\n"},
        {{"verify", "f", "--registry", "r", "--format", "JSON"}, "error: invalid value 'JSON'"},
        {{"verify", "f", "--registry", "r", "--registry", "s"}, "error: "},
        {{"init", "f", "-a", "1", "-k", "1", "--force", "--force"}, "error: "},
        {{"verify", "f", "--registry"}, "error: "},
        {{"--color", "sometimes", "key", "list"}, "error: invalid value 'sometimes'"},
        {{"completion", "tcsh"}, "[possible values: bash, zsh, fish]"},
        {{"completion"}, "  <SHELL>\n"},
        {{"registry", "rotate", "--from-epoch", "4294967296"},
         "error: invalid value '4294967296' for '--from-epoch <N>'"},
        {{"verify", "f", "--min-version", "x", "--registry", "r"}, "error: invalid value 'x'"},
        {{"verify", "f", "--regis", "r"}, "error: unexpected argument '--regis' found\n"},
    };
    for (const auto& [arguments, message] : cases) {
        const Completed result = run(arguments);
        EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments);
        EXPECT_EQ(result.out, "");
        EXPECT_THAT(result.err, StartsWith("error: "));
        EXPECT_THAT(result.err, HasSubstr(message)) << ::testing::PrintToString(arguments);
        EXPECT_THAT(result.err, HasSubstr("\n\nUsage: aion"));
        EXPECT_THAT(result.err, HasSubstr("For more information, try '--help'.\n"));
    }
}

TEST_F(UsageTest, OptionsComeInEveryForm) {
    make_registry();
    const std::vector<std::vector<std::string>> forms = {
        {"init", "p.aion", "--author", "7", "--key", "1", "--message", "m", "--force"},
        {"init", "--author=7", "--key=1", "--message=m", "--force", "p.aion"},
        {"init", "-a", "7", "p.aion", "-k", "1", "-m", "m", "--force"},
        {"init", "-a7", "-k1", "-mm", "--force", "p.aion"},
        {"init", "-a=7", "-k=1", "-m=m", "p.aion", "--force"},
        {"-q", "init", "-a", "007", "-k", "+1", "-m", "m", "--force", "p.aion"},
        {"init", "-a", "7", "-k", "1", "-m", "m", "--force", "--", "p.aion"},
        {"init", "-a", "7", "-k", "1", "-m", "m", "--force", "p.aion", "--color", "never"},
        {"--color=never", "init", "-q", "-a", "7", "-k", "1", "-m", "m", "--force", "p.aion"},
    };
    for (const auto& form : forms) {
        must(form, "x");
        EXPECT_THAT(must({"show", "p.aion", "info", "--registry", "reg.json"}),
                    HasSubstr("  Author:   7\n"));
    }
}

TEST_F(UsageTest, EmptyAndDashedValues) {
    make_registry();
    must({"init", "p.aion", "-a", "7", "-k", "1", "--message="}, "x");
    EXPECT_THAT(must({"show", "p.aion", "info", "--registry", "reg.json"}),
                HasSubstr("  Message:  \n"));
    must({"init", "q.aion", "-a", "7", "-k", "1", "--message=--force"}, "x");
    EXPECT_THAT(must({"show", "q.aion", "info", "--registry", "reg.json"}),
                HasSubstr("  Message:  --force\n"));
    must({"init", "-a", "7", "-k", "1", "--", "-dash.aion"}, "x");
    must({"verify", "--registry", "reg.json", "--", "-dash.aion"});
}

TEST_F(UsageTest, FilesNamedLikeCommands) {
    make_file();
    std::filesystem::copy(path("p.aion"), path("show"));
    EXPECT_THAT(must({"verify", "show", "--registry", "reg.json"}), HasSubstr("VALID"));
    EXPECT_THAT(must({"verify", "p.aion", "show", "--registry", "reg.json"}),
                HasSubstr("File Path: show\n"));
}

}  // namespace
}  // namespace aion::test
