// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/authority.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aion::policy {

using trust::EpochRecord;

std::string why_no_key(const trust::Registry& registry, AuthorId author, VersionNumber version) {
    const auto* const known = registry.find(author);
    if (known == nullptr) {
        return fmt::format("the registry does not hold author {}", author.value);
    }
    // The last that has begun; behind its end nothing else may sign before the next begins.
    const EpochRecord* last = nullptr;
    for (const EpochRecord& epoch : known->epochs) {
        last = epoch.active_from <= version ? &epoch : last;
    }
    if (last == nullptr) {
        const EpochRecord& first = known->epochs.front();
        return fmt::format("epoch {} of author {} begins at version {} only", first.epoch.value,
                           author.value, first.active_from.value);
    }
    // A successor begins where it says, so only a revocation can have left this version to nobody.
    const auto revocation = last->revocation.value_or(EpochRecord::Revocation());
    return fmt::format("epoch {} of author {} was revoked ({}) from version {} on",
                       last->epoch.value, author.value, name_of(revocation.reason),
                       revocation.effective_from.value);
}

std::string what_key_it_is(const trust::Registry& registry, AuthorId author, VersionNumber version,
                           const PublicKey& key) {
    const auto* const known = registry.find(author);
    if (known == nullptr) {
        return {};
    }
    const auto epoch = std::ranges::find(known->epochs, key, &EpochRecord::public_key);
    if (epoch == known->epochs.end()) {
        return {};
    }
    if (epoch->active_from > version) {
        return fmt::format("it is the key of epoch {}, which begins at version {}",
                           epoch->epoch.value, epoch->active_from.value);
    }
    if (const auto end = epoch->valid_until()) {
        return fmt::format("it is the key of epoch {}, which ended before version {}",
                           epoch->epoch.value, end->value);
    }
    return {};
}

}  // namespace aion::policy
