// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of the key containers (docs/keys.md) that tests and fuzzers reach separately, because
// deriving a key takes as long as it is meant to; the whole is in aion/trust/keystore.hpp.
#pragma once

#include <span>
#include <string_view>

#include "aion/crypto/secret.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/hybrid_keystore.hpp"
#include "aion/trust/keystore.hpp"

namespace aion::trust {

inline constexpr std::size_t local_container_size = 65;
inline constexpr std::size_t exported_container_size = 81;
inline constexpr std::size_t local_hybrid_container_size = 65;
inline constexpr std::size_t exported_hybrid_container_size = 113;

/// The key of `AFKY` containers. Errors: `resource_exhausted` when the memory for it is not to be
/// had; `invalid_private_key` for 4 GiB of identifier.
[[nodiscard]] Result<crypto::SecretBytes> derive_machine_key(std::string_view machine_id);
/// The key of an `AKEY` container. Errors: as above, for the password.
[[nodiscard]] Result<crypto::SecretBytes> derive_export_key(ByteView password,
                                                            std::span<const std::uint8_t, 16> salt);

/// Length, magic and version, in that order; nothing secret is needed. Error: `invalid_format`.
[[nodiscard]] Result<> check_local_container(ByteView container);
[[nodiscard]] Result<> check_exported_container(ByteView container);
[[nodiscard]] Result<> check_local_hybrid_container(ByteView container);
[[nodiscard]] Result<> check_exported_hybrid_container(ByteView container);
/// By its magic alone.
[[nodiscard]] bool is_exported_hybrid_key(ByteView container) noexcept;

/// Opens what follows the header, under a key that was derived before. `container` must have
/// passed the check. Errors: `decryption_failed`, `invalid_private_key`.
[[nodiscard]] Result<crypto::SigningKey> open_local_key_with(KeyId id, ByteView container,
                                                             const crypto::SecretBytes& key);
[[nodiscard]] Result<crypto::SigningKey> open_exported_key_with(KeyId id, ByteView container,
                                                                const crypto::SecretBytes& key);
/// Also: as `crypto::check_ml_dsa_65`.
[[nodiscard]] Result<crypto::MlDsaKey> open_local_hybrid_with(KeyId id, const PublicKey& classical,
                                                              ByteView container,
                                                              const crypto::SecretBytes& key);
[[nodiscard]] Result<HybridKey> open_exported_hybrid_with(KeyId id, ByteView container,
                                                          const crypto::SecretBytes& key);

}  // namespace aion::trust
