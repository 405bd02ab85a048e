// SPDX-License-Identifier: MIT OR Apache-2.0
// Asking on the controlling terminal, whatever standard input and output are.
#pragma once

#include <string_view>

#include "aion/crypto/secret.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Shows `prompt` on /dev/tty and reads one line there without echo. Backspace and Ctrl-U edit;
/// Ctrl-C and Ctrl-D on an empty line give up. The terminal is as before afterwards, also when
/// a signal ends the process meanwhile, and while one has stopped it (Ctrl-Z); when it goes on,
/// echo is off again, what was typed is dropped, and the prompt is shown once more.
[[nodiscard]] Outcome<crypto::SecretBytes> prompt_secret(std::string_view prompt);

}  // namespace aion::cli
