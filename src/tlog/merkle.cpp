// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "base/try.hpp"
#include "crypto/sha256_blocks.hpp"
#include "crypto/sha256_stream.hpp"
#include "tlog/details.hpp"
#include "tlog/ranges.hpp"

namespace aion::tlog {
namespace {

// The NUL behind each is part of it.
constexpr std::string_view blake3_node_domain{"AION_V2_LOG_NODE_V1", 20};
constexpr std::string_view blake3_empty_domain{"AION_V2_LOG_EMPTY_V1", 21};

// How the way from a leaf to the root goes: first through nodes that have both children whatever
// the size is, and then along the right edge, where only what stands at the left counts.
struct Way {
    unsigned inner;
    unsigned border;
};

Way way_of(std::uint64_t index, std::uint64_t size) noexcept {
    const auto inner = static_cast<unsigned>(std::bit_width(index ^ (size - 1)));
    const std::uint64_t edge = inner == 64 ? 0 : index >> inner;
    return {inner, static_cast<unsigned>(std::popcount(edge))};
}

Result<> check_length(std::size_t given, std::size_t needed) {
    if (given != needed) {
        return fail(invalid<TlogDetail::proof_wrong_length>(given, needed));
    }
    return {};
}

template <class Digest>
Result<> check_root(const Digest& found, const Digest& root) {
    if (found != root) {
        return fail(invalid<TlogDetail::proof_other_root>(to_hex(found), to_hex(root)));
    }
    return {};
}

Error no_such(std::string_view what) {
    return error_because(ErrorCode::invalid_argument, std::string(what));
}

}  // namespace

Sha256Tree::Digest Sha256Tree::empty() {
    return crypto::sha256({});
}

Sha256Tree::Digest Sha256Tree::leaf(ByteView entry) {
    constexpr std::size_t short_entry = 511;
    constexpr std::uint8_t prefix = 0;
    if (entry.size() <= short_entry) {
        std::array<std::uint8_t, 1 + short_entry> bytes;  // NOLINT(*-member-init): by the next two
        bytes[0] = prefix;
        std::ranges::copy(entry, bytes.begin() + 1);
        return crypto::sha256(ByteView(bytes).first(1 + entry.size()));
    }
    crypto::Sha256Stream stream;
    stream.update(ByteView(&prefix, 1));
    stream.update(entry);
    return stream.digest();
}

Sha256Tree::Digest Sha256Tree::node(const Digest& left, const Digest& right) {
    if (crypto::has_sha_instructions()) {
        Digest node;
        crypto::sha256_of_pair(1, left.bytes.data(), right.bytes.data(), node.bytes.data());
        return node;
    }
    std::array<std::uint8_t, 1 + (2 * Digest::size)> bytes;  // NOLINT(*-member-init)
    bytes[0] = 1;
    std::ranges::copy(left.bytes, bytes.begin() + 1);
    std::ranges::copy(right.bytes, bytes.begin() + 1 + Digest::size);
    return crypto::sha256(bytes);
}

Blake3Tree::Digest Blake3Tree::empty() {
    return crypto::blake3(as_bytes(blake3_empty_domain));
}

Blake3Tree::Digest Blake3Tree::node(const Digest& left, const Digest& right) {
    constexpr std::size_t domain_size = blake3_node_domain.size();
    std::array<std::uint8_t, domain_size + (2 * Digest::size)> bytes;  // NOLINT(*-member-init)
    std::ranges::copy(blake3_node_domain, bytes.begin());
    std::ranges::copy(left.bytes, bytes.begin() + domain_size);
    std::ranges::copy(right.bytes, bytes.begin() + domain_size + Digest::size);
    return crypto::blake3(bytes);
}

std::size_t inclusion_path_length(std::uint64_t index, std::uint64_t size) noexcept {
    const Way way = way_of(index, size);
    return std::size_t{way.inner} + way.border;
}

std::size_t consistency_path_length(std::uint64_t old_size, std::uint64_t new_size) noexcept {
    if (old_size == new_size) {
        return 0;
    }
    // From the last complete subtree of the old tree, which is named unless it is the old tree.
    const Way way = way_of(old_size - 1, new_size);
    const auto skipped = static_cast<unsigned>(std::countr_zero(old_size));
    return std::size_t{way.inner} - skipped + way.border + (std::has_single_bit(old_size) ? 0 : 1);
}

template <class Tree>
Result<typename Tree::Digest> root_of_inclusion(const typename Tree::Digest& leaf,
                                                std::uint64_t index, std::uint64_t size,
                                                std::span<const typename Tree::Digest> path) {
    if (index >= size || size > max_tree_size) {
        return fail(invalid<TlogDetail::proof_bad_index>("index " + std::to_string(index), size));
    }
    const Way way = way_of(index, size);
    AION_TRY(check_length(path.size(), std::size_t{way.inner} + way.border));
    typename Tree::Digest root = leaf;
    for (unsigned level = 0; level < way.inner; ++level) {
        const bool is_right = (index >> level & 1U) != 0;
        root = is_right ? Tree::node(path[level], root) : Tree::node(root, path[level]);
    }
    for (const auto& left : path.subspan(way.inner)) {
        root = Tree::node(left, root);
    }
    return root;
}

template <class Tree>
Result<> verify_inclusion(const typename Tree::Digest& leaf, std::uint64_t index,
                          std::uint64_t size, std::span<const typename Tree::Digest> path,
                          const typename Tree::Digest& root) {
    AION_TRY_ASSIGN(const auto found, root_of_inclusion<Tree>(leaf, index, size, path));
    return check_root(found, root);
}

template <class Tree>
Result<> verify_consistency(std::uint64_t old_size, std::uint64_t new_size,
                            const typename Tree::Digest& old_root,
                            const typename Tree::Digest& new_root,
                            std::span<const typename Tree::Digest> path) {
    if (old_size > new_size || new_size > max_tree_size) {
        return fail(invalid<TlogDetail::proof_bad_index>(
            "one of " + std::to_string(old_size) + " entries", new_size));
    }
    if (old_size == 0 || old_size == new_size) {
        AION_TRY(check_length(path.size(), 0));
        AION_TRY(check_root(old_size == 0 ? Tree::empty() : new_root, old_root));
        return new_size == 0 ? check_root(Tree::empty(), new_root) : Result<>();
    }
    return verify_subtree_consistency<Tree>({0, old_size}, new_size, old_root, new_root, path);
}

bool Subtree::is_sound() const noexcept {
    return begin == end ||
           (begin < end && end <= max_tree_size && begin % std::bit_ceil(end - begin) == 0);
}

namespace {

Error no_subtree(Subtree subtree, std::uint64_t size) {
    return invalid<TlogDetail::proof_bad_index>(
        "entries " + std::to_string(subtree.begin) + " to before " + std::to_string(subtree.end),
        size);
}

// A subtree that ends with the tree: all beside the way from its root is at the left.
template <class Tree>
Result<> verify_last_subtree(Subtree subtree, const typename Tree::Digest& subtree_root,
                             const typename Tree::Digest& root,
                             std::span<const typename Tree::Digest> path) {
    const auto height = static_cast<unsigned>(std::bit_width(subtree.begin ^ (subtree.end - 1)));
    const auto lefts = static_cast<std::size_t>(std::popcount(subtree.begin >> height));
    AION_TRY(check_length(path.size(), lefts));
    auto found = subtree_root;
    for (const auto& left : path) {
        found = Tree::node(left, found);
    }
    return check_root(found, root);
}

}  // namespace

template <class Tree>
Result<> verify_subtree_inclusion(const typename Tree::Digest& leaf, std::uint64_t index,
                                  Subtree subtree, std::span<const typename Tree::Digest> path,
                                  const typename Tree::Digest& subtree_root) {
    if (!subtree.is_sound() || index < subtree.begin) {
        return fail(no_subtree(subtree, index));
    }
    return verify_inclusion<Tree>(leaf, index - subtree.begin, subtree.end - subtree.begin, path,
                                  subtree_root);
}

template <class Tree>
Result<> verify_subtree_consistency(Subtree subtree, std::uint64_t size,
                                    const typename Tree::Digest& subtree_root,
                                    const typename Tree::Digest& root,
                                    std::span<const typename Tree::Digest> path) {
    if (!subtree.is_sound() || subtree.end > size || size > max_tree_size) {
        return fail(no_subtree(subtree, size));
    }
    if (subtree.begin == subtree.end) {
        AION_TRY(check_length(path.size(), 0));
        return check_root(Tree::empty(), subtree_root);
    }
    if (subtree.end == size) {
        return verify_last_subtree<Tree>(subtree, subtree_root, root, path);
    }
    // From the last complete subtree on, which is named unless it is the whole; the way from there
    // is the end of that from the last entry.
    const std::uint64_t last = subtree.end - 1;
    const Complete lowest = last_complete({subtree.begin, subtree.end});
    const bool is_complete = std::has_single_bit(subtree.end - subtree.begin);
    const Way way = way_of(last, size);
    const unsigned inner = way.inner - lowest.level;
    const std::size_t named = is_complete ? 0 : 1;
    AION_TRY(check_length(path.size(), named + inner + way.border));
    auto inside = subtree_root;
    if (!is_complete) {
        inside = path.front();
        path = path.subspan(1);
    }
    auto found = inside;
    // What is at the left of the way and below the subtree's own root belongs to both.
    const auto height = static_cast<unsigned>(std::bit_width(subtree.begin ^ last));
    for (unsigned i = 0; i < inner; ++i) {
        const bool is_right = (lowest.index >> i & 1U) != 0;
        if (is_right && lowest.level + i < height) {
            inside = Tree::node(path[i], inside);
        }
        found = is_right ? Tree::node(path[i], found) : Tree::node(found, path[i]);
    }
    const auto above = static_cast<unsigned>(std::popcount(last >> height));
    for (unsigned i = 0; i < way.border; ++i) {
        const auto& left = path[inner + i];
        if (i + above < way.border) {
            inside = Tree::node(left, inside);
        }
        found = Tree::node(left, found);
    }
    AION_TRY(check_root(inside, subtree_root));
    return check_root(found, root);
}

template <class Tree>
Result<Frontier<Tree>> Frontier<Tree>::from(std::uint64_t size, std::vector<Digest> subtrees) {
    if (size > max_tree_size || subtrees.size() != static_cast<std::size_t>(std::popcount(size))) {
        return fail(no_such("a tree of " + std::to_string(size) + " entries has not " +
                            std::to_string(subtrees.size()) + " complete subtrees"));
    }
    Frontier frontier;
    frontier.size_ = size;
    frontier.subtrees_ = std::move(subtrees);
    return frontier;
}

template <class Tree>
void Frontier<Tree>::append(const Digest& leaf) {
    Digest subtree = leaf;
    for (int joined = std::countr_one(size_); joined > 0; --joined) {
        subtree = Tree::node(subtrees_.back(), subtree);
        subtrees_.pop_back();
    }
    subtrees_.push_back(subtree);
    ++size_;
}

template <class Tree>
typename Frontier<Tree>::Digest Frontier<Tree>::root() const {
    if (subtrees_.empty()) {
        return Tree::empty();
    }
    Digest root = subtrees_.back();
    for (std::size_t i = subtrees_.size() - 1; i > 0; --i) {
        root = Tree::node(subtrees_[i - 1], root);
    }
    return root;
}

template <class Tree>
void MerkleTree<Tree>::append(const Digest& leaf) {
    if (levels_.empty()) {
        levels_.emplace_back();
    }
    edge_.clear();
    levels_.front().push_back(leaf);
    for (std::size_t level = 0; levels_[level].size() % 2 == 0; ++level) {
        if (level + 1 == levels_.size()) {
            levels_.emplace_back();
        }
        const auto& below = levels_[level];
        levels_[level + 1].push_back(Tree::node(below[below.size() - 2], below.back()));
    }
}

template <class Tree>
const typename MerkleTree<Tree>::Digest& MerkleTree<Tree>::leaf(std::uint64_t index) const {
    return levels_.front()[index];
}

namespace {

template <class Digest>
using Levels = std::vector<std::vector<Digest>>;

// The root of a range that is not empty.
template <class Tree>
typename Tree::Digest root_of(const Levels<typename Tree::Digest>& levels,
                              const std::vector<typename Tree::Digest>& edge, LeafRange range) {
    if (!edge.empty() && range.end == levels.front().size()) {
        return edge[static_cast<unsigned>(std::bit_width(range.end - range.begin - 1))];
    }
    const auto take = [&] {
        const Complete last = last_complete(range);
        range = without_last(range);
        return levels[last.level][last.index];
    };
    typename Tree::Digest root = take();
    while (range.begin != range.end) {
        root = Tree::node(take(), root);
    }
    return root;
}

// What stands beside a leaf is spread over memory; asked for at once, it comes at once.
template <class Digest>
void fetch_beside(const Levels<Digest>& levels, std::uint64_t index) {
    for (const auto& level : levels) {
        const std::uint64_t beside = index ^ 1U;
        if (beside < level.size()) {
            __builtin_prefetch(&level[beside]);
        }
        index >>= 1U;
    }
}

}  // namespace

template <class Tree>
void MerkleTree<Tree>::settle() {
    if (size() == 0 || !edge_.empty()) {
        return;
    }
    std::uint64_t last = size() - 1;
    edge_.push_back(levels_.front()[last]);
    for (std::size_t level = 0; last > 0; ++level, last >>= 1U) {
        edge_.push_back((last & 1U) != 0 ? Tree::node(levels_[level][last - 1], edge_.back())
                                         : edge_.back());
    }
}

template <class Tree>
typename MerkleTree<Tree>::Digest MerkleTree<Tree>::root(std::uint64_t size) const {
    return size == 0 ? Tree::empty() : root_of<Tree>(levels_, edge_, {0, size});
}

template <class Tree>
Result<std::vector<typename MerkleTree<Tree>::Digest>> MerkleTree<Tree>::inclusion_path(
    std::uint64_t index, std::uint64_t size) const {
    if (index >= size || size > this->size()) {
        return fail(no_such("no entry " + std::to_string(index) + " in a tree of " +
                            std::to_string(size) + " entries here"));
    }
    fetch_beside(levels_, index);
    std::vector<Digest> path;
    path.reserve(inclusion_path_length(index, size));
    AION_TRY(each_of_inclusion(index, size, [&](LeafRange range) -> Result<> {
        path.push_back(root_of<Tree>(levels_, edge_, range));
        return {};
    }));
    return path;
}

template <class Tree>
Result<std::vector<typename MerkleTree<Tree>::Digest>> MerkleTree<Tree>::consistency_path(
    std::uint64_t old_size, std::uint64_t new_size) const {
    if (old_size > new_size || new_size > size()) {
        return fail(no_such("no way here from a tree of " + std::to_string(old_size) +
                            " entries to one of " + std::to_string(new_size)));
    }
    std::vector<Digest> path;
    AION_TRY(each_of_consistency(old_size, new_size, [&](LeafRange range) -> Result<> {
        path.push_back(root_of<Tree>(levels_, edge_, range));
        return {};
    }));
    return path;
}

// Everything there is of templates, for both trees.
template Result<Sha256Tree::Digest> root_of_inclusion<Sha256Tree>(
    const Sha256Tree::Digest&, std::uint64_t, std::uint64_t, std::span<const Sha256Tree::Digest>);
template Result<Blake3Tree::Digest> root_of_inclusion<Blake3Tree>(
    const Blake3Tree::Digest&, std::uint64_t, std::uint64_t, std::span<const Blake3Tree::Digest>);
template Result<> verify_inclusion<Sha256Tree>(const Sha256Tree::Digest&, std::uint64_t,
                                               std::uint64_t, std::span<const Sha256Tree::Digest>,
                                               const Sha256Tree::Digest&);
template Result<> verify_inclusion<Blake3Tree>(const Blake3Tree::Digest&, std::uint64_t,
                                               std::uint64_t, std::span<const Blake3Tree::Digest>,
                                               const Blake3Tree::Digest&);
template Result<> verify_consistency<Sha256Tree>(std::uint64_t, std::uint64_t,
                                                 const Sha256Tree::Digest&,
                                                 const Sha256Tree::Digest&,
                                                 std::span<const Sha256Tree::Digest>);
template Result<> verify_consistency<Blake3Tree>(std::uint64_t, std::uint64_t,
                                                 const Blake3Tree::Digest&,
                                                 const Blake3Tree::Digest&,
                                                 std::span<const Blake3Tree::Digest>);
template Result<> verify_subtree_inclusion<Sha256Tree>(const Sha256Tree::Digest&, std::uint64_t,
                                                       Subtree, std::span<const Sha256Tree::Digest>,
                                                       const Sha256Tree::Digest&);
template Result<> verify_subtree_inclusion<Blake3Tree>(const Blake3Tree::Digest&, std::uint64_t,
                                                       Subtree, std::span<const Blake3Tree::Digest>,
                                                       const Blake3Tree::Digest&);
template Result<> verify_subtree_consistency<Sha256Tree>(Subtree, std::uint64_t,
                                                         const Sha256Tree::Digest&,
                                                         const Sha256Tree::Digest&,
                                                         std::span<const Sha256Tree::Digest>);
template Result<> verify_subtree_consistency<Blake3Tree>(Subtree, std::uint64_t,
                                                         const Blake3Tree::Digest&,
                                                         const Blake3Tree::Digest&,
                                                         std::span<const Blake3Tree::Digest>);
template class Frontier<Sha256Tree>;
template class Frontier<Blake3Tree>;
template class MerkleTree<Sha256Tree>;
template class MerkleTree<Blake3Tree>;

}  // namespace aion::tlog
