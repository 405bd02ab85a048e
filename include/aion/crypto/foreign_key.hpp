// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying with public keys that are not ours: RSA and ECDSA, as TPMs and other hardware sign.
// Nothing of ours is signed in this way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <variant>

#include "aion/base/bytes.hpp"
#include "aion/crypto/sha256.hpp"

namespace aion::crypto {

/// What a foreign signature is made over.
enum class ForeignHash : std::uint8_t { sha256, sha384 };

/// Bytes of a digest: 32 or 48.
[[nodiscard]] constexpr std::size_t size_of(ForeignHash hash) noexcept {
    return hash == ForeignHash::sha256 ? 32 : 48;
}

/// The digest of `parts` one behind the other (FIPS 180-4). Throws std::bad_alloc.
[[nodiscard]] Bytes foreign_digest(ForeignHash hash, std::initializer_list<ByteView> parts);

/// Of an RSA modulus, in bits.
inline constexpr std::size_t min_rsa_bits = 2048;
inline constexpr std::size_t max_rsa_bits = 4096;

/// An RSA key whose public exponent is 65537.
struct RsaKey {
    Bytes modulus;  ///< Most significant byte first, which is not zero.
    friend bool operator==(const RsaKey&, const RsaKey&) = default;
};

/// NIST's curves (FIPS 186-5).
enum class Curve : std::uint8_t { p256, p384 };

/// Bytes of a coordinate: 32 or 48.
[[nodiscard]] constexpr std::size_t size_of(Curve curve) noexcept {
    return curve == Curve::p256 ? 32 : 48;
}

/// A point. Both coordinates have the curve's size, most significant byte first.
struct EcKey {
    Curve curve = Curve::p256;
    Bytes x;
    Bytes y;
    friend bool operator==(const EcKey&, const EcKey&) = default;
};

using ForeignKey = std::variant<RsaKey, EcKey>;

/// How an RSA signature is padded (RFC 8017).
enum class RsaPadding : std::uint8_t {
    pkcs1,  ///< RSASSA-PKCS1-v1_5.
    pss,    ///< RSASSA-PSS with a salt of any length, MGF1 with the same hash.
};

/// Whether `signature`, as long as the modulus, holds for the message. False as well for a modulus
/// that is even or not of `min_rsa_bits` to `max_rsa_bits`. Throws std::bad_alloc.
[[nodiscard]] bool verify_rsa(const RsaKey& key, RsaPadding padding, ForeignHash hash,
                              ByteView message, ByteView signature);

/// Whether the ECDSA signature (`r`, `s`) holds for the message; both at most as long as the
/// curve's order. False as well for a key that is no point of the curve. Throws std::bad_alloc.
[[nodiscard]] bool verify_ecdsa(const EcKey& key, ForeignHash hash, ByteView message, ByteView r,
                                ByteView s);

/// The key as a SubjectPublicKeyInfo (RFC 5280, RFC 8017 appendix A.1, RFC 5480) in DER: what
/// `openssl pkey -pubin -outform DER` writes.
[[nodiscard]] Bytes subject_public_key_info(const ForeignKey& key);

}  // namespace aion::crypto
