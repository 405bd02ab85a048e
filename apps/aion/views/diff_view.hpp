// SPDX-License-Identifier: MIT OR Apache-2.0
// Two files side by side (docs/diff.md): verdicts first, then how they stand to each other, what
// each added, the conflict, and what differs in their payloads.
#pragma once

#include <optional>
#include <string_view>

#include "aion/base/document_writer.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/conflict.hpp"
#include "aion/report/diff.hpp"
#include "shell/console.hpp"
#include "views/payload_diff_view.hpp"

namespace aion::cli {

struct DiffView {
    std::string_view a_path;  ///< As given on the command line.
    std::string_view b_path;
    const policy::Examination& a;
    const policy::Examination& b;
    report::Comparison compared;
    report::ConflictReport conflict;
    report::ConflictReport by_reference;  ///< What the reference's rules find.
    std::optional<PayloadDiffView> payload;
};

void write_text(Console& console, const DiffView& view);
void write(DocumentWriter& out, const DiffView& view);

}  // namespace aion::cli
