// SPDX-License-Identifier: MIT OR Apache-2.0
// Times as text (RFC 3339), written in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"

namespace aion {

/// `2026-11-25T22:40:31.123456789Z`: all that a time says, for documents and logs. Every time has
/// this form and this length: the last one is in the year 2554.
[[nodiscard]] std::string rfc3339(Timestamp time);

/// `2026-11-25T22:40:31Z`: the second in which it is, for people.
[[nodiscard]] std::string rfc3339_seconds(Timestamp time);

/// `2026-11-25 22:40Z`: the minute in which it is, for tables.
[[nodiscard]] std::string rfc3339_minutes(Timestamp time);

/// The nanoseconds that a text can mean: all of its day, its minute, its second.
struct TimeSpan {
    Timestamp first;
    Timestamp last;
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// What `parse_time` takes, in words for people.
inline constexpr std::string_view accepted_times =
    "2026-11-25 (that day in UTC), 2026-11-25T17:33Z, 2026-11-25T17:33:08.5+01:00 or @ and "
    "nanoseconds since 1970";

/// A time as a person types it, and how far it reaches: a date is that day in UTC, RFC 3339 with as
/// much of the clock as there is, from the minute on, the rest of which is left open
/// (`2026-11-25T17:33Z` is a minute, `…:08.5Z` a tenth of a second), and `@` with nanoseconds since
/// 1970, as documents have them, is that nanosecond. A clock needs its zone, `Z` or an offset such
/// as `+01:00`; `t`, `z` and a space for `T` are read, too. A leap second, `:60`, is none of ours.
/// Error: `invalid_argument`, saying what is accepted; also for a time before 1970 or behind
/// 2554-07-21T23:34:33.709551615Z, where the last day ends.
[[nodiscard]] Result<TimeSpan> parse_time(std::string_view text);

/// A time as this library writes it and no other way: `rfc3339` or `rfc3339_seconds`, of which it
/// is the first nanosecond. Nothing for any other text.
[[nodiscard]] std::optional<Timestamp> parse_written_time(std::string_view text);

}  // namespace aion
