// SPDX-License-Identifier: MIT OR Apache-2.0
// Private keys for commands, with the advice that each kind of command gives.
#pragma once

#include <optional>
#include <string>

#include "aion/crypto/signing.hpp"
#include "aion/trust/keystore.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// The key that signs a version; a failure says how to make one.
[[nodiscard]] Outcome<crypto::SigningKey> load_author_key(Context& context,
                                                          const std::string& key_id);
/// A key for anything else.
[[nodiscard]] Outcome<crypto::SigningKey> load_stored_key(Context& context,
                                                          const std::string& key_id);

/// The id under which the keystore holds the private half of `key`, if it does.
[[nodiscard]] std::optional<trust::KeyId> stored_as(Context& context, const PublicKey& key);

/// A failure to open the stored key `key_id`, which says `message` and, where the key was bound to
/// another machine, what this machine is known by and what to do.
[[nodiscard]] std::unexpected<Failure> fail_to_open(Context& context, std::string message,
                                                    const std::string& key_id, const Error& error);
/// Warns if others may take or replace a stored key.
void warn_of_exposure(Context& context, const trust::Keystore& store, trust::KeyId id);
/// Warns about a key that was just stored on a machine without a machine id: what it is bound to
/// changes easily.
void warn_of_weak_binding(Context& context);

}  // namespace aion::cli
