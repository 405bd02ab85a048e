// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/merkle.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "aion/base/hex.hpp"
#include "support/results.hpp"

namespace aion::tlog {
namespace {

using test::code_of;
using test::ok;

// RFC 6962, section 2.1, as it is written there: slow, and sure.
template <class Tree>
struct Plain {
    using Digest = typename Tree::Digest;
    using Leaves = std::span<const Digest>;

    static std::size_t split(std::size_t size) { return std::bit_floor(size - 1); }

    static Digest root(Leaves leaves) {
        if (leaves.empty()) {
            return Tree::empty();
        }
        if (leaves.size() == 1) {
            return leaves[0];
        }
        const std::size_t k = split(leaves.size());
        return Tree::node(root(leaves.first(k)), root(leaves.subspan(k)));
    }

    static std::vector<Digest> path(std::size_t index, Leaves leaves) {
        if (leaves.size() == 1) {
            return {};
        }
        const std::size_t k = split(leaves.size());
        const bool left = index < k;
        auto inner = left ? path(index, leaves.first(k)) : path(index - k, leaves.subspan(k));
        inner.push_back(root(left ? leaves.subspan(k) : leaves.first(k)));
        return inner;
    }

    static std::vector<Digest> proof(std::size_t old_size, Leaves leaves) {
        return proof(0, old_size, leaves);
    }

    // That a tree has the part from `begin` to before `end`; `known`: whoever reads the proof has
    // the root of that.
    static std::vector<Digest> proof(std::size_t begin, std::size_t end, Leaves leaves,
                                     bool known = true) {
        if (begin == 0 && end == leaves.size()) {
            return known ? std::vector<Digest>() : std::vector{root(leaves)};
        }
        const std::size_t k = split(leaves.size());
        const Leaves left = leaves.first(k);
        const Leaves right = leaves.subspan(k);
        std::vector<Digest> inner;
        if (end <= k) {
            inner = proof(begin, end, left, known);
        } else if (begin >= k) {
            inner = proof(begin - k, end - k, right, known);
        } else {
            inner = proof(0, end - k, right, false);
        }
        inner.push_back(root(end <= k ? right : left));
        return inner;
    }
};

template <class Tree>
typename Tree::Digest numbered(std::size_t i) {
    typename Tree::Digest digest;
    digest.bytes[0] = static_cast<std::uint8_t>(i);
    digest.bytes[1] = static_cast<std::uint8_t>(i >> 8U);
    digest.bytes[31] = 7;
    return digest;
}

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

template <class Tree>
class Merkle : public ::testing::Test {
  protected:
    static constexpr std::size_t most = 70;

    Merkle() {
        for (std::size_t i = 0; i < most; ++i) {
            leaves.push_back(numbered<Tree>(i));
            tree.append(leaves.back());
        }
    }

    std::span<const typename Tree::Digest> first(std::size_t count) const {
        return std::span(leaves).first(count);
    }

    // That `of` has that part, and that nothing of the proof may be changed.
    static void expect_proven(Subtree part, const typename Tree::Digest& part_root,
                              std::span<const typename Tree::Digest> of) {
        const auto root = Plain<Tree>::root(of);
        auto path = Plain<Tree>::proof(part.begin, part.end, of);
        const auto judged = [&] {
            return detail_of(
                verify_subtree_consistency<Tree>(part, of.size(), part_root, root, path));
        };
        EXPECT_EQ(judged(), "no error") << part.begin << " to " << part.end;
        for (auto& digest : path) {
            digest.bytes[3] ^= 1U;
            EXPECT_EQ(judged(), "proof_other_root") << part.begin << " to " << part.end;
            digest.bytes[3] ^= 1U;
        }
        path.push_back(root);
        EXPECT_EQ(judged(), "proof_wrong_length");
        path.pop_back();
        auto other = part_root;
        other.bytes[3] ^= 1U;
        EXPECT_EQ(detail_of(verify_subtree_consistency<Tree>(part, of.size(), other, root, path)),
                  "proof_other_root");
    }

    std::vector<typename Tree::Digest> leaves;
    MerkleTree<Tree> tree;
};

using Trees = ::testing::Types<Sha256Tree, Blake3Tree>;
TYPED_TEST_SUITE(Merkle, Trees);

TYPED_TEST(Merkle, RootsAreThoseOfThePlainRecursion) {
    Frontier<TypeParam> frontier;
    for (std::size_t size = 0; size <= this->most; ++size) {
        const auto root = Plain<TypeParam>::root(this->first(size));
        EXPECT_EQ(this->tree.root(size), root) << size;
        EXPECT_EQ(frontier.root(), root) << size;
        EXPECT_EQ(frontier.size(), size);
        const auto again = ok(Frontier<TypeParam>::from(size, frontier.subtrees()));
        EXPECT_EQ(again.root(), root) << size;
        if (size < this->most) {
            frontier.append(this->leaves[size]);
        }
    }
    EXPECT_EQ(this->tree.root(), this->tree.root(this->most));
    EXPECT_EQ(MerkleTree<TypeParam>().root(), TypeParam::empty());
}

TYPED_TEST(Merkle, InclusionProofsAreThoseOfThePlainRecursion) {
    for (std::size_t size = 1; size <= this->most; ++size) {
        for (std::size_t index = 0; index < size; ++index) {
            const auto path = ok(this->tree.inclusion_path(index, size));
            EXPECT_EQ(path, Plain<TypeParam>::path(index, this->first(size)))
                << index << " of " << size;
            EXPECT_EQ(path.size(), inclusion_path_length(index, size));
            EXPECT_TRUE(verify_inclusion<TypeParam>(this->leaves[index], index, size, path,
                                                    this->tree.root(size)));
        }
    }
}

TYPED_TEST(Merkle, ConsistencyProofsAreThoseOfThePlainRecursion) {
    for (std::size_t size = 1; size <= this->most; ++size) {
        for (std::size_t old = 1; old <= size; ++old) {
            const auto path = ok(this->tree.consistency_path(old, size));
            EXPECT_EQ(path, Plain<TypeParam>::proof(old, this->first(size)))
                << old << " to " << size;
            EXPECT_EQ(path.size(), consistency_path_length(old, size));
            EXPECT_TRUE(verify_consistency<TypeParam>(old, size, this->tree.root(old),
                                                      this->tree.root(size), path));
        }
        EXPECT_TRUE(ok(this->tree.consistency_path(0, size)).empty());
    }
}

// Settled at each size in turn, it answers for that size and all before as it does without.
TYPED_TEST(Merkle, SettledGivesTheSame) {
    MerkleTree<TypeParam> grown;
    grown.settle();
    EXPECT_EQ(grown.root(), TypeParam::empty());
    for (std::size_t size = 1; size <= this->most; ++size) {
        grown.append(this->leaves[size - 1]);
        grown.settle();
        EXPECT_EQ(grown.root(), this->tree.root(size));
        for (const std::size_t shown : {size, size - (size / 3)}) {
            EXPECT_EQ(grown.root(shown), this->tree.root(shown));
            for (std::size_t i = 0; i < shown; ++i) {
                EXPECT_EQ(ok(grown.inclusion_path(i, shown)),
                          ok(this->tree.inclusion_path(i, shown)))
                    << i << " of " << shown << " of " << size;
                EXPECT_EQ(ok(grown.consistency_path(i, shown)),
                          ok(this->tree.consistency_path(i, shown)));
            }
        }
    }
}

// Every part that may be proven, and what of it may not be changed.
TYPED_TEST(Merkle, SubtreesOfEverySize) {
    constexpr std::size_t size = 21;
    const auto root = this->tree.root(size);
    for (std::size_t begin = 0; begin <= size; ++begin) {
        for (std::size_t end = begin + 1; end <= size; ++end) {
            const Subtree subtree{begin, end};
            const std::size_t aligned = std::bit_ceil(end - begin);
            ASSERT_EQ(subtree.is_sound(), begin % aligned == 0);
            const auto part = std::span(this->leaves).subspan(begin, end - begin);
            const auto part_root = Plain<TypeParam>::root(part);
            for (std::size_t i = begin; i < end; ++i) {
                const auto path = Plain<TypeParam>::path(i - begin, part);
                EXPECT_EQ(detail_of(verify_subtree_inclusion<TypeParam>(this->leaves[i], i, subtree,
                                                                        path, part_root)),
                          subtree.is_sound() ? "no error" : "proof_bad_index");
            }
            if (subtree.is_sound()) {
                this->expect_proven(subtree, part_root, this->first(size));
            }
        }
    }
    EXPECT_FALSE((Subtree{2, 1}).is_sound());
    EXPECT_FALSE((Subtree{0, max_tree_size + 1}).is_sound());
    EXPECT_TRUE((Subtree{7, 7}).is_sound());
    EXPECT_EQ(detail_of(verify_subtree_consistency<TypeParam>({1, 3}, size, root, root, {})),
              "proof_bad_index");
    EXPECT_EQ(detail_of(verify_subtree_inclusion<TypeParam>(root, 3, {4, 8}, {}, root)),
              "proof_bad_index");
}

// Whatever is changed: another leaf, place, size, digest or root.
TYPED_TEST(Merkle, InclusionProofsHoldForNothingElse) {
    for (std::size_t size = 1; size <= 20; ++size) {
        const auto root = this->tree.root(size);
        for (std::size_t index = 0; index < size; ++index) {
            auto path = ok(this->tree.inclusion_path(index, size));
            const auto& leaf = this->leaves[index];
            EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(leaf, size, size, path, root)),
                      "proof_bad_index");
            for (std::size_t other = 0; other < size; ++other) {
                EXPECT_EQ(other == index,
                          verify_inclusion<TypeParam>(leaf, other, size, path, root).has_value())
                    << other << " instead of " << index << " of " << size;
            }
            EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(numbered<TypeParam>(this->most), index,
                                                            size, path, root)),
                      "proof_other_root");
            for (auto& digest : path) {
                digest.bytes[31] ^= 1U;
                EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(leaf, index, size, path, root)),
                          "proof_other_root");
                digest.bytes[31] ^= 1U;
            }
            path.push_back(root);
            EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(leaf, index, size, path, root)),
                      "proof_wrong_length");
            path.pop_back();
            if (!path.empty()) {
                path.pop_back();
                EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(leaf, index, size, path, root)),
                          "proof_wrong_length");
            }
        }
    }
}

TYPED_TEST(Merkle, ConsistencyProofsHoldForNothingElse) {
    for (std::size_t size = 2; size <= 20; ++size) {
        const auto root = this->tree.root(size);
        for (std::size_t old = 1; old < size; ++old) {
            auto path = ok(this->tree.consistency_path(old, size));
            const auto old_root = this->tree.root(old);
            const auto judged = [&] {
                return detail_of(verify_consistency<TypeParam>(old, size, old_root, root, path));
            };
            EXPECT_EQ(detail_of(verify_consistency<TypeParam>(old, size, root, root, path)),
                      "proof_other_root");
            EXPECT_EQ(detail_of(verify_consistency<TypeParam>(old, size, old_root, old_root, path)),
                      "proof_other_root");
            EXPECT_EQ(detail_of(verify_consistency<TypeParam>(size, old, root, old_root, path)),
                      "proof_bad_index");
            for (auto& digest : path) {
                digest.bytes[0] ^= 0x80U;
                EXPECT_EQ(judged(), "proof_other_root");
                digest.bytes[0] ^= 0x80U;
            }
            path.push_back(root);
            EXPECT_EQ(judged(), "proof_wrong_length");
            path.pop_back();
            path.pop_back();
            EXPECT_EQ(judged(), "proof_wrong_length");
        }
    }
}

TYPED_TEST(Merkle, EverythingContinuesTheEmptyTreeAndItself) {
    const auto root = this->tree.root();
    const auto empty = TypeParam::empty();
    const auto judged = [](std::uint64_t old_size, std::uint64_t new_size, const auto& old_root,
                           const auto& new_root) {
        return detail_of(verify_consistency<TypeParam>(old_size, new_size, old_root, new_root, {}));
    };
    EXPECT_EQ(judged(0, this->most, empty, root), "no error");
    EXPECT_EQ(judged(0, this->most, root, root), "proof_other_root");
    EXPECT_EQ(judged(0, 0, empty, empty), "no error");
    EXPECT_EQ(judged(0, 0, empty, root), "proof_other_root");
    EXPECT_EQ(judged(0, 0, root, root), "proof_other_root");
    EXPECT_EQ(judged(5, 5, root, root), "no error");
    EXPECT_EQ(judged(5, 5, root, empty), "proof_other_root");
    const std::vector path = {root};
    EXPECT_EQ(detail_of(verify_consistency<TypeParam>(0, 5, empty, root, path)),
              "proof_wrong_length");
    EXPECT_EQ(detail_of(verify_consistency<TypeParam>(5, 5, root, root, path)),
              "proof_wrong_length");
}

TYPED_TEST(Merkle, RefusesToProveWhatIsNotThere) {
    EXPECT_EQ(code_of(this->tree.inclusion_path(3, 3)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(this->tree.inclusion_path(0, 0)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(this->tree.inclusion_path(0, this->most + 1)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(this->tree.consistency_path(4, 3)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(this->tree.consistency_path(4, this->most + 1)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(MerkleTree<TypeParam>().inclusion_path(0, 1)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(Frontier<TypeParam>::from(6, {TypeParam::empty()})),
              ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(Frontier<TypeParam>::from(max_tree_size + 1, {TypeParam::empty()})),
              ErrorCode::invalid_argument);
}

// Sizes at which sums overflow.
TYPED_TEST(Merkle, TreesOfEverySizeHaveTheirLengths) {
    EXPECT_EQ(inclusion_path_length(0, max_tree_size), max_inclusion_path);
    EXPECT_EQ(inclusion_path_length(max_tree_size - 1, max_tree_size), 62);
    EXPECT_EQ(consistency_path_length(max_tree_size - 1, max_tree_size), max_inclusion_path);
    EXPECT_EQ(consistency_path_length(3, max_tree_size), max_consistency_path);
    EXPECT_EQ(consistency_path_length(std::uint64_t{1} << 62U, max_tree_size), 1);
    const auto root = TypeParam::empty();
    const std::vector<typename TypeParam::Digest> path(max_consistency_path);
    EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(root, 0, max_tree_size + 1, path, root)),
              "proof_bad_index");
    EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(root, 0, UINT64_MAX, path, root)),
              "proof_bad_index");
    EXPECT_EQ(detail_of(verify_consistency<TypeParam>(1, UINT64_MAX, root, root, path)),
              "proof_bad_index");
    EXPECT_EQ(detail_of(verify_consistency<TypeParam>(UINT64_MAX, UINT64_MAX, root, root, {})),
              "proof_bad_index");
    EXPECT_EQ(detail_of(verify_inclusion<TypeParam>(root, 0, max_tree_size,
                                                    std::span(path).first(63), root)),
              "proof_other_root");
    EXPECT_EQ(detail_of(verify_consistency<TypeParam>(3, max_tree_size, root, root, path)),
              "proof_other_root");
}

TEST(Sha256Tree, IsThatOfRfc6962) {
    // The empty tree and the leaf of an empty entry are constants that every log has.
    EXPECT_EQ(to_hex(Sha256Tree::empty()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(Sha256Tree::leaf({})),
              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

// Long entries are hashed in another way than short ones.
TEST(Sha256Tree, LeavesOfAllLengths) {
    Bytes prefixed = {0};
    for (std::size_t size = 0; size < 1200; ++size) {
        EXPECT_EQ(Sha256Tree::leaf(ByteView(prefixed).subspan(1)), crypto::sha256(prefixed))
            << size;
        prefixed.push_back(static_cast<std::uint8_t>(size * 7));
    }
}

}  // namespace
}  // namespace aion::tlog
