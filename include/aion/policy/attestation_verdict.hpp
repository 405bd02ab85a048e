// SPDX-License-Identifier: MIT OR Apache-2.0
// Who has signed a version by attestations: what the pin gate counts (policy::verify), attestation
// by attestation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/format/records.hpp"
#include "aion/policy/attestation.hpp"
#include "aion/trust/seen_registry.hpp"

namespace aion::policy {

/// What was found of one attestation, in the order in which it is looked for.
enum class AttestationFinding : std::uint8_t {
    counts,           ///< Its signer has signed this version.
    unknown_signer,   ///< The registry does not know the signer.
    no_active_epoch,  ///< It holds no key of the signer for this version.
    /// The key for this version was revoked since, and nothing tells when an attestation was made.
    revoked_key,
    other_key,      ///< Not the key that the registry holds.
    bad_signature,  ///< Of another version, of somebody else, or damaged.
};

/// `counts`, `unknown_signer`, …: stable.
[[nodiscard]] std::string_view name_of(AttestationFinding finding) noexcept;

/// What is found of each of `attestations` as one of `version`; none takes anything from another.
/// Keys are those of the registry. One signature that is there many times is verified once.
[[nodiscard]] std::vector<AttestationFinding> judge_attestations(
    const format::VersionRecord& version, std::span<const Attestation> attestations,
    const trust::SeenRegistry& registry, const crypto::VerifyOptions& options = {});

/// How many persons `signers` are at `version`: as many as can be found among them of whom no two
/// have the same key or the same master key. More signers never make it less. Each must have an
/// active epoch there; at most `max_required_authors` of them.
[[nodiscard]] std::size_t count_persons(const std::set<AuthorId>& signers, VersionNumber version,
                                        const trust::SeenRegistry& registry);

}  // namespace aion::policy
