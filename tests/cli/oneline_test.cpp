// SPDX-License-Identifier: MIT OR Apache-2.0
// `aion log --oneline` on terminals that say how wide they are. What is in it:
// scenarios/history.txt.
#include <array>

#include "cli/pseudo_terminal.hpp"
#include "cli/scenario.hpp"
#include "views/text_width.hpp"

namespace aion::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class OnelineTest : public Scenario {
  protected:
    OnelineTest() {
        make_file();
        commit("a", latin);
        commit("b", wide);
        commit("c", escaped);
        commit("d", "short");
    }

    TerminalSession on_terminal(unsigned short columns, const std::string& pager = "") {
        Invocation invocation;
        invocation.arguments = {"log", "p.aion", "--oneline", "--color=never"};
        invocation.directory = path(".");
        invocation.variables = {{"TERM", "xterm"},
                                {"PATH", "/usr/bin:/bin"},
                                {"HOME", path(".").string()},
                                {"AION_REGISTRY", "reg.json"},
                                {"AION_PAGER", pager},
                                no_progress};
        return run_on_terminal(aion_program(), invocation, {}, columns);
    }

    /// The rows, the newest first: v5 to v1.
    std::vector<std::string> rows(unsigned short columns, const std::string& pager = "") {
        const TerminalSession session = on_terminal(columns, pager);
        EXPECT_EQ(session.exit_code, 0) << session.screen;
        std::vector<std::string> found;
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = session.screen.find("\r\n", begin)) != std::string::npos;
             begin = end + 2) {
            if (session.screen[begin] == 'v') {
                found.push_back(session.screen.substr(begin, end - begin));
            }
        }
        EXPECT_EQ(found.size(), 5U) << session.screen;
        found.resize(5);
        return found;
    }

    static std::string repeated(std::string_view piece) {
        std::string text;
        for (int i = 0; i < 30; ++i) {
            text += piece;
        }
        return text;
    }

    const std::string latin = repeated("Größe ");
    const std::string wide = repeated("限度");
    const std::string escaped = repeated("\x1b[31m");
};

TEST_F(OnelineTest, NoRowIsWiderThanTheTerminal) {
    // A wide character or an escape goes in whole or not at all.
    constexpr std::array<std::size_t, 5> widest = {1, 4, 2, 1, 1};
    for (unsigned short columns = 38; columns < 90; ++columns) {
        const std::vector<std::string> found = rows(columns);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const std::size_t taken = cli::columns_of(found[i]);
            EXPECT_LE(taken, columns) << found[i];
            EXPECT_THAT(found[i], Not(HasSubstr("\x1b")));
            if (found[i].ends_with("short") || found[i].ends_with("Genesis")) {
                continue;
            }
            EXPECT_THAT(found[i], EndsWith("…"));
            EXPECT_GT(taken + widest[i], columns) << found[i];
        }
    }
}

TEST_F(OnelineTest, WhatFitsIsWhole) {
    const std::vector<std::string> found = rows(250);
    EXPECT_THAT(found[0], EndsWith("  epoch 0  short"));
    EXPECT_THAT(found[2], EndsWith("  epoch 0  " + wide));
    EXPECT_THAT(found[3], EndsWith("  epoch 0  " + latin));
    EXPECT_THAT(found[4], EndsWith("  epoch 0  Genesis"));
    // Exactly as wide as the terminal, and one column less.
    const std::size_t exact = cli::columns_of(found[2]);
    EXPECT_THAT(rows(static_cast<unsigned short>(exact))[2], EndsWith("  " + wide));
    EXPECT_THAT(rows(static_cast<unsigned short>(exact - 1))[2], EndsWith("限…"));
}

TEST_F(OnelineTest, WithoutAWidthNothingIsCut) {
    EXPECT_THAT(rows(0)[2], EndsWith("  " + wide));
}

TEST_F(OnelineTest, WithoutRoomThereIsNoMessage) {
    for (const unsigned short columns : std::vector<unsigned short>{1, 20, 34}) {
        for (const std::string& row : rows(columns)) {
            EXPECT_THAT(row, EndsWith("  epoch 0"));
        }
    }
}

TEST_F(OnelineTest, ThroughAPagerTheTerminalIsAsWide) {
    EXPECT_EQ(rows(60, "cat -u"), rows(60));
}

}  // namespace
}  // namespace aion::test
