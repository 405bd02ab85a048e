// SPDX-License-Identifier: MIT OR Apache-2.0
// What is made from the command table: manual page and completions.
#include <algorithm>
#include <iterator>
#include <sstream>

#include "aion/crypto/backend.hpp"
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

// What the examples find: policy.yaml, policy.aion by author 1001, registry.json, a backup of key
// 1001 and its password, a public key, a signed record; chain.json, which names author 1001 alice
// and whose root is key 9000.
constexpr std::string_view examples_world = R"(set -eu
mkdir world && cd world
export AION_KEYSTORE_DIR="$PWD/keys"
for id in 1001 1002 9001; do aion key generate --id $id --quiet; done
aion registry pin --author 1001 --key 1001 --master 9001 --output registry.json
echo 'limit: 100' >policy.yaml
aion init policy.aion --rules policy.yaml --author 1001 --key 1001 --quiet
cp policy.aion copy.aion
echo 'correct horse' >password
aion key export 1001 --output backup.key --password-file password
aion key show 1002 | sed -n 's/^Public Key: //p' >author-7.hex
aion registry sign-rotation --author 1001 --from-epoch 0 --to-epoch 1 --new-key 1002 \
    --master-key 9001 --effective-from-version 2 --output rotation.json
aion key generate --id 9000 --quiet
aion registry init --output chain.json --root-key 9000
aion registry pin --author 1001 --name alice --key 1001 --master 9001 --registry chain.json
)";

TEST_F(CommandsTest, EveryExampleWorks) {
    const auto bash = [&](const std::string& script, bool works = true) {
        Invocation invocation;
        invocation.arguments = {"-c", script};
        invocation.directory = path(".");
        const std::filesystem::path folder = std::filesystem::path(aion_program()).parent_path();
        invocation.variables = {{"PATH", folder.string() + ":/usr/bin:/bin"},
                                {"LC_ALL", "C.UTF-8"},
                                {"HOME", path(".").string()}};
        const Completed result = run_program("/bin/bash", invocation);
        EXPECT_EQ(result.exit_code, works ? 0 : 2) << script << result.err;
        if (!works) {
            EXPECT_THAT(result.err, HasSubstr("ML-DSA-65 requires OpenSSL 3.5")) << script;
        }
    };
    bash(std::string(examples_world));
    std::size_t count = 0;
    for (const Json& command : must_json({"table"})) {
        std::string script =
            "set -eu\nrm -rf run\ncp -r world run\ncd run\n"
            "export AION_KEYSTORE_DIR=\"$PWD/keys\"\n";
        for (const Json& line : command["examples"]) {
            script += line.get<std::string>() + "\n";
            ++count;
        }
        bash(script, crypto::backend().has_ml_dsa || !script.contains("hybrid"));
    }
    EXPECT_GE(count, 18U);
}

TEST_F(CommandsTest, HelpAndTheManualPageShowTheExamples) {
    const std::string page = must({"man"});
    EXPECT_THAT(page, HasSubstr("\n.SH EXAMPLES\n"));
    EXPECT_THAT(page, HasSubstr("\naion verify policy.aion \\-\\-registry registry.json\n"));
    EXPECT_THAT(page, HasSubstr(" \\-\\-master\\-key 9001 \\e\n"));
    EXPECT_THAT(must({"verify", "--help"}),
                HasSubstr("\nExamples:\n  # Is this file genuine?\n"
                          "  aion verify policy.aion --registry registry.json\n"));
}

TEST_F(CommandsTest, HelpKeepsToTheColumns) {
    const std::vector<std::pair<std::string, std::size_t>> widths = {
        {"80", 80}, {"40", 40}, {"1", 40}, {"500", 200}, {"wide", 100}, {"-3", 100}, {"0", 100}};
    for (const auto& [columns, most] : widths) {
        variables["COLUMNS"] = columns;
        std::size_t longest = 0;
        for (const Json& command : must_json({"table"})) {
            std::istringstream name(command["command"].get<std::string>());
            std::vector<std::string> words{std::istream_iterator<std::string>(name), {}};
            words.front() = "help";
            std::string text = must(words);
            text = text.substr(0, text.find("\nExamples:"));
            std::istringstream lines(text);
            for (std::string line; std::getline(lines, line);) {
                EXPECT_LE(line.size(), most) << columns << ": " << line;
                longest = std::max(longest, line.size());
            }
        }
        EXPECT_GT(longest, most - 10) << columns;
    }
    variables["COLUMNS"] = "60";
    EXPECT_THAT(run({"registry", "rotate"}).err,
                HasSubstr("\nUsage: aion registry rotate [OPTIONS] --author <AUTHOR>\n"
                          "           --registry <REGISTRY_FILE>\n"));
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
    EXPECT_EQ(completions({"aion", "verify", "--format", ""}),
              "\ntext\njson\nyaml\nreference-text\njsonl\n");
    EXPECT_EQ(completions({"aion", "-q", "key", "list", "-f", "y"}), "\nyaml\n");
    EXPECT_EQ(completions({"aion", "--color", "al"}), "\nalways\n");
    EXPECT_THAT(completions({"aion", "show", "p.aion", "hist"}), HasSubstr("\nhistory\n"));
    EXPECT_THAT(completions({"aion", "show", "p.aion", "rules", "--reg"}),
                HasSubstr("\n--registry\n"));
    EXPECT_EQ(completions({"aion", "completion", "z"}), "\nzsh\n");
    // Bash takes --name=value apart, unless it was told not to.
    EXPECT_EQ(completions({"aion", "verify", "--format", "="}),
              "\ntext\njson\nyaml\nreference-text\njsonl\n");
    EXPECT_EQ(completions({"aion", "verify", "--format", "=", "j"}), "\njson\njsonl\n");
    EXPECT_EQ(completions({"aion", "verify", "--format=j"}), "\n--format=json\n--format=jsonl\n");
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
    EXPECT_EQ(completions({"aion", "help", "registry", "rot"}), "\nrotate\n");
    EXPECT_EQ(completions({"aion", "help", "registry", "rotate", "v"}), "\n\n");
    EXPECT_THAT(must({"completion", "fish"}),
                HasSubstr("(__aion_path) = \"aion help registry\"' -a rotate"));
    EXPECT_THAT(must({"completion", "zsh"}), HasSubstr("'registry') compadd init pin rotate "));
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
