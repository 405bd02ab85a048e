// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/memory_log.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "base/try.hpp"
#include "tlog/details.hpp"

namespace aion::tlog {
namespace {

// The NUL behind it is part of it.
constexpr std::string_view head_domain{"AION_V2_LOG_STH_V1", 19};

}  // namespace

Hash ReferenceEntry::leaf() const {
    return reference_leaf(kind, index, timestamp_version, previous_leaf, payload_hash);
}

Bytes TreeHead::message() const {
    Bytes message(head_domain.begin(), head_domain.end());
    for (unsigned i = 0; i < sizeof size; ++i) {
        message.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
    }
    message.insert(message.end(), root.bytes.begin(), root.bytes.end());
    return message;
}

Result<> verify_tree_head(const TreeHead& head, const PublicKey& operator_key) {
    if (!crypto::verify(operator_key, head.message(), head.signature)) {
        return fail(error_because(ErrorCode::invalid_signature,
                                  "the operator's key has not signed this tree head"));
    }
    return {};
}

Result<> verify_logged(const ReferenceEntry& entry, ByteView payload, std::span<const Hash> path,
                       const TreeHead& head, const PublicKey& operator_key) {
    AION_TRY(verify_tree_head(head, operator_key));
    const Hash payload_hash = crypto::blake3(payload, crypto::Parallelism::all_cores);
    if (payload_hash != entry.payload_hash) {
        return fail(hash_mismatch(entry.payload_hash, payload_hash));
    }
    return verify_inclusion<Blake3Tree>(entry.leaf(), entry.index, head.size, path, head.root);
}

Result<Hash> check_chain(std::span<const ReferenceEntry> entries) {
    Frontier<Blake3Tree> tree;
    Hash previous;
    for (const ReferenceEntry& entry : entries) {
        if (entry.index != tree.size() || entry.previous_leaf != previous) {
            return fail(invalid<TlogDetail::entry_broken_chain>(tree.size(), entry.index,
                                                                to_hex(previous)));
        }
        previous = entry.leaf();
        tree.append(previous);
    }
    return tree.root();
}

std::uint64_t MemoryLog::append(EntryKind kind, std::uint64_t timestamp_version, ByteView payload) {
    const std::uint64_t index = entries_.size();
    const ReferenceEntry entry{.kind = kind,
                               .index = index,
                               .timestamp_version = timestamp_version,
                               .previous_leaf = index == 0 ? Hash() : tree_.leaf(index - 1),
                               .payload_hash = crypto::blake3(payload)};
    entries_.push_back(entry);
    tree_.append(entry.leaf());
    if (trees_ == MemoryTrees::both) {
        sha256_tree_.append(Sha256Tree::leaf(make_entry(kind, timestamp_version, payload)));
    }
    return index;
}

Result<TreeHead> MemoryLog::sign_tree_head(crypto::Signer& signer) const {
    TreeHead head{.size = size(), .root = tree_.root(), .signature = {}};
    AION_TRY_ASSIGN(head.signature, signer.sign(head.message()));
    return head;
}

Result<> MemoryLog::check_tree_head(const TreeHead& head, const PublicKey& operator_key) const {
    AION_TRY(verify_tree_head(head, operator_key));
    if (head.size > size()) {
        return fail(invalid<TlogDetail::proof_bad_index>(
            "a head of " + std::to_string(head.size) + " entries", size()));
    }
    const Hash root = tree_.root(head.size);
    if (root != head.root) {
        return fail(invalid<TlogDetail::proof_other_root>(to_hex(root), to_hex(head.root)));
    }
    return {};
}

}  // namespace aion::tlog
