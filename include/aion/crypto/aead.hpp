// SPDX-License-Identifier: MIT OR Apache-2.0
// ChaCha20-Poly1305 (RFC 8439): 32-byte key, 12-byte nonce, 16-byte tag.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
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

class AeadRun;  ///< The cipher at work; private to the implementation.

/// Encrypts plaintext that arrives in pieces, in constant memory. One object is for one thread at a
/// time.
class AeadSealer {
  public:
    /// As for `aead_seal`: never use a nonce twice under one key.
    AeadSealer(AeadKeyView key, AeadNonceView nonce, ByteView associated_data);
    ~AeadSealer();
    AeadSealer(AeadSealer&&) noexcept;
    AeadSealer& operator=(AeadSealer&&) noexcept;
    AeadSealer(const AeadSealer&) = delete;
    AeadSealer& operator=(const AeadSealer&) = delete;

    /// Encrypts the next piece, `plaintext.size()` bytes, to `out`, which may be
    /// `plaintext.data()`, but must not overlap it otherwise. The pieces together must not be
    /// longer than `aead_plaintext_limit`.
    void update(ByteView plaintext, std::uint8_t* out);

    /// The tag of all pieces. To be called once, at the end.
    void finish(std::span<std::uint8_t, aead_tag_size> tag);

  private:
    std::unique_ptr<AeadRun> run_;
};

/// Decrypts ciphertext that arrives in pieces, in constant memory. What it gives out is **not yet
/// authentic**: compute on it (hash it), and discard the result unless `accepts` returns true.
/// One object is for one thread at a time.
class AeadOpener {
  public:
    AeadOpener(AeadKeyView key, AeadNonceView nonce, ByteView associated_data);
    ~AeadOpener();
    AeadOpener(AeadOpener&&) noexcept;
    AeadOpener& operator=(AeadOpener&&) noexcept;
    AeadOpener(const AeadOpener&) = delete;
    AeadOpener& operator=(const AeadOpener&) = delete;

    /// Decrypts the next piece, `ciphertext.size()` bytes, to `out`. Each byte of `ciphertext` is
    /// read more than once: it must be in memory that nobody else can change. `out` may be
    /// `ciphertext.data()`, but must not overlap it otherwise. The pieces together must not be
    /// longer than `aead_plaintext_limit`.
    void update(ByteView ciphertext, std::uint8_t* out);

    /// Whether everything so far is what `tag` was made for. To be called once, at the end.
    [[nodiscard]] bool accepts(std::span<const std::uint8_t, aead_tag_size> tag);

  private:
    std::unique_ptr<AeadRun> run_;
};

}  // namespace aion::crypto
