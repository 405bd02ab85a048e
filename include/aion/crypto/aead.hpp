// SPDX-License-Identifier: MIT OR Apache-2.0
// ChaCha20-Poly1305 (RFC 8439): 32-byte key, 12-byte nonce, 16-byte tag (spec 01 section 3.3).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion::crypto {

inline constexpr std::size_t aead_key_size = 32;
inline constexpr std::size_t aead_nonce_size = 12;
inline constexpr std::size_t aead_tag_size = 16;

using AeadKeyView = std::span<const std::uint8_t, aead_key_size>;
using AeadNonceView = std::span<const std::uint8_t, aead_nonce_size>;

/// Encrypts `plaintext` into `out`, which must be exactly `plaintext.size() + 16` bytes:
/// ciphertext, then tag. `out` must not overlap `plaintext`.
/// Error: `encryption_failed` (beyond the cipher's limit of 2^38 - 64 bytes, or a wrong `out`).
[[nodiscard]] Result<> aead_seal(AeadKeyView key, AeadNonceView nonce, ByteView associated_data,
                                 ByteView plaintext, MutableByteView out);

/// Decrypts `sealed` (ciphertext, then tag).
/// Error: `decryption_failed` for any cause: wrong key, nonce, associated data or tag, or fewer
/// than 16 bytes. No plaintext is returned then.
[[nodiscard]] Result<Bytes> aead_open(AeadKeyView key, AeadNonceView nonce,
                                      ByteView associated_data, ByteView sealed);

/// Decrypts `sealed` piece by piece in constant memory. `sink` receives consecutive plaintext
/// pieces of at most 256 KiB **before the tag has been checked**: it may compute on them (hash
/// them), and must discard the result unless this returns success.
/// Error: `decryption_failed`, as above.
[[nodiscard]] Result<> aead_open_streaming(AeadKeyView key, AeadNonceView nonce,
                                           ByteView associated_data, ByteView sealed,
                                           const std::function<void(ByteView)>& sink);

}  // namespace aion::crypto
