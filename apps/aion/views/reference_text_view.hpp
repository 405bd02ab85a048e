// SPDX-License-Identifier: MIT OR Apache-2.0
// A verification report in the shape that aion-context 1.0.0 prints: `--format reference-text`.
#pragma once

#include "views/verdict_view.hpp"

namespace aion::cli {

/// `says_path`: name the file, too.
void write_reference_text(Stream& out, const VerdictView& view, bool says_path);

}  // namespace aion::cli
