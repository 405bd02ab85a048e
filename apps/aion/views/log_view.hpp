// SPDX-License-Identifier: MIT OR Apache-2.0
// The history of a file: who changed what, when, and by which right (docs/cli.md#aion-log).
#pragma once

#include "aion/base/document_writer.hpp"
#include "aion/report/history.hpp"
#include "shell/console.hpp"
#include "views/judged_parts.hpp"

namespace aion::cli {

/// Versions are looked up as they are written, so a view costs what is shown of it.
struct LogView {
    JudgedFile judged;
    const report::HistoryQuery& query;
    bool oneline = false;            ///< Text: a table with a line a version.
    bool as_lines = false;           ///< Document: an array, of the verdict and then the versions.
    std::uint64_t* shown = nullptr;  ///< Set to how many versions were written.
};

void write_text(Console& console, const LogView& view);
/// Of an INVALID file too, if `verification` says so.
void write(DocumentWriter& out, const LogView& view);

}  // namespace aion::cli
