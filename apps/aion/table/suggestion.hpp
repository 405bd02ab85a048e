// SPDX-License-Identifier: MIT OR Apache-2.0
// What a mistyped command, option or choice was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "table/command_table.hpp"

namespace aion::cli {

/// `\n\n  tip: a similar one exists: 'verify'`, or nothing.
[[nodiscard]] std::string tip(const std::string& typed, std::span<const std::string> known);

/// The names of the visible commands below `command`.
[[nodiscard]] std::vector<std::string> command_names(const CLI::App& command);
/// The long options of `command` and of those above it.
[[nodiscard]] std::vector<std::string> option_names(const CLI::App& command);

/// The full name of the command below `root` whose name is most like the last of `path`, which
/// names none: `aion registry rotate` for `rotat`; or nothing.
[[nodiscard]] std::string similar_command(const CLI::App& root, std::span<const std::string> path);

}  // namespace aion::cli
