// SPDX-License-Identifier: MIT OR Apache-2.0
// Help texts, usage lines and what went wrong with a command line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "table/command_table.hpp"

namespace aion::cli {

/// `aion verify [OPTIONS] --registry <REGISTRY_FILE> <FILE>...`
[[nodiscard]] std::string usage_line(const CLI::App& command);

/// How many columns help may take: what the variable COLUMNS says, within bounds.
[[nodiscard]] std::size_t columns_of(const Host& host, const Stream& out);

/// The whole help text of a command, in lines of at most `columns`, but for words and examples that
/// are longer.
[[nodiscard]] std::string help_text(const CommandTable& table, const CLI::App& command,
                                    std::size_t columns);

/// The options that every command accepts.
[[nodiscard]] std::vector<const CLI::Option*> global_options(const CLI::App& command);
/// `-r, --rules <RULES_FILE>`
[[nodiscard]] std::string option_head(const CLI::Option& option);

/// Program, libraries and the instruction set in use.
[[nodiscard]] std::string version_text();

/// The lines for standard error about a command line that could not be understood.
[[nodiscard]] std::string describe_usage_error(const CommandTable& table,
                                               const CLI::ParseError& error, std::size_t columns);

}  // namespace aion::cli
