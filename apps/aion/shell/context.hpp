// SPDX-License-Identifier: MIT OR Apache-2.0
// What every command is given.
#pragma once

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct Context {
    Env& env;
    Console& console;
    EventSink events;
};

}  // namespace aion::cli
