// SPDX-License-Identifier: MIT OR Apache-2.0
// A failure as a document. How it reads on standard error: shell/failure_text.hpp.
#pragma once

#include "aion/base/document_writer.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// `{"error": {"code", "message", "path", "remedy"}}`: the last two may be null, and a path that is
/// not UTF-8 has its `path_bytes` behind them.
void write(DocumentWriter& out, const Failure& failure);

/// The object under `error`.
void write_error(DocumentWriter& out, const Failure& failure);

}  // namespace aion::cli
