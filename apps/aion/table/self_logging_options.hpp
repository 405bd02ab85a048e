// SPDX-License-Identifier: MIT OR Apache-2.0
// The options of commands that log what they did.
#pragma once

#include "shell/self_logging.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// --tlog-key, for a command that has --tlog already.
inline void tlog_key_option(Options& options, std::string& into) {
    options.text("--tlog-key", into, "KEY_ID",
                 "Log in --tlog what was written, with the log's key of this id in the keystore");
}

inline void self_logging_options(Options& options, LoggingTexts& into) {
    options.text("--tlog", into.log, "DIR", "Log in this folder what was written");
    options.text("--tlog-key", into.key, "KEY_ID", "The log's key: id in the keystore");
}

}  // namespace aion::cli
