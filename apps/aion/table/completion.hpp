// SPDX-License-Identifier: MIT OR Apache-2.0
// Shell completions, made from the command table.
#pragma once

#include <string>

#include "table/command_table.hpp"

namespace aion::cli {

[[nodiscard]] std::string bash_completion(const CommandTable& table);
[[nodiscard]] std::string zsh_completion(const CommandTable& table);
[[nodiscard]] std::string fish_completion(const CommandTable& table);

}  // namespace aion::cli
