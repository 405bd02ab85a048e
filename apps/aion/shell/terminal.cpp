// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <list>
#include <utility>

#include "shell/interruption.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t max_line = 4096;
constexpr std::array<int, 4> fatal_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr std::array<int, 3> stopping_signals = {SIGTSTP, SIGTTIN, SIGTTOU};

// What the signal handlers need; set only while a prompt is open.
volatile std::sig_atomic_t open_terminal = -1;
termios saved_settings{};
volatile std::sig_atomic_t resumed = 0;

extern "C" void restore_and_die(int signal) {
    if (open_terminal != -1) {
        ::tcsetattr(static_cast<int>(open_terminal), TCSANOW, &saved_settings);
    }
    die_by_signal(signal);
}

// Stops as if we had no handler, with the terminal as it was, and comes back here on SIGCONT.
extern "C" void restore_and_stop(int signal) {
    const int error = errno;
    if (open_terminal != -1 && signal != SIGTTOU) {
        ::tcsetattr(static_cast<int>(open_terminal), TCSANOW, &saved_settings);
    }
    struct sigaction ours{};
    struct sigaction usual{};
    usual.sa_handler = SIG_DFL;
    ::sigaction(signal, &usual, &ours);
    sigset_t this_one{};
    sigset_t before{};
    ::sigemptyset(&this_one);
    ::sigaddset(&this_one, signal);
    static_cast<void>(std::raise(signal));
    ::pthread_sigmask(SIG_UNBLOCK, &this_one, &before);  // here it takes effect
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::sigaction(signal, &ours, nullptr);
    errno = error;
}

// Also after SIGSTOP, which nobody can catch.
extern "C" void note_resumption(int /*signal*/) {
    resumed = 1;
}

std::unexpected<Failure> os_failure(int error) {
    return fail_with(os_error(error).messages().back());
}

// A signal's handling, until the end of the block.
class Handling {
  public:
    Handling(int signal, void (*handler)(int)) : signal_(signal) {
        struct sigaction ours{};
        ours.sa_handler = handler;
        ::sigaction(signal, &ours, &previous_);
        // What the program's parent had it ignore, a shell without job control say, stays ignored.
        if (previous_.sa_handler == SIG_IGN) {
            ::sigaction(signal, &previous_, nullptr);
        }
    }

    ~Handling() { ::sigaction(signal_, &previous_, nullptr); }

    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;
    Handling(Handling&&) = delete;
    Handling& operator=(Handling&&) = delete;

  private:
    int signal_;
    struct sigaction previous_{};
};

// The terminal without echo and line editing while this object lives.
class SilentTerminal {
  public:
    explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
        ::tcgetattr(descriptor, &saved_settings);
        open_terminal = descriptor;
        resumed = 0;
        for (const int signal : fatal_signals) {
            handled_.emplace_back(signal, restore_and_die);
        }
        for (const int signal : stopping_signals) {
            handled_.emplace_back(signal, restore_and_stop);
        }
        handled_.emplace_back(SIGCONT, note_resumption);
        silence();
    }

    ~SilentTerminal() {
        ::tcsetattr(descriptor_, TCSAFLUSH, &saved_settings);
        open_terminal = -1;
        handled_.clear();
        ::close(descriptor_);
    }

    // Drops what was typed until now, while it was shown.
    void silence() const {
        termios silent = saved_settings;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON);
        silent.c_cc[VMIN] = 1;
        silent.c_cc[VTIME] = 0;
        while (::tcsetattr(descriptor_, TCSAFLUSH, &silent) != 0 && errno == EINTR) {
            // stopped meanwhile, by a shell that has it in the background
        }
    }

    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    SilentTerminal(SilentTerminal&&) = delete;
    SilentTerminal& operator=(SilentTerminal&&) = delete;

    void show(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t count = ::write(descriptor_, text.data(), text.size());
            if (count <= 0) {
                return;
            }
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  private:
    int descriptor_;
    std::list<Handling> handled_;
};

// Length of `line` without its last character, which may have several UTF-8 bytes.
std::size_t before_last_character(ByteView line, std::size_t size) {
    while (size > 0 && (line[size - 1] & 0xC0U) == 0x80U) {
        --size;
    }
    return size > 0 ? size - 1 : 0;
}

Outcome<crypto::SecretBytes> read_line(const SilentTerminal& terminal, std::string_view prompt) {
    constexpr std::uint8_t end_of_input = 0x04;
    constexpr std::uint8_t erase_line = 0x15;
    crypto::SecretBytes line(max_line);
    std::size_t size = 0;
    while (true) {
        std::uint8_t byte = 0;
        while (resumed != 0) {
            resumed = 0;
            size = 0;
            terminal.silence();
            terminal.show(prompt);
        }
        const ssize_t count = ::read(terminal.descriptor(), &byte, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return os_failure(errno);
        }
        if (count == 0 || (byte == end_of_input && size == 0)) {
            return fail_with("end of input");
        }
        if (byte == '\n' || byte == '\r' || byte == end_of_input) {
            line.truncate(size);
            return line;
        }
        if (byte == 0x7F || byte == 0x08) {
            size = before_last_character(std::as_const(line).view(), size);
        } else if (byte == erase_line) {
            size = 0;
        } else if (size < max_line) {
            line.view()[size++] = byte;
        } else {
            return fail_with(fmt::format("longer than {} bytes", max_line));
        }
    }
}

}  // namespace

Outcome<crypto::SecretBytes> prompt_secret(std::string_view prompt) {
    const int descriptor = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (descriptor == -1) {
        return with_remedy(
            os_failure(errno),
            "Without a terminal, use --password-file, --password-fd or AION_KEY_PASSWORD");
    }
    const SilentTerminal terminal(descriptor);
    terminal.show(prompt);
    auto line = read_line(terminal, prompt);
    terminal.show("\n");
    return line;
}

}  // namespace aion::cli
