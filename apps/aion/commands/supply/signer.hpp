// SPDX-License-Identifier: MIT OR Apache-2.0
// Who signs what is no version of a file: an author, with a stored key.
#pragma once

#include <string>

#include "aion/base/ids.hpp"
#include "aion/crypto/signing.hpp"
#include "shell/author_choice.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

struct SignerArguments {
    AuthorChoice author;
    std::string key;
    std::string registry;  ///< Empty: nobody checks whose key it is.
};

struct AuthorWithKey {
    AuthorId author;
    crypto::SigningKey key;
};

/// --author, --key and --registry.
void signer_arguments(Options& options, SignerArguments& into);

/// Looks up the author and loads the key. Where a registry was named, the key must be the author's
/// newest, as nobody would accept what another one signs.
[[nodiscard]] Outcome<AuthorWithKey> open_signer(Context& context,
                                                 const SignerArguments& arguments);

}  // namespace aion::cli
