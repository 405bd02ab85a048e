// SPDX-License-Identifier: MIT OR Apache-2.0
// What is known about a file from elsewhere, and therefore demanded of it.
#pragma once

#include <optional>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/policy/report.hpp"

namespace aion::policy {

/// What the caller knows about the file from elsewhere. A difference fails the `pin` gate. Format
/// v2 signs neither the file id nor the length of the history: whoever does not pin them finds
/// them among `VerificationReport::unauthenticated`.
struct Pins {
    std::optional<FileId> file_id = {};
    std::optional<Hash> head = {};  ///< Version hash of the expected latest version.
    /// The history must reach at least this version.
    std::optional<VersionNumber> min_version = {};
    /// The registry must be this one or continue it (`trust::Registry::is_or_continues`): its
    /// fingerprint, or the hash of a record of its chain.
    std::optional<Hash> registry = {};

    [[nodiscard]] bool any() const noexcept {
        return file_id.has_value() || head.has_value() || min_version.has_value() ||
               registry.has_value();
    }
};

/// What a VALID file with a readable header leaves unauthenticated under `pins`, in the order in
/// which reports list it.
[[nodiscard]] std::vector<Unauthenticated> left_open(const Pins& pins);

}  // namespace aion::policy
