// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/authority.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aion::policy {

namespace {

using trust::EpochRecord;

// How an epoch ended that has an end: `was revoked (compromised) from version 4 on`, `handed over
// to epoch 1 at version 3`. The tighter of the two is what counts.
std::string how_it_ended(const EpochRecord& epoch) {
    if (epoch.rotation && epoch.valid_until() == epoch.rotation->effective_from) {
        return fmt::format("handed over to epoch {} at version {}", epoch.rotation->successor.value,
                           epoch.rotation->effective_from.value);
    }
    const auto revocation = epoch.revocation.value_or(EpochRecord::Revocation());
    return fmt::format("was revoked ({}) from version {} on", word_for(revocation.reason),
                       revocation.effective_from.value);
}

}  // namespace

std::string why_no_key(const trust::Registry& registry, AuthorId author, VersionNumber version) {
    const auto* const known = registry.find(author);
    if (known == nullptr) {
        return fmt::format("the registry does not hold author {}", author.value);
    }
    // The last that has begun; behind its end nothing else may sign before the next begins.
    const EpochRecord* last = nullptr;
    const EpochRecord* next = nullptr;
    for (const EpochRecord& epoch : known->epochs) {
        if (epoch.active_from <= version) {
            last = &epoch;
        } else if (next == nullptr) {
            next = &epoch;
        }
    }
    if (last == nullptr) {
        const EpochRecord& first = known->epochs.front();
        return fmt::format("epoch {} of author {} begins at version {} only", first.epoch.value,
                           author.value, first.active_from.value);
    }
    std::string why = fmt::format("epoch {} of author {} {}", last->epoch.value, author.value,
                                  how_it_ended(*last));
    if (next != nullptr) {
        why += fmt::format(", and epoch {} begins at version {} only", next->epoch.value,
                           next->active_from.value);
    }
    return why;
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
        return fmt::format("the key of epoch {}, which begins at version {} only",
                           epoch->epoch.value, epoch->active_from.value);
    }
    if (epoch->valid_until()) {
        return fmt::format("the key of epoch {}, which {}", epoch->epoch.value,
                           how_it_ended(*epoch));
    }
    return {};
}

}  // namespace aion::policy
