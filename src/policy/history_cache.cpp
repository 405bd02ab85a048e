// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/history_cache.hpp"

#include <deque>
#include <mutex>
#include <new>
#include <set>

#include "policy/gates.hpp"

namespace aion::policy {

namespace {

template <class Record>
ByteView bytes_of_all(std::span<const Record> records) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(records.data()), records.size_bytes()};
}

}  // namespace

void HistoryDigest::Records::append(ByteView added) {
    hasher.update(added);
    bytes += added.size();
}

void HistoryDigest::append(std::span<const format::VersionRecord> versions,
                           std::span<const format::SignatureRecord> signatures,
                           std::span<const format::AuditRecord> audit) {
    versions_.append(bytes_of_all(versions));
    signatures_.append(bytes_of_all(signatures));
    audit_.append(bytes_of_all(audit));
}

// Every part has one length, so no two histories share an input.
Hash HistoryDigest::under(const trust::Registry& registry) const {
    crypto::Blake3 hasher;
    hasher.update(registry.fingerprint().view());
    for (const Records* records : {&versions_, &signatures_, &audit_}) {
        const format::le_u64 bytes(records->bytes);
        hasher.update(format::bytes_of(bytes));
        hasher.update(records->hasher.digest().view());
    }
    return hasher.digest();
}

struct HistoryCache::State {
    explicit State(std::size_t limit) : max_entries(limit) {}

    std::size_t max_entries;
    mutable std::mutex mutex;
    std::set<Hash> known;
    std::deque<Hash> by_age;
};

HistoryCache::HistoryCache(std::size_t max_entries)
    : state_(std::make_unique<State>(max_entries)) {}

HistoryCache::~HistoryCache() = default;

bool HistoryCache::contains(const Hash& history) const {
    const std::scoped_lock lock(state_->mutex);
    return state_->known.contains(history);
}

// What memory does not suffice for is not remembered: the verdict, or the file that is in its
// place already, stands without.
void HistoryCache::insert(const Hash& history) {
    const std::scoped_lock lock(state_->mutex);
    if (state_->max_entries == 0 || state_->known.contains(history)) {
        return;
    }
    bool is_listed = false;
    try {
        state_->by_age.push_back(history);
        is_listed = true;
        state_->known.insert(history);
    } catch (const std::bad_alloc&) {
        if (is_listed) {
            state_->by_age.pop_back();
        }
        return;
    }
    if (state_->by_age.size() > state_->max_entries) {
        state_->known.erase(state_->by_age.front());
        state_->by_age.pop_front();
    }
}

}  // namespace aion::policy
