// SPDX-License-Identifier: MIT OR Apache-2.0
// Paths in commands that people are told to run.
#pragma once

#include <string>
#include <string_view>

namespace aion::cli {

/// `path` as a shell takes it for exactly that file, on one line and safe to show: as it is where
/// it is of letters, digits and `._/-`, else quoted, `'my file'`; with `$'…'` where it has what
/// `shown` escapes. One that begins with `-` gets `./`, so that it is no option.
[[nodiscard]] std::string shell_word(std::string_view path);

}  // namespace aion::cli
