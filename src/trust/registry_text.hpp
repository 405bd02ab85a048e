// SPDX-License-Identifier: MIT OR Apache-2.0
// What the writer and the reader of the registry's JSON share.
#pragma once

#include <array>
#include <cstdint>

#include "aion/trust/registry.hpp"
#include "base/names.hpp"

namespace aion::trust {

inline constexpr std::uint32_t registry_file_version = 1;

inline constexpr NameTable epoch_statuses(std::to_array<Named<EpochStatus>>({
    {EpochStatus::active, "active"},
    {EpochStatus::rotated, "rotated"},
    {EpochStatus::revoked, "revoked"},
}));

}  // namespace aion::trust
