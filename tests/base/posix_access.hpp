// SPDX-License-Identifier: MIT OR Apache-2.0
// Access lists written by hand, for tests, without the tools of acl(5).
#pragma once

#include <cstdint>
#include <vector>

#include "aion/base/bytes.hpp"

namespace aion::test {

/// Tags: 1 owner, 2 a user, 4 group, 8 a group, 16 mask, 32 others.
struct AccessEntry {
    std::uint16_t tag = 0;
    std::uint16_t permissions = 0;
    std::uint32_t id = UINT32_MAX;
};

/// The value of `system.posix_acl_access`.
inline Bytes access_list(const std::vector<AccessEntry>& entries) {
    Bytes out;
    const auto append = [&out](std::uint32_t value, unsigned size) {
        for (unsigned i = 0; i < size; ++i) {
            out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    };
    append(2, 4);
    for (const AccessEntry& entry : entries) {
        append(entry.tag, 2);
        append(entry.permissions, 2);
        append(entry.id, 4);
    }
    return out;
}

}  // namespace aion::test
