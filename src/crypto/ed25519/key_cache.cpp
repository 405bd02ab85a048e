// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/key_cache.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace aion::crypto {
namespace ed25519 {

std::size_t KeyHash::operator()(const PublicKey& key) const noexcept {
    // Address-space randomisation makes this differ between processes.
    static const char anchor = 0;
    static const auto seed = reinterpret_cast<std::uintptr_t>(&anchor) * 0x9e3779b97f4a7c15U;
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), key.bytes.data(), sizeof words);
    std::uint64_t hash = seed;
    for (const std::uint64_t word : words) {
        hash = (hash ^ word) * 0xff51afd7ed558ccdU;
        hash ^= (hash >> 32U) ^ seed;
    }
    return hash;
}

}  // namespace ed25519

namespace {

// Keys without a table that are counted at most; each takes about 100 bytes.
constexpr std::size_t max_counted = 16384;

}  // namespace

KeyCache::Impl::Found KeyCache::Impl::use(const PublicKey& key, std::size_t uses) {
    const std::scoped_lock lock(mutex_);
    if (entries_.size() >= max_counted + tables_ && !entries_.contains(key)) {
        forget_counts();
    }
    Entry& entry = entries_[key];
    entry.uses += uses;
    return {entry.table, entry.uses};
}

void KeyCache::Impl::offer(const PublicKey& key, const ed25519::KeyTablePointer& table) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(key);
    const std::size_t uses = found == entries_.end() ? 1 : found->second.uses;
    const bool replaces = found != entries_.end() && found->second.table != nullptr;
    if (replaces && found->second.table->memory() >= table->memory()) {
        return;  // Another thread was faster.
    }
    const std::size_t freed = replaces ? found->second.table->memory() : 0;
    if (!make_room(table->memory() - freed, uses)) {
        return;
    }
    Entry& entry = entries_[key];
    entry.uses = std::max(entry.uses, uses);
    memory_ = memory_ - (entry.table ? entry.table->memory() : 0) + table->memory();
    tables_ += replaces ? 0U : 1U;
    entry.table = table;
}

bool KeyCache::Impl::make_room(std::size_t room, std::size_t uses) {
    if (room > bound_) {
        return false;
    }
    if (memory_ + room <= bound_) {
        return true;
    }
    std::vector<Entries::iterator> less_used;
    std::size_t evictable = 0;
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
        if (at->second.table && at->second.uses < uses) {
            less_used.push_back(at);
            evictable += at->second.table->memory();
        }
        // Counts fade, so that a key that was busy long ago does not stay for ever.
        at->second.uses -= at->second.uses / 8;
    }
    if (memory_ - evictable + room > bound_) {
        return false;
    }
    std::ranges::sort(less_used, {}, [](const auto& at) { return at->second.uses; });
    for (const auto& at : less_used) {
        if (memory_ + room <= bound_) {
            break;
        }
        memory_ -= at->second.table->memory();
        --tables_;
        entries_.erase(at);
    }
    return true;
}

void KeyCache::Impl::forget_counts() {
    std::erase_if(entries_, [](const auto& entry) { return entry.second.table == nullptr; });
}

std::size_t KeyCache::Impl::memory() const noexcept {
    const std::scoped_lock lock(mutex_);
    return memory_;
}

std::size_t KeyCache::Impl::size() const noexcept {
    const std::scoped_lock lock(mutex_);
    return tables_;
}

void KeyCache::Impl::clear() noexcept {
    const std::scoped_lock lock(mutex_);
    entries_.clear();
    memory_ = 0;
    tables_ = 0;
}

KeyCache::KeyCache(std::size_t memory_bound) : impl_(std::make_unique<Impl>(memory_bound)) {}

KeyCache::~KeyCache() = default;
KeyCache::KeyCache(KeyCache&&) noexcept = default;
KeyCache& KeyCache::operator=(KeyCache&&) noexcept = default;

std::size_t KeyCache::memory_used() const noexcept {
    return impl_ ? impl_->memory() : 0;
}

std::size_t KeyCache::memory_bound() const noexcept {
    return impl_ ? impl_->bound() : 0;
}

std::size_t KeyCache::size() const noexcept {
    return impl_ ? impl_->size() : 0;
}

void KeyCache::clear() noexcept {
    if (impl_) {
        impl_->clear();
    }
}

}  // namespace aion::crypto
