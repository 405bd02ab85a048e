// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/progress.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <regex>
#include <thread>

#include "aion/archive/names.hpp"
#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "cli/pseudo_terminal.hpp"
#include "cli/scenario.hpp"
#include "shell/console.hpp"
#include "shell/host.hpp"
#include "shell/watched_names.hpp"

namespace aion::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
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
        TerminalSession session = run_on_terminal(aion_program(), invocation, {});
        // What is drawn at once. A busy machine shows later seconds, too.
        static const std::regex later("\r[^\r\n]*… [1-9][0-9]* s[^\r\n]*\x1b\\[K");
        session.screen = std::regex_replace(session.screen, later, "");
        return session;
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
}

// Nobody says when: after a second, which this takes on a busy machine only.
TEST_F(ProgressTest, IsNotForWhatIsDoneAtOnce) {
    variables.erase("AION_PROGRESS_DELAY");
    const auto begin = std::chrono::steady_clock::now();
    const std::string screen = on_terminal(init("p.aion"), "xterm").screen;
    if (std::chrono::steady_clock::now() - begin < std::chrono::seconds(1)) {
        EXPECT_THAT(screen, Not(HasSubstr("Creating p.aion…")));
    }
    variables.insert(no_progress);
    EXPECT_THAT(on_terminal(init("q.aion"), "xterm").screen, Not(HasSubstr("Creating q.aion…")));
}

/// Drawn at once, and then only when a test says so: a busy machine has seconds between two lines.
cli::ProgressStyle style_of(int descriptor) {
    constexpr std::chrono::hours never{1};
    return {.descriptor = descriptor, .delay = std::chrono::milliseconds(0), .period = never};
}

/// What was written to `ours` until now, and perhaps more. A terminal hands over what was written
/// when it likes, so it is asked up to a mark, behind which a timer may have written already.
std::string written_until_now(int ours, int theirs) {
    constexpr char mark = '\x1e';
    EXPECT_EQ(::write(ours, &mark, 1), 1);
    std::string text;
    std::size_t end = std::string::npos;
    while ((end = text.find(mark)) == std::string::npos) {
        std::array<char, 4096> piece{};
        const ssize_t size = ::read(theirs, piece.data(), piece.size());
        if (size == 0 || (size < 0 && errno != EINTR)) {
            ADD_FAILURE() << "nothing to be read";
            return text;
        }
        text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    return text.erase(end, 1);
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
            const cli::ProgressStyle style = style_of(ours);
            const cli::Progress progress(style, "Writing it", &interrupt);
            const cli::Progress inner(style, "Something inside", &interrupt);
        }
        return 0;
    });
    const Bytes large(20 * mib);
    const std::array<ByteView, 1> pieces{large};
    ASSERT_TRUE(write_file_atomically(env, "/it", pieces, {}).has_value());
    EXPECT_EQ(written_until_now(ours, terminal),
              "\rWriting it… 0 s, 16 of 20 MiB (80%)\x1b[K\r\x1b[K");
    ::close(terminal);
    ::close(ours);
}

// --- Of many files ------------------------------------------------------------------------

/// Where progress is written, and what was.
class ProgressOfFiles : public ::testing::Test {
  protected:
    ~ProgressOfFiles() override {
        for (const int end : {ours_, theirs_}) {
            if (end >= 0) {
                ::close(end);
            }
        }
    }

    cli::ProgressStyle on_terminal(unsigned short columns = 0) {
        winsize size{};
        size.ws_col = columns;
        EXPECT_EQ(::openpty(&theirs_, &ours_, nullptr, nullptr, columns == 0 ? nullptr : &size), 0);
        return style_of(ours_);
    }

    cli::ProgressStyle in_a_pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        theirs_ = ends[0];
        ours_ = ends[1];
        cli::ProgressStyle style = style_of(ours_);
        style.in_place = false;
        return style;
    }

    /// What was written since the last time; waits for something.
    [[nodiscard]] std::string written() const {
        pollfd wait{.fd = theirs_, .events = POLLIN, .revents = 0};
        while (::poll(&wait, 1, 10'000) < 0) {  // a tick
        }
        return wait.revents == 0 ? std::string() : written_until_now(ours_, theirs_);
    }

    [[nodiscard]] bool nothing_written() const { return written_until_now(ours_, theirs_).empty(); }

    /// As the timer would.
    [[nodiscard]] std::string after_a_tick() const {
        EXPECT_EQ(std::raise(SIGALRM), 0);
        return written();
    }

    [[nodiscard]] int ours() const { return ours_; }

  private:
    int ours_ = -1;
    int theirs_ = -1;
};

constexpr auto many_files = cli::Progress::Kind::many_files;

TEST_F(ProgressOfFiles, SaysHowManyHowFastHowFarAndHowLong) {
    const cli::ProgressStyle style = on_terminal();
    {
        cli::Progress progress(style, "Verifying", nullptr, many_files);
        EXPECT_TRUE(progress.is_shown());
        EXPECT_EQ(written(), "\rVerifying… 0 files, 0.0 KiB\x1b[K");
        progress.found(20'000, 0.5);
        progress.add(12'345, 1'288'490'189);
        EXPECT_THAT(after_a_tick(),
                    MatchesRegex("\rVerifying… 12,345 files, 1.2 GiB, [0-9,]+ files/s, 30%, "
                                 "[0-9]+ s left\x1b\\[K"));
        progress.found(12'345, 1);
        EXPECT_THAT(after_a_tick(), MatchesRegex(".* files/s, 100%\x1b\\[K"));
        progress.add(1'000'000, std::uint64_t{200} << 30U);
        progress.found(2'000'000, std::nullopt);
        EXPECT_THAT(after_a_tick(),
                    MatchesRegex("\rVerifying… 1,012,345 files, 201 GiB, [0-9,]+ files/s\x1b\\[K"));
    }
    EXPECT_EQ(written(), "\r\x1b[K");
    // The next begins anew.
    const cli::Progress progress(style, "Verifying", nullptr, many_files);
    EXPECT_EQ(written(), "\rVerifying… 0 files, 0.0 KiB\x1b[K");
}

TEST_F(ProgressOfFiles, OfFewLargeOnesSaysTheBytesASecond) {
    cli::Progress progress(on_terminal(), "Verifying", nullptr, many_files);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    progress.add(1, std::uint64_t{3} << 40U);
    progress.found(100, 1);
    EXPECT_THAT(after_a_tick(),
                MatchesRegex(".*1 file, 3.0 TiB, [0-9,.]+ TiB/s, 1%, [0-9]+ (s|min) left.*"));
}

TEST_F(ProgressOfFiles, IsNeverLongerThanTheTerminalIsWide) {
    constexpr std::size_t columns = 40;
    cli::Progress progress(on_terminal(columns), "Verifying", nullptr, many_files);
    static_cast<void>(written());
    progress.add(123'456, 99'999'999);
    progress.found(1'000'000, 0.9);
    const std::string line = after_a_tick();
    EXPECT_THAT(line, testing::StartsWith("\rVer"));
    EXPECT_THAT(line, testing::EndsWith("\x1b[K"));
    EXPECT_LE(line.size(), std::string_view("\r…\x1b[K").size() + columns - 1);
    EXPECT_GE(line.size(), columns);
}

TEST_F(ProgressOfFiles, ElsewhereItIsALineNowAndThen) {
    cli::ProgressStyle style = in_a_pipe();
    style.delay = std::chrono::milliseconds(20);
    style.period = std::chrono::milliseconds(20);
    std::string lines;
    {
        cli::Progress progress(style, "Verifying", nullptr, many_files);
        progress.add(1, 3 << 10U);
        progress.found(1, 1);
        while (std::ranges::count(lines, '\n') < 3) {  // by the timer
            const std::string more = written();
            ASSERT_NE(more, "");
            lines += more;
        }
    }
    // The first may be older than what was added.
    lines.pop_back();
    EXPECT_THAT(lines.substr(lines.rfind('\n') + 1),
                MatchesRegex("Verifying: 1 file, 3.0 KiB, [0-9,.]+ ([KM]iB|files)/s, 100%"));
    EXPECT_THAT(lines, Not(HasSubstr("\x1b")));
}

TEST_F(ProgressOfFiles, ALineThatIsBegunIsLeftAlone) {
    const cli::ProgressStyle style = on_terminal();
    cli::Stream stream(ours(), false);
    const cli::Progress progress(style, "Verifying", nullptr, many_files);
    static_cast<void>(written());
    stream.write("half a ");
    stream.flush();
    EXPECT_EQ(written(), "\r\x1b[Khalf a ");
    ASSERT_EQ(std::raise(SIGALRM), 0);
    EXPECT_TRUE(nothing_written());
    stream.write("row\n");
    stream.flush();
    EXPECT_EQ(written(), "row\r\n");
    EXPECT_THAT(after_a_tick(), HasSubstr("Verifying"));
}

TEST_F(ProgressOfFiles, EveryThreadMayCount) {
    cli::Progress progress(on_terminal(), "Verifying", nullptr, many_files);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (std::uint64_t j = 1; j <= 10'000; ++j) {
                    progress.add(1, 1024);
                    progress.found(j, 0.5);
                }
            });
        }
        for (int i = 0; i < 100; ++i) {
            ASSERT_EQ(std::raise(SIGALRM), 0);
            static_cast<void>(written());
        }
    }
    EXPECT_THAT(after_a_tick(), HasSubstr("Verifying… 40,000 files, 39.0 MiB, "));
}

TEST_F(ProgressOfFiles, NamesThatAreGivenOutAreWatched) {
    MemoryEnv env;
    env.put("/d/a.aion", {});
    env.put("/d/b.aion", {});
    cli::Progress progress(on_terminal(), "Verifying", nullptr, many_files);
    static_cast<void>(written());
    const std::vector<std::filesystem::path> operands = {"/d"};
    const auto names = archive::scan(env, operands);
    cli::WatchedNames watched(*names, progress);
    while (watched.next()) {
        progress.add(1, 0);
    }
    EXPECT_EQ(watched.share_done(), 1);
    EXPECT_THAT(after_a_tick(), HasSubstr(", 100%"));
}

TEST_F(ProgressOfFiles, TheQuietHaveNone) {
    const int pipe = in_a_pipe().descriptor;
    cli::ProcessHost host;
    cli::Console console(pipe, pipe, host);
    EXPECT_TRUE(console.progress_of_files("Verifying").is_shown());  // no terminal: lines
    EXPECT_FALSE(console.progress("Verifying", nullptr).is_shown());
    console.configure(cli::ColorMode::never, true);
    EXPECT_FALSE(console.progress_of_files("Verifying").is_shown());
    EXPECT_TRUE(nothing_written());
}

}  // namespace
}  // namespace aion::test
