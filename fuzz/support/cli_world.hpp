// SPDX-License-Identifier: MIT OR Apache-2.0
// What the command line finds around it where the fuzzer plays: no terminal to ask on, no
// passwords, the signing keys 1001, 1002 and 1003 (the master), and standard input as set here.
// Nothing of the real process is touched.
#pragma once

#include "aion/base/bytes.hpp"

namespace aion::fuzz {

/// What commands find at standard input.
struct StandardInput {
    Bytes content;
    bool is_terminal = false;
};

[[nodiscard]] StandardInput& standard_input();

}  // namespace aion::fuzz
