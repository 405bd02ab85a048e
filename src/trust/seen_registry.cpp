// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/seen_registry.hpp"

#include <algorithm>
#include <vector>

#include "aion/trust/registry_chain.hpp"

namespace aion::trust {
namespace {

using Listed = RegistryChain::Listed;

// Which of the listed points a history has. One version has one hash, so each is made once.
std::vector<Listed> points_of(const RegistryChain& chain, const VersionHashes& hash_of) {
    std::vector<Listed> points;
    const auto listed = chain.listed();
    for (auto at = listed.begin(); at != listed.end();) {
        const VersionNumber version = at->version;
        const auto next = std::ranges::upper_bound(at, listed.end(), version, {}, &Listed::version);
        const auto hash = hash_of(version);
        if (!hash) {
            break;  // The others are behind its end.
        }
        if (std::binary_search(at, next, Listed{version, *hash})) {
            points.push_back({version, *hash});
        }
        at = next;
    }
    return points;
}

}  // namespace

SeenRegistry::SeenRegistry(const Registry& registry, const VersionHashes& hash_of)
    : registry_(&registry) {
    const RegistryChain* const chain = registry.chain();
    if (chain == nullptr || chain->listed().empty()) {
        return;
    }
    const std::vector<Listed> points = points_of(*chain, hash_of);
    is_listed_ = !points.empty();
    if (!is_listed_) {
        return;
    }
    for (const AuthorId id : chain->authors_listing(points)) {
        authors_.emplace(id, chain->in_history(chain->authors().at(id), points));
        if (!chain->is_in_scope(chain->authors().at(id), points)) {
            out_of_scope_.insert(id);
        }
    }
}

const Registry::Author* SeenRegistry::find(AuthorId author) const noexcept {
    if (const auto own = authors_.find(author); own != authors_.end()) {
        return &own->second;
    }
    return registry_->find(author);
}

const EpochRecord* SeenRegistry::active_epoch(AuthorId author,
                                              VersionNumber version) const noexcept {
    const Registry::Author* const known = find(author);
    return known == nullptr ? nullptr : known->active_epoch(version);
}

const EpochRecord* SeenRegistry::latest_epoch(AuthorId author) const noexcept {
    const Registry::Author* const known = find(author);
    return known == nullptr ? nullptr : &known->epochs.back();
}

const EpochRecord* SeenRegistry::find(AuthorId author, Epoch epoch) const noexcept {
    const Registry::Author* const known = find(author);
    return known == nullptr ? nullptr : known->find(epoch);
}

bool SeenRegistry::is_in_scope(AuthorId author) const noexcept {
    if (authors_.contains(author)) {
        return !out_of_scope_.contains(author);
    }
    const RegistryChain* const chain = registry_->chain();
    if (chain == nullptr) {
        return true;
    }
    const auto known = chain->authors().find(author);
    return known == chain->authors().end() || !known->second.scoped_by;
}

}  // namespace aion::trust
