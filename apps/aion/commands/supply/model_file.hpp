// SPDX-License-Identifier: MIT OR Apache-2.0
// Signatures of models and their keys as they come in files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "aion/crypto/ec_key.hpp"
#include "aion/supply/model_signing.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "shell/password.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// A private key in PEM, and what opens it.
struct PrivateKeyChoice {
    std::string path;
    PasswordSource passphrase;
};

/// --private-key, and those of `passphrase_options`.
void private_key_options(Options& options, PrivateKeyChoice& into);
/// --passphrase-file and --passphrase-fd.
void passphrase_options(Options& options, PasswordSource& into);

/// Reads the key, asking for a passphrase only where it is under one; warns if others may read it.
[[nodiscard]] Outcome<crypto::EcSigningKey> load_private_key(Context& context,
                                                             const PrivateKeyChoice& choice);

[[nodiscard]] Outcome<crypto::EcPublicKey> load_public_key(Context& context,
                                                           const std::string& path);

/// Not verified; `-` for standard input.
[[nodiscard]] Outcome<supply::ModelBundle> read_model_bundle(Context& context,
                                                             const std::string& path);

/// What --ignore names, in the byte order.
[[nodiscard]] Outcome<std::vector<std::string>> ignored_paths(std::span<const std::string> given);

/// `aion model verify`.
void declare_model_verification(const Declared& model);

}  // namespace aion::cli
