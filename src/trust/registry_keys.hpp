// SPDX-License-Identifier: MIT OR Apache-2.0
// Rules and errors that registry operations and the registry's JSON loader share.
#pragma once

#include "aion/base/result.hpp"

namespace aion::trust {

/// Accepts a canonical Ed25519 point that is not of small order: under one that is, a laxer reader
/// of the same registry takes signatures that nobody made. Error: `invalid_public_key`, naming the
/// author.
[[nodiscard]] Result<> check_master_key(AuthorId author, const PublicKey& key);
/// The same for the key of an epoch.
[[nodiscard]] Result<> check_epoch_key(AuthorId author, Epoch epoch, const PublicKey& key);

/// The same for a key of a chain's root.
[[nodiscard]] Result<> check_root_key(const PublicKey& key);

/// `epoch {e} not found for author {a}`
[[nodiscard]] Error epoch_not_found(AuthorId author, Epoch epoch);
/// `epoch {e} for author {a} already revoked`
[[nodiscard]] Error epoch_already_revoked(AuthorId author, Epoch epoch);

}  // namespace aion::trust
