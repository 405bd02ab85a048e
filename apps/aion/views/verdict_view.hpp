// SPDX-License-Identifier: MIT OR Apache-2.0
// A verification report for people.
#pragma once

#include <string_view>

#include "aion/policy/report.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct ReportStyle {
    std::string_view path;       ///< Shown when not empty.
    bool pinned = false;         ///< Whether the caller pinned anything.
    bool every_finding = false;  ///< Else the first of each gate and the number of others.
    bool timings = false;
};

/// `passed`, `failed` or `skipped`.
[[nodiscard]] std::string_view state_name(policy::GateState state) noexcept;

void print_report(Stream& out, const policy::VerificationReport& report, const ReportStyle& style);

}  // namespace aion::cli
