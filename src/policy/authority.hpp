// SPDX-License-Identifier: MIT OR Apache-2.0
// Which key may sign which version, and why not, in words for people.
#pragma once

#include <string>

#include "aion/trust/registry.hpp"

namespace aion::policy {

/// Why `author` has no key for `version`, given that there is none: `the registry does not hold
/// author 7`, `epoch 0 of author 7 was revoked (compromised) from version 4 on`, with `, and epoch
/// 1 begins at version 6 only` where another follows, `epoch 0 of author 7 begins at version 5
/// only`.
[[nodiscard]] std::string why_no_key(const trust::Registry& registry, AuthorId author,
                                     VersionNumber version);

/// What ended an epoch that may not sign `version` any more: `was revoked (compromised) from
/// version 4 on`, `handed over to epoch 1 at version 3`, or both; empty if nothing did. A
/// revocation is never left out: that a key was stolen says more than that it has a successor.
[[nodiscard]] std::string how_it_ended(const trust::EpochRecord& epoch, VersionNumber version);

/// What `key` is to `author` where another is the right one for `version`: `the key of epoch 0,
/// which handed over to epoch 1 at version 3`; empty if it is none of that author's.
[[nodiscard]] std::string what_key_it_is(const trust::Registry& registry, AuthorId author,
                                         VersionNumber version, const PublicKey& key);

}  // namespace aion::policy
