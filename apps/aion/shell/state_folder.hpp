// SPDX-License-Identifier: MIT OR Apache-2.0
// Where this program keeps what it remembers between runs, if nobody says otherwise.
#pragma once

#include <filesystem>

#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// `AION_STATE_DIR`, else `aion` in `XDG_STATE_HOME` if that is an absolute path, else
/// `.local/state/aion` in the home directory. Fails where there is none, and where the first is not
/// an absolute path. Nothing is made.
[[nodiscard]] Outcome<std::filesystem::path> state_folder(const Context& context);

}  // namespace aion::cli
