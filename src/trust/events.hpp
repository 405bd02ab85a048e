// SPDX-License-Identifier: MIT OR Apache-2.0
// The events of this layer, as docs/errors.md lists them.
#pragma once

#include <array>
#include <cstdint>

#include "base/event_table.hpp"

namespace aion::trust {

/// docs/errors.md lists them.
enum class TrustEvent : std::uint8_t {
    keystore_key_created,    ///< A key was generated and stored.
    keystore_load_rejected,  ///< A key was asked for and could not be had.
};

inline constexpr NameTable trust_events(std::to_array<EventRow<TrustEvent>>({
    {TrustEvent::keystore_key_created,
     "keystore_key_created",
     EventLevel::info,
     "keystore",
     {"author", "backend"}},
    {TrustEvent::keystore_load_rejected,
     "keystore_load_rejected",
     EventLevel::warn,
     "keystore",
     {"author", "reason"}},
}));

consteval const auto& events_of(TrustEvent /*of which layer*/) {
    return trust_events;
}

}  // namespace aion::trust
