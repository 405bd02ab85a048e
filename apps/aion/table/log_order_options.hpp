// SPDX-License-Identifier: MIT OR Apache-2.0
// The options that let the order of a log decide what was signed in time.
#pragma once

#include "shell/log_order.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

inline void log_order_options(Options& options, OrderTexts& into) {
    options.texts(
        "--tlog-proof", into.proofs, "FILE",
        "Proofs that a version, or the record that ended its key, is in a log: which came "
        "first is decided by that; may be given several times");
    options.text("--tlog", into.log, "DIR", "The same by a log in this folder");
    options.text("--tlog-policy", into.policy, "FILE",
                 "Whose log that has to be, and who has to have witnessed it");
}

}  // namespace aion::cli
