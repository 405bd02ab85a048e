// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/pseudo_terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string_view>

namespace aion::test {
namespace {

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
    ::_exit(127);
}

// What the terminal shows last: behind everything that the program has written.
constexpr std::string_view end_mark = "\036ended\036";  // record separators

// The session's leader. When one ends, the kernel hangs its terminal up and drops what nobody has
// read yet (pty_flush_buffer): so it is not the program itself, and it does not end by itself.
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
    int status = 0;
    if (child > 0 && ::waitpid(child, &status, 0) == child &&
        ::write(outcome, &status, sizeof status) == sizeof status &&
        ::write(STDOUT_FILENO, end_mark.data(), end_mark.size()) > 0) {
        while (true) {
            ::pause();
        }
    }
    ::_exit(127);
}

// Appends what the terminal shows; false once the program has ended, or nobody has the terminal.
bool read_more(int terminal, std::string& screen) {
    pollfd waiting{terminal, POLLIN, 0};
    if (::poll(&waiting, 1, 60'000) <= 0) {
        throw std::runtime_error("the program neither ends nor says anything: " + screen);
    }
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(terminal, buffer.data(), buffer.size());
    if (count <= 0) {
        return false;
    }
    screen.append(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t end = screen.find(end_mark);
    if (end != std::string::npos) {
        screen.resize(end);
        return false;
    }
    return true;
}

bool echoes(int terminal) {
    termios settings{};
    return ::tcgetattr(terminal, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

}  // namespace

TerminalSession run_on_terminal(const std::string& program, const Invocation& invocation,
                                const std::vector<Exchange>& dialogue, unsigned short columns) {
    int terminal = -1;
    winsize size{};
    size.ws_col = columns;
    std::array<int, 2> outcome{};
    if (::pipe2(outcome.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    const pid_t leader = ::forkpty(&terminal, nullptr, nullptr, columns == 0 ? nullptr : &size);
    if (leader == 0) {
        lead(program, invocation, outcome[1]);
    }
    ::close(outcome[1]);
    if (leader < 0) {
        throw std::runtime_error("no terminal");
    }
    TerminalSession session;
    std::size_t seen = 0;
    bool open = true;
    for (const Exchange& exchange : dialogue) {
        std::size_t found = std::string::npos;
        while (open && (found = session.screen.find(exchange.prompt, seen)) == std::string::npos) {
            open = read_more(terminal, session.screen);
        }
        if (found == std::string::npos) {
            break;
        }
        seen = found + exchange.prompt.size();
        if (::write(terminal, exchange.answer.data(), exchange.answer.size()) < 0) {
            throw std::runtime_error("cannot type");
        }
    }
    while (open) {
        open = read_more(terminal, session.screen);
    }
    session.echo_after = echoes(terminal);
    int status = 0;
    if (::read(outcome[0], &status, sizeof status) != sizeof status) {
        throw std::runtime_error("the program's leader has ended before it: " + session.screen);
    }
    ::kill(leader, SIGKILL);
    ::waitpid(leader, nullptr, 0);
    session.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    session.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ::close(outcome[0]);
    ::close(terminal);
    return session;
}

}  // namespace aion::test
