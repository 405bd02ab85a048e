// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/time_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>

namespace aion {
namespace {

constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;

// Without the letter of the zone.
std::string date_and_clock(Timestamp time) {
    using namespace std::chrono;
    const sys_seconds moment{
        seconds{static_cast<std::int64_t>(time.value / nanoseconds_per_second)}};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss clock{moment - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string rfc3339(Timestamp time) {
    return fmt::format("{}.{:09}Z", date_and_clock(time), time.value % nanoseconds_per_second);
}

std::string rfc3339_seconds(Timestamp time) {
    return date_and_clock(time) + "Z";
}

}  // namespace aion
