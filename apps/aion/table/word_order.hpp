// SPDX-License-Identifier: MIT OR Apache-2.0
// A command line as people type it, in words as CLI11 understands them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "table/command_table.hpp"

namespace aion::cli {

/// The same words, but:
///
/// - the word behind an option that takes a value is that value, whatever it looks like;
/// - `--name=` and `-n=value`, which CLI11 does not know, are two words;
/// - an option that stands before its command, which CLI11 knows for the options of `root` only,
///   stands behind it.
[[nodiscard]] std::vector<std::string> in_order(const CLI::App& root,
                                                std::span<const std::string> arguments);

}  // namespace aion::cli
