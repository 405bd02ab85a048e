// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/pager.hpp"

#include "cli/pseudo_terminal.hpp"
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What a terminal shows of `aion log p.aion`, through pagers that mark what they show.
class PagerTest : public Scenario {
  protected:
    PagerTest() {
        make_file();
        terminal_variables = {{"TERM", "xterm"}, {"PATH", "/usr/bin:/bin"}};
    }

    TerminalSession on_terminal(std::vector<std::string> arguments,
                                const std::vector<Exchange>& dialogue = {}) {
        Invocation invocation;
        invocation.arguments = std::move(arguments);
        invocation.directory = path(".");
        invocation.variables = terminal_variables;
        invocation.variables["HOME"] = path(".").string();
        invocation.variables["AION_REGISTRY"] = "reg.json";
        invocation.variables.insert(no_progress);
        return run_on_terminal(aion_program(), invocation, dialogue);
    }

    /// What it shows of a command that succeeds.
    std::string screen_of(std::vector<std::string> arguments) {
        const TerminalSession session = on_terminal(std::move(arguments));
        EXPECT_TRUE(session.exit_code == 0 && session.signal == 0)
            << ::testing::PrintToString(session);
        return session.screen;
    }

    /// A program `less` that says what it was told, and shows escapes as `^[`.
    void put_less_into_path() {
        std::filesystem::create_directory(path("bin"));
        write("bin/less", "#!/bin/sh\necho \"LESS=$LESS\"\nexec cat -v\n");
        std::filesystem::permissions(path("bin/less"), std::filesystem::perms::owner_all);
        terminal_variables["PATH"] = path("bin").string() + ":/usr/bin:/bin";
    }

    std::map<std::string, std::string> terminal_variables;
};

TEST_F(PagerTest, TheFirstVariableThatIsSetDecides) {
    terminal_variables["PAGER"] = "sed s/^/second:/";
    for (const char* command : {"log", "audit", "why", "history"}) {
        const TerminalSession session = on_terminal({command, "p.aion"});
        EXPECT_THAT(session.screen, HasSubstr("second:VALID")) << command;
        EXPECT_EQ(session.exit_code, 0);
    }
    EXPECT_THAT(screen_of({"show", "p.aion", "history"}), HasSubstr("second:1 version"));
    EXPECT_THAT(screen_of({"diff", "p.aion", "p.aion"}), HasSubstr("second:"));
    terminal_variables["AION_PAGER"] = "sed 's/VALID:/a \"b\"/'";
    const std::string screen = screen_of({"log", "p.aion"});
    EXPECT_THAT(screen, HasSubstr("a \"b\" 1 version"));
    EXPECT_THAT(screen, Not(HasSubstr("second:")));
}

// Neither that of a later variable nor less takes the place of none.
TEST_F(PagerTest, NoneIsNone) {
    put_less_into_path();
    EXPECT_THAT(screen_of({"log", "p.aion"}), HasSubstr("LESS="));
    for (const char* none : {"", "cat"}) {
        terminal_variables["PAGER"] = none;
        EXPECT_THAT(screen_of({"log", "p.aion"}), Not(HasSubstr("LESS=")));
    }
    terminal_variables["PAGER"] = "sed s/^/second:/";
    for (const char* none : {"", "cat"}) {
        terminal_variables["AION_PAGER"] = none;
        for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
                 {"log", "p.aion"}, {"diff", "p.aion", "p.aion"}, {"show", "p.aion", "history"}}) {
            const std::string screen = screen_of(arguments);
            EXPECT_THAT(screen, Not(HasSubstr("second:"))) << arguments.front();
            EXPECT_THAT(screen, Not(HasSubstr("LESS="))) << arguments.front();
            EXPECT_THAT(screen, HasSubstr("1 version")) << arguments.front();
        }
    }
}

// It keeps what it read on the screen, or another screen: either way a payload must not drive it.
TEST_F(PagerTest, WhatIsComparedIsEscapedForThePagerToo) {
    std::filesystem::copy_file(path("p.aion"), path("q.aion"));
    commit("plain\n\x1b]0;mine\x07line\n", "m");
    terminal_variables["AION_PAGER"] = "cat -v | sed s/^/paged:/";
    for (const char* form : {"--payload", "--markers", "-U0"}) {
        for (const char* color : {"--color=never", "--color=auto"}) {
            const std::string screen = screen_of({"diff", "p.aion", "q.aion", form, color});
            EXPECT_THAT(screen, HasSubstr("paged:")) << form;
            EXPECT_THAT(screen, HasSubstr("\\x1b]0;mine\\x07line")) << form;
            EXPECT_THAT(screen, Not(HasSubstr("^["))) << form;
        }
    }
}

TEST_F(PagerTest, IsForTextOnATerminalThatIsNotToBeQuiet) {
    terminal_variables["AION_PAGER"] = "sed s/^/paged:/";
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"log", "p.aion", "--no-pager"},
                                               {"log", "p.aion", "-q"},
                                               {"log", "p.aion", "-f", "json"},
                                               {"why", "p.aion", "--no-pager"},
                                               {"audit", "p.aion", "-f", "jsonl"},
                                               {"show", "p.aion", "history", "--no-pager"},
                                               {"diff", "p.aion", "p.aion", "--no-pager"},
                                               {"diff", "p.aion", "p.aion", "-f", "json"},
                                               {"show", "p.aion", "info"},
                                               {"verify", "p.aion"}}) {
        const TerminalSession session = on_terminal(arguments);
        EXPECT_THAT(session.screen, Not(HasSubstr("paged:"))) << arguments.back();
        EXPECT_EQ(session.exit_code, 0);
    }
    variables["AION_PAGER"] = "sed s/^/paged:/";
    EXPECT_THAT(must({"log", "p.aion", "--registry", "reg.json"}), Not(HasSubstr("paged:")));
}

TEST_F(PagerTest, TheExitCodeIsTheCommands) {
    terminal_variables["AION_PAGER"] = "cat; exit 7";
    EXPECT_EQ(on_terminal({"log", "p.aion"}).exit_code, 0);
    flip("p.aion", 40);
    const TerminalSession invalid = on_terminal({"log", "p.aion"});
    EXPECT_EQ(invalid.exit_code, 1);
    EXPECT_THAT(invalid.screen, HasSubstr("INVALID"));
    EXPECT_EQ(on_terminal({"log", "none.aion"}).exit_code, 2);
}

TEST_F(PagerTest, WhatAPagerThatCannotStartLeftUnreadIsShown) {
    write("not-executable", "");
    commit("x", std::string(100'000, 'm') + "end");
    for (const std::string pager : {"no-such-pager", "./not-executable", "no-such-pager | cat"}) {
        terminal_variables["AION_PAGER"] = pager;
        const TerminalSession session = on_terminal({"log", "p.aion"});
        EXPECT_EQ(session.exit_code, 0);
        EXPECT_EQ(session.screen.find("Author:      7") != std::string::npos,
                  pager.find('|') == std::string::npos)
            << pager;
    }
    terminal_variables["AION_PAGER"] = "no-such-pager";
    const std::string screen = screen_of({"log", "p.aion"});
    EXPECT_THAT(screen, HasSubstr("mmmend\r\n"));
    EXPECT_THAT(screen, HasSubstr("    Genesis\r\n"));
    EXPECT_EQ(screen.find("VALID: 2"), screen.rfind("VALID: 2"));
}

TEST_F(PagerTest, WhoHasSeenEnoughIsNotToldMore) {
    commit("x", std::string(100'000, 'm'));
    commit("y", std::string(100'000, 'm'));
    terminal_variables["AION_PAGER"] = "head -n 1";
    const TerminalSession session = on_terminal({"log", "p.aion"});
    EXPECT_EQ(session.exit_code, 0);
    EXPECT_THAT(session.screen, HasSubstr("VALID: 3"));
    EXPECT_THAT(session.screen, Not(HasSubstr("mmm")));
    EXPECT_THAT(session.screen, Not(HasSubstr("rror")));
}

TEST_F(PagerTest, LessIsLookedForAndToldToShowColours) {
    put_less_into_path();
    std::string screen = screen_of({"log", "p.aion"});
    EXPECT_THAT(screen, HasSubstr("LESS=FRX\r\n"));
    EXPECT_THAT(screen, HasSubstr("^[[1;32mVALID"));
    terminal_variables["LESS"] = "-S";
    screen = screen_of({"log", "p.aion"});
    EXPECT_THAT(screen, HasSubstr("LESS=-S\r\n"));
    EXPECT_THAT(screen, HasSubstr("\nVALID"));
    EXPECT_THAT(screen_of({"--color=always", "log", "p.aion"}), HasSubstr("^[[1;32mVALID"));
    terminal_variables["PAGER"] = "less -R";
    EXPECT_THAT(screen_of({"log", "p.aion"}), HasSubstr("^[[1;32mVALID"));
    terminal_variables["NO_COLOR"] = "1";
    EXPECT_THAT(screen_of({"log", "p.aion"}), HasSubstr("\nVALID"));
}

// Our text is UTF-8 in every locale; who has told less otherwise knows better.
TEST_F(PagerTest, LessIsToldThatTextIsUtf8) {
    terminal_variables["LC_ALL"] = "C";
    terminal_variables["PAGER"] = "echo \"charset=$LESSCHARSET.\"; cat";
    EXPECT_THAT(screen_of({"log", "p.aion"}), HasSubstr("charset=utf-8.\r\n"));
    for (const std::string charset : {"latin1", ""}) {
        terminal_variables["LESSCHARSET"] = charset;
        EXPECT_THAT(screen_of({"log", "p.aion"}), HasSubstr("charset=" + charset + ".\r\n"));
    }
}

TEST_F(PagerTest, OtherPagersGetNoColours) {
    terminal_variables["AION_PAGER"] = "cat -v";
    EXPECT_THAT(screen_of({"log", "p.aion"}), Not(HasSubstr("^[")));
}

TEST_F(PagerTest, WithoutLessOrACursorThereIsNone) {
    std::filesystem::create_directory(path("empty"));
    terminal_variables["PATH"] = path("empty").string();
    const TerminalSession none = on_terminal({"log", "p.aion"});
    EXPECT_EQ(none.exit_code, 0);
    EXPECT_THAT(none.screen, HasSubstr("VALID"));
    EXPECT_THAT(none.screen, Not(HasSubstr("found")));
    put_less_into_path();
    terminal_variables["TERM"] = "dumb";
    EXPECT_THAT(screen_of({"log", "p.aion"}), Not(HasSubstr("LESS=")));
}

TEST_F(PagerTest, CtrlCIsThePagersWhileItRuns) {
    // A shell that is about to wait in `read` would look at its traps only behind it.
    terminal_variables["AION_PAGER"] =
        "trap 'c=1; echo caught' INT; cat >/dev/null; echo ready; "
        "until [ \"$c\" ]; do sleep 0.05; done; read x </dev/tty; echo \"read $x\"";
    const TerminalSession session =
        on_terminal({"log", "p.aion"}, {{"ready", "\x03"}, {"caught", "on\n"}});
    EXPECT_EQ(session.exit_code, 0);
    EXPECT_EQ(session.signal, 0);
    EXPECT_THAT(session.screen, HasSubstr("caught"));
    EXPECT_THAT(session.screen, HasSubstr("read on"));
}

}  // namespace
}  // namespace aion::test
