// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/attestation_verdict.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/names.hpp"

namespace aion::policy {

namespace {

constexpr NameTable finding_names(std::to_array<Named<AttestationFinding>>({
    {AttestationFinding::counts, "counts"},
    {AttestationFinding::unknown_signer, "unknown_signer"},
    {AttestationFinding::no_active_epoch, "no_active_epoch"},
    {AttestationFinding::revoked_key, "revoked_key"},
    {AttestationFinding::other_key, "other_key"},
    {AttestationFinding::bad_signature, "bad_signature"},
}));

// All but the signature.
AttestationFinding look_up(const Attestation& attestation, const trust::EpochRecord* epoch,
                           const trust::SeenRegistry& registry) {
    if (epoch == nullptr) {
        return registry.find(attestation.signer) == nullptr ? AttestationFinding::unknown_signer
                                                            : AttestationFinding::no_active_epoch;
    }
    if (epoch->revocation) {
        return AttestationFinding::revoked_key;
    }
    return epoch->public_key == attestation.public_key ? AttestationFinding::counts
                                                       : AttestationFinding::other_key;
}

// Signatures that are to be verified, each once.
class Candidates {
  public:
    // `key`: the registry's.
    void add(std::size_t index, const Attestation& attestation, const PublicKey& key) {
        const auto [known, is_new] =
            known_.try_emplace({attestation.signer, attestation.signature}, unique_.size());
        if (is_new) {
            const format::le_u64 id(attestation.signer.value);
            Unique& one = unique_.emplace_back(
                Unique{.signature = &attestation.signature, .key = &key, .signer = {}});
            std::ranges::copy(format::bytes_of(id), one.signer.begin());
        }
        of_.emplace_back(index, known->second);
    }

    void verify(const format::VersionRecord& version, const crypto::VerifyOptions& options,
                std::vector<AttestationFinding>& findings) const {
        std::vector<crypto::VerifyItem> items;
        items.reserve(unique_.size());
        for (const Unique& one : unique_) {
            items.push_back({{format::attestation_domain(), version.body(), one.signer},
                             one.key,
                             one.signature});
        }
        const auto verdicts = crypto::verify_batch(items, options);
        for (const auto& [index, unique] : of_) {
            if (verdicts[unique] == 0) {
                findings[index] = AttestationFinding::bad_signature;
            }
        }
    }

  private:
    struct Unique {
        const Signature* signature;
        const PublicKey* key;
        std::array<std::uint8_t, sizeof(std::uint64_t)> signer;
    };

    std::map<std::pair<AuthorId, Signature>, std::size_t> known_;
    std::vector<Unique> unique_;
    std::vector<std::pair<std::size_t, std::size_t>> of_;  // which attestation, which of `unique_`
};

using Masters = std::map<PublicKey, std::vector<PublicKey>>;

// No deeper than there are signers.
bool takes_one(const PublicKey& key, const Masters& masters, std::map<PublicKey, PublicKey>& taken,
               std::set<PublicKey>& tried) {
    for (const PublicKey& master : masters.at(key)) {
        if (!tried.insert(master).second) {
            continue;
        }
        const auto holder = taken.find(master);
        if (holder == taken.end() || takes_one(holder->second, masters, taken, tried)) {
            taken.insert_or_assign(master, key);
            return true;
        }
    }
    return false;
}

}  // namespace

std::string_view name_of(AttestationFinding finding) noexcept {
    return finding_names.name(finding);
}

std::vector<AttestationFinding> judge_attestations(const format::VersionRecord& version,
                                                   std::span<const Attestation> attestations,
                                                   const trust::SeenRegistry& registry,
                                                   const crypto::VerifyOptions& options) {
    std::vector<AttestationFinding> findings;
    findings.reserve(attestations.size());
    Candidates candidates;
    for (std::size_t i = 0; i < attestations.size(); ++i) {
        const trust::EpochRecord* const epoch =
            registry.active_epoch(attestations[i].signer, VersionNumber{version.number});
        findings.push_back(look_up(attestations[i], epoch, registry));
        if (findings.back() == AttestationFinding::counts) {
            candidates.add(i, attestations[i], epoch->public_key);
        }
    }
    candidates.verify(version, options, findings);
    return findings;
}

std::size_t count_persons(const std::set<AuthorId>& signers, VersionNumber version,
                          const trust::SeenRegistry& registry) {
    // A matching of keys with master keys, an author being a key and its master key; each turn
    // looks for a way to have one more.
    Masters masters;
    for (const AuthorId author : signers) {
        masters[registry.active_epoch(author, version)->public_key].push_back(
            registry.find(author)->master_key);
    }
    std::map<PublicKey, PublicKey> taken;  // by master key
    std::size_t count = 0;
    for (const auto& [key, own] : masters) {
        std::set<PublicKey> tried;
        count += takes_one(key, masters, taken, tried) ? 1U : 0U;
    }
    return count;
}

}  // namespace aion::policy
