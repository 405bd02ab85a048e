// SPDX-License-Identifier: MIT OR Apache-2.0
// One command line from its words to its ending.
#pragma once

#include <span>
#include <string>

#include "aion/base/env.hpp"
#include "shell/console.hpp"
#include "shell/host.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Does what the command line, without the program's name, asks for, and does it through `env`,
/// `console` and `host` only. A result that could not be written makes a failure of any ending; a
/// report of what was done (`Console::deed`) that could not be written does not.
[[nodiscard]] Ending run(Env& env, Console& console, Host& host,
                         std::span<const std::string> arguments);

}  // namespace aion::cli
