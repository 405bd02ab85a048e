// SPDX-License-Identifier: MIT OR Apache-2.0
// ChaCha20-Poly1305 (RFC 8439): 32-byte key, 12-byte nonce, 16-byte tag (spec 01 section 3.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion::crypto {

inline constexpr std::size_t aead_key_size = 32;
inline constexpr std::size_t aead_nonce_size = 12;
inline constexpr std::size_t aead_tag_size = 16;

/// The longest plaintext: 2^32 - 1 blocks of 64 bytes (RFC 8439 section 2.8).
inline constexpr std::uint64_t aead_plaintext_limit = (std::uint64_t{1} << 38U) - 64;

using AeadKeyView = std::span<const std::uint8_t, aead_key_size>;
using AeadNonceView = std::span<const std::uint8_t, aead_nonce_size>;

/// Encrypts `plaintext` into `out`, which must be exactly `plaintext.size() + 16` bytes:
/// ciphertext, then tag. `out` must not overlap `plaintext`.
/// Never use a nonce twice under one key: that reveals both plaintexts and allows forgery.
/// Error: `encryption_failed` (beyond `aead_plaintext_limit`, or a wrong `out`).
[[nodiscard]] Result<> aead_seal(AeadKeyView key, AeadNonceView nonce, ByteView associated_data,
                                 ByteView plaintext, MutableByteView out);

/// Decrypts `sealed` (ciphertext, then tag).
/// Error: `decryption_failed` for any cause: wrong key, nonce, associated data or tag, or fewer
/// than 16 bytes. No plaintext is returned then.
[[nodiscard]] Result<Bytes> aead_open(AeadKeyView key, AeadNonceView nonce,
                                      ByteView associated_data, ByteView sealed);

/// Decrypts `sealed` into `out`, which must be exactly `sealed.size() - 16` bytes and must not
/// overlap it: for plaintext that belongs in a `SecretBytes`.
/// Error: `decryption_failed`, as above, or a wrong `out`; `out` is then all zeros.
[[nodiscard]] Result<> aead_open_into(AeadKeyView key, AeadNonceView nonce,
                                      ByteView associated_data, ByteView sealed,
                                      MutableByteView out);

/// Decrypts `sealed` piece by piece in constant memory. `sink` receives consecutive plaintext
/// pieces of at most 256 KiB **before the tag has been checked**: it may compute on them (hash
/// them), and must discard the result unless this returns success. A piece is valid during the
/// call only, and wiped afterwards. `sink` is not called for an empty plaintext.
/// Error: `decryption_failed`, as above.
[[nodiscard]] Result<> aead_open_streaming(AeadKeyView key, AeadNonceView nonce,
                                           ByteView associated_data, ByteView sealed,
                                           const std::function<void(ByteView)>& sink);

}  // namespace aion::crypto
