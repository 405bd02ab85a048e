// SPDX-License-Identifier: MIT OR Apache-2.0
// Who may sign a version for a reader that is not this library: as the reference judges windows.
#pragma once

#include <optional>

#include "aion/trust/registry.hpp"

namespace aion::test {

/// The first epoch whose window has the version, or nullptr; the end of one that was revoked is
/// that of the revocation alone, even where that is later than its rotation. Points into `author`.
inline const trust::EpochRecord* reference_epoch(const trust::Registry::Author& author,
                                                 VersionNumber version) {
    for (const trust::EpochRecord& epoch : author.epochs) {
        std::optional<VersionNumber> end;
        if (epoch.revocation) {
            end = epoch.revocation->effective_from;
        } else if (epoch.rotation) {
            end = epoch.rotation->effective_from;
        }
        if (version >= epoch.active_from && (!end || version < *end)) {
            return &epoch;
        }
    }
    return nullptr;
}

}  // namespace aion::test
