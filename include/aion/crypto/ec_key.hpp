// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys of others' programs in PEM files: ECDSA over NIST's curves (FIPS 186-5), for what is signed
// in the formats of others. Nothing of format v2 is signed with them.
//
// Private keys are read as PKCS#8 (RFC 5958) or SEC 1 (RFC 5915), in the clear or under a
// passphrase, by OpenSSL, which never asks anybody for one; public keys as SubjectPublicKeyInfo
// (RFC 5480).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/secret.hpp"

namespace aion::crypto {

/// Each goes with the digest of its strength: SHA-256, SHA-384, SHA-512.
enum class EcCurve : std::uint8_t { p256, p384, p521 };

/// `P-256`, `P-384`, `P-521`.
[[nodiscard]] std::string_view name_of(EcCurve curve) noexcept;

/// Of a file with a key, in bytes.
inline constexpr std::size_t max_pem_size = std::size_t{64} << 10U;

/// A point of a curve.
class EcPublicKey {
  public:
    /// Reads the one `PUBLIC KEY` of a PEM text, whose point must be uncompressed, as OpenSSL
    /// writes it. Errors: `invalid_public_key` for anything else.
    [[nodiscard]] static Result<EcPublicKey> from_pem(std::string_view pem);

    [[nodiscard]] EcCurve curve() const noexcept { return curve_; }

    /// As OpenSSL writes it: base64 in lines of 64.
    [[nodiscard]] std::string pem() const;

    /// 64 hex digits of the SHA-256 of `pem`: what bundles of model signatures name a key by.
    [[nodiscard]] std::string fingerprint() const;

    /// Whether `signature` (DER) is this key's of `message`, whose parts follow one another. Throws
    /// std::bad_alloc.
    [[nodiscard]] bool verify(std::span<const ByteView> message, ByteView signature) const;

    friend bool operator==(const EcPublicKey&, const EcPublicKey&) = default;

  private:
    friend class EcSigningKey;

    EcPublicKey(EcCurve curve, Bytes point) : curve_(curve), point_(std::move(point)) {}

    EcCurve curve_;
    Bytes point_;  // 4, x, y
};

/// A private key, kept as `SecretBytes` are.
class EcSigningKey {
  public:
    /// Whether a PEM text has a private key that a passphrase opens.
    [[nodiscard]] static bool is_encrypted(ByteView pem) noexcept;

    /// Reads the first private key of a PEM text; other things in it, such as parameters, are
    /// passed over. `passphrase` counts only where the key is under one. Errors:
    /// `invalid_private_key` for what is no key of these curves, or one whose halves do not belong
    /// together, or one under a passphrase where none was given; `decryption_failed` for another
    /// passphrase, or a cipher that the libcrypto in use does not have. Throws std::bad_alloc.
    [[nodiscard]] static Result<EcSigningKey> from_pem(ByteView pem, ByteView passphrase = {});

    /// A new key. Errors: those of `Env::random`.
    [[nodiscard]] static Result<EcSigningKey> generate(Env& env, EcCurve curve);

    [[nodiscard]] const EcPublicKey& public_half() const noexcept { return public_; }

    /// The signature of `message`, whose parts follow one another, in DER. With OpenSSL 3.2 and
    /// later it is deterministic (RFC 6979). Error: `signing_failed`. Throws std::bad_alloc.
    [[nodiscard]] Result<Bytes> sign(std::span<const ByteView> message) const;

    /// As PKCS#8, in the clear or, if there is a passphrase, under it (PBES2 with PBKDF2 and
    /// AES-256, as OpenSSL chooses their parameters). Error: `encryption_failed`. Throws
    /// std::bad_alloc.
    [[nodiscard]] Result<SecretBytes> to_pem(ByteView passphrase = {}) const;

  private:
    EcSigningKey(SecretBytes scalar, EcPublicKey half)
        : scalar_(std::move(scalar)), public_(std::move(half)) {}

    SecretBytes scalar_;  // Most significant byte first, of the curve's size.
    EcPublicKey public_;
};

}  // namespace aion::crypto
