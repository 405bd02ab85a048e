// SPDX-License-Identifier: MIT OR Apache-2.0
// --no-pager, of commands whose text may be long.
#pragma once

#include "table/command_table.hpp"

namespace aion::cli {

inline void pager_options(Options& options, bool& no_pager) {
    options.flag("--no-pager", no_pager, "Text: not through a pager, also on a terminal");
}

}  // namespace aion::cli
