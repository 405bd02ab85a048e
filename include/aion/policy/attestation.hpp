// SPDX-License-Identifier: MIT OR Apache-2.0
// Another author's signature over a version of a file, which stands beside the file: a version
// itself has one signature only.
#pragma once

#include <array>
#include <cstdint>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/format/records.hpp"

namespace aion::policy {

/// One attestation of one version (docs/verification.md#attestations).
struct Attestation {
    AuthorId signer;
    PublicKey public_key;
    Signature signature;
    friend bool operator==(const Attestation&, const Attestation&) = default;
};

/// `AION_V2_ATTESTATION_V1`, the version's 100 bytes, and the attester's id: what the reference's
/// multi-signature signs.
inline constexpr std::size_t attestation_message_size = 22 + 100 + 8;
[[nodiscard]] std::array<std::uint8_t, attestation_message_size> attestation_message(
    const format::VersionRecord& version, AuthorId signer) noexcept;

/// Attests `version` as `signer`. Errors: the signer's own.
[[nodiscard]] Result<Attestation> attest(const format::VersionRecord& version, AuthorId signer,
                                         crypto::Signer& key);

}  // namespace aion::policy
