// SPDX-License-Identifier: MIT OR Apache-2.0
// One command line from its words to its ending.
#pragma once

#include <span>
#include <string>

#include "aion/base/env.hpp"
#include "shell/console.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Does what the command line, without the program's name, asks for. Everything is done through
/// `env` and `console`, but for standard input, passwords and the environment's variables.
/// A result that could not be written makes a failure of any ending.
[[nodiscard]] Ending run(Env& env, Console& console, std::span<const std::string> arguments);

}  // namespace aion::cli
