// SPDX-License-Identifier: MIT OR Apache-2.0
// The option that says whose rules decide.
#pragma once

#include <string>

#include "aion/policy/report.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

inline void profile_option(Options& options, policy::Profile& into, const std::string& help) {
    options
        .choice<policy::Profile>(
            "--profile", into,
            {{"strict", policy::Profile::strict}, {"reference", policy::Profile::reference}},
            "PROFILE", help)
        ->group("Advanced");
}

}  // namespace aion::cli
