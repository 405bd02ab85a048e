// SPDX-License-Identifier: MIT OR Apache-2.0
// Every command of the program.
#pragma once

#include <span>
#include <string>

#include "table/command_table.hpp"

namespace aion::cli {

/// Declares all of them, in the order in which help lists them.
void declare_commands(CommandTable& table);

/// Declares those that decide what `arguments` mean, and what is answered to them: the one that
/// they begin with where that is plain, else all. To declare all takes longer than to verify a
/// small file.
void declare_commands_for(CommandTable& table, std::span<const std::string> arguments);

}  // namespace aion::cli
