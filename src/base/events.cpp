// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/events.hpp"

#include <array>

#include "base/names.hpp"

namespace aion {

namespace {

constexpr NameTable levels(std::to_array<Named<EventLevel>>({
    {EventLevel::info, "info"},
    {EventLevel::warn, "warn"},
}));

}  // namespace

std::string_view name_of(EventLevel level) noexcept {
    return levels.name(level);
}

}  // namespace aion
