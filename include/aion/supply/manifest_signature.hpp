// SPDX-License-Identifier: MIT OR Apache-2.0
// A manifest's signature outside an envelope, as the reference has it. What is signed has no
// SHA-256; new signatures belong into an envelope (envelope.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/trust/registry.hpp"

namespace aion::supply {

/// 112 bytes in a file: the signer (8, little-endian), the key (32), the signature over
/// `manifest_message` (64), 8 zero bytes.
struct ManifestSignature {
    static constexpr std::size_t size = 112;

    AuthorId signer;
    PublicKey key;
    Signature signature;
    friend bool operator==(const ManifestSignature&, const ManifestSignature&) = default;
};

/// Errors: `invalid_format` with `manifest_bad_signature` for another size, or reserved bytes that
/// are not zero.
[[nodiscard]] Result<ManifestSignature> manifest_signature_from_bytes(ByteView bytes);

[[nodiscard]] std::array<std::uint8_t, ManifestSignature::size> to_bytes(
    const ManifestSignature& signature) noexcept;

/// Errors: the signer's own.
[[nodiscard]] Result<ManifestSignature> sign_manifest(const Manifest& manifest, AuthorId signer,
                                                      crypto::Signer& key);

/// Whether the signer's key in `registry` (`EnvelopeRules::at_version` has which) is that of the
/// signature and has made it.
[[nodiscard]] bool is_signed(const Manifest& manifest, const ManifestSignature& signature,
                             const trust::Registry& registry,
                             std::optional<VersionNumber> at_version = {});

}  // namespace aion::supply
