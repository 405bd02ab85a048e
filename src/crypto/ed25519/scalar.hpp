// SPDX-License-Identifier: MIT OR Apache-2.0
// Scalars modulo L = 2^252 + 27742317777372353535851937790883648493, the order
// of the base point (RFC 8032 section 5.1), as four little-endian 64-bit words.
// Compiled once, without vectors.
#pragma once

#include <cstdint>

#include "crypto/ed25519/jobs.hpp"

namespace aion::crypto::ed25519 {

/// The cut for a width from `min_width` to `max_width` bits.
[[nodiscard]] const Windows& windows_of(unsigned width) noexcept;

/// The cut of scalars that are halved, with windows of 5 bits.
[[nodiscard]] const Windows& short_windows() noexcept;

/// True when the 32 little-endian bytes are below L.
[[nodiscard]] bool is_reduced(const unsigned char* bytes) noexcept;

/// `x`, any number of 512 bits, modulo L, exactly.
void reduce(const std::uint64_t (&x)[8], std::uint64_t (&out)[4]) noexcept;

/// `hash` modulo L, exactly; `hash` is a SHA-512 digest as eight big-endian
/// words.
void reduce_hash(const std::uint64_t (&hash)[8], std::uint64_t (&out)[4]) noexcept;

/// True when the 32 bytes encode a y below p that is not the y of a point of
/// small order, whose negative zeros are excluded with it: rule 1 of
/// aion/crypto/ed25519_verify.hpp.
[[nodiscard]] bool is_strict_encoding(const unsigned char* bytes) noexcept;

}  // namespace aion::crypto::ed25519
