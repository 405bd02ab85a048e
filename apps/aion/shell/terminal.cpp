// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace aion::cli {
namespace {

constexpr std::size_t max_line = 4096;
constexpr std::array<int, 4> fatal_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// What the signal handler needs; set only while a prompt is open.
volatile std::sig_atomic_t open_terminal = -1;
termios saved_settings{};

extern "C" void restore_and_die(int signal) {
    if (open_terminal != -1) {
        ::tcsetattr(static_cast<int>(open_terminal), TCSANOW, &saved_settings);
    }
    // What could be done about a failure of these, inside a signal handler?
    static_cast<void>(std::signal(signal, SIG_DFL));
    static_cast<void>(std::raise(signal));
}

std::unexpected<Failure> os_failure(int error) {
    return fail_with(os_error(error).messages().back());
}

// The terminal without echo and line editing while this object lives.
class SilentTerminal {
  public:
    explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
        for (std::size_t i = 0; i < fatal_signals.size(); ++i) {
            ::sigaction(fatal_signals[i], nullptr, &previous_[i]);
        }
        ::tcgetattr(descriptor, &saved_settings);
        open_terminal = descriptor;
        struct sigaction handler{};
        handler.sa_handler = restore_and_die;
        for (const int signal : fatal_signals) {
            ::sigaction(signal, &handler, nullptr);
        }
        termios silent = saved_settings;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON);
        silent.c_cc[VMIN] = 1;
        silent.c_cc[VTIME] = 0;
        ::tcsetattr(descriptor, TCSAFLUSH, &silent);
    }

    ~SilentTerminal() {
        ::tcsetattr(descriptor_, TCSAFLUSH, &saved_settings);
        open_terminal = -1;
        for (std::size_t i = 0; i < fatal_signals.size(); ++i) {
            ::sigaction(fatal_signals[i], &previous_[i], nullptr);
        }
        ::close(descriptor_);
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
    std::array<struct sigaction, fatal_signals.size()> previous_{};
};

// Length of `line` without its last character, which may have several UTF-8 bytes.
std::size_t before_last_character(ByteView line, std::size_t size) {
    while (size > 0 && (line[size - 1] & 0xC0U) == 0x80U) {
        --size;
    }
    return size > 0 ? size - 1 : 0;
}

Outcome<crypto::SecretBytes> read_line(const SilentTerminal& terminal) {
    constexpr std::uint8_t end_of_input = 0x04;
    constexpr std::uint8_t erase_line = 0x15;
    crypto::SecretBytes line(max_line);
    std::size_t size = 0;
    while (true) {
        std::uint8_t byte = 0;
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
    auto line = read_line(terminal);
    terminal.show("\n");
    return line;
}

}  // namespace aion::cli
