// SPDX-License-Identifier: MIT OR Apache-2.0
// The options that state what is known about a file from elsewhere.
#pragma once

#include "shell/input.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

inline void declare_pins(Declaration& command, PinTexts& pins) {
    command.text("--expect-file-id", pins.file_id, "ID",
                 "Fail unless the file has this id (0x and 16 hex digits, or decimal)");
    command.text("--expect-head", pins.head, "HASH",
                 "Fail unless the last version has this version hash (64 hex digits)");
    command.decimal("--min-version", UINT64_MAX, "N",
                    "Fail unless the history reaches at least this version",
                    [&pins](std::uint64_t value) { pins.min_version = VersionNumber{value}; });
}

}  // namespace aion::cli
