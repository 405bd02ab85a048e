// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "aion/base/ascii.hpp"

namespace aion::cli {
namespace {

struct Unit {
    char letter;
    std::chrono::nanoseconds length;
};

constexpr std::array units = {
    Unit{'s', std::chrono::seconds(1)}, Unit{'m', std::chrono::minutes(1)},
    Unit{'h', std::chrono::hours(1)},   Unit{'d', std::chrono::days(1)},
    Unit{'w', std::chrono::days(7)},    Unit{'y', std::chrono::days(365)},
};

}  // namespace

std::expected<std::chrono::nanoseconds, std::string_view> parse_duration(std::string_view text) {
    constexpr std::string_view form = "expected a number and s, m, h, d, w or y, as in 90d";
    if (text.empty()) {
        return std::unexpected(form);
    }
    const auto* const unit = std::ranges::find(units, text.back(), &Unit::letter);
    const std::string_view digits = text.substr(0, text.size() - 1);
    if (unit == units.end() || digits.empty() || !std::ranges::all_of(digits, is_ascii_digit)) {
        return std::unexpected(form);
    }
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), count);
    if (error != std::errc() || count > std::chrono::nanoseconds::max() / unit->length) {
        return std::unexpected("longer than 292 years");
    }
    if (count == 0) {
        return std::unexpected("must be more than nothing");
    }
    return count * unit->length;
}

}  // namespace aion::cli
