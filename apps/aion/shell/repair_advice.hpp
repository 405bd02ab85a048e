// SPDX-License-Identifier: MIT OR Apache-2.0
// What to do about a file whose signed history holds and that is INVALID all the same.
#pragma once

#include <string>

#include "aion/policy/report.hpp"

namespace aion::cli {

/// The command that rebuilds what follows from the history, if that is all that is wrong with
/// `file`; else empty. `registry`: as given, empty for that of the variable.
[[nodiscard]] std::string advice_on_repair(const policy::VerificationReport& report,
                                           const std::string& file, const std::string& registry);

}  // namespace aion::cli
