// SPDX-License-Identifier: MIT OR Apache-2.0
// What is made from the command table: manual page and completions.
#include <iterator>
#include <sstream>

#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;

class CommandsTest : public Scenario {
  protected:
    // Runs a shell script in the scenario's directory; its standard output.
    Completed shell(const std::string& program, const std::vector<std::string>& arguments) {
        Invocation invocation;
        invocation.arguments = arguments;
        invocation.directory = path(".");
        invocation.variables = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
        return run_program(program, invocation);
    }

    // Every command that does something, e.g. `aion key list`, as the table has them.
    std::vector<std::string> every_command() {
        std::vector<std::string> commands;
        for (const Json& command : must_json({"table"})) {
            if (command["is_group"] == false) {
                commands.push_back(command["command"]);
            }
        }
        EXPECT_GT(commands.size(), 20U);
        return commands;
    }

    // The words that bash would offer after `line`, whose last word is being typed.
    std::string completions(const std::vector<std::string>& line) {
        std::string words;
        for (const std::string& word : line) {
            words += "'" + word + "' ";
        }
        const std::string script = "source ./aion.bash; COMP_WORDS=(" + words +
                                   "); COMP_CWORD=" + std::to_string(line.size() - 1) +
                                   "; _aion; printf '%s\\n' \"${COMPREPLY[@]}\"";
        const Completed result = shell("/bin/bash", {"-c", script});
        EXPECT_EQ(result.err, "");
        return "\n" + result.out;
    }
};

TEST_F(CommandsTest, TheManualPageTellsOfEveryCommandAndOption) {
    const std::string page = must({"man"});
    EXPECT_THAT(page, HasSubstr(".TH AION 1"));
    for (const std::string& command : every_command()) {
        std::string heading = command;
        if (const auto dash = heading.find('-'); dash != std::string::npos) {
            heading.insert(dash, "\\");
        }
        EXPECT_THAT(page, HasSubstr(".SS " + heading + "\n"));
    }
    for (const char* text : {"\\-\\-expect\\-head", "AION_KEYSTORE_DIR", "AION_LOG_FORMAT",
                             "EXIT STATUS", "\\-\\-password\\-fd", "keeps nothing secret"}) {
        EXPECT_THAT(page, HasSubstr(text));
    }
}

TEST_F(CommandsTest, EveryGroupsHelpListsItsCommands) {
    for (const Json& command : must_json({"table"})) {
        std::istringstream name(command["command"].get<std::string>());
        std::vector<std::string> words{std::istream_iterator<std::string>(name), {}};
        if (words.size() > 1) {
            const std::string line = "\n  " + words.back() + " ";
            words.pop_back();
            words.front() = "help";
            EXPECT_THAT(must(words), HasSubstr(line));
        }
    }
}

TEST_F(CommandsTest, EveryCommandHasHelpInTwoWays) {
    for (const Json& command : must_json({"table"})) {
        std::istringstream name(command["command"].get<std::string>());
        const std::vector<std::string> words{std::istream_iterator<std::string>(name), {}};
        std::vector<std::string> option(words.begin() + 1, words.end());
        option.emplace_back("--help");
        std::vector<std::string> subcommand(words.begin() + 1, words.end());
        subcommand.insert(subcommand.begin(), "help");
        const std::string text = must(subcommand);
        EXPECT_THAT(text, HasSubstr("\nUsage: aion"));
        const bool is_part = words.size() == 3 && words[1] == "show";
        EXPECT_EQ(is_part ? text : must(option), text) << command["command"];
        for (const Json& one : command["options"]) {
            EXPECT_THAT(text, HasSubstr(one["names"][0].get<std::string>()));
        }
    }
}

TEST_F(CommandsTest, GroffFindsNothingWrongWithTheManualPage) {
    ASSERT_TRUE(std::filesystem::exists("/usr/bin/groff")) << "no groff; ./dev setup installs it";
    write("aion.1", must({"man"}));
    const Completed result = shell("/usr/bin/groff", {"-man", "-Tutf8", "-ww", "aion.1"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_THAT(result.out, HasSubstr("aion"));
}

TEST_F(CommandsTest, BashCompletesCommandsOptionsAndValues) {
    write("aion.bash", must({"completion", "bash"}));
    EXPECT_EQ(shell("/bin/bash", {"-n", "aion.bash"}).err, "");
    EXPECT_THAT(completions({"aion", "ver"}), HasSubstr("\nverify\n"));
    EXPECT_THAT(completions({"aion", "key", "ex"}), HasSubstr("\nexport\n"));
    EXPECT_THAT(completions({"aion", "verify", "--exp"}), HasSubstr("\n--expect-head\n"));
    EXPECT_EQ(completions({"aion", "verify", "--format", ""}), "\ntext\njson\nyaml\n");
    EXPECT_EQ(completions({"aion", "-q", "key", "list", "-f", "y"}), "\nyaml\n");
    EXPECT_EQ(completions({"aion", "--color", "al"}), "\nalways\n");
    EXPECT_THAT(completions({"aion", "show", "p.aion", "hist"}), HasSubstr("\nhistory\n"));
    EXPECT_THAT(completions({"aion", "show", "p.aion", "rules", "--reg"}),
                HasSubstr("\n--registry\n"));
    EXPECT_EQ(completions({"aion", "completion", "z"}), "\nzsh\n");
    // Bash takes --name=value apart, unless it was told not to.
    EXPECT_EQ(completions({"aion", "verify", "--format", "="}), "\ntext\njson\nyaml\n");
    EXPECT_EQ(completions({"aion", "verify", "--format", "=", "j"}), "\njson\n");
    EXPECT_EQ(completions({"aion", "verify", "--format=j"}), "\n--format=json\n");
    write("registry-file.json", "");
    EXPECT_EQ(completions({"aion", "verify", "--registry", "=", "registry-f"}),
              "\nregistry-file.json\n");
    EXPECT_EQ(completions({"aion", "verify", "--registry=registry-f"}),
              "\n--registry=registry-file.json\n");
    EXPECT_EQ(completions({"aion", "verify", "--registry", "registry-f"}),
              "\nregistry-file.json\n");
    EXPECT_THAT(completions({"aion", "verify", "registry-f"}), HasSubstr("\nregistry-file.json\n"));
}

TEST_F(CommandsTest, HelpCompletesTheCommandsThatItExplains) {
    write("aion.bash", must({"completion", "bash"}));
    write("verified.aion", "");
    EXPECT_EQ(completions({"aion", "help", "ver"}), "\nverify\n");
    EXPECT_EQ(completions({"aion", "help", "registry", "ro"}), "\nrotate\n");
    EXPECT_EQ(completions({"aion", "help", "registry", "rotate", "v"}), "\n\n");
    EXPECT_THAT(must({"completion", "fish"}),
                HasSubstr("(__aion_path) = \"aion help registry\"' -a rotate"));
    EXPECT_THAT(must({"completion", "zsh"}), HasSubstr("'registry') compadd pin rotate "));
}

TEST_F(CommandsTest, ZshAndFishAcceptTheirScripts) {
    write("_aion", must({"completion", "zsh"}));
    write("aion.fish", must({"completion", "fish"}));
    EXPECT_THAT(read("_aion"), ::testing::StartsWith("#compdef aion\n"));
    for (const std::string& command : every_command()) {
        EXPECT_THAT(read("aion.fish"), HasSubstr("(__aion_path) = \"" + command + "\""));
    }
    if (std::filesystem::exists("/usr/bin/zsh")) {
        EXPECT_EQ(shell("/usr/bin/zsh", {"-n", "_aion"}).err, "");
    }
    if (std::filesystem::exists("/usr/bin/fish")) {
        EXPECT_EQ(shell("/usr/bin/fish", {"--no-execute", "aion.fish"}).err, "");
    }
}

}  // namespace
}  // namespace aion::test
