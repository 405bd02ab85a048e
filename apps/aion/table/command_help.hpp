// SPDX-License-Identifier: MIT OR Apache-2.0
// Help texts, usage lines and what went wrong with a command line.
#pragma once

#include <string>
#include <vector>

#include "table/command_table.hpp"

namespace aion::cli {

/// `aion verify [OPTIONS] --registry <REGISTRY_FILE> <FILE>...`
[[nodiscard]] std::string usage_line(const CLI::App& command);
/// The whole help text of a command.
[[nodiscard]] std::string help_text(const CLI::App& command);

/// The options that every command accepts.
[[nodiscard]] std::vector<const CLI::Option*> global_options(const CLI::App& command);
/// `-r, --rules <RULES_FILE>`
[[nodiscard]] std::string option_head(const CLI::Option& option);

/// Program, libraries and the instruction set in use.
[[nodiscard]] std::string version_text();

/// The lines for standard error about a command line that could not be understood.
[[nodiscard]] std::string describe_usage_error(const CommandTable& table,
                                               const CLI::ParseError& error);

}  // namespace aion::cli
