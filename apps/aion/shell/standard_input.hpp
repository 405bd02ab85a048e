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

/// Whether it may never end: it is neither a file nor what another program writes.
[[nodiscard]] bool standard_input_may_be_endless() noexcept;

/// Reads some of standard input into `out`: how many bytes, 0 at its end. `what` completes
/// `Failed to read {what} from stdin`.
[[nodiscard]] Outcome<std::size_t> read_standard_input(std::string_view what, MutableByteView out);

/// One line of standard input without its end; nothing if there is none. For answers, not secrets.
[[nodiscard]] std::optional<std::string> read_line_of_standard_input();

}  // namespace aion::cli
