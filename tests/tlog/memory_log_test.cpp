// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/memory_log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "support/json_data.hpp"
#include "support/results.hpp"
#include "tlog/support.hpp"

namespace aion::tlog {
namespace {

using test::code_of;
using test::detail_of;
using test::json_data;
using test::ok;

Hash hash_of(const nlohmann::json& hex) {
    return *octets_from_hex<Hash>(hex.get<std::string>());
}

crypto::SigningKey consecutive_key(std::uint8_t first) {
    Bytes seed(crypto::SigningKey::seed_size);
    for (std::size_t i = 0; i < seed.size(); ++i) {
        seed[i] = static_cast<std::uint8_t>(first + i);
    }
    return ok(crypto::SigningKey::from_seed(seed));
}

// The specification's log of seven entries.
struct SpecificationsLog {
    SpecificationsLog() {
        constexpr std::array<std::uint64_t, 7> versions = {7, 7, 9, 8, 1, 0, UINT64_MAX};
        for (std::uint16_t i = 0; i < 7; ++i) {
            payloads.push_back(i == 6 ? "" : "heron/" + std::to_string(i + 1));
            log.append(*entry_kind_of(static_cast<std::uint16_t>(i + 1)), versions[i],
                       as_bytes(payloads.back()));
        }
    }

    [[nodiscard]] Hash leaf(std::size_t i) const { return log.tree().leaf(i); }

    MemoryLog log;
    std::vector<std::string> payloads;
    crypto::SigningKey key = consecutive_key(0x60);
};

TEST(MemoryLog, HasTheSpecificationsLeavesAndRoots) {
    const SpecificationsLog spec;
    constexpr std::array leaves = {
        "2dce74382dc0416c72979e91c93c572cb304e20cbcfe8eb840864549867df933",
        "7a7d5b1fa2ec9c555f8488ba5c5657a2da112061bf97da8c9e79d7681d71e299",
        "d7b08ee36712d92ed45cc07ea71808b8b3330386c8faa5940e216df2441c1c3a",
        "10a07f715ba680fd6f958d632cc45bb3d34acdc98ca82216d07c9017c43f267a",
        "708fc7414c3e7450ba96e6fa7429047bb8c34b8c51b86bece6c90964d895681b",
        "d14e759b0036d59b8f7382d607072030c6dfc87354a4f3472e6796d4a99dce55",
        "ec4058db20aa0efce3f289244fdb2fd6e8e149a764656d2531fec4148f2344db"};
    constexpr std::array roots = {
        "039a001663177eb576ed8395c2af46a33242162ad7b5585b59ee6ea35de52318",
        "2dce74382dc0416c72979e91c93c572cb304e20cbcfe8eb840864549867df933",
        "c59540df79dddd79030979ef91c0167f8db97e61620b7130655c99f39a29571e",
        "d759a88850118835e20599aaf8bd28a886f27b17d62dc06b95b3f6fc380b512f",
        "badf5f51056fb8d2c9383c57adb6788c2e879ac4ef1acca7e217cd45a83f34f6",
        "0b1734e0c8c9b59fe80a5328ce573faf761de69fb554035580a3c85ffefbeadf",
        "d18763f155e36768c0901878057947746f2d9d7c960c9c38e12b20c02d0fbc52",
        "84de18142ad36c12850ac91cc60564d4e6122a7dca94e978bb40857fa50dfe23"};
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        EXPECT_EQ(to_hex(spec.leaf(i)), leaves[i]) << i;
        EXPECT_EQ(to_hex(spec.log.entries()[i].payload_hash),
                  to_hex(crypto::blake3(as_bytes(spec.payloads[i]))));
    }
    for (std::size_t size = 0; size < roots.size(); ++size) {
        EXPECT_EQ(to_hex(spec.log.tree().root(size)), roots[size]) << size;
    }
}

TEST(MemoryLog, HasTheSpecificationsPathsAndHead) {
    SpecificationsLog spec;
    const auto node = [&](const Hash& a, const Hash& b) { return Blake3Tree::node(a, b); };
    const Hash n01 = node(spec.leaf(0), spec.leaf(1));
    const Hash n23 = node(spec.leaf(2), spec.leaf(3));
    const Hash n45 = node(spec.leaf(4), spec.leaf(5));
    const Hash n0123 = node(n01, n23);
    const Hash n456 = node(n45, spec.leaf(6));
    EXPECT_EQ(to_hex(n456), "b7ec673bf92c77cc1b7e1f212cb192304f4173e5159bf25dc8a5a2a26bdda83f");
    const std::vector<std::vector<Hash>> paths = {{spec.leaf(1), n23, n456},
                                                  {spec.leaf(0), n23, n456},
                                                  {spec.leaf(3), n01, n456},
                                                  {spec.leaf(2), n01, n456},
                                                  {spec.leaf(5), spec.leaf(6), n0123},
                                                  {spec.leaf(4), spec.leaf(6), n0123},
                                                  {n45, n0123}};
    for (std::size_t i = 0; i < paths.size(); ++i) {
        EXPECT_EQ(ok(spec.log.tree().inclusion_path(i, 7)), paths[i]) << i;
    }
    EXPECT_EQ(to_hex(spec.key.public_half()),
              "174553b456dddfc6908ecab1c101fe6ab21e2baa0617795b7d43a63482993fd5");
    const TreeHead head = ok(spec.log.sign_tree_head(spec.key));
    EXPECT_EQ(to_hex(head.message()),
              "41494f4e5f56325f4c4f475f5354485f56310007000000000000008"
              "4de18142ad36c12850ac91cc60564d4e6122a7dca94e978bb40857fa50dfe23");
    EXPECT_EQ(to_hex(head.signature),
              "d1c5e835768b4404d18d6cf6953c056d12570037818f0d6ddcf42caf6b58d88407714a57e40896702315"
              "abb5b5546c04420dabdac69d481e8a39cc60d20bae05");
    EXPECT_EQ(to_hex(ok(MemoryLog().sign_tree_head(spec.key)).signature),
              "1f11ac70f10416e1885af2c3f39a0f28f1f8838e0c3c65677638691b203502a42ee7ebb0ea389ab6d66a"
              "ffb243bfd09b2b5522541a613b1478faa3a84b8f8208");
}

TEST(MemoryLog, IsTheReferencesOfThreeHundredEntries) {
    const auto vectors = json_data("supply/log.json");
    const std::string seed = json_data("supply/keys.json")["op"]["seed"];
    auto key = ok(crypto::SigningKey::from_seed(ok(from_hex(seed))));
    MemoryLog log;
    std::vector<TreeHead> heads = {ok(log.sign_tree_head(key))};
    for (std::uint16_t i = 0; i < 300; ++i) {
        const std::string payload = "entry " + std::to_string(i) + " " + std::string(i % 37, 'p');
        log.append(*entry_kind_of(static_cast<std::uint16_t>(1 + (i % 7))), 1U + (i / 3U),
                   as_bytes(payload));
        heads.push_back(ok(log.sign_tree_head(key)));
    }
    ASSERT_GE(vectors["entries"].size(), 14);
    for (const auto& one : vectors["entries"]) {
        const ReferenceEntry& entry = log.entries()[one["seq"]];
        EXPECT_EQ(entry.previous_leaf, hash_of(one["prev_leaf_hash"]));
        EXPECT_EQ(entry.payload_hash, hash_of(one["payload_hash"]));
        EXPECT_EQ(entry.timestamp_version, one["timestamp_version"]);
        EXPECT_EQ(entry.leaf(), hash_of(one["leaf_hash"]));
    }
    ASSERT_EQ(vectors["heads"].size(), 77);
    for (const auto& one : vectors["heads"]) {
        const TreeHead& head = heads[one["size"]];
        EXPECT_EQ(head.root, hash_of(one["root"]));
        EXPECT_EQ(to_hex(head.signature), one["signature"].get<std::string>());
        // The reference only knows its present state; this one knows that it was there.
        ok(log.check_tree_head(head, key.public_half()));
    }
    ASSERT_EQ(vectors["inclusion_proofs"].size(), 104);
    for (const auto& one : vectors["inclusion_proofs"]) {
        std::vector<Hash> path;
        for (const auto& digest : one["path"]) {
            path.push_back(hash_of(digest));
        }
        EXPECT_EQ(ok(log.tree().inclusion_path(one["leaf_index"], one["tree_size"])), path);
    }
}

// What the reference accepts, being told index and size by whoever shows the proof.
TEST(VerifyLogged, TakesNoNodeForALeafAndNoPlaceForAnother) {
    SpecificationsLog spec;
    MemoryLog four;
    for (std::size_t i = 0; i < 4; ++i) {
        const ReferenceEntry& entry = spec.log.entries()[i];
        four.append(entry.kind, entry.timestamp_version, as_bytes(spec.payloads[i]));
    }
    const PublicKey& key = spec.key.public_half();
    const TreeHead head = ok(four.sign_tree_head(spec.key));
    const auto& tree = four.tree();
    // The attack itself: a node inside, as the leaf of a smaller tree with the same root.
    const Hash node = Blake3Tree::node(tree.leaf(0), tree.leaf(1));
    const std::vector beside = {Blake3Tree::node(tree.leaf(2), tree.leaf(3))};
    EXPECT_TRUE(verify_inclusion<Blake3Tree>(node, 0, 2, beside, tree.root()));
    EXPECT_EQ(detail_of(verify_inclusion<Blake3Tree>(node, 0, 4, beside, tree.root())),
              "proof_wrong_length");
    // A head of size 2 with that root is nothing that the operator signed.
    TreeHead smaller = head;
    smaller.size = 2;
    const ReferenceEntry& first = four.entries()[0];
    EXPECT_EQ(code_of(verify_logged(first, as_bytes(spec.payloads[0]), beside, smaller, key)),
              ErrorCode::invalid_signature);
    // The genuine proof, and the same with another place, payload, entry or path.
    const auto judged = [&](const ReferenceEntry& entry, std::string_view payload,
                            const std::vector<Hash>& path) {
        return verify_logged(entry, as_bytes(payload), path, head, key);
    };
    const std::vector<Hash> path = ok(tree.inclusion_path(0, 4));
    ok(judged(first, spec.payloads[0], path));
    EXPECT_EQ(code_of(judged(first, "heron/2", path)), ErrorCode::hash_mismatch);
    ReferenceEntry other = first;
    other.index = 1;
    EXPECT_EQ(detail_of(judged(other, spec.payloads[0], path)), "proof_other_root");
    other.index = 4;
    EXPECT_EQ(detail_of(judged(other, spec.payloads[0], path)), "proof_bad_index");
    other = first;
    other.kind = EntryKind::key_revocation;
    EXPECT_EQ(detail_of(judged(other, spec.payloads[0], path)), "proof_other_root");
    other = first;
    ++other.timestamp_version;
    EXPECT_EQ(detail_of(judged(other, spec.payloads[0], path)), "proof_other_root");
    EXPECT_EQ(detail_of(judged(first, spec.payloads[0], beside)), "proof_wrong_length");
}

// Leaf 2 of 3 as leaf 1 of 2: the root is the same, and so is the path.
TEST(VerifyLogged, TakesNoLeafForThatOfASmallerTree) {
    MemoryLog log;
    for (int i = 0; i < 3; ++i) {
        log.append(EntryKind::slsa_statement, 1, as_bytes("p"));
    }
    crypto::SigningKey key = consecutive_key(1);
    const TreeHead head = ok(log.sign_tree_head(key));
    const std::vector<Hash> path = ok(log.tree().inclusion_path(2, 3));
    EXPECT_TRUE(verify_inclusion<Blake3Tree>(log.tree().leaf(2), 1, 2, path, head.root));
    ReferenceEntry entry = log.entries()[2];
    ok(verify_logged(entry, as_bytes("p"), path, head, key.public_half()));
    entry.index = 1;
    EXPECT_FALSE(verify_logged(entry, as_bytes("p"), path, head, key.public_half()));
}

TEST(TreeHead, OfAnotherKeyOrLogOrOfTheFutureIsRefused) {
    SpecificationsLog spec;
    const PublicKey& key = spec.key.public_half();
    TreeHead head = ok(spec.log.sign_tree_head(spec.key));
    ok(verify_tree_head(head, key));
    EXPECT_EQ(code_of(verify_tree_head(head, consecutive_key(0x61).public_half())),
              ErrorCode::invalid_signature);
    MemoryLog other;
    EXPECT_EQ(detail_of(other.check_tree_head(head, key)), "proof_bad_index");
    for (int i = 0; i < 9; ++i) {
        other.append(EntryKind::slsa_statement, 1, as_bytes("p"));
    }
    EXPECT_EQ(detail_of(other.check_tree_head(head, key)), "proof_other_root");
    head.root.bytes[0] ^= 1U;
    EXPECT_EQ(code_of(spec.log.check_tree_head(head, key)), ErrorCode::invalid_signature);
}

TEST(MemoryLog, TellsAHeadThatWasSignedBeforeMoreCame) {
    SpecificationsLog spec;
    const TreeHead before = ok(spec.log.sign_tree_head(spec.key));
    spec.log.append(EntryKind::slsa_statement, 1, as_bytes("more"));
    ok(spec.log.check_tree_head(before, spec.key.public_half()));
    const TreeHead after = ok(spec.log.sign_tree_head(spec.key));
    const auto path = ok(spec.log.tree().consistency_path(before.size, after.size));
    ok(verify_consistency<Blake3Tree>(before.size, after.size, before.root, after.root, path));
}

TEST(CheckChain, FindsWhatWasTakenOutMovedOrChanged) {
    const SpecificationsLog spec;
    const std::vector<ReferenceEntry> entries(spec.log.entries().begin(), spec.log.entries().end());
    EXPECT_EQ(ok(check_chain(entries)), spec.log.tree().root());
    EXPECT_EQ(ok(check_chain({})), Blake3Tree::empty());
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
        auto without = entries;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_EQ(detail_of(check_chain(without)), "entry_broken_chain") << i;
        auto swapped = entries;
        std::swap(swapped[i], swapped[i + 1]);
        EXPECT_EQ(detail_of(check_chain(swapped)), "entry_broken_chain") << i;
        auto changed = entries;
        changed[i].payload_hash.bytes[0] ^= 1U;
        EXPECT_EQ(detail_of(check_chain(changed)), "entry_broken_chain") << i;
    }
    // Of the last nothing follows; the root tells.
    auto changed = entries;
    ++changed.back().timestamp_version;
    EXPECT_NE(ok(check_chain(changed)), spec.log.tree().root());
}

// The SHA-256 tree is that of the entries' bytes.
TEST(MemoryLog, HasTheOtherTreeBeside) {
    const SpecificationsLog spec;
    Frontier<Sha256Tree> tree;
    for (std::size_t i = 0; i < spec.payloads.size(); ++i) {
        const ReferenceEntry& entry = spec.log.entries()[i];
        tree.append(Sha256Tree::leaf(
            make_entry(entry.kind, entry.timestamp_version, as_bytes(spec.payloads[i]))));
    }
    EXPECT_EQ(spec.log.sha256_tree().root(), tree.root());
    EXPECT_EQ(spec.log.sha256_tree().size(), spec.log.size());
    MemoryLog alone(MemoryTrees::reference);
    alone.append(EntryKind::dsse_envelope, 1, as_bytes("one"));
    MemoryLog both;
    both.append(EntryKind::dsse_envelope, 1, as_bytes("one"));
    EXPECT_EQ(alone.tree().root(), both.tree().root());
    EXPECT_EQ(alone.sha256_tree().size(), 0U);
}

}  // namespace
}  // namespace aion::tlog
