// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/freshness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "aion/base/time_text.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/names.hpp"

namespace aion::trust {
namespace {

constexpr NameTable stalenesses(std::to_array<Named<Staleness>>({
    {Staleness::unproven, "unproven"},
    {Staleness::expired, "expired"},
    {Staleness::too_old, "too_old"},
    {Staleness::ahead, "ahead"},
}));

// What clocks may differ by.
constexpr std::uint64_t tolerance = 300'000'000'000;

bool is_ahead(Timestamp time, Timestamp now) {
    return time.value > now.value && time.value - now.value > tolerance;
}

// Of a length that is not negative.
std::string in_words(std::uint64_t nanoseconds) {
    constexpr std::uint64_t second = 1'000'000'000;
    constexpr std::uint64_t minute = 60 * second;
    constexpr std::uint64_t hour = 60 * minute;
    constexpr std::uint64_t day = 24 * hour;
    if (nanoseconds >= 2 * day) {
        return fmt::format("{} days", nanoseconds / day);
    }
    if (nanoseconds >= 2 * hour) {
        return fmt::format("{} hours", nanoseconds / hour);
    }
    if (nanoseconds >= 2 * minute) {
        return fmt::format("{} minutes", nanoseconds / minute);
    }
    return fmt::format("{} s", nanoseconds / second);
}

// Nobody's registry is younger than nothing.
std::uint64_t allowed_age(const FreshnessRule& rule) {
    return rule.max_age
               ? static_cast<std::uint64_t>(std::max<std::int64_t>(rule.max_age->count(), 0))
               : std::numeric_limits<std::uint64_t>::max();
}

std::uint64_t age_of(Timestamp time, Timestamp now) {
    return now > time ? now.value - time.value : 0;
}

}  // namespace

std::string_view name_of(Staleness staleness) noexcept {
    return stalenesses.name(staleness);
}

std::optional<Staleness> find_staleness(const Registry& registry, Timestamp now,
                                        const FreshnessRule& rule) {
    const RegistryChain* const chain = registry.chain();
    if (chain == nullptr) {
        return Staleness::unproven;
    }
    if (const auto expires = chain->expires(); expires && now >= *expires) {
        return Staleness::expired;
    }
    if (!rule.max_age) {
        return std::nullopt;
    }
    // A record of the future would seem new until then, whatever is kept from us.
    if (is_ahead(chain->root_time(), now)) {
        return Staleness::ahead;
    }
    return age_of(chain->root_time(), now) > allowed_age(rule) ? std::optional(Staleness::too_old)
                                                               : std::nullopt;
}

std::string describe(Staleness staleness, const Registry& registry, Timestamp now,
                     const FreshnessRule& rule) {
    const RegistryChain* const chain = registry.chain();
    if (staleness == Staleness::unproven || chain == nullptr) {
        return "the registry has no chain of signed records, so nothing says how old it is";
    }
    if (staleness == Staleness::expired) {
        const Timestamp at = chain->expires().value_or(Timestamp{0});
        return fmt::format("the registry expired at {}, by its own word; it is {} now",
                           rfc3339_seconds(at), rfc3339_seconds(now));
    }
    const Timestamp newest = chain->root_time();
    if (staleness == Staleness::ahead) {
        return fmt::format(
            "the newest record that the registry's root signed is of {}, and it is {} only: one of "
            "the clocks is wrong",
            rfc3339_seconds(newest), rfc3339_seconds(now));
    }
    return fmt::format(
        "the newest record that the registry's root signed is of {}, {} before {}; at most {} are "
        "allowed",
        rfc3339_seconds(newest), in_words(age_of(newest, now)), rfc3339_seconds(now),
        in_words(allowed_age(rule)));
}

}  // namespace aion::trust
