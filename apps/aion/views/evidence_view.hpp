// SPDX-License-Identifier: MIT OR Apache-2.0
// What evidence was collected.
#pragma once

#include <span>
#include <string>

#include "aion/base/document_writer.hpp"
#include "aion/policy/report.hpp"
#include "aion/report/evidence.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct EvidenceView {
    std::span<const std::string> files;
    std::span<const policy::VerificationReport> reports;  ///< Of each file.
    const report::Evidence& evidence;
    const std::string& output;
};

void write_text(Console& console, const EvidenceView& view);
void write(DocumentWriter& out, const EvidenceView& view);

}  // namespace aion::cli
