// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/standard_input.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "aion/base/env.hpp"

namespace aion::cli {
namespace {

std::unexpected<Failure> too_large(std::string_view what, std::uint64_t limit) {
    return fail_with(
        fmt::format("Standard input is larger than the limit of {} bytes for {}", limit, what),
        limit == max_stream_size ? "A file may be larger: name it" : "");
}

}  // namespace

bool standard_input_is_terminal() noexcept {
    return ::isatty(STDIN_FILENO) == 1;
}

Outcome<Bytes> read_standard_input(std::string_view what, std::uint64_t max_size) {
    const std::uint64_t limit = std::min(max_size, max_stream_size);
    Bytes bytes;
    std::array<std::uint8_t, std::size_t{64} << 10U> buffer{};
    while (true) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count > 0) {
            if (bytes.size() + static_cast<std::size_t>(count) > limit) {
                return too_large(what, limit);
            }
            bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + count);
        } else if (count == 0) {
            return bytes;
        } else if (errno != EINTR) {
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
