// SPDX-License-Identifier: MIT OR Apache-2.0
// Versions, signatures and summaries for people (spec 05 section 6).
#pragma once

#include <span>

#include "aion/policy/inspect.hpp"
#include "shell/console.hpp"

namespace aion::cli {

void print_history(Stream& out, std::span<const policy::VersionInfo> versions);
void print_signatures(Stream& out, std::span<const policy::SignatureInfo> signatures);
void print_summary(Stream& out, const policy::FileSummary& summary);

}  // namespace aion::cli
