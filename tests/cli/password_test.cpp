// SPDX-License-Identifier: MIT OR Apache-2.0
// Where passwords come from, and what a terminal sees of them.
#include "cli/pseudo_terminal.hpp"
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PasswordTest : public Scenario {
  protected:
    PasswordTest() { make_key(9); }

    TerminalSession on_terminal(const std::vector<std::string>& arguments,
                                const std::vector<Exchange>& dialogue) {
        Invocation invocation;
        invocation.arguments = arguments;
        invocation.directory = path(".");
        invocation.variables = variables;
        invocation.variables["HOME"] = path(".").string();
        invocation.variables.try_emplace("TERM", "xterm");
        invocation.variables.insert(no_progress);
        return run_on_terminal(aion_program(), invocation, dialogue);
    }

    // Whether k.akey opens with this password.
    bool opens_with(const std::string& password) {
        write("try.txt", password);
        std::filesystem::remove_all(path("second"));
        variables["AION_KEYSTORE_DIR"] = path("second").string();
        const int code =
            run({"key", "import", "k.akey", "--id", "9", "--password-file", "try.txt"}).exit_code;
        variables.erase("AION_KEYSTORE_DIR");
        return code == 0;
    }
};

TEST_F(PasswordTest, FromADescriptor) {
    Invocation invocation;
    invocation.arguments = {"key", "export", "9", "-o", "k.akey", "--password-fd", "7"};
    invocation.descriptor_seven = "from seven\n";
    EXPECT_EQ(run(invocation).exit_code, 0);
    EXPECT_TRUE(opens_with("from seven"));
    must({"key", "export", "9", "-o", "k.akey", "--force", "--password-fd=0"}, "from zero\n");
    EXPECT_TRUE(opens_with("from zero"));
}

TEST_F(PasswordTest, AskedForTwiceOnTheTerminalWithoutEcho) {
    const TerminalSession session =
        on_terminal({"key", "export", "9", "-o", "k.akey"},
                    {{"Enter password for encryption: ", "tops\x7f\x7f\x7f\x7fsecret\n"},
                     {"Confirm password: ", "wrong\x15secret\n"}});
    EXPECT_EQ(session.exit_code, 0) << session.screen;
    EXPECT_THAT(session.screen, Not(HasSubstr("secret")));
    EXPECT_THAT(session.screen, HasSubstr("✅ "));
    EXPECT_TRUE(session.echo_after);
    EXPECT_TRUE(opens_with("secret"));
}

TEST_F(PasswordTest, BackspaceRemovesAWholeCharacter) {
    const TerminalSession session = on_terminal(
        {"key", "export", "9", "-o", "k.akey"},
        {{"encryption: ", "p\xc3\xa4\x7f\xe2\x9c\x93\n"}, {"Confirm", "p\xe2\x9c\x93\n"}});
    EXPECT_EQ(session.exit_code, 0) << session.screen;
    EXPECT_TRUE(opens_with("p\xe2\x9c\x93"));
}

TEST_F(PasswordTest, DifferentOrEmptyAnswersAreRefused) {
    const TerminalSession different =
        on_terminal({"key", "export", "9", "-o", "k.akey"},
                    {{"encryption: ", "one\n"}, {"Confirm password: ", "two\n"}});
    EXPECT_EQ(different.exit_code, 2);
    EXPECT_THAT(different.screen, HasSubstr("Passwords do not match"));
    const TerminalSession empty =
        on_terminal({"key", "export", "9", "-o", "k.akey"}, {{"encryption: ", "\n"}});
    EXPECT_EQ(empty.exit_code, 2);
    EXPECT_THAT(empty.screen, HasSubstr("Password cannot be empty"));
    EXPECT_FALSE(std::filesystem::exists(path("k.akey")));
    write("some.akey", std::string(81, 'x'));
    const TerminalSession given =
        on_terminal({"key", "import", "some.akey", "--id", "3"}, {{"Enter password: ", "\n"}});
    EXPECT_EQ(given.exit_code, 2);
    EXPECT_THAT(given.screen, HasSubstr("Password cannot be empty"));
}

TEST_F(PasswordTest, InterruptRestoresTheTerminal) {
    const TerminalSession session =
        on_terminal({"key", "export", "9", "-o", "k.akey"}, {{"encryption: ", "half\x03"}});
    EXPECT_EQ(session.signal, SIGINT);
    EXPECT_THAT(session.screen, HasSubstr("encryption: \r\nInterrupted: nothing was changed\r\n"));
    EXPECT_TRUE(session.echo_after);
    const TerminalSession ended =
        on_terminal({"key", "export", "9", "-o", "k.akey"}, {{"encryption: ", "\x04"}});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.screen, HasSubstr("Failed to read password"));
}

// By a shell, since the kernel stops nobody whom nobody could resume.
TEST_F(PasswordTest, SuspendedAtThePromptEchoComesAndGoes) {
    Invocation invocation;
    invocation.directory = path(".");
    invocation.variables = {
        {"HOME", path(".").string()}, {"PATH", "/usr/bin:/bin"}, {"TERM", "xterm"}, no_progress};
    invocation.arguments = {"-c",
                            "set -m; " + aion_program() +
                                " key export 9 -o k.akey -q; stty -a | grep -cw -e -echo; fg"};
    const TerminalSession session =
        run_on_terminal("/bin/sh", invocation,
                        {{"Enter password for encryption: ", "half\x1a"},
                         {"Enter password for encryption: ", "secret\n"},
                         {"Confirm password: ", "secret\n"}});
    EXPECT_EQ(session.exit_code, 0) << session.screen;
    EXPECT_THAT(session.screen, Not(HasSubstr("secret")));
    EXPECT_THAT(session.screen, Not(HasSubstr("half")));
    EXPECT_THAT(session.screen, HasSubstr("encryption: 0\r\n"));  // no "-echo" while stopped
    EXPECT_TRUE(session.echo_after);
    EXPECT_TRUE(opens_with("secret"));
}

TEST_F(PasswordTest, AnExportedKeyIsNotShownOnATerminal) {
    const TerminalSession session = on_terminal({"key", "export", "9", "-o", "/dev/tty"}, {});
    EXPECT_EQ(session.exit_code, 2);
    EXPECT_THAT(session.screen, HasSubstr("An exported key is binary"));
    EXPECT_THAT(on_terminal({"key", "export", "9", "-o", "-"}, {}).screen,
                HasSubstr("does not belong on a terminal"));
}

TEST_F(PasswordTest, RulesAreNotReadSilentlyFromATerminal) {
    const TerminalSession refused = on_terminal({"init", "p.aion", "-a", "7", "-k", "9"}, {});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.screen, HasSubstr("No rules: standard input is a terminal\r\n"
                                          "Name a file with --rules FILE"));
    EXPECT_FALSE(std::filesystem::exists(path("p.aion")));
    const TerminalSession typed = on_terminal({"init", "p.aion", "-a", "7", "-k", "9", "-r", "-"},
                                              {{"end with Ctrl-D", "typed: rules\n\x04"}});
    EXPECT_EQ(typed.exit_code, 0) << typed.screen;
    EXPECT_EQ(must({"show", "p.aion", "rules", "--no-verify", "-o", "-"}), "typed: rules\n");
}

TEST_F(PasswordTest, SymbolsAndColoursAppearOnATerminal) {
    const TerminalSession plain = on_terminal({"key", "list", "--color", "never"}, {});
    EXPECT_THAT(plain.screen, HasSubstr("Total: 1 key(s)"));
    EXPECT_THAT(plain.screen, Not(HasSubstr("\x1b[")));
    const TerminalSession coloured = on_terminal({"key", "delete", "9", "-f"}, {});
    EXPECT_THAT(coloured.screen, HasSubstr("✅ \x1b[1;32mKey 9 deleted from keystore\x1b[0m"));
    variables["NO_COLOR"] = "1";
    EXPECT_THAT(on_terminal({"key", "show", "9"}, {}).screen, Not(HasSubstr("\x1b[")));
    variables["AION_LOG"] = "info";
    EXPECT_THAT(on_terminal({"key", "generate", "-i", "9"}, {}).screen, Not(HasSubstr("\x1b[")));
}

TEST_F(PasswordTest, ADumbTerminalGetsAscii) {
    must({"registry", "pin", "--author", "9", "--key", "9", "-o", "reg.json"});
    must({"init", "p.aion", "-a", "9", "-k", "9"}, "x");
    write("rules", "y");
    const std::vector<std::string> verify = {"verify", "p.aion", "none", "--registry", "reg.json"};
    const std::vector<std::string> commit = {"commit", "p.aion", "-a",         "9",
                                             "-k",     "9",      "-m",         "two",
                                             "-r",     "rules",  "--registry", "reg.json"};
    variables["TERM"] = "xterm";
    const TerminalSession able = on_terminal(verify, {});
    EXPECT_THAT(able.screen, HasSubstr("\x1b[1;32mVALID\x1b[0m       p.aion  1 version, head "));
    EXPECT_THAT(able.screen, HasSubstr("\x1b[33mNO VERDICT\x1b[0m  none    File not found"));
    EXPECT_THAT(able.screen, HasSubstr("…"));
    variables["TERM"] = "dumb";
    std::string dumb = on_terminal(verify, {}).screen;
    dumb += on_terminal(commit, {}).screen;
    EXPECT_THAT(dumb, HasSubstr("VALID       p.aion  1 version, head "));
    EXPECT_THAT(dumb, HasSubstr("Version committed successfully!"));
    EXPECT_TRUE(std::ranges::all_of(dumb, [](char c) {
        return (c >= ' ' && c <= '~') || c == '\r' || c == '\n';
    })) << dumb;
}

TEST_F(PasswordTest, AHostilePayloadCannotDriveATerminal) {
    must({"registry", "pin", "--author", "9", "--key", "9", "-o", "reg.json"});
    must({"init", "p.aion", "-a", "9", "-k", "9"}, "\x1b]0;owned\x07 line\n\ttab\n");
    const TerminalSession session =
        on_terminal({"show", "p.aion", "rules", "--registry", "reg.json", "--color=never"}, {});
    EXPECT_THAT(session.screen, Not(HasSubstr("\x1b")));
    EXPECT_THAT(session.screen, HasSubstr("\\x1b]0;owned\\x07 line\r\n"));
    // Nor can the difference of two, in lines or in markers.
    must({"init", "q.aion", "-a", "9", "-k", "9"}, "\x1b]0;other\x07 line\n");
    for (const char* form : {"--payload", "--markers"}) {
        const TerminalSession diff = on_terminal({"diff", "p.aion", "q.aion", "--registry",
                                                  "reg.json", form, "--no-pager", "--color=never"},
                                                 {});
        EXPECT_THAT(diff.screen, Not(HasSubstr("\x1b")));
        EXPECT_THAT(diff.screen, HasSubstr("\\x1b]0;other\\x07 line\r\n"));
    }
}

}  // namespace
}  // namespace aion::test
