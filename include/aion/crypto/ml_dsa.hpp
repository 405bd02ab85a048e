// SPDX-License-Identifier: MIT OR Apache-2.0
// ML-DSA-65 and ML-DSA-44 (FIPS 204): signatures that a quantum computer is not known to forge.
//
// Pure ML-DSA with an empty context. OpenSSL has it since 3.5; with an older one everything here
// ends with `operation_not_permitted` and the detail `algorithm_unavailable`, found out by asking
// the library that is there (`check_ml_dsa_65`, `check_ml_dsa_44`).
//
// ML-DSA-65 is for what lasts, in hybrid signatures; ML-DSA-44 is what witnesses of transparency
// logs sign with (c2sp.org/tlog-cosignature).
#pragma once

#include <cstddef>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/secret.hpp"

namespace aion::crypto {

inline constexpr std::size_t ml_dsa_65_public_key_size = 1952;
inline constexpr std::size_t ml_dsa_65_signature_size = 3309;
/// Of the expanded private key, which is made of the seed when it is used and never kept.
inline constexpr std::size_t ml_dsa_65_private_key_size = 4032;

inline constexpr std::size_t ml_dsa_44_public_key_size = 1312;
inline constexpr std::size_t ml_dsa_44_signature_size = 2420;

/// Whether the libcrypto in use has ML-DSA-65.
/// Error: `operation_not_permitted`, detail `algorithm_unavailable`.
[[nodiscard]] Result<> check_ml_dsa_65();
/// Whether it has ML-DSA-44. Error: as `check_ml_dsa_65`.
[[nodiscard]] Result<> check_ml_dsa_44();

/// The two sets of parameters: of what length things are, and what OpenSSL calls it.
struct MlDsa65 {
    static constexpr const char* name = "ML-DSA-65";
    static constexpr std::size_t public_key_size = ml_dsa_65_public_key_size;
    static constexpr std::size_t signature_size = ml_dsa_65_signature_size;
};

struct MlDsa44 {
    static constexpr const char* name = "ML-DSA-44";
    static constexpr std::size_t public_key_size = ml_dsa_44_public_key_size;
    static constexpr std::size_t signature_size = ml_dsa_44_signature_size;
};

/// A signing key in memory. Move-only; what is kept of the private half is the 32-byte seed, in
/// memory that is wiped. A key that was moved from refuses to sign (`signing_failed`).
template <class Parameters>
class MlDsaKeyOf {
  public:
    static constexpr std::size_t seed_size = 32;

    /// Any 32 bytes are a seed (ML-DSA.KeyGen_internal of FIPS 204).
    /// Errors: `invalid_private_key` (`expected 32 bytes, got {n}`); as `check_ml_dsa_65`.
    [[nodiscard]] static Result<MlDsaKeyOf> from_seed(ByteView seed);

    /// A new random key. Errors: `entropy_unavailable`; as `check_ml_dsa_65`.
    [[nodiscard]] static Result<MlDsaKeyOf> generate(Env& env);

    /// A hedged signature, `Parameters::signature_size` bytes: 32 bytes of `env` go into each, so
    /// no two are equal. Takes a third of a millisecond, now and then several times that.
    /// Errors: `entropy_unavailable`; `signing_failed`; as `check_ml_dsa_65`.
    [[nodiscard]] Result<Bytes> sign(Env& env, ByteView message) const;

    /// `Parameters::public_key_size` bytes. Valid as long as this object.
    [[nodiscard]] ByteView public_half() const noexcept { return public_half_; }

    /// The secret half, 32 bytes: for key storage only. Valid as long as this object.
    [[nodiscard]] ByteView seed() const noexcept { return seed_.view(); }

  private:
    MlDsaKeyOf(SecretBytes seed, Bytes public_half) noexcept
        : seed_(std::move(seed)), public_half_(std::move(public_half)) {}

    SecretBytes seed_;
    Bytes public_half_;
};

extern template class MlDsaKeyOf<MlDsa65>;
extern template class MlDsaKeyOf<MlDsa44>;

using MlDsaKey = MlDsaKeyOf<MlDsa65>;
using MlDsa44Key = MlDsaKeyOf<MlDsa44>;

/// Whether `signature` is one of `public_key` over `message`. False for a key or a signature of
/// another length. Error: as `check_ml_dsa_65`, whatever the arguments.
[[nodiscard]] Result<bool> verify_ml_dsa_65(ByteView public_key, ByteView message,
                                            ByteView signature);
[[nodiscard]] Result<bool> verify_ml_dsa_44(ByteView public_key, ByteView message,
                                            ByteView signature);

}  // namespace aion::crypto
