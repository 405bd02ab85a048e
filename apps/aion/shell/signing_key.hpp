// SPDX-License-Identifier: MIT OR Apache-2.0
// Private keys for commands, with the advice that each kind of command gives.
#pragma once

#include <string>

#include "aion/crypto/signing.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// The key that signs a version; a failure says how to make one.
[[nodiscard]] Outcome<crypto::SigningKey> load_author_key(Context& context,
                                                          const std::string& key_id);
/// A key that a registry command needs.
[[nodiscard]] Outcome<crypto::SigningKey> load_registry_key(Context& context,
                                                            const std::string& key_id);

}  // namespace aion::cli
