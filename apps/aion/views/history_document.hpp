// SPDX-License-Identifier: MIT OR Apache-2.0
// Versions, signatures and summaries as documents: the reference's keys first, then ours in hex.
#pragma once

#include <span>

#include "aion/policy/inspect.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {

[[nodiscard]] Json history_document(std::span<const policy::VersionInfo> versions);
[[nodiscard]] Json signatures_document(std::span<const policy::SignatureInfo> signatures);
[[nodiscard]] Json summary_document(const policy::FileSummary& summary);

}  // namespace aion::cli
