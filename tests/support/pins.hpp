// SPDX-License-Identifier: MIT OR Apache-2.0
// Asking stores of pins as if registries were their fingerprints: those here have no chain.
#pragma once

#include <string_view>

#include "aion/policy/pin_store.hpp"

namespace aion::policy::test {

inline Sighting sighting_of(const Pin& pin) {
    return {.file_id = pin.file_id,
            .version = pin.version,
            .head = pin.head,
            .name = pin.name,
            .time = pin.last_seen};
}

inline AskedRegistry unchained(const Hash& fingerprint) {
    return {fingerprint, {}};
}

inline Result<> record_pin(PinStore& store, const Pin& pin, const VersionHashes& hash_of) {
    return store.record(sighting_of(pin), unchained(pin.registry), hash_of);
}

inline Result<> accept_pin(PinStore& store, const Pin& pin, std::string_view reason) {
    return store.accept(sighting_of(pin), unchained(pin.registry), reason);
}

inline Result<PinnedState> find_pin(PinStore& store, FileId id, std::string_view name,
                                    const Hash& registry) {
    return store.find(id, name, unchained(registry));
}

}  // namespace aion::policy::test
