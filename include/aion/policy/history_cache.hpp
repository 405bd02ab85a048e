// SPDX-License-Identifier: MIT OR Apache-2.0
// Remembering which histories were found to be signed throughout.
#pragma once

#include <cstddef>
#include <memory>

#include "aion/base/bytes.hpp"

namespace aion::policy {

/// Remembers which histories were found to be signed throughout, so that a process that commits
/// to or re-verifies the same files checks each signature once. Thread-safe, bounded; what memory
/// does not suffice for is forgotten.
///
/// An entry is a BLAKE3 digest over every record of versions, signatures and audit trail and the
/// registry's fingerprint, made from a private copy once the verdict was VALID; a hit therefore
/// means that this very history was verified under this very registry by this process: signatures,
/// chain and trail need not be looked at again. Only the library can put one in.
class HistoryCache {
  public:
    /// Keeps at most `max_entries` histories (32 bytes each), forgetting the oldest.
    explicit HistoryCache(std::size_t max_entries = 4096);
    ~HistoryCache();
    HistoryCache(const HistoryCache&) = delete;
    HistoryCache& operator=(const HistoryCache&) = delete;
    HistoryCache(HistoryCache&&) = delete;
    HistoryCache& operator=(HistoryCache&&) = delete;

  private:
    friend struct HistoryCacheAccess;
    [[nodiscard]] bool contains(const Hash& history) const;
    void insert(const Hash& history);

    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aion::policy
