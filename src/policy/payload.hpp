// SPDX-License-Identifier: MIT OR Apache-2.0
// Sealing the payload (spec 01 section 16). The key follows from the file id, which is in the
// header: this protects against accidents, not against readers, and is no confidentiality.
#pragma once

#include <functional>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/aead.hpp"

namespace aion::policy {

/// Bytes that sealing adds: nonce before, tag behind.
inline constexpr std::size_t seal_overhead = crypto::aead_nonce_size + crypto::aead_tag_size;

/// Writes nonce, ciphertext and tag into `section`, `payload.size() + seal_overhead` bytes long.
/// Error: `encryption_failed`.
[[nodiscard]] Result<> seal_payload(ByteView payload, FileId file, VersionNumber version,
                                    crypto::AeadNonceView nonce, MutableByteView section);

/// The payload of a section. Errors: `decryption_failed`; `hash_mismatch` with `rules_hash`.
[[nodiscard]] Result<Bytes> open_payload(ByteView section, FileId file, VersionNumber version,
                                         const Hash& rules_hash);

/// The same verdict in constant memory. Errors: as `open_payload`.
[[nodiscard]] Result<> check_payload(ByteView section, FileId file, VersionNumber version,
                                     const Hash& rules_hash);

}  // namespace aion::policy
