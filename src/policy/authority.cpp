// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/authority.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aion::policy {

using trust::EpochRecord;

std::string how_it_ended(const EpochRecord& epoch, VersionNumber version) {
    std::string how;
    if (epoch.rotation && epoch.rotation->effective_from <= version) {
        how = fmt::format("handed over to epoch {} at version {}", epoch.rotation->successor.value,
                          epoch.rotation->effective_from.value);
    }
    if (epoch.revocation && epoch.revocation->effective_from <= version) {
        how +=
            fmt::format("{}was revoked ({}) from version {} on", how.empty() ? "" : " and ",
                        word_for(epoch.revocation->reason), epoch.revocation->effective_from.value);
    }
    return how;
}

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
                                  how_it_ended(*last, version));
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
    const std::string ended = how_it_ended(*epoch, version);
    return ended.empty() ? ended
                         : fmt::format("the key of epoch {}, which {}", epoch->epoch.value, ended);
}

}  // namespace aion::policy
