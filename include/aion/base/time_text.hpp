// SPDX-License-Identifier: MIT OR Apache-2.0
// Times as text (RFC 3339), in UTC.
#pragma once

#include <string>

#include "aion/base/ids.hpp"

namespace aion {

/// `2026-11-25T22:40:31.123456789Z`: all that a time says, for documents and logs. Every time has
/// this form and this length: the last one is in the year 2554.
[[nodiscard]] std::string rfc3339(Timestamp time);

/// `2026-11-25T22:40:31Z`: the second in which it is, for people.
[[nodiscard]] std::string rfc3339_seconds(Timestamp time);

}  // namespace aion
