// SPDX-License-Identifier: MIT OR Apache-2.0
// What comes in at standard input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Whether a person would have to type it.
[[nodiscard]] bool standard_input_is_terminal() noexcept;

/// All of standard input, at most `max_size` bytes and never more than `max_stream_size`. `what`
/// completes `Failed to read {what} from stdin`.
[[nodiscard]] Outcome<Bytes> read_standard_input(std::string_view what, std::uint64_t max_size);

/// One line of standard input without its end; nothing if there is none. For answers, not secrets.
[[nodiscard]] std::optional<std::string> read_line_of_standard_input();

}  // namespace aion::cli
