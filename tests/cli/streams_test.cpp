// SPDX-License-Identifier: MIT OR Apache-2.0
// What goes where, and what happens when it cannot.
#include "cli/scenario.hpp"

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

}  // namespace
}  // namespace aion::test
