// SPDX-License-Identifier: MIT OR Apache-2.0
// Command lines that change a registry, for advice.
#pragma once

#include <string>

#include "aion/base/ids.hpp"

namespace aion::cli {

/// Registers `author` in the registry at `path`, which is quoted for a shell. KEY_ID and
/// MASTER_KEY_ID are for the reader to fill in.
[[nodiscard]] std::string pin_command(AuthorId author, const std::string& path);

/// Hands `author` over from `epoch` to the next, which begins at `version`.
[[nodiscard]] std::string rotate_command(AuthorId author, Epoch epoch, VersionNumber version,
                                         const std::string& path);

}  // namespace aion::cli
