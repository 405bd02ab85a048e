// SPDX-License-Identifier: MIT OR Apache-2.0
// Which key of an author counts where no file's history says which.
#pragma once

#include <optional>

#include "aion/base/ids.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// The epoch that is valid at `at_version`; without one, the newest, unless it was revoked.
/// nullptr: none.
[[nodiscard]] inline const EpochRecord* current_epoch(const Registry& registry, AuthorId author,
                                                      std::optional<VersionNumber> at_version) {
    if (at_version) {
        return registry.active_epoch(author, *at_version);
    }
    const EpochRecord* const latest = registry.latest_epoch(author);
    return latest != nullptr && latest->status() == EpochStatus::active ? latest : nullptr;
}

}  // namespace aion::trust
