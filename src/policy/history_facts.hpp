// SPDX-License-Identifier: MIT OR Apache-2.0
// What a VALID history consists of.
#pragma once

#include <vector>

#include "policy/gates.hpp"

namespace aion::policy {

/// Counts who signed, version by version in the order of the file. Neighbours that have the same
/// signer take one place, so that a long history by few people takes little.
class SignerTally {
  public:
    void add(AuthorId author, const trust::EpochRecord& epoch, VersionNumber version);
    /// By author, then epoch. Ends it.
    [[nodiscard]] std::vector<SignerUse> take();

  private:
    std::vector<SignerUse> uses_;
};

/// Of a subject that passed every gate under `registry` and `options`.
[[nodiscard]] HistoryFacts facts_of(const Subject& subject, const trust::Registry& registry,
                                    const VerifyOptions& options);

/// Whether `file` is the one whose `HistoryFacts::file_hash` that was, to its last byte. Reads it
/// piece by piece. Errors: those of reading.
[[nodiscard]] Result<bool> hashes_to(ReadableFile& file, const Hash& file_hash);

}  // namespace aion::policy
