// SPDX-License-Identifier: MIT OR Apache-2.0
// The audit trail of a file beside the versions that it has to mirror (docs/cli.md#aion-audit).
#pragma once

#include <cstdint>

#include "aion/base/document_writer.hpp"
#include "shell/console.hpp"
#include "views/judged_parts.hpp"

namespace aion::cli {

struct AuditView {
    JudgedFile judged;
    std::uint64_t limit = UINT64_MAX;  ///< So many entries at most, the last ones.
    bool as_lines = false;             ///< Document: an array, of the verdict and then the entries.

    /// The index of the first that is shown.
    [[nodiscard]] std::uint64_t first() const noexcept {
        const std::uint64_t count = judged.file.audit_count();
        return count - (limit < count ? limit : count);
    }
};

void write_text(Console& console, const AuditView& view);
void write(DocumentWriter& out, const AuditView& view);

}  // namespace aion::cli
