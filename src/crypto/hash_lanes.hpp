// SPDX-License-Identifier: MIT OR Apache-2.0
// Hashing several short inputs side by side, one in each lane of the vector unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aion::crypto {

/// The longest input that is one BLAKE3 chunk, and so the longest that lanes can take.
inline constexpr std::size_t longest_lane_input = 1024;

/// One implementation. All give the same digests; they differ in what the processor must know.
struct HashLanes {
    const char* name;
    std::size_t lanes;
    /// Reads `length` bytes (at most `longest_lane_input`) from each of `lanes` inputs and writes
    /// as many digests of 32 bytes, one after the other.
    void (*hash)(const std::uint8_t* const* inputs, std::size_t length, std::uint8_t* digests);
};

inline constexpr std::size_t most_lanes = 16;

/// Every implementation that runs on this machine, the fastest first; never empty.
[[nodiscard]] std::span<const HashLanes> usable_hash_lanes() noexcept;

// One per instruction set; compiled with it, so to be called only where it is there.
void hash_lanes_4(const std::uint8_t* const* inputs, std::size_t length, std::uint8_t* digests);
void hash_lanes_8_avx2(const std::uint8_t* const* inputs, std::size_t length,
                       std::uint8_t* digests);
void hash_lanes_16_avx512(const std::uint8_t* const* inputs, std::size_t length,
                          std::uint8_t* digests);

}  // namespace aion::crypto
