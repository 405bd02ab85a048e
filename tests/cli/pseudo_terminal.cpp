// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/pseudo_terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

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

// Appends what the terminal shows; false once the program has closed it.
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
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, columns == 0 ? nullptr : &size);
    if (child == 0) {
        become(program, invocation);
    }
    TerminalSession session;
    std::size_t seen = 0;
    bool open = child > 0;
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
    ::waitpid(child, &status, 0);
    session.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    session.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ::close(terminal);
    return session;
}

}  // namespace aion::test
