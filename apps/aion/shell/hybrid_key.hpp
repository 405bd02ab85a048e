// SPDX-License-Identifier: MIT OR Apache-2.0
// Hybrid keys for commands: stored ones, and public halves in files.
#pragma once

#include <string>

#include "aion/trust/hybrid.hpp"
#include "aion/trust/hybrid_keystore.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// The post-quantum halves beside the keys of the keystore. Fails as `open_keystore` does.
[[nodiscard]] Outcome<trust::HybridKeystore> open_hybrid_keystore(Context& context);

/// Both halves of a stored key; a failure says how to get what is missing.
[[nodiscard]] Outcome<trust::HybridKey> load_hybrid_key(Context& context,
                                                        const std::string& key_id);

/// A public key as `aion hybrid key` writes it; `-` for standard input.
[[nodiscard]] Outcome<trust::HybridPublicKey> read_hybrid_public_key(Context& context,
                                                                     const std::string& path);

}  // namespace aion::cli
