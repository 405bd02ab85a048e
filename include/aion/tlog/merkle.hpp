// SPDX-License-Identifier: MIT OR Apache-2.0
// Merkle trees of the shape of RFC 6962 (section 2.1): roots, and proofs that an entry is in a tree
// and that a tree continues an earlier one.
//
// There are two over the same entries: the one that everybody reads (SHA-256, RFC 6962), which is
// what checkpoints and proofs are about, and the reference's (BLAKE3, domain strings), for
// comparing with logs of aion-context. Shape and proofs are the same; only what is hashed differs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/sha256.hpp"

namespace aion::tlog {

/// RFC 6962: `SHA-256(00 || entry)`, `SHA-256(01 || left || right)`, `SHA-256()` of no entry.
struct Sha256Tree {
    using Digest = crypto::Sha256Digest;
    [[nodiscard]] static Digest empty();
    [[nodiscard]] static Digest leaf(ByteView entry);
    [[nodiscard]] static Digest node(const Digest& left, const Digest& right);
};

/// The reference's: BLAKE3 with a domain string for each use. Its leaves are made of more than an
/// entry's bytes (entry.hpp).
struct Blake3Tree {
    using Digest = Hash;
    [[nodiscard]] static Digest empty();
    [[nodiscard]] static Digest node(const Digest& left, const Digest& right);
};

/// The most entries that a log may have: 2^63 - 1, so that no sum of sizes overflows.
inline constexpr std::uint64_t max_tree_size = (std::uint64_t{1} << 63U) - 1;
/// The most digests in a proof: that of inclusion in, or between, trees of `max_tree_size`.
inline constexpr std::size_t max_inclusion_path = 63;
inline constexpr std::size_t max_consistency_path = 64;

/// How many digests a proof has, which index and sizes determine. `index < size`;
/// `0 < old_size <= new_size`.
[[nodiscard]] std::size_t inclusion_path_length(std::uint64_t index, std::uint64_t size) noexcept;
[[nodiscard]] std::size_t consistency_path_length(std::uint64_t old_size,
                                                  std::uint64_t new_size) noexcept;

/// The root of a tree of `size` leaves in which `leaf` stands at `index`, `path` being what is
/// beside it, innermost first (RFC 9162, section 2.1.3.2).
/// Errors: `invalid_format` with the detail `proof_bad_index` (`index >= size`, or a size beyond
/// `max_tree_size`) or `proof_wrong_length`.
template <class Tree>
[[nodiscard]] Result<typename Tree::Digest> root_of_inclusion(
    const typename Tree::Digest& leaf, std::uint64_t index, std::uint64_t size,
    std::span<const typename Tree::Digest> path);

/// Whether the leaf is in the tree of that size and root. Size and root must come from one
/// checkpoint that was verified, and the leaf be hashed from an entry by the caller: the hash of a
/// node inside the tree is a leaf of a smaller one with the same root.
/// Errors: as `root_of_inclusion`; `invalid_format` with the detail `proof_other_root`.
template <class Tree>
[[nodiscard]] Result<> verify_inclusion(const typename Tree::Digest& leaf, std::uint64_t index,
                                        std::uint64_t size,
                                        std::span<const typename Tree::Digest> path,
                                        const typename Tree::Digest& root);

/// Whether the tree of `new_size` entries begins with that of `old_size` (RFC 9162, section
/// 2.1.4.2). Equal sizes have an empty path and equal roots; everything continues the empty tree,
/// whose root is checked.
/// Errors: `invalid_format` with the detail `proof_bad_index` (the new one is smaller, or a size
/// beyond `max_tree_size`), `proof_wrong_length`, or `proof_other_root`.
template <class Tree>
[[nodiscard]] Result<> verify_consistency(std::uint64_t old_size, std::uint64_t new_size,
                                          const typename Tree::Digest& old_root,
                                          const typename Tree::Digest& new_root,
                                          std::span<const typename Tree::Digest> path);

/// A part of a tree that a proof can be about: entries from `begin` to before `end`, where `begin`
/// is a multiple of the smallest power of two that is not below their number.
struct Subtree {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    /// Whether `begin` is where it may be. One without entries may be anywhere.
    [[nodiscard]] bool is_sound() const noexcept;
};

/// Whether the leaf is in the subtree with that root. As `verify_inclusion`, which is that of the
/// subtree from 0 on; `index` counts from the beginning of the tree.
/// Errors: as `verify_inclusion`, `proof_bad_index` also for a subtree that is none.
template <class Tree>
[[nodiscard]] Result<> verify_subtree_inclusion(const typename Tree::Digest& leaf,
                                                std::uint64_t index, Subtree subtree,
                                                std::span<const typename Tree::Digest> path,
                                                const typename Tree::Digest& subtree_root);

/// Whether a tree of `size` entries has that subtree. As `verify_consistency`, which is that of the
/// subtree from 0 on. A subtree without entries is part of every tree: of the tree nothing is said.
/// Errors: as `verify_consistency`, `proof_bad_index` also for a subtree that is none.
template <class Tree>
[[nodiscard]] Result<> verify_subtree_consistency(Subtree subtree, std::uint64_t size,
                                                  const typename Tree::Digest& subtree_root,
                                                  const typename Tree::Digest& root,
                                                  std::span<const typename Tree::Digest> path);

/// What is needed of a tree to append to it and to know its root: the roots of its complete
/// subtrees, largest first; as many as the size has 1 bits.
template <class Tree>
class Frontier {
  public:
    using Digest = typename Tree::Digest;

    Frontier() = default;

    /// As it is for a tree of `size` with those roots, which must be as many as `size` has 1 bits.
    /// Error: `invalid_argument`.
    [[nodiscard]] static Result<Frontier> from(std::uint64_t size, std::vector<Digest> subtrees);

    void append(const Digest& leaf);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] Digest root() const;

    [[nodiscard]] const std::vector<Digest>& subtrees() const noexcept { return subtrees_; }

  private:
    std::uint64_t size_ = 0;
    std::vector<Digest> subtrees_;
};

/// A whole tree in memory: 64 bytes an entry. Proofs for every size up to its own.
template <class Tree>
class MerkleTree {
  public:
    using Digest = typename Tree::Digest;

    void append(const Digest& leaf);

    /// Computes once what proofs for the present size have in common, so that they hash nothing.
    /// Appending forgets it.
    void settle();

    [[nodiscard]] std::uint64_t size() const noexcept {
        return levels_.empty() ? 0 : levels_.front().size();
    }

    /// The leaf at `index < size()`.
    [[nodiscard]] const Digest& leaf(std::uint64_t index) const;

    [[nodiscard]] Digest root() const { return root(size()); }

    /// Of the first `size` entries; `size <= this->size()`.
    [[nodiscard]] Digest root(std::uint64_t size) const;

    /// Error: `invalid_argument` unless `index < size <= this->size()`.
    [[nodiscard]] Result<std::vector<Digest>> inclusion_path(std::uint64_t index,
                                                             std::uint64_t size) const;
    /// Empty for `old_size` 0 and for equal sizes.
    /// Error: `invalid_argument` unless `old_size <= new_size <= this->size()`.
    [[nodiscard]] Result<std::vector<Digest>> consistency_path(std::uint64_t old_size,
                                                               std::uint64_t new_size) const;

  private:
    /// `levels_[l][j]`: the root of the complete subtree of 2^l leaves from `j << l` on.
    std::vector<std::vector<Digest>> levels_;
    /// Of a tree that is settled, the same for the last subtree of each level, complete or not.
    std::vector<Digest> edge_;
};

}  // namespace aion::tlog
