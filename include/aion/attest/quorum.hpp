// SPDX-License-Identifier: MIT OR Apache-2.0
// Who has attested a version, and whether that is enough.
//
// Whether a file is VALID only policy::verify says, which is given the same requirement and the
// same attestations. What is here says why: entry by entry, and author by author.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/attest/attestation.hpp"
#include "aion/attest/container.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/requirement.hpp"
#include "aion/trust/seen_registry.hpp"

namespace aion::attest {

/// What was found of one entry, in the order in which it is looked for.
enum class EntryFinding : std::uint8_t {
    counts,          ///< Its signer has signed this version.
    malformed,       ///< Reserved bytes are not zero.
    not_asked,       ///< Of an author whom the requirement does not name: ignored, not judged.
    unknown_signer,  ///< As `policy::AttestationFinding` (policy/attestation_verdict.hpp); the same
                     ///< for those below.
    no_active_epoch,  ///< The registry holds no key of the signer for this version.
    revoked_key,      ///< The key for this version was revoked since.
    other_key,        ///< Not the key that the registry holds.
    bad_signature,    ///< Of another version, of somebody else, or damaged.
};

/// `counts`, `malformed`, …: stable.
[[nodiscard]] std::string_view name_of(EntryFinding finding) noexcept;

struct Quorum {
    std::uint32_t required = 1;
    /// Persons who signed, of those who are asked: distinct authors, keys and master keys. Without
    /// a requirement: authors who attested.
    std::size_t valid_count = 0;
    std::vector<EntryFinding> findings;  ///< One for each entry, in their order.
    std::vector<AuthorId> valid;         ///< Asked, and signed. Ascending, as all lists here.
    std::vector<AuthorId> invalid;       ///< Asked, and there are entries, of which none counts.
    std::vector<AuthorId> missing;       ///< Asked, and there is no entry.
    std::vector<AuthorId> ignored;       ///< There are entries, but nobody asked.

    /// Nothing but the good ones decides: what is bad takes nothing from them.
    [[nodiscard]] bool is_met() const noexcept { return required > 0 && valid_count >= required; }
};

struct QuorumOptions {
    /// How many of whom. Nothing: anybody in the registry may attest, and one is enough.
    std::optional<policy::Requirement> require = {};
    /// Whoever wrote the version signed it; false where that signature does not count.
    bool author_counts = true;
    crypto::VerifyOptions verify = {};
};

/// Judges every entry as an attestation of `version`, whose bytes come from the file itself. Where
/// a requirement is given, the author of the version counts without an entry. Time is linear in
/// the number of entries, and each signature is verified once.
[[nodiscard]] Quorum judge_quorum(const format::VersionRecord& version,
                                  std::span<const Entry> entries,
                                  const trust::SeenRegistry& registry,
                                  const QuorumOptions& options = {});

/// The entries that a container has of a version of its file: those that stand under it, and those
/// that stand elsewhere and count for it all the same, as for policy::verify all of them do.
[[nodiscard]] std::vector<Entry> entries_for(const Container& container,
                                             const format::VersionRecord& version,
                                             const trust::SeenRegistry& registry,
                                             const crypto::VerifyOptions& options = {});

// --- As the reference has it ---------------------------------------------------------------------

/// A policy of aion-context 1.0.0, taken as it is: nothing holds of its members.
struct ReferencePolicy {
    std::uint32_t threshold = 1;
    std::uint32_t total_signers = 1;
    std::vector<AuthorId> authorized_signers;
    friend bool operator==(const ReferencePolicy&, const ReferencePolicy&) = default;
};

struct ReferenceVerdict {
    bool threshold_met = false;
    std::uint32_t valid_count = 0;
    std::uint32_t required = 0;
    std::vector<AuthorId> valid_signers;    ///< In the order of entries.
    std::vector<AuthorId> invalid_signers;  ///< In the order of entries.
    std::vector<AuthorId> missing_signers;  ///< In the order of the policy, as often as there.

    [[nodiscard]] bool is_valid() const noexcept {
        return threshold_met && invalid_signers.empty();
    }

    friend bool operator==(const ReferenceVerdict&, const ReferenceVerdict&) = default;
};

/// What aion-context 1.0.0 would say, for comparing verdicts with it. Whoever can add an entry can
/// spoil it: the first entry of an author decides, and a bad one vetoes. It counts one person with
/// two author ids twice, and a key that was revoked later. Never decide by it.
[[nodiscard]] ReferenceVerdict reference_verdict(const format::VersionRecord& version,
                                                 std::span<const Entry> entries,
                                                 const ReferencePolicy& policy,
                                                 const trust::Registry& registry);

/// In one line, members in the reference's order.
[[nodiscard]] std::string to_json(const ReferenceVerdict& verdict);

}  // namespace aion::attest
