// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 signing keys (RFC 8032) and the interface of everything that can sign.
#pragma once

#include <cstddef>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/secret.hpp"

namespace aion::crypto {

/// Something that holds one Ed25519 key and signs with it: a key in memory, an HSM, a KMS
/// (docs/library.md#keys-that-live-elsewhere). Signing an operation asks `public_key` first, then,
/// after everything else that can fail has succeeded, `sign` exactly once.
class Signer {
  public:
    virtual ~Signer() = default;

    /// The public half. Errors: the provider's own, passed on unchanged.
    [[nodiscard]] virtual Result<PublicKey> public_key() = 0;

    /// The RFC 8032 signature over exactly `message`.
    /// Errors: the provider's own (`signing_failed`), passed on unchanged.
    [[nodiscard]] virtual Result<Signature> sign(ByteView message) = 0;

  protected:
    Signer() = default;
    Signer(const Signer&) = default;
    Signer& operator=(const Signer&) = default;
    Signer(Signer&&) = default;
    Signer& operator=(Signer&&) = default;
};

/// A signing key in memory. Move-only; the seed lives in memory that is wiped. Signing is
/// deterministic and takes about 30 µs; it may run in several threads at once. A key that was
/// moved from refuses to sign (`signing_failed`).
class SigningKey final : public Signer {
  public:
    static constexpr std::size_t seed_size = 32;

    /// Any 32 bytes are a seed. Error: `invalid_private_key`
    /// (`expected 32 bytes, got {n}`) for any other length.
    [[nodiscard]] static Result<SigningKey> from_seed(ByteView seed);

    /// A new random key. Error: `entropy_unavailable`.
    [[nodiscard]] static Result<SigningKey> generate(Env& env);

    [[nodiscard]] Result<PublicKey> public_key() override { return public_key_; }

    [[nodiscard]] Result<Signature> sign(ByteView message) override;

    /// The public half, without a Result to unwrap.
    [[nodiscard]] const PublicKey& public_half() const noexcept { return public_key_; }

    /// The secret half, 32 bytes: for key storage only. Valid as long as this object.
    [[nodiscard]] ByteView seed() const noexcept { return seed_.view(); }

  private:
    SigningKey(SecretBytes seed, const PublicKey& public_key) noexcept
        : seed_(std::move(seed)), public_key_(public_key) {}

    SecretBytes seed_;
    PublicKey public_key_;
};

/// Version of the OpenSSL library in use, e.g. `3.5.4`.
[[nodiscard]] const char* openssl_version() noexcept;

}  // namespace aion::crypto
