// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/progress.hpp"

#include <pty.h>
#include <unistd.h>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "cli/pseudo_terminal.hpp"
#include "cli/scenario.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Progress as a whole program shows it, which does not wait a second.
class ProgressTest : public Scenario {
  protected:
    ProgressTest() {
        make_registry();
        write("rules.txt", "limit: 1\n");
        variables["AION_PROGRESS_DELAY"] = "0";
    }

    TerminalSession on_terminal(std::vector<std::string> arguments, const std::string& term) {
        Invocation invocation;
        invocation.arguments = std::move(arguments);
        invocation.directory = path(".");
        invocation.variables = variables;
        invocation.variables["HOME"] = path(".").string();
        invocation.variables["TERM"] = term;
        return run_on_terminal(aion_program(), invocation, {});
    }

    static std::vector<std::string> init(const std::string& file) {
        return {"init", file, "-a", "7", "-k", "1", "-r", "rules.txt"};
    }
};

TEST_F(ProgressTest, IsThereWhileSomethingIsDoneAndGoneInTheEnd) {
    const TerminalSession made = on_terminal(init("p.aion"), "xterm");
    EXPECT_EQ(made.exit_code, 0) << made.screen;
    EXPECT_THAT(made.screen, HasSubstr("\rReading rules.txt… 0 s\x1b[K\r\x1b[K"));
    EXPECT_THAT(made.screen, HasSubstr("\rCreating p.aion… 0 s\x1b[K\r\x1b[K"));
    const std::vector<std::string> registry = {"--registry", "reg.json"};
    const auto with_registry = [&](std::vector<std::string> words) {
        words.insert(words.end(), registry.begin(), registry.end());
        return on_terminal(std::move(words), "xterm").screen;
    };
    EXPECT_THAT(with_registry({"verify", "p.aion"}), HasSubstr("\rVerifying p.aion… 0 s"));
    EXPECT_THAT(with_registry({"show", "p.aion", "rules"}), HasSubstr("\rVerifying p.aion… 0 s"));
    EXPECT_THAT(with_registry({"show", "p.aion", "rules", "-o", "out.txt"}),
                HasSubstr("\rWriting out.txt… 0 s"));
    EXPECT_THAT(
        with_registry({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "more", "-r", "rules.txt"}),
        HasSubstr("\rCommitting to p.aion… 0 s"));
}

TEST_F(ProgressTest, OfSeveralFilesNamesTheOneThatIsWaitedForAndLeavesTheRowsAlone) {
    ASSERT_EQ(run(init("p.aion")).exit_code, 0);
    const std::vector<std::string> verify = {"verify", "p.aion",     "none.aion",
                                             "p.aion", "--registry", "reg.json"};
    const std::string screen = on_terminal(verify, "xterm").screen;
    EXPECT_THAT(screen, HasSubstr("\rVerifying p.aion… 0 s\x1b[K\rVerifying none.aion… 0 s\x1b[K"
                                  "\rVerifying p.aion… 0 s\x1b[K\r\x1b[K"));
    const std::size_t rows = screen.find("VALID");
    ASSERT_NE(rows, std::string::npos);
    EXPECT_THAT(screen.substr(rows), Not(HasSubstr("Verifying")));
    EXPECT_THAT(on_terminal(verify, "dumb").screen, HasSubstr("Verifying p.aion...\r\n"));
}

TEST_F(ProgressTest, WhereNothingCanBeTakenBackItIsOneLine) {
    const TerminalSession made = on_terminal(init("p.aion"), "dumb");
    EXPECT_EQ(made.exit_code, 0) << made.screen;
    EXPECT_THAT(made.screen, HasSubstr("Creating p.aion...\r\n"));
    EXPECT_THAT(made.screen, Not(HasSubstr("\x1b")));
}

TEST_F(ProgressTest, NamesAreEscapedAndCut) {
    EXPECT_THAT(on_terminal(init("a\tb.aion"), "xterm").screen,
                HasSubstr("\rCreating a\\tb.aion… 0 s"));
    const std::string name(100, 'n');
    EXPECT_THAT(on_terminal(init(name), "xterm").screen, HasSubstr("nnn… 0 s"));
    EXPECT_THAT(on_terminal(init(name + "2"), "xterm").screen,
                Not(HasSubstr("Creating " + name.substr(0, 60))));
}

TEST_F(ProgressTest, IsForTerminalsAndNotForTheQuiet) {
    std::vector<std::string> quiet = init("p.aion");
    quiet.emplace_back("--quiet");
    EXPECT_THAT(on_terminal(quiet, "xterm").screen, Not(HasSubstr("…")));
    EXPECT_THAT(run(init("q.aion")).err, Not(HasSubstr("…")));
    // After a second, which this does not take.
    variables.erase("AION_PROGRESS_DELAY");
    EXPECT_THAT(on_terminal(init("r.aion"), "xterm").screen, Not(HasSubstr("Creating r.aion…")));
}

TEST(ProgressOfAWrite, SaysHowMuchIsWritten) {
    int terminal = -1;
    int ours = -1;
    ASSERT_EQ(::openpty(&terminal, &ours, nullptr, nullptr, nullptr), 0);
    constexpr std::size_t mib = std::size_t{1} << 20U;
    MemoryEnv memory;
    Interrupt interrupt;
    InterruptibleEnv env(memory, interrupt);
    int appends = 0;
    memory.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::append && ++appends == 3) {
            cli::ProgressStyle style;
            style.descriptor = ours;
            style.delay = std::chrono::milliseconds(0);
            const cli::Progress progress(style, "Writing it", &interrupt);
            const cli::Progress inner(style, "Something inside", &interrupt);
        }
        return 0;
    });
    const Bytes large(20 * mib);
    const std::array<ByteView, 1> pieces{large};
    ASSERT_TRUE(write_file_atomically(env, "/it", pieces, {}).has_value());
    std::string seen(4096, '\0');
    const ssize_t size = ::read(terminal, seen.data(), seen.size());
    ::close(terminal);
    ::close(ours);
    ASSERT_GT(size, 0);
    EXPECT_EQ(seen.substr(0, static_cast<std::size_t>(size)),
              "\rWriting it… 0 s, 16 of 20 MiB (80%)\x1b[K\r\x1b[K");
}

}  // namespace
}  // namespace aion::test
