// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/quorum.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "aion/base/json_writer.hpp"
#include "aion/policy/attestation_verdict.hpp"
#include "base/names.hpp"

namespace aion::attest {
namespace {

constexpr NameTable finding_names(std::to_array<Named<EntryFinding>>({
    {EntryFinding::counts, "counts"},
    {EntryFinding::malformed, "malformed"},
    {EntryFinding::not_asked, "not_asked"},
    {EntryFinding::unknown_signer, "unknown_signer"},
    {EntryFinding::no_active_epoch, "no_active_epoch"},
    {EntryFinding::revoked_key, "revoked_key"},
    {EntryFinding::other_key, "other_key"},
    {EntryFinding::bad_signature, "bad_signature"},
}));

EntryFinding finding_of(policy::AttestationFinding found) noexcept {
    switch (found) {
        case policy::AttestationFinding::counts:
            return EntryFinding::counts;
        case policy::AttestationFinding::unknown_signer:
            return EntryFinding::unknown_signer;
        case policy::AttestationFinding::no_active_epoch:
            return EntryFinding::no_active_epoch;
        case policy::AttestationFinding::revoked_key:
            return EntryFinding::revoked_key;
        case policy::AttestationFinding::other_key:
            return EntryFinding::other_key;
        case policy::AttestationFinding::bad_signature:
            break;
    }
    return EntryFinding::bad_signature;
}

class Judge {
  public:
    Judge(const format::VersionRecord& version, std::span<const Entry> entries,
          const trust::SeenRegistry& registry, const QuorumOptions& options)
        : version_(version), entries_(entries), registry_(registry), options_(options) {
        if (options.require) {
            asked_.insert(options.require->authors.begin(), options.require->authors.end());
        }
    }

    Quorum run() {
        Quorum quorum;
        quorum.findings = find();
        std::set<AuthorId> valid;
        std::set<AuthorId> with_entry;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const AuthorId signer = entries_[i].attestation.signer;
            with_entry.insert(signer);
            if (quorum.findings[i] == EntryFinding::counts) {
                valid.insert(signer);
            }
        }
        if (options_.require) {
            const AuthorId author{version_.author};
            if (options_.author_counts && asked_.contains(author)) {
                valid.insert(author);
            }
            quorum.required = options_.require->threshold;
            quorum.valid_count =
                policy::count_persons(valid, VersionNumber{version_.number}, registry_);
        } else {
            quorum.valid_count = valid.size();
            asked_ = with_entry;
        }
        list(quorum, valid, with_entry);
        return quorum;
    }

  private:
    [[nodiscard]] std::vector<EntryFinding> find() const {
        std::vector<EntryFinding> findings(entries_.size(), EntryFinding::malformed);
        std::vector<policy::Attestation> asked;
        std::vector<std::size_t> which;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const Entry& entry = entries_[i];
            if (!entry.is_well_formed()) {
                continue;
            }
            if (options_.require && !asked_.contains(entry.attestation.signer)) {
                findings[i] = EntryFinding::not_asked;
                continue;
            }
            asked.push_back(entry.attestation);
            which.push_back(i);
        }
        const auto found = policy::judge_attestations(version_, asked, registry_, options_.verify);
        for (std::size_t i = 0; i < found.size(); ++i) {
            findings[which[i]] = finding_of(found[i]);
        }
        return findings;
    }

    void list(Quorum& quorum, const std::set<AuthorId>& valid,
              const std::set<AuthorId>& with_entry) const {
        quorum.valid.assign(valid.begin(), valid.end());
        for (const AuthorId author : asked_) {
            if (!valid.contains(author)) {
                (with_entry.contains(author) ? quorum.invalid : quorum.missing).push_back(author);
            }
        }
        std::ranges::set_difference(with_entry, asked_, std::back_inserter(quorum.ignored));
    }

    const format::VersionRecord& version_;
    std::span<const Entry> entries_;
    const trust::SeenRegistry& registry_;
    const QuorumOptions& options_;
    std::set<AuthorId> asked_;
};

// Whatever became of the key later.
bool passes_reference(const format::VersionRecord& version, const policy::Attestation& attestation,
                      const trust::Registry& registry) {
    const trust::EpochRecord* const epoch =
        registry.active_epoch(attestation.signer, VersionNumber{version.number});
    return epoch != nullptr && epoch->public_key == attestation.public_key &&
           crypto::verify(epoch->public_key,
                          policy::attestation_message(version, attestation.signer),
                          attestation.signature);
}

void member(JsonWriter& out, std::string_view name, const std::vector<AuthorId>& authors) {
    out.key(name).begin_array();
    for (const AuthorId author : authors) {
        out.value(author);
    }
    out.end_array();
}

}  // namespace

std::string_view name_of(EntryFinding finding) noexcept {
    return finding_names.name(finding);
}

Quorum judge_quorum(const format::VersionRecord& version, std::span<const Entry> entries,
                    const trust::SeenRegistry& registry, const QuorumOptions& options) {
    return Judge(version, entries, registry, options).run();
}

std::vector<Entry> entries_for(const Container& container, const format::VersionRecord& version,
                               const trust::SeenRegistry& registry,
                               const crypto::VerifyOptions& options) {
    const AttestedVersion* const own =
        container.find(VersionNumber{version.number}, format::version_hash(version));
    std::vector<Entry> entries = own == nullptr ? std::vector<Entry>() : own->entries;
    std::vector<policy::Attestation> others;
    for (const AttestedVersion& other : container.versions()) {
        for (const Entry& entry : other.entries) {
            if (&other != own && entry.is_well_formed()) {
                others.push_back(entry.attestation);
            }
        }
    }
    const auto findings = policy::judge_attestations(version, others, registry, options);
    for (std::size_t i = 0; i < findings.size(); ++i) {
        if (findings[i] == policy::AttestationFinding::counts) {
            entries.push_back({.attestation = others[i], .reserved = {}});
        }
    }
    return entries;
}

ReferenceVerdict reference_verdict(const format::VersionRecord& version,
                                   std::span<const Entry> entries, const ReferencePolicy& policy,
                                   const trust::Registry& registry) {
    const std::set<AuthorId> authorized(policy.authorized_signers.begin(),
                                        policy.authorized_signers.end());
    ReferenceVerdict verdict{.required = policy.threshold,
                             .valid_signers = {},
                             .invalid_signers = {},
                             .missing_signers = {}};
    std::set<AuthorId> seen;
    for (const Entry& entry : entries) {
        const AuthorId signer = entry.attestation.signer;
        if (authorized.contains(signer) && seen.insert(signer).second) {
            const bool passes = passes_reference(version, entry.attestation, registry);
            (passes ? verdict.valid_signers : verdict.invalid_signers).push_back(signer);
        }
    }
    std::ranges::copy_if(policy.authorized_signers, std::back_inserter(verdict.missing_signers),
                         [&](AuthorId author) { return !seen.contains(author); });
    verdict.valid_count = static_cast<std::uint32_t>(verdict.valid_signers.size());
    verdict.threshold_met = verdict.valid_count >= policy.threshold;
    return verdict;
}

std::string to_json(const ReferenceVerdict& verdict) {
    std::string text;
    JsonWriter out(text, JsonStyle::compact);
    out.begin_object();
    out.member("threshold_met", verdict.threshold_met)
        .member("valid_count", verdict.valid_count)
        .member("required", verdict.required);
    member(out, "valid_signers", verdict.valid_signers);
    member(out, "invalid_signers", verdict.invalid_signers);
    member(out, "missing_signers", verdict.missing_signers);
    out.end_object();
    return text;
}

}  // namespace aion::attest
