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
        return run_on_terminal(aion_program(), invocation, dialogue);
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
    EXPECT_THAT(on_terminal({"show", "p.aion", "history"}).screen, HasSubstr("second:1 version"));
    terminal_variables["AION_PAGER"] = "sed 's/VALID:/a \"b\"/'";
    const std::string screen = on_terminal({"log", "p.aion"}).screen;
    EXPECT_THAT(screen, HasSubstr("a \"b\" 1 version"));
    EXPECT_THAT(screen, Not(HasSubstr("second:")));
    for (const char* none : {"", "cat"}) {
        terminal_variables["AION_PAGER"] = none;
        EXPECT_THAT(on_terminal({"log", "p.aion"}).screen, Not(HasSubstr("second:")));
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
    const std::string screen = on_terminal({"log", "p.aion"}).screen;
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
    std::string screen = on_terminal({"log", "p.aion"}).screen;
    EXPECT_THAT(screen, HasSubstr("LESS=FRX\r\n"));
    EXPECT_THAT(screen, HasSubstr("^[[1;32mVALID"));
    terminal_variables["LESS"] = "-S";
    screen = on_terminal({"log", "p.aion"}).screen;
    EXPECT_THAT(screen, HasSubstr("LESS=-S\r\n"));
    EXPECT_THAT(screen, HasSubstr("\nVALID"));
    EXPECT_THAT(on_terminal({"--color=always", "log", "p.aion"}).screen,
                HasSubstr("^[[1;32mVALID"));
    terminal_variables["PAGER"] = "less -R";
    EXPECT_THAT(on_terminal({"log", "p.aion"}).screen, HasSubstr("^[[1;32mVALID"));
    terminal_variables["NO_COLOR"] = "1";
    EXPECT_THAT(on_terminal({"log", "p.aion"}).screen, HasSubstr("\nVALID"));
}

TEST_F(PagerTest, OtherPagersGetNoColours) {
    terminal_variables["AION_PAGER"] = "cat -v";
    EXPECT_THAT(on_terminal({"log", "p.aion"}).screen, Not(HasSubstr("^[")));
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
    EXPECT_THAT(on_terminal({"log", "p.aion"}).screen, Not(HasSubstr("LESS=")));
}

TEST_F(PagerTest, CtrlCIsThePagersWhileItRuns) {
    terminal_variables["AION_PAGER"] =
        "trap 'echo caught' INT; cat >/dev/null; echo ready; while ! read x </dev/tty; do :; done; "
        "echo \"read $x\"";
    const TerminalSession session =
        on_terminal({"log", "p.aion"}, {{"ready", "\x03"}, {"caught", "on\n"}});
    EXPECT_EQ(session.exit_code, 0);
    EXPECT_EQ(session.signal, 0);
    EXPECT_THAT(session.screen, HasSubstr("caught"));
    EXPECT_THAT(session.screen, HasSubstr("read on"));
}

}  // namespace
}  // namespace aion::test
