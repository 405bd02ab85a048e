// SPDX-License-Identifier: MIT OR Apache-2.0
// --output and --force, as every command that requires an output has them.
#pragma once

#include <string>

#include "shell/file_output.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

inline void output_options(Options& options, OutputChoice& into, const std::string& help) {
    options.text("-o,--output", into.path, "OUTPUT_FILE", help)->required();
    options.flag("--force", into.force, "Replace an existing file");
}

}  // namespace aion::cli
