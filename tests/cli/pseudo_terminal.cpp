// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/pseudo_terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "support/exec.hpp"

namespace aion::test {
namespace {

// For whoever looks at the screen: nobody else learns of it.
[[noreturn]] void give_up(const std::string& what) {
    const std::string line = what + ": " + std::generic_category().message(errno) + "\n";
    [[maybe_unused]] const ssize_t told = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(127);
}

[[noreturn]] void become(const std::string& program, const Invocation& invocation) {
    std::vector<std::string> words = {program};
    words.insert(words.end(), invocation.arguments.begin(), invocation.arguments.end());
    std::vector<std::string> settings;
    for (const auto& [name, value] : invocation.variables) {
        settings.push_back(name + "=" + value);
    }
    std::vector<char*> argv;
    std::vector<char*> environment;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    for (std::string& setting : settings) {
        environment.push_back(setting.data());
    }
    argv.push_back(nullptr);
    environment.push_back(nullptr);
    if (::chdir(invocation.directory.c_str()) == 0) {
        ::execve(program.c_str(), argv.data(), environment.data());
    }
    give_up("cannot start " + program);
}

// What the terminal shows last: behind everything that the program has written.
constexpr std::string_view end_mark = "\036ended\036";  // record separators

// The session's leader: not the program itself, and it does not end by itself. So what is shown
// does not depend on what a kernel does, when the last who has a terminal ends, with what nobody
// has read yet.
[[noreturn]] void lead(const std::string& program, const Invocation& invocation, int outcome) {
    for (const int signal : {SIGINT, SIGQUIT, SIGTSTP}) {
        std::signal(signal, SIG_IGN);
    }
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int signal : {SIGINT, SIGQUIT, SIGTSTP}) {
            std::signal(signal, SIG_DFL);
        }
        become(program, invocation);
    }
    if (child < 0) {
        give_up("fork");
    }
    int status = 0;
    if (::waitpid(child, &status, 0) == child &&
        ::write(outcome, &status, sizeof status) == sizeof status &&
        ::write(STDOUT_FILENO, end_mark.data(), end_mark.size()) == ssize_t{end_mark.size()}) {
        while (true) {
            ::pause();
        }
    }
    give_up("waitpid or write");
}

// Who lives in the leader's session, in which state, and where in the kernel it waits.
std::string processes_of(pid_t leader) {
    std::string list;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
        const auto said_in = [&entry](const char* file) {
            std::ifstream text(entry.path() / file);
            std::string line;
            std::getline(text, line);  // nothing of one that has gone
            return line;
        };
        // `123 (name) S parent group session ...`
        const std::string stat = said_in("stat");
        std::istringstream behind_name(stat.substr(stat.rfind(')') + 1));
        std::string state;
        pid_t parent = 0;
        pid_t group = 0;
        pid_t session = 0;
        if (behind_name >> state >> parent >> group >> session && session == leader) {
            list += stat.substr(0, stat.rfind(')') + 3) + " in " + said_in("wchan") + "\n";
        }
    }
    return list;
}

// The terminal and its session's leader, both gone with it.
class Session {
  public:
    Session(const std::string& program, const Invocation& invocation, unsigned short columns) {
        winsize size{};
        size.ws_col = columns;
        std::array<int, 2> outcome{};
        check(::pipe2(outcome.data(), O_CLOEXEC) == 0, "pipe2");
        outcome_ = outcome[0];
        leader_ = ::forkpty(&terminal_, nullptr, nullptr, columns == 0 ? nullptr : &size);
        if (leader_ == 0) {
            lead(program, invocation, outcome[1]);
        }
        ::close(outcome[1]);
        check(leader_ > 0, "forkpty");
    }

    ~Session() {
        if (leader_ > 0) {
            ::kill(leader_, SIGKILL);
            ::waitpid(leader_, nullptr, 0);
            ::close(terminal_);
        }
        ::close(outcome_);
    }

    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(Session&&) = delete;

    /// Waits until the terminal shows `text` behind what was found before; false if it never will.
    bool shows(const std::string& text) {
        bool goes_on = true;
        std::size_t found = std::string::npos;
        while ((found = screen_.find(text, seen_)) == std::string::npos && goes_on) {
            goes_on = read_more();
        }
        seen_ = found == std::string::npos ? seen_ : found + text.size();
        return found != std::string::npos;
    }

    void type(const std::string& text) {
        check(::write(terminal_, text.data(), text.size()) == std::ssize(text), "write");
    }

    /// What there is once the program has ended.
    TerminalSession end() {
        while (read_more()) {
        }
        int status = 0;
        if (::read(outcome_, &status, sizeof status) != sizeof status) {
            fail("the program's leader has ended before it");
        }
        return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                .screen = screen_,
                .echo_after = echoes()};
    }

  private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error(what + "; the terminal shows:\n" + screen_ +
                                 "\nprocesses there:\n" + processes_of(leader_));
    }

    /// Appends what the terminal shows; false once the program has ended.
    bool read_more() {
        if (ended_) {
            return false;
        }
        pollfd waiting{.fd = terminal_, .events = POLLIN, .revents = 0};
        int ready = 0;
        do {
            ready = ::poll(&waiting, 1, 60'000);
        } while (ready < 0 && errno == EINTR);
        if (ready == 0) {
            fail("the program neither ends nor says anything");
        }
        std::array<char, 4096> buffer;
        ssize_t count = -1;
        do {
            count = ::read(terminal_, buffer.data(), buffer.size());
        } while (count < 0 && errno == EINTR);
        ended_ = count <= 0;  // nobody has the terminal
        screen_.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        const std::size_t end = screen_.find(end_mark);
        if (end != std::string::npos) {
            screen_.resize(end);
            ended_ = true;
        }
        return !ended_;
    }

    [[nodiscard]] bool echoes() const {
        termios settings{};
        return ::tcgetattr(terminal_, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
    }

    pid_t leader_ = -1;
    int terminal_ = -1;
    int outcome_ = -1;
    bool ended_ = false;
    std::size_t seen_ = 0;
    std::string screen_;
};

}  // namespace

TerminalSession run_on_terminal(const std::string& program, const Invocation& invocation,
                                const std::vector<Exchange>& dialogue, unsigned short columns) {
    Session session(program, invocation, columns);
    for (const Exchange& exchange : dialogue) {
        if (!session.shows(exchange.prompt)) {
            break;
        }
        session.type(exchange.answer);
    }
    return session.end();
}

void PrintTo(const TerminalSession& session, std::ostream* out) {
    *out << "exit code " << session.exit_code << ", signal " << session.signal
         << ", and the terminal shows:\n"
         << session.screen;
}

}  // namespace aion::test
