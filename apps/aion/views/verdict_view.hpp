// SPDX-License-Identifier: MIT OR Apache-2.0
// A verification report. As a document: the reference's keys first, in its order, then ours.
#pragma once

#include <string_view>

#include "aion/base/document_writer.hpp"
#include "aion/policy/report.hpp"
#include "shell/console.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

struct VerdictView {
    const policy::VerificationReport& report;
    std::string_view path;       ///< As given on the command line.
    bool timings = false;        ///< Also say where the time went.
    bool says_path = false;      ///< Text: name the file.
    bool pinned = false;         ///< Text: whether the caller pinned anything.
    bool every_finding = false;  ///< Text: else the first of each gate and the number of others.
};

void write_text(Console& console, const VerdictView& view);
void write(DocumentWriter& out, const VerdictView& view);

/// What stands for the verdict on a file on which there is none: its `is_valid` is null. As text:
/// on standard error.
struct NoVerdictView {
    std::string_view path;
    const Failure& failure;
};

void write_text(Console& console, const NoVerdictView& view);
void write(DocumentWriter& out, const NoVerdictView& view);

}  // namespace aion::cli
