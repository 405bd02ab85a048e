// SPDX-License-Identifier: MIT OR Apache-2.0
// The program beside this one that talks to networks. This one does not, and cannot.
#pragma once

#include <string_view>

#include "shell/outcome.hpp"

namespace aion::cli {

/// Notes what the process was started with, for `hand_over_to_companion`; `arguments` stay where
/// they are.
void keep_arguments(char** arguments) noexcept;

/// Has the companion do all of this command line in place of this process, whose standard streams,
/// variables and id it takes over. Nothing may have been read or written before. It is looked for
/// in the folder of this program, then in ../libexec/aion from there, and nowhere else: what a path
/// of somebody's has under that name is not run. Returns only if there is none, and says what to
/// do. `what` needs it: `a registry`.
[[nodiscard]] Failure hand_over_to_companion(std::string_view what);

}  // namespace aion::cli
