// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/standard_input.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace aion::cli {
bool standard_input_is_terminal() noexcept {
    return ::isatty(STDIN_FILENO) == 1;
}

bool standard_input_may_be_endless() noexcept {
    struct stat facts{};
    return ::fstat(STDIN_FILENO, &facts) != 0 || S_ISCHR(facts.st_mode) || S_ISBLK(facts.st_mode);
}

Outcome<std::size_t> read_standard_input(std::string_view what, MutableByteView out) {
    while (true) {
        const ssize_t count = ::read(STDIN_FILENO, out.data(), out.size());
        if (count >= 0) {
            return static_cast<std::size_t>(count);
        }
        if (errno != EINTR) {
            const int error = errno;
            return fail_with_cause(fmt::format("Failed to read {} from stdin", what),
                                   os_error(error));
        }
    }
}

std::optional<std::string> read_line_of_standard_input() {
    constexpr std::size_t max_line = 4096;
    std::string line;
    while (line.size() < max_line) {
        char c = 0;
        const ssize_t count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR) {
            continue;  // stopped and resumed, say
        }
        if (count != 1) {
            return line.empty() ? std::nullopt : std::optional(std::move(line));
        }
        if (c == '\n') {
            break;
        }
        line += c;
    }
    return line;
}

}  // namespace aion::cli
