// SPDX-License-Identifier: MIT OR Apache-2.0
// The options of commands that log what they did.
#pragma once

#include "shell/self_logging.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// --tlog-key, for a command that has --tlog already.
inline void tlog_key_option(Options& options, std::string& into) {
    options.text("--tlog-key", into, "KEY_ID",
                 "Log in the folder --tlog what was written, with the log's key of this id in the "
                 "keystore; a log at a URL needs --tlog-policy instead");
}

inline void self_logging_options(Options& options, LoggingTexts& into) {
    options.text("--tlog", into.log, "DIR|URL",
                 "Log in this folder, or at this URL, what was written");
    options.text("--tlog-key", into.key, "KEY_ID",
                 "With a folder: the log's key, id in the keystore");
    options.text("--tlog-policy", into.policy, "POLICY_FILE", "With a URL: whose log it has to be");
}

}  // namespace aion::cli
