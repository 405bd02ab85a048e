// SPDX-License-Identifier: MIT OR Apache-2.0
// What the records of a chain come to, and the rules by which one more changes that.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aion/trust/registry_chain.hpp"

namespace aion::trust {

struct RegistryChain::State {
    std::vector<RegistryRecord> records;
    std::vector<Hash> hashes;

    RecordNumber root_by = 0;
    std::map<AuthorId, AuthorFacts> authors;
    /// Of each author's epochs that were rotated, the least end of any bound of that in histories
    /// that no record lists.
    std::map<AuthorId, std::vector<VersionNumber>> handovers;
    /// By their lower case: all that there ever were, so that none becomes another's.
    std::map<std::string, AuthorId, std::less<>> names;
    std::set<PublicKey> operational_keys;
    std::set<Hash> hybrid_keys;  ///< BLAKE3 of each.
    std::optional<Timestamp> expires;
    Timestamp root_time;
    std::vector<Listed> listed;
    /// Whose records list what; ascending, none twice, once the last record is there.
    std::vector<std::pair<Listed, AuthorId>> listings;

    [[nodiscard]] const RootRecord& root() const {
        return std::get<RootRecord>(records[root_by].facts);
    }

    /// The author whom a record is about. Error: `registry_unknown_author`.
    [[nodiscard]] Result<AuthorFacts*> author(AuthorId id);
};

namespace chain {

/// The first version that an epoch may not sign any more whose last is `version`.
[[nodiscard]] inline VersionNumber end_behind(VersionNumber version) noexcept {
    return VersionNumber{version.value + 1};
}

/// The bound that a record sets; the record is one of those that do.
[[nodiscard]] const Bound& bound_of(const RegistryRecord& record);

/// Points that a record lists: of its bound, or its scope; empty for others.
[[nodiscard]] std::span<const HistoryPoint> points_of(const RecordFacts& facts);

/// Who has to sign. `root`: nullptr before the first record.
[[nodiscard]] SigningRules rules_for(const RecordFacts& facts, const RootRecord* root,
                                     const std::map<AuthorId, AuthorFacts>& authors);

/// Makes `unlisted_from` of the epochs behind `epoch` anew, whose entry of `handovers`, which are
/// this author's, was changed.
void restart_behind(AuthorFacts& author, std::size_t epoch,
                    std::span<const VersionNumber> handovers);

/// A public key that a record brings, whose point is still to be judged.
struct NewKey {
    PublicKey key;
    std::optional<AuthorId> author;  ///< Nothing: a root key.
    std::optional<Epoch> epoch;      ///< Nothing: a master key.
};

/// Changes `author facts` by what the record says, if the rules allow it; the record is already the
/// last one of `records`. Adds the keys that it brings to `keys`. Errors: `invalid_format`; the
/// state is then of no use.
[[nodiscard]] Result<> apply_facts(RegistryChain::State& state, const RecordFacts& facts,
                                   std::vector<NewKey>& keys);

}  // namespace chain
}  // namespace aion::trust
