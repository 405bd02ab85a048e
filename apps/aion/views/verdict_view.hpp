// SPDX-License-Identifier: MIT OR Apache-2.0
// A verification report. As a document: the reference's keys first, in its order, then ours. As
// text: the verdict first, then why not, then what it does not prove.
#pragma once

#include <string_view>

#include "aion/base/document_writer.hpp"
#include "aion/policy/report.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

struct VerdictView {
    const policy::VerificationReport& report;
    std::string_view path;  ///< As given on the command line.
    bool verbose = false;   ///< Text: every gate and every finding, not only what failed first.
    bool timings = false;   ///< Also say where the time went.
    /// Under which it was reached; null: not told.
    const trust::Registry* registry = nullptr;
};

void write(DocumentWriter& out, const VerdictView& view);

/// What stands for the verdict on a file on which there is none: its `is_valid` is null.
struct NoVerdictView {
    std::string_view path;
    const Failure& failure;
    policy::Profile profile;  ///< Whose rules would have decided.
};

void write(DocumentWriter& out, const NoVerdictView& view);

}  // namespace aion::cli
