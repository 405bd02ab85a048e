// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes that known answers are made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aion::test {

/// `N` bytes counting up from `first`, wrapping at 256.
template <std::size_t N>
[[nodiscard]] constexpr std::array<std::uint8_t, N> counting(std::uint8_t first) {
    std::array<std::uint8_t, N> bytes{};
    for (std::size_t i = 0; i < N; ++i) {
        bytes[i] = static_cast<std::uint8_t>(first + i);
    }
    return bytes;
}

}  // namespace aion::test
