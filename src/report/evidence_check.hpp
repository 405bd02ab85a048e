// SPDX-License-Identifier: MIT OR Apache-2.0
// The script that checks evidence: evidence_check.sh, made a text by the build.
#pragma once

#include <string_view>

namespace aion::report {

extern const std::string_view evidence_check_script;

}  // namespace aion::report
