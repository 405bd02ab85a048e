// SPDX-License-Identifier: MIT OR Apache-2.0
// What every command is given.
#pragma once

#include <string>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "shell/console.hpp"
#include "shell/host.hpp"

namespace aion::cli {

struct Context {
    Env& env;
    Console& console;
    Host& host;
    EventSink events;
    /// What standard input was read for, as in `the rules`: it is there only once.
    std::string standard_input_is = {};
};

}  // namespace aion::cli
