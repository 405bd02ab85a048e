// SPDX-License-Identifier: MIT OR Apache-2.0
// The commands below `aion registry`, by the files that declare them.
#pragma once

#include "table/command_table.hpp"

namespace aion::cli {

Declare declare_making;       // init, pin
Declare declare_windows;      // rotate, revoke, tighten, extend
Declare declare_authors;      // rename, rekey, scope, expire, root
Declare declare_hybrid_keys;  // hybrid
Declare declare_viewing;      // show, log, explain, check, diff
Declare declare_signing;      // sign-rotation, sign-revocation, sign
Declare declare_applying;     // apply
Declare declare_exchange;     // import, export

}  // namespace aion::cli
