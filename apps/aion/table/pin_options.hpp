// SPDX-License-Identifier: MIT OR Apache-2.0
// The options that state what is known about a file from elsewhere.
#pragma once

#include "shell/input.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// What --pins does where files are verified.
inline constexpr const char* pins_help =
    "Fail what goes back behind what was accepted before, and remember what is VALID";

inline void pin_options(Options& options, PinTexts& into) {
    options.text("--expect-file-id", into.file_id, "ID",
                 "Fail unless the file has this id (0x and 16 hex digits, or decimal)");
    options.text("--expect-head", into.head, "HASH",
                 "Fail unless the last version has this version hash (64 hex digits)");
    options.number("--min-version", into.min_version, "N",
                   "Fail unless the history reaches at least this version");
}

}  // namespace aion::cli
