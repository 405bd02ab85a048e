// SPDX-License-Identifier: MIT OR Apache-2.0
// Whom a checkpoint was cosigned by, and what a monitor has found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/monitor.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct CosignedView {
    struct Row {
        std::string witness;
        std::optional<std::uint64_t> time;  ///< Of the cosignature, seconds.
        std::string problem;                ///< Why there is none.
    };

    const tlog::Checkpoint& checkpoint;
    std::vector<Row> rows;
    std::optional<bool> is_accepted;  ///< By the policy, if there is one.
};

void write_text(Console& console, const CosignedView& view);
void write(DocumentWriter& out, const CosignedView& view);

struct MonitorView {
    struct Row {
        std::uint64_t index = 0;
        std::optional<tlog::EntryKind> kind;  ///< Nothing of an entry that is none of ours.
        std::uint64_t timestamp_version = 0;
        Hash payload_hash;
        std::optional<tlog::LoggedVersion> version;
    };

    const tlog::MonitorReport& report;
    const std::vector<Row>& rows;
};

void write_text(Console& console, const MonitorView& view);
void write(DocumentWriter& out, const MonitorView& view);

}  // namespace aion::cli
