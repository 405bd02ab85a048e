// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/history_cache.hpp"

#include <deque>
#include <mutex>
#include <set>

namespace aion::policy {

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

void HistoryCache::insert(const Hash& history) {
    const std::scoped_lock lock(state_->mutex);
    if (state_->max_entries == 0 || !state_->known.insert(history).second) {
        return;
    }
    state_->by_age.push_back(history);
    if (state_->by_age.size() > state_->max_entries) {
        state_->known.erase(state_->by_age.front());
        state_->by_age.pop_front();
    }
}

}  // namespace aion::policy
