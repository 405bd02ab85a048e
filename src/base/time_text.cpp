// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>

#include "aion/base/ascii.hpp"
#include "aion/base/error.hpp"
#include "aion/base/utf8.hpp"

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

// A text that is taken from the front.
class Rest {
  public:
    explicit Rest(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] bool is_empty() const noexcept { return text_.empty(); }

    [[nodiscard]] bool takes_one_of(std::string_view characters) noexcept {
        if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) {
            return false;
        }
        text_.remove_prefix(1);
        return true;
    }

    /// A number of exactly so many digits, at most `max`.
    [[nodiscard]] std::optional<unsigned> number(std::size_t digits, unsigned max) noexcept {
        unsigned value = 0;
        if (text_.size() < digits ||
            !std::ranges::all_of(text_.substr(0, digits), is_ascii_digit)) {
            return std::nullopt;
        }
        std::from_chars(text_.data(), text_.data() + digits, value);
        text_.remove_prefix(digits);
        return value <= max ? std::optional(value) : std::nullopt;
    }

    /// All digits that are next.
    [[nodiscard]] std::string_view digits() noexcept {
        const auto* const end = std::ranges::find_if_not(text_, is_ascii_digit);
        const std::string_view found =
            text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
        text_.remove_prefix(found.size());
        return found;
    }

  private:
    std::string_view text_;
};

// From when, and for how long. Seconds may lie before 1970, and behind the last time that we have.
struct Moment {
    std::int64_t seconds = 0;
    std::uint64_t nanoseconds = 0;  // below a second
    std::uint64_t length = 1;       // in nanoseconds
};

std::optional<std::int64_t> take_date(Rest& rest) {
    using namespace std::chrono;
    const auto y = rest.number(4, 9999);
    if (!y || !rest.takes_one_of("-")) {
        return std::nullopt;
    }
    const auto m = rest.number(2, 12);
    if (!m || !rest.takes_one_of("-")) {
        return std::nullopt;
    }
    const auto d = rest.number(2, 31);
    if (!d) {
        return std::nullopt;
    }
    const year_month_day date{year{static_cast<int>(*y)}, month{*m}, day{*d}};
    return date.ok()
               ? std::optional(std::int64_t{sys_seconds{sys_days{date}}.time_since_epoch().count()})
               : std::nullopt;
}

// Up to nine digits behind the point.
bool take_fraction(Rest& rest, Moment& moment) {
    const std::string_view digits = rest.digits();
    if (digits.empty() || digits.size() > 9) {
        return false;
    }
    std::from_chars(digits.data(), digits.data() + digits.size(), moment.nanoseconds);
    moment.length = nanoseconds_per_second;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        moment.length /= 10;
    }
    moment.nanoseconds *= moment.length;
    return true;
}

bool take_zone(Rest& rest, Moment& moment) {
    if (rest.takes_one_of("Zz")) {
        return true;
    }
    const bool is_east = rest.takes_one_of("+");
    if (!is_east && !rest.takes_one_of("-")) {
        return false;
    }
    const auto hours = rest.number(2, 23);
    if (!hours || !rest.takes_one_of(":")) {
        return false;
    }
    const auto minutes = rest.number(2, 59);
    if (!minutes) {
        return false;
    }
    const std::int64_t offset = (std::int64_t{*hours} * 60 + *minutes) * 60;
    moment.seconds += is_east ? -offset : offset;
    return true;
}

// `17:33`, `17:33:08`, `17:33:08.5`, and the zone.
bool take_clock(Rest& rest, Moment& moment) {
    const auto hour = rest.number(2, 23);
    if (!hour || !rest.takes_one_of(":")) {
        return false;
    }
    const auto minute = rest.number(2, 59);
    if (!minute) {
        return false;
    }
    moment.seconds += (std::int64_t{*hour} * 60 + *minute) * 60;
    moment.length = 60 * nanoseconds_per_second;
    if (rest.takes_one_of(":")) {
        const auto second = rest.number(2, 59);
        if (!second) {
            return false;
        }
        moment.seconds += *second;
        moment.length = nanoseconds_per_second;
        if (rest.takes_one_of(".") && !take_fraction(rest, moment)) {
            return false;
        }
    }
    return take_zone(rest, moment);
}

std::optional<Moment> moment_of(std::string_view text) {
    constexpr std::uint64_t seconds_per_day = 86'400;
    Rest rest(text);
    const auto day = take_date(rest);
    if (!day) {
        return std::nullopt;
    }
    Moment moment{.seconds = *day, .length = seconds_per_day * nanoseconds_per_second};
    if (rest.is_empty()) {
        return moment;
    }
    if (!rest.takes_one_of("Tt ") || !take_clock(rest, moment) || !rest.is_empty()) {
        return std::nullopt;
    }
    return moment;
}

// The part of it that we have times for.
std::optional<TimeSpan> span_of(const Moment& moment) {
    constexpr auto last_second = static_cast<std::int64_t>(UINT64_MAX / nanoseconds_per_second);
    // Days are UTC's and minutes whole ones: none of them reaches over 1970.
    if (moment.seconds < 0 || moment.seconds > last_second) {
        return std::nullopt;
    }
    const std::uint64_t first = static_cast<std::uint64_t>(moment.seconds) * nanoseconds_per_second;
    if (moment.nanoseconds > UINT64_MAX - first) {
        return std::nullopt;
    }
    const std::uint64_t begin = first + moment.nanoseconds;
    const std::uint64_t length = std::min(moment.length - 1, UINT64_MAX - begin);
    return TimeSpan{Timestamp{begin}, Timestamp{begin + length}};
}

std::optional<TimeSpan> nanosecond_of(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return TimeSpan{Timestamp{value}, Timestamp{value}};
}

Error not_a_time(std::string_view text, std::string_view why) {
    return error_because(
        ErrorCode::invalid_argument,
        fmt::format("{}: '{}'; accepted are {}", why, escape_bad_bytes(text), accepted_times));
}

}  // namespace

std::string rfc3339(Timestamp time) {
    return fmt::format("{}.{:09}Z", date_and_clock(time), time.value % nanoseconds_per_second);
}

std::string rfc3339_seconds(Timestamp time) {
    return date_and_clock(time) + "Z";
}

std::string rfc3339_minutes(Timestamp time) {
    constexpr std::size_t without_seconds = 16;
    std::string text = date_and_clock(time).substr(0, without_seconds);
    text[10] = ' ';
    return text + "Z";
}

Result<TimeSpan> parse_time(std::string_view text) {
    if (text.starts_with('@')) {
        if (const auto span = nanosecond_of(text.substr(1))) {
            return *span;
        }
        return fail(not_a_time(text, "not a number of nanoseconds"));
    }
    const auto moment = moment_of(text);
    if (!moment) {
        return fail(not_a_time(text, "not a time"));
    }
    if (const auto span = span_of(*moment)) {
        return *span;
    }
    return fail(
        not_a_time(text, "a time that no version can have, before 1970 or behind 2554-07-21"));
}

// What comes out different when it is written again was no such text.
std::optional<Timestamp> parse_written_time(std::string_view text) {
    const auto moment = moment_of(text);
    const auto span = moment ? span_of(*moment) : std::nullopt;
    if (!span || (rfc3339(span->first) != text && rfc3339_seconds(span->first) != text)) {
        return std::nullopt;
    }
    return span->first;
}

}  // namespace aion
