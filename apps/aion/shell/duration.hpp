// SPDX-License-Identifier: MIT OR Apache-2.0
// Lengths of time as they are typed.
#pragma once

#include <chrono>
#include <expected>
#include <string_view>

namespace aion::cli {

/// `90d`, `12h`, `30m`, `45s`, `2w`, `1y`: a number, in decimal and above zero, and one unit; a day
/// has 24 hours, a year 365 days. Error: what is wrong with it.
[[nodiscard]] std::expected<std::chrono::nanoseconds, std::string_view> parse_duration(
    std::string_view text);

}  // namespace aion::cli
