// SPDX-License-Identifier: MIT OR Apache-2.0
// The library's events as lines on standard error (docs/errors.md, "Logs of the command line").
#pragma once

#include <string>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "shell/console.hpp"
#include "shell/host.hpp"

namespace aion::cli {

/// One event as text, without a newline; in colours if `color`.
[[nodiscard]] std::string event_as_text(const Event& event, Timestamp time, bool color);
/// One event as a JSON object, without a newline.
[[nodiscard]] std::string event_as_json(const Event& event, Timestamp time);

/// A sink that `host`'s AION_LOG and AION_LOG_FORMAT, read now, describe. `env` and `console` must
/// outlive it.
[[nodiscard]] EventSink make_event_sink(Env& env, Console& console, const Host& host);

}  // namespace aion::cli
