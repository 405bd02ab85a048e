// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry that proves itself: a chain of signed records, and what it comes to
// (docs/registry.md#the-chain).
//
// Number 0 is a `root` record that its own keys signed; whoever trusts it, by its hash, can check
// all that follows. The model is TUF's root metadata: a new root is signed by as many keys as the
// old root asks for, and as many as the new one does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/result.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::trust {

/// The number of a record that said something.
using RecordNumber = std::uint64_t;

/// One epoch, and the records that set its ends.
struct EpochFacts {
    Epoch epoch;
    PublicKey public_key;
    RecordNumber set_by = 0;  ///< The registration or rotation that began it.
    /// Where it begins in histories that no record lists.
    VersionNumber unlisted_from;
    std::vector<RecordNumber> rotated;       ///< Bounds where its successor begins: all count.
    std::vector<RecordNumber> revoked;       ///< Bounds of its revocation.
    std::optional<RevocationReason> reason;  ///< Of its revocation, if any.
    std::optional<RecordNumber> hybrid_by;   ///< Bound a post-quantum key to it, if any did.
    /// Since which record an end leaves it no version at all of histories that are not listed: of
    /// the records in force, or that those replaced by the same, the first.
    std::optional<RecordNumber> rotated_never_by;
    std::optional<RecordNumber> revoked_never_by;
};

/// An end may have that many bounds; an extension sets it anew.
inline constexpr std::size_t max_end_bounds = 64;
/// An author may have that many epochs: one a day for eleven years.
inline constexpr std::size_t max_chain_epochs = 4096;

struct AuthorFacts {
    std::string name;
    std::string contact;
    RecordNumber named_by = 0;
    PublicKey master_key;
    RecordNumber keyed_by = 0;              ///< Set the master key.
    VersionNumber active_from;              ///< Of epoch 0.
    std::vector<EpochFacts> epochs;         ///< By number, from 0, without gaps.
    std::optional<RecordNumber> scoped_by;  ///< If the author may not sign any history.
};

/// Who has to sign a record: `threshold` of `root_keys`, or, if there is one, the master key alone.
struct SigningRules {
    struct Group {
        std::vector<PublicKey> keys;
        std::uint16_t threshold = 1;
    };

    /// Each has to be met: the root, and for a new root that one too.
    std::vector<Group> root;
    /// Would do instead.
    std::optional<PublicKey> master_key;

    /// Whether these have to be met by valid signatures of exactly these keys.
    [[nodiscard]] bool are_met_by(std::span<const PublicKey> keys) const;
    [[nodiscard]] bool knows(const PublicKey& key) const;
};

/// Records that follow from one another. A value; copies share what they have in common until one
/// of them is changed.
class RegistryChain {
  public:
    /// Checks every record: form, number, hash of the one before, what it says against what the
    /// others said, signatures; in time linear in their size, signatures together and in threads as
    /// `crypto::VerifyOptions` has them.
    /// Errors: `invalid_format`, `invalid_public_key`, `invalid_signature`, in the context
    /// `registry record {number}`: the first that is wrong.
    [[nodiscard]] static Result<RegistryChain> replay(std::vector<RegistryRecord> records);

    /// Adds one record. Errors: as `replay`; nothing is changed then.
    [[nodiscard]] Result<> append(const RegistryRecord& record);
    /// Adds many, in the time that the chain and they take together. Errors: as above.
    [[nodiscard]] Result<> append(std::span<const RegistryRecord> records);

    /// Never empty.
    [[nodiscard]] const std::vector<RegistryRecord>& records() const noexcept;
    /// Hashes of the records, by number.
    [[nodiscard]] std::span<const Hash> hashes() const noexcept;

    /// Of the last record.
    [[nodiscard]] const Hash& head() const noexcept { return hashes().back(); }

    /// Its number.
    [[nodiscard]] RecordNumber number() const noexcept { return hashes().size() - 1; }

    [[nodiscard]] const RootRecord& root() const noexcept;
    [[nodiscard]] const std::map<AuthorId, AuthorFacts>& authors() const noexcept;
    /// Nothing: it does not expire.
    [[nodiscard]] std::optional<Timestamp> expires() const noexcept;
    /// When the root spoke last: the time of the newest record that as many root keys signed as had
    /// to by then. An author's master key alone makes no chain newer.
    [[nodiscard]] Timestamp root_time() const noexcept;
    /// The author of that name, exactly as registered. Names that differ by the case of ASCII
    /// letters only, and names that were somebody's before, are no other author's.
    [[nodiscard]] std::optional<AuthorId> author_named(std::string_view name) const;

    /// The ML-DSA-65 key that is bound to an epoch; nullptr where there is none. Points into this
    /// chain.
    [[nodiscard]] const Bytes* hybrid_key(AuthorId author, Epoch epoch) const noexcept;

    /// A record that would be next, without signatures.
    [[nodiscard]] RegistryRecord next_record(RecordFacts facts, Timestamp time,
                                             std::string reason) const;
    /// Who would have to sign it now.
    [[nodiscard]] SigningRules rules_for(const RecordFacts& facts) const;
    /// The chain as it would be with `record` signed by those who have to, whoever signed it: for a
    /// look before. Errors: as `append`, save those of signatures.
    [[nodiscard]] Result<RegistryChain> if_signed(const RegistryRecord& record) const;

    /// An author's keys and windows in histories that no record lists.
    [[nodiscard]] Registry::Author unlisted(const AuthorFacts& author) const;
    /// The same for readers who know nothing of chains: whatever they let the author sign, every
    /// history lets them (docs/registry.md#the-projection).
    [[nodiscard]] Registry::Author projected(const AuthorFacts& author) const;

    /// The points that records list, over all of them, ascending by version then hash, none twice.
    struct Listed {
        VersionNumber version;
        Hash hash;
        friend auto operator<=>(const Listed&, const Listed&) = default;
    };

    [[nodiscard]] std::span<const Listed> listed() const noexcept;
    /// Authors of whom a record lists one of `points`, ascending: to all others a history that has
    /// these is as one that is not listed.
    [[nodiscard]] std::vector<AuthorId> authors_listing(std::span<const Listed> points) const;
    /// An author's keys and windows in a history that has exactly these of the listed points.
    [[nodiscard]] Registry::Author in_history(const AuthorFacts& author,
                                              std::span<const Listed> points) const;
    /// Of the records that bound one end of an epoch, the first of those that end it first in a
    /// history that has exactly these of the listed points; nothing if there are none. `bounds`:
    /// `EpochFacts::rotated` or `revoked`.
    [[nodiscard]] std::optional<RecordNumber> tightest_bound(std::span<const RecordNumber> bounds,
                                                             std::span<const Listed> points) const;
    /// If nothing but ends that leave an epoch no version at all of histories that they do not list
    /// keeps it from signing `version` in a history with these points: since which record each
    /// does, one or two. Empty where anything else does, or nothing.
    [[nodiscard]] std::vector<RecordNumber> ended_only_by(const AuthorFacts& author, Epoch epoch,
                                                          VersionNumber version,
                                                          std::span<const Listed> points) const;
    /// Whether the author's scope, if any, has a history with these points.
    [[nodiscard]] bool is_in_scope(const AuthorFacts& author,
                                   std::span<const Listed> points = {}) const;

    friend bool operator==(const RegistryChain& a, const RegistryChain& b) {
        return a.records() == b.records();
    }

    /// What is behind it: for this layer's own files.
    struct State;

  private:
    explicit RegistryChain(std::shared_ptr<const State> state) : state_(std::move(state)) {}

    std::shared_ptr<const State> state_;
};

/// Adds records to the chain of `registry`; those that it has already, at the numbers that they
/// say, change nothing. Errors: as `Registry::append`; nothing is changed then.
[[nodiscard]] Result<Applied> append(Registry& registry, std::span<const RegistryRecord> records);

}  // namespace aion::trust
