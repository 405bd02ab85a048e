// SPDX-License-Identifier: MIT OR Apache-2.0
// What every form of a verdict says alike.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/policy/report.hpp"

namespace aion::cli {

struct TimingStep {
    std::string_view name;
    std::uint64_t policy::Timings::* nanoseconds;
};

inline constexpr std::array<TimingStep, 7> timing_steps = {{
    {"read", &policy::Timings::read},
    {"parse", &policy::Timings::parse},
    {"hash", &policy::Timings::hash},
    {"payload", &policy::Timings::payload},
    {"signatures", &policy::Timings::signatures},
    {"audit", &policy::Timings::audit},
    {"total", &policy::Timings::total},
}};

/// ` (reference profile)`: a verdict by other rules than ours says so. Empty for ours.
[[nodiscard]] std::string profile_suffix(policy::Profile profile);

/// ` (version 2, offset 417)`, as far as there is something to say.
[[nodiscard]] std::string place_text(std::optional<VersionNumber> version,
                                     std::optional<std::uint64_t> offset);

}  // namespace aion::cli
