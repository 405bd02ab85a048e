// SPDX-License-Identifier: MIT OR Apache-2.0
// What goes where, and what happens when it cannot.
#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/author.hpp"
#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StreamsTest : public Scenario {
  protected:
    Completed run_into(const std::string& output, const std::vector<std::string>& arguments) {
        Invocation invocation;
        invocation.arguments = arguments;
        invocation.output_path = output;
        return run(invocation);
    }
};

TEST_F(StreamsTest, AFullDeviceIsAFailure) {
    make_file();
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--version"},
             {"--help"},
             {"man"},
             {"key", "list"},
             {"verify", "p.aion", "--registry", "reg.json"},
             {"show", "p.aion", "rules", "--registry", "reg.json"},
             {"show", "p.aion", "rules", "-o", "-", "--registry", "reg.json"},
             {"verify", "p.aion", "--registry", "reg.json", "-f", "json"}}) {
        const Completed result = run_into("/dev/full", arguments);
        EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments);
        EXPECT_THAT(result.err, HasSubstr("Error: Failed to write to standard output\n\n"
                                          "Caused by:\n    No space left on device (os error 28)"));
    }
}

TEST_F(StreamsTest, AClosedStandardOutputIsAFailureAndHarmsNoFile) {
    make_registry();
    Invocation invocation;
    invocation.arguments = {"init", "p.aion", "-a", "7", "-k", "1"};
    invocation.input = "allow: read\n";
    invocation.close_output = true;
    const Completed result = run(invocation);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("Bad file descriptor (os error 9)"));
    EXPECT_EQ(run({"verify", "p.aion", "--registry", "reg.json"}).exit_code, 0);
}

TEST_F(StreamsTest, AReaderThatStopsEarlyIsNoFailure) {
    make_registry();
    must({"init", "p.aion", "-a", "7", "-k", "1"}, std::string(4 << 20, '\n'));
    Invocation invocation;
    invocation.arguments = {"show", "p.aion", "rules", "--registry", "reg.json"};
    invocation.read_one_line = true;
    const Completed result = run(invocation);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
}

TEST_F(StreamsTest, QuietKeepsResultsErrorsAndWarnings) {
    make_file();
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"-q", "key", "generate", "--id", "5"},
             {"key", "--quiet", "generate", "--id", "6"},
             {"key", "generate", "--id", "8", "-q"},
             {"verify", "p.aion", "-q", "--registry", "reg.json"}}) {
        const Completed result = run(arguments);
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_EQ(result.err, "");
        EXPECT_NE(result.out, "");
    }
    EXPECT_THAT(run({"-q", "verify", "none", "--registry", "reg.json"}).err, HasSubstr("Error: "));
    EXPECT_THAT(run({"-q", "show", "p.aion", "rules", "--no-verify"}).err, HasSubstr("Warning: "));
}

TEST_F(StreamsTest, NeitherSymbolsNorColoursOutsideATerminal) {
    make_file();
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"verify", "p.aion", "--registry", "reg.json"},
             {"show", "p.aion", "signatures", "--registry", "reg.json"},
             {"key", "list"},
             {"verify", "none", "--registry", "reg.json"},
             {"init", "p.aion", "-a", "7", "-k", "1"}}) {
        const Completed result = run(arguments);
        const std::string all = result.out + result.err;
        for (const char* symbol : {"\x1b", "✅", "❌", "🔑", "🔍", "🚀", "⚠", "💡"}) {
            EXPECT_THAT(all, Not(HasSubstr(symbol)));
        }
    }
}

TEST_F(StreamsTest, ColoursWhereAskedFor) {
    make_file();
    const auto verify = [this](const std::string& mode) {
        return run({"verify", "p.aion", "--registry", "reg.json", "--color", mode}).out;
    };
    EXPECT_THAT(verify("always"), HasSubstr("Overall: \x1b[32mVALID\x1b[0m"));
    EXPECT_THAT(verify("never"), Not(HasSubstr("\x1b")));
    EXPECT_THAT(verify("auto"), Not(HasSubstr("\x1b")));
    variables["NO_COLOR"] = "1";
    EXPECT_THAT(verify("always"), HasSubstr("\x1b[32m"));
    EXPECT_THAT(run({"--color=always", "verify", "none", "--registry", "reg.json"}).err,
                HasSubstr("\x1b[31mError:\x1b[0m"));
}

TEST_F(StreamsTest, ControlCharactersInMessagesAreEscaped) {
    make_registry();
    const std::string message = "a\x1b[31mred\nline\r\t\xe2\x80\xae\xc2\x9b end";
    const Completed init =
        run({"init", "p.aion", "-a", "7", "-k", "1", "-m", message}, "allow: read\n");
    EXPECT_THAT(init.err, HasSubstr("   Message: a\\x1b[31mred\\nline\\r\\t\\u{202e}"));
    const std::string history = must({"show", "p.aion", "history", "--registry", "reg.json"});
    EXPECT_THAT(history, HasSubstr("  Message:   a\\x1b[31mred\\nline\\r\\t\\u{202e}"));
    EXPECT_THAT(history, Not(HasSubstr("\x1b")));
    EXPECT_THAT(history, Not(HasSubstr("\xc2\x9b")));
    const Json json = must_json({"show", "p.aion", "history", "--registry", "reg.json", "-fjson"});
    EXPECT_EQ(json[0]["message"], message);
}

TEST_F(StreamsTest, ControlCharactersInPathsAreEscaped) {
    make_file();
    const std::string name = "x\x1b[2J\ny.aion";
    std::filesystem::copy(path("p.aion"), path(name));
    const Completed good = run({"verify", "-v", name, "--registry", "reg.json"});
    EXPECT_THAT(good.out, HasSubstr("File Path: x\\x1b[2J\\ny.aion\n"));
    EXPECT_THAT(good.err, Not(HasSubstr("\x1b")));
    const Completed bad = run({"verify", "\x1b[2J\n", "--registry", "reg.json"});
    EXPECT_EQ(bad.err.find('\x1b'), std::string::npos);
    EXPECT_THAT(bad.err, HasSubstr("Error: File not found: \\x1b[2J\\n\n"));
    const Completed usage = run({"verify", "--\x1b[2J"});
    EXPECT_THAT(usage.err, Not(HasSubstr("\x1b")));
}

TEST_F(StreamsTest, PathsThatAreNotUtf8StillGiveParseableDocuments) {
    make_file();
    const std::string name = "bytes\xff\xfe.aion";
    std::filesystem::copy(path("p.aion"), path(name));
    const Json report = must_json({"verify", name, "--registry", "reg.json", "--format", "json"});
    EXPECT_EQ(report["path"], "bytes\xef\xbf\xbd\xef\xbf\xbd.aion");
    must({"verify", name, "--registry", "reg.json"});
}

TEST_F(StreamsTest, AMessageThatIsNotUtf8IsRefused) {
    make_registry();
    expect_failure(run({"init", "p.aion", "-a", "7", "-k", "1", "-m", "\xff"}, "x"),
                   "Error: Failed to create AION file: p.aion\n\nCaused by:\n    Invalid UTF-8: ");
}

TEST_F(StreamsTest, EveryCauseIsNumberedWhereThereAreSeveral) {
    make_registry();
    const Completed one = run({"init", "p.aion", "-a", "7", "-k", "1", "-r", "none"});
    EXPECT_THAT(one.err, HasSubstr("\nCaused by:\n    No such file or directory (os error 2)\n"));
    const Completed two = run({"init", "none/p.aion", "-a", "7", "-k", "1"}, "x");
    EXPECT_EQ(two.exit_code, 2);
    EXPECT_THAT(two.err, HasSubstr("Error: Failed to create AION file: none/p.aion\n\nCaused by:\n"
                                   "    0: Failed to write file: "));
    EXPECT_THAT(two.err, HasSubstr("\n    1: No such file or directory (os error 2)\n"));
    EXPECT_EQ(two.out, "");
}

}  // namespace
}  // namespace aion::test
