// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins to put into a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aion/policy/pin_store.hpp"
#include "support/pins.hpp"

namespace aion::archive::test {

using policy::test::accept_pin;
using policy::test::find_pin;
using policy::test::record_pin;
using policy::test::unchained;

inline Hash hash(std::uint64_t what) {
    Hash made;
    made.bytes.fill(static_cast<std::uint8_t>(what));
    return made;
}

inline std::optional<Hash> any_history(VersionNumber number) {
    return hash(number.value);
}

inline policy::Pin pin_of(std::uint64_t id, std::uint64_t version) {
    return {.file_id = FileId{id},
            .version = VersionNumber{version},
            .head = hash(version),
            .registry = hash(0xA1),
            .name = "/files/" + std::to_string(id),
            .first_seen = Timestamp{10},
            .last_seen = Timestamp{10}};
}

}  // namespace aion::archive::test
