// SPDX-License-Identifier: MIT OR Apache-2.0
// Files with a JSON document a line (`.jsonl`), whose first line is one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aion/base/result.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Without its end.
[[nodiscard]] std::string_view first_line(std::string_view text);

/// Whether anything but white space stands behind the first line.
[[nodiscard]] bool has_more_lines(std::string_view text);

/// Has `take` read each line that is not blank, 100,000 at most. Fails where it fails, saying that
/// the line of `path` is no `thing`, e.g. `envelope`.
[[nodiscard]] Outcome<> each_line(std::string_view text, const std::string& path,
                                  const std::string& thing,
                                  const std::function<Result<>(std::string_view line)>& take);

}  // namespace aion::cli
