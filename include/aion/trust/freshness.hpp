// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a registry is recent enough, which is another question than whether it is genuine: the
// answer depends on a clock, so it is never part of a verdict.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "aion/base/ids.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// What a caller may demand of a registry's age.
struct FreshnessRule {
    /// Since the root spoke last (`RegistryChain::root_time`), which an author whose keys it
    /// revoked cannot bring forward; nothing: any age, but not beyond the registry's own expiry.
    std::optional<std::chrono::nanoseconds> max_age;
};

/// Why a registry is not fresh.
enum class Staleness : std::uint8_t {
    unproven,  ///< Without a chain nothing says how old it is.
    expired,   ///< Its own `expire` record says so.
    too_old,   ///< The newest record that its root signed is older than asked for.
    ahead,     ///< That record is more than five minutes ahead of the clock, and would seem new
               ///< until then.
};
/// `unproven`, `expired`, `too_old`, `ahead`: stable.
[[nodiscard]] std::string_view name_of(Staleness staleness) noexcept;

/// Why `registry` is not fresh at `now`, if it is not.
[[nodiscard]] std::optional<Staleness> find_staleness(const Registry& registry, Timestamp now,
                                                      const FreshnessRule& rule);
/// The same in a sentence for people, with the times.
[[nodiscard]] std::string describe(Staleness staleness, const Registry& registry, Timestamp now,
                                   const FreshnessRule& rule);

}  // namespace aion::trust
