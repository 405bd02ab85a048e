// SPDX-License-Identifier: MIT OR Apache-2.0
// The file that a command shows, and what it is judged by.
#pragma once

#include "shell/judged.hpp"
#include "table/command_table.hpp"
#include "table/log_order_options.hpp"
#include "table/pin_options.hpp"

namespace aion::cli {

/// FILE, --registry, --pins and the options that pin; not --no-verify, which few have. `author`: as
/// `pin_options` has it.
inline void judge_options(Options& options, JudgeArguments& into, const std::string& file_help,
                          const std::string& author = "--author") {
    options.text("FILE", into.file, "FILE", file_help)->required();
    options.registry(into.registry);
    pin_options(options, into.pins, author);
    options.pins(into.pin_file, pins_help);
    log_order_options(options, into.order);
}

inline void no_verify_option(Options& options, JudgeArguments& into) {
    options.flag("--no-verify", into.no_verify,
                 "Whatever the verdict: a registry need not be named, and the exit code is 0");
}

}  // namespace aion::cli
