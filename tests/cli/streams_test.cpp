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

// The deed is done: a loop that repeats what failed must not do it twice.
TEST_F(StreamsTest, AReportThatCannotBeWrittenUndoesNothing) {
    make_file();
    write("rules", "allow: write\n");
    variables["AION_KEY_PASSWORD"] = "secret";
    variables["AION_REGISTRY"] = "reg.json";
    for (const auto& [arguments, deed] :
         std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"commit", "p.aion", "-r", "rules", "-a", "7", "-k", "1", "-m", "x"},
              "Version 2 was committed to p.aion"},
             {{"init", "q.aion", "-r", "rules", "-a", "7", "-k", "1"}, "q.aion was created"},
             {{"key", "generate", "--id", "5"}, "Key 5 was generated"},
             {{"key", "export", "5", "-o", "k"}, "Key 5 was exported to k"},
             {{"key", "delete", "5", "--force"}, "Key 5 was deleted"},
             {{"key", "import", "k", "--id", "5"}, "Key 5 was imported"},
             {{"registry", "pin", "--author", "8", "--key", "5", "-o", "reg.json"},
              "reg.json was changed"},
             {{"registry", "pin", "--author", "8", "--key", "5", "-o", "reg.json"},
              "reg.json said so already"},
             {{"registry", "rotate", "--author", "7", "--from-epoch", "0", "--to-epoch", "1",
               "--new-key", "5", "--master-key", "2", "--effective-from-version", "9"},
              "reg.json was changed"}}) {
        const Completed result = run_into("/dev/full", arguments);
        EXPECT_EQ(result.exit_code, 0) << deed;
        EXPECT_THAT(result.err, HasSubstr("Warning: " + deed +
                                          "; its report could not be written: No space left on "
                                          "device (os error 28)\n"));
    }
}

TEST_F(StreamsTest, AClosedStandardOutputHarmsNoFile) {
    make_registry();
    Invocation invocation;
    invocation.arguments = {"init", "p.aion", "-a", "7", "-k", "1"};
    invocation.input = "allow: read\n";
    invocation.close_output = true;
    const Completed result = run(invocation);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("Warning: p.aion was created; its report could not be "
                                      "written: Bad file descriptor (os error 9)"));
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
