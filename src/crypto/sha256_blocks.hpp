// SPDX-License-Identifier: MIT OR Apache-2.0
// SHA-256's compression function by the processor's own instructions (SHA-NI).
#pragma once

#include <cstddef>
#include <cstdint>

namespace aion::crypto {

/// Whether the functions below may be called on this machine.
[[nodiscard]] bool has_sha_instructions() noexcept;

/// Puts `blocks` blocks of 64 bytes into `state`, eight words as FIPS 180-4 names them from a to h.
void sha256_blocks(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) noexcept;

/// The same of two streams at once. Each instruction of one waits for the one before, so that two
/// streams take little longer than one.
void sha256_blocks_of_two(std::uint32_t* a, const std::uint8_t* data_a, std::uint32_t* b,
                          const std::uint8_t* data_b, std::size_t blocks) noexcept;

/// SHA-256 of a byte and two digests of 32 bytes, 65 bytes in all: a node of a Merkle tree.
/// `digest` may be one of them.
void sha256_of_pair(std::uint8_t prefix, const std::uint8_t* left, const std::uint8_t* right,
                    std::uint8_t* digest) noexcept;

}  // namespace aion::crypto
