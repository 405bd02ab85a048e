// SPDX-License-Identifier: MIT OR Apache-2.0
// Times to come, as people type them.
#pragma once

#include <chrono>
#include <string>

#include "aion/base/ids.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// So long after `now`. `duration` is not negative.
[[nodiscard]] Outcome<Timestamp> time_from(Timestamp now, std::chrono::nanoseconds duration);
/// A duration from now, or a time as `parse_time` takes it; of a date, the end of that day.
[[nodiscard]] Outcome<Timestamp> parse_moment(const std::string& text, Timestamp now);
/// Such a time alone.
[[nodiscard]] Outcome<Timestamp> parse_time_at(const std::string& text);
/// Refuses a time before `now`, with `remedy`.
[[nodiscard]] Outcome<> refuse_past(Timestamp time, Timestamp now, std::string remedy);

}  // namespace aion::cli
