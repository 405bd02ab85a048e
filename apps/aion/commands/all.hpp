// SPDX-License-Identifier: MIT OR Apache-2.0
// Every command of the program.
#pragma once

#include "table/command_table.hpp"

namespace aion::cli {

/// Declares all of them, in the order in which help lists them.
void declare_commands(CommandTable& table);

}  // namespace aion::cli
