// SPDX-License-Identifier: MIT OR Apache-2.0
// What commands that make a record of a registry's chain have in common.
#pragma once

#include <string>
#include <vector>

#include "shell/file_output.hpp"
#include "shell/self_logging.hpp"

namespace aion::cli {

/// What all commands that make a record are told.
struct RecordArguments {
    std::string registry;
    /// Ids of stored keys that sign; none: those that the rules ask for, by their public halves.
    std::vector<std::string> keys;
    std::string note;
    /// Where the record is written instead of into the registry, if anywhere.
    OutputChoice record;
    /// Files and folders whose verdicts are compared before anything is written.
    std::vector<std::string> check;
    bool dry_run = false;
    /// A file that becomes INVALID is no reason to stop.
    bool force = false;
    LoggingTexts logging;
};

}  // namespace aion::cli
