// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of the files that the library puts beside others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aion {

inline constexpr std::size_t longest_name = 255;  // bytes, on every file system we know

/// As much of `name` as fits into `room` bytes, cut between characters: some file systems refuse
/// names that are not UTF-8.
[[nodiscard]] inline std::string_view shortened(std::string_view name, std::size_t room) noexcept {
    if (name.size() <= room) {
        return name;
    }
    std::size_t length = room;
    while (length > 0 && (static_cast<std::uint8_t>(name[length]) & 0xc0U) == 0x80) {
        --length;
    }
    return name.substr(0, length);
}

}  // namespace aion
