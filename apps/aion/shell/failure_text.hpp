// SPDX-License-Identifier: MIT OR Apache-2.0
// How a failure reads (docs/cli.md#conventions).
#pragma once

#include <string>

#include "shell/console.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// `Error: …`, the remedy, and the causes, as lines. `lead` stands for the word `Error:`.
[[nodiscard]] std::string failure_text(const Failure& failure, const std::string& lead = "Error:");

/// The same on standard error.
void print_failure(Console& console, const Failure& failure);

}  // namespace aion::cli
