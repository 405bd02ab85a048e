// SPDX-License-Identifier: MIT OR Apache-2.0
// What a VALID history consists of.
#pragma once

#include "policy/gates.hpp"

namespace aion::policy {

/// Of a subject that passed every gate under `registry`.
[[nodiscard]] HistoryFacts facts_of(const Subject& subject, const trust::Registry& registry);

/// Whether `file` is the one whose `HistoryFacts::file_hash` that was, to its last byte. Reads it
/// piece by piece. Errors: those of reading.
[[nodiscard]] Result<bool> hashes_to(ReadableFile& file, const Hash& file_hash);

}  // namespace aion::policy
