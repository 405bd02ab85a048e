// SPDX-License-Identifier: MIT OR Apache-2.0
// Long texts on their way to where `--output` says: no part of them arrives before all is made.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"
#include "shell/context.hpp"
#include "shell/file_output.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Makes a text, piece by piece. Error: why it ends before its end.
using TextMaker = std::function<Result<>(const TextSink& sink)>;

/// Gives what `make` makes to `output`, or to standard output if there is none or it is that: there
/// piece by piece as it is made, with `ending` behind it (to a terminal as `shown_exactly`);
/// elsewhere all of it at once, kept as `Spool` does until then (base/spool.hpp), and says `{what}
/// written to: {path}`.
[[nodiscard]] Outcome<> write_text_output(Context& context, std::optional<Output>& output,
                                          const TextMaker& make, std::string_view what,
                                          std::string_view ending);

}  // namespace aion::cli
