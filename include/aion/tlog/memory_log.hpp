// SPDX-License-Identifier: MIT OR Apache-2.0
// The reference's log: entries in memory, each of which names the one before, under a tree of
// BLAKE3. Beside it the SHA-256 tree over the same entries, and what the reference lacks: proofs
// for earlier sizes, that a tree continues an earlier one, and a check of the chain.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/merkle.hpp"

namespace aion::tlog {

/// An entry as the reference keeps it: its payload is there by hash only.
struct ReferenceEntry {
    EntryKind kind = EntryKind::version_attestation;
    std::uint64_t index = 0;
    std::uint64_t timestamp_version = 0;
    Hash previous_leaf;  ///< Zero for the first.
    Hash payload_hash;

    [[nodiscard]] Hash leaf() const;
    friend bool operator==(const ReferenceEntry&, const ReferenceEntry&) = default;
};

/// What an operator says: that a log of so many entries has that root.
struct TreeHead {
    std::uint64_t size = 0;
    Hash root;
    Signature signature;

    /// What is signed, 59 bytes.
    [[nodiscard]] Bytes message() const;
    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

/// Whether `operator_key` has signed that head. Error: `invalid_signature`.
[[nodiscard]] Result<> verify_tree_head(const TreeHead& head, const PublicKey& operator_key);

/// Whether the log of which `operator_key` has signed `head` has `entry`, with that payload. Unlike
/// `verify_inclusion`, this hashes the entry itself, and takes index, size and root from where they
/// belong: there is nothing that a node inside the tree, or another place, could be passed as.
/// Errors: those of `verify_tree_head`; `hash_mismatch` for another payload; those of
/// `verify_inclusion`.
[[nodiscard]] Result<> verify_logged(const ReferenceEntry& entry, ByteView payload,
                                     std::span<const Hash> path, const TreeHead& head,
                                     const PublicKey& operator_key);

/// Recomputes the chain: every entry has its index, and names the leaf of the one before. Returns
/// the root that they make.
/// Error: `invalid_format` with the detail `entry_broken_chain`.
[[nodiscard]] Result<Hash> check_chain(std::span<const ReferenceEntry> entries);

/// Which trees a log in memory grows.
enum class MemoryTrees : std::uint8_t {
    both,
    reference,  ///< The reference's alone, which takes 0.6 of the time.
};

/// Not thread-safe. Payloads are not kept: 184 bytes an entry and 64 of the other tree.
class MemoryLog {
  public:
    explicit MemoryLog(MemoryTrees trees = MemoryTrees::both) noexcept : trees_(trees) {}

    /// Returns the entry's index. Nothing is compared with entries before: what is logged twice has
    /// two places.
    std::uint64_t append(EntryKind kind, std::uint64_t timestamp_version, ByteView payload);

    [[nodiscard]] std::uint64_t size() const noexcept { return entries_.size(); }

    [[nodiscard]] std::span<const ReferenceEntry> entries() const noexcept { return entries_; }

    /// The reference's tree: roots and proofs of it.
    [[nodiscard]] const MerkleTree<Blake3Tree>& tree() const noexcept { return tree_; }

    /// The other tree: of the entries as `make_entry` writes them. Empty if it is not grown.
    [[nodiscard]] const MerkleTree<Sha256Tree>& sha256_tree() const noexcept {
        return sha256_tree_;
    }

    /// The head of what there is now. Errors: the signer's own.
    [[nodiscard]] Result<TreeHead> sign_tree_head(crypto::Signer& signer) const;

    /// Whether a head was signed by `operator_key` and is of this log, now or earlier.
    /// Errors: those of `verify_tree_head`; `invalid_format` with the detail `proof_bad_index` for
    /// more entries than there are, `proof_other_root`.
    [[nodiscard]] Result<> check_tree_head(const TreeHead& head,
                                           const PublicKey& operator_key) const;

  private:
    MemoryTrees trees_;
    std::vector<ReferenceEntry> entries_;
    MerkleTree<Blake3Tree> tree_;
    MerkleTree<Sha256Tree> sha256_tree_;
};

}  // namespace aion::tlog
