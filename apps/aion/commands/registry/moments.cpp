// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/moments.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "aion/base/time_text.hpp"
#include "shell/duration.hpp"

namespace aion::cli {

Outcome<Timestamp> time_from(Timestamp now, std::chrono::nanoseconds duration) {
    const auto length = static_cast<std::uint64_t>(duration.count());
    if (length > UINT64_MAX - now.value) {
        return fail_with("That is after the last time that there is", "Name a shorter time");
    }
    return Timestamp{now.value + length};
}

Outcome<Timestamp> parse_time_at(const std::string& text) {
    const auto span = parse_time(text);
    if (!span) {
        return fail_with(fmt::format("Invalid time: {}", text),
                         fmt::format("Accepted: {}", accepted_times));
    }
    return span->last;
}

Outcome<Timestamp> parse_moment(const std::string& text, Timestamp now) {
    if (const auto duration = parse_duration(text)) {
        return time_from(now, *duration);
    }
    return parse_time_at(text);
}

Outcome<> refuse_past(Timestamp time, Timestamp now, std::string remedy) {
    if (time < now) {
        return fail_with(fmt::format("{} is past already", rfc3339_seconds(time)),
                         std::move(remedy));
    }
    return {};
}

}  // namespace aion::cli
