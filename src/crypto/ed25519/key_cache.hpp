// SPDX-License-Identifier: MIT OR Apache-2.0
// Inside of aion::crypto::KeyCache: counts uses of keys, keeps the tables that
// are used most.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "aion/crypto/ed25519_verify.hpp"
#include "crypto/ed25519/key_table.hpp"

namespace aion::crypto {
namespace ed25519 {

/// Mixes all 32 bytes with secrets of the process, so that chosen keys cannot
/// be made to collide.
struct KeyHash {
    [[nodiscard]] std::size_t operator()(const PublicKey& key) const noexcept;
};

using KeyTablePointer = std::shared_ptr<const KeyTable>;

}  // namespace ed25519

class KeyCache::Impl {
  public:
    explicit Impl(std::size_t memory_bound) : bound_(memory_bound) {}

    struct Found {
        ed25519::KeyTablePointer table;  ///< Null when there is none.
        std::size_t uses = 0;            ///< So far, those of this call included.
    };

    /// Counts `uses` more uses of a key and returns what is known of it.
    [[nodiscard]] Found use(const PublicKey& key, std::size_t uses);

    /// Offers a table. It is kept if it fits, after dropping tables of keys used
    /// less.
    void offer(const PublicKey& key, const ed25519::KeyTablePointer& table);

    [[nodiscard]] std::size_t bound() const noexcept { return bound_; }

    [[nodiscard]] std::size_t memory() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept;
    void clear() noexcept;

  private:
    struct Entry {
        ed25519::KeyTablePointer table;
        std::size_t uses = 0;
    };

    using Entries = std::unordered_map<PublicKey, Entry, ed25519::KeyHash>;

    /// Drops the tables of keys used less than `uses`, least first, until `room`
    /// bytes fit; drops nothing and returns false when they cannot.
    bool make_room(std::size_t room, std::size_t uses);
    void forget_counts();

    mutable std::mutex mutex_;
    std::size_t bound_;
    std::size_t memory_ = 0;
    std::size_t tables_ = 0;
    Entries entries_;
};

}  // namespace aion::crypto
