// SPDX-License-Identifier: MIT OR Apache-2.0
// What somebody can do whose signature a registry does not allow.
#pragma once

#include <string>

#include "aion/trust/registry.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// A failure that says `message` and, where `registry`, read from `path`, was why `author` may not
/// sign, which key to take, of the keystore if it is there, or how to get one into the registry.
[[nodiscard]] std::unexpected<Failure> fail_to_sign(Context& context, std::string message,
                                                    const Error& error,
                                                    const trust::Registry& registry,
                                                    AuthorId author, const std::string& path);

}  // namespace aion::cli
