// SPDX-License-Identifier: MIT OR Apache-2.0
// The option that says whose questions a report answers.
#pragma once

#include <string>

#include "aion/report/compliance.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

inline void framework_option(Options& options, const std::string& names, report::Framework& into) {
    using report::Framework;
    options.choice(names, into,
                   {{"sox", Framework::sox},
                    {"hipaa", Framework::hipaa},
                    {"gdpr", Framework::gdpr},
                    {"generic", Framework::generic}},
                   "FRAMEWORK", "Whose questions the report answers; generic if not given");
}

}  // namespace aion::cli
