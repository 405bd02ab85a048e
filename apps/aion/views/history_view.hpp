// SPDX-License-Identifier: MIT OR Apache-2.0
// Versions, signatures and summaries (docs/cli.md#aion-show). As documents: the reference's keys
// first, then ours in hex, then the twins (twins.hpp).
#pragma once

#include <span>

#include "aion/base/document_writer.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct HistoryView {
    std::span<const policy::VersionInfo> versions;
    const trust::Registry& registry;  ///< Whose names authors have; may be empty.
};

struct SignaturesView {
    std::span<const policy::SignatureInfo> signatures;
    const trust::Registry& registry;  ///< As above.
    bool judged = true;               ///< By a registry; else `verified` and `error` mean nothing.
};

struct SummaryView {
    const policy::FileSummary& summary;
    const trust::Registry& registry;  ///< As above.
    bool judged = true;               ///< As above.
};

void write_text(Console& console, const HistoryView& view);
void write(DocumentWriter& out, const HistoryView& view);

void write_text(Console& console, const SignaturesView& view);
void write(DocumentWriter& out, const SignaturesView& view);

void write_text(Console& console, const SummaryView& view);
void write(DocumentWriter& out, const SummaryView& view);

}  // namespace aion::cli
