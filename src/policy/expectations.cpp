// SPDX-License-Identifier: MIT OR Apache-2.0
// The pin gate: what the caller knows of the file and of the registry from elsewhere, whom it
// allows as authors, and how many of whom must have signed the head.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/trust/author_in_words.hpp"
#include "aion/trust/registry_chain.hpp"
#include "policy/gates.hpp"

namespace aion::policy {

using format::VersionRecord;
using trust::SeenRegistry;

namespace {

// Of so many authors a message gives the names.
constexpr std::size_t most_named = 16;

std::string in_words(const std::vector<AuthorId>& authors, const trust::Registry& registry) {
    std::string text;
    for (std::size_t i = 0; i < std::min(authors.size(), most_named); ++i) {
        text += (i == 0 ? "" : ", ") + author_in_list(registry, authors[i]);
    }
    if (authors.size() > most_named) {
        text += fmt::format(" and {} more", authors.size() - most_named);
    }
    return text;
}

void compare_pins(GateOutcome& outcome, const Subject& subject, const Pins& pins) {
    const format::FileView& view = *subject.view;
    const VersionRecord& head = subject.versions->back();
    const std::size_t head_index = subject.versions->size() - 1;
    if (pins.file_id && view.file_id() != *pins.file_id) {
        outcome.add(Reason::file_id_differs, std::nullopt, view.offset_of(&view.header().file_id),
                    fmt::format("the file id is {}, pinned is {}", to_string(view.file_id()),
                                to_string(*pins.file_id)));
    }
    if (pins.head) {
        const Hash actual = format::version_hash(head);
        if (actual != *pins.head) {
            outcome.add(
                Reason::head_differs, head_index, view.offset_of(&head),
                fmt::format("the head is {}, pinned is {}", to_hex(actual), to_hex(*pins.head)));
        }
    }
    if (pins.min_version && head.number < pins.min_version->value) {
        outcome.add(Reason::history_too_short, head_index, view.offset_of(&head.number),
                    fmt::format("the history ends at version {}, at least {} is required",
                                static_cast<std::uint64_t>(head.number), pins.min_version->value));
    }
}

void compare_registry(GateOutcome& outcome, const trust::Registry& registry, const Hash& expected) {
    if (registry.is_or_continues(expected)) {
        return;
    }
    const trust::RegistryChain* const chain = registry.chain();
    outcome.add(Reason::registry_differs, std::nullopt, std::nullopt,
                chain == nullptr
                    ? fmt::format("the registry is {}, expected is {}",
                                  to_hex(registry.fingerprint()), to_hex(expected))
                    : fmt::format("the registry, whose last record {} is {}, does not continue {}",
                                  chain->number(), to_hex(chain->head()), to_hex(expected)));
}

void require_allowed(GateOutcome& outcome, const Subject& subject, const trust::Registry& registry,
                     std::vector<AuthorId> allowed) {
    std::ranges::sort(allowed);
    const auto versions = *subject.versions;
    for (std::size_t i = 0; i < versions.size(); ++i) {
        const AuthorId author{versions[i].author};
        if (std::ranges::binary_search(allowed, author)) {
            continue;
        }
        outcome.add(Reason::author_not_allowed, i, subject.view->offset_of(&versions[i].author),
                    outcome.full() ? std::string()
                                   : fmt::format("version {} is by {}; allowed are only {}",
                                                 static_cast<std::uint64_t>(versions[i].number),
                                                 author_in_words(registry, author),
                                                 in_words(allowed, registry)));
    }
}

/// Who signed a version, of those who are asked to.
class Signers {
  public:
    Signers(const VersionRecord& version, const SeenRegistry& registry,
            const std::vector<AuthorId>& asked)
        : version_(version), registry_(registry), asked_(asked) {}

    /// Whoever wrote it did.
    void add_author() {
        const AuthorId author{version_.author};
        if (is_asked(author)) {
            signed_.insert(author);
        }
    }

    /// The keys are the registry's. What does not verify says nothing, whoever made it. Nor does
    /// one by a key that was revoked, whichever versions it may stand under: nothing tells when it
    /// was made. What is there twice is verified once.
    void add(std::span<const Attestation> attestations, const VerifyOptions& options) {
        std::vector<std::pair<const Attestation*, const PublicKey*>> candidates;
        std::set<std::pair<AuthorId, Signature>> known;
        for (const Attestation& attestation : attestations) {
            if (!is_asked(attestation.signer) || signed_.contains(attestation.signer)) {
                continue;
            }
            const trust::EpochRecord* const epoch = epoch_of(attestation.signer);
            if (epoch != nullptr && !epoch->revocation &&
                epoch->public_key == attestation.public_key &&
                known.emplace(attestation.signer, attestation.signature).second) {
                candidates.emplace_back(&attestation, &epoch->public_key);
            }
        }
        std::vector<std::array<std::uint8_t, sizeof(std::uint64_t)>> ids;
        ids.reserve(candidates.size());
        std::vector<crypto::VerifyItem> items;
        items.reserve(candidates.size());
        for (const auto& [attestation, key] : candidates) {
            const format::le_u64 id(attestation->signer.value);
            std::ranges::copy(format::bytes_of(id), ids.emplace_back().begin());
            items.push_back({{format::attestation_domain(), version_.body(), ids.back()},
                             key,
                             &attestation->signature});
        }
        const auto verdicts =
            crypto::verify_batch(items, {.cache = options.key_cache, .threads = options.threads});
        for (std::size_t i = 0; i < verdicts.size(); ++i) {
            if (verdicts[i] != 0) {
                signed_.insert(candidates[i].first->signer);
            }
        }
    }

    /// How many persons they are: as many as can be found among them of whom no two have the same
    /// key or the same master key. More signers never make it less.
    [[nodiscard]] std::size_t persons() const {
        // A matching of keys with master keys, an author being a key and its master key; each turn
        // looks for a way to have one more.
        std::map<PublicKey, std::vector<PublicKey>> masters;
        for (const AuthorId author : signed_) {
            masters[epoch_of(author)->public_key].push_back(registry_.find(author)->master_key);
        }
        std::map<PublicKey, PublicKey> taken;  // by master key
        std::size_t count = 0;
        for (const auto& [key, own] : masters) {
            std::set<PublicKey> tried;
            count += takes_one(key, masters, taken, tried) ? 1U : 0U;
        }
        return count;
    }

    [[nodiscard]] const std::set<AuthorId>& all() const noexcept { return signed_; }

  private:
    [[nodiscard]] bool is_asked(AuthorId author) const {
        return std::ranges::binary_search(asked_, author);
    }

    [[nodiscard]] const trust::EpochRecord* epoch_of(AuthorId author) const {
        return registry_.active_epoch(author, VersionNumber{version_.number});
    }

    using Masters = std::map<PublicKey, std::vector<PublicKey>>;

    // No deeper than there are authors, of whom there are `max_required_authors`.
    static bool takes_one(const PublicKey& key, const Masters& masters,
                          std::map<PublicKey, PublicKey>& taken, std::set<PublicKey>& tried) {
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

    const VersionRecord& version_;
    const SeenRegistry& registry_;
    const std::vector<AuthorId>& asked_;
    std::set<AuthorId> signed_;
};

std::string what_is_missing(const Requirement& required, const Signers& signers,
                            std::size_t persons, const VersionRecord& head,
                            const trust::Registry& registry) {
    std::vector<AuthorId> missing;
    std::ranges::set_difference(required.authors, signers.all(), std::back_inserter(missing));
    std::string text = fmt::format("version {} is signed by {} of {}, at least {} {} required",
                                   static_cast<std::uint64_t>(head.number), persons,
                                   in_words(required.authors, registry), required.threshold,
                                   required.threshold == 1 ? "is" : "are");
    if (persons < signers.all().size()) {
        text += fmt::format("; {} signed, but who has the same key or master key counts once",
                            in_words({signers.all().begin(), signers.all().end()}, registry));
    }
    return missing.empty() ? text : text + "; missing: " + in_words(missing, registry);
}

void require_signers(GateOutcome& outcome, const Subject& subject, const SeenRegistry& registry,
                     const VerifyOptions& options, bool head_counts) {
    Requirement required = *options.require;
    std::ranges::sort(required.authors);
    const VersionRecord& head = subject.versions->back();
    Signers signers(head, registry, required.authors);
    if (head_counts) {
        signers.add_author();
    }
    signers.add(options.attestations, options);
    const std::size_t persons = signers.persons();
    if (persons == 0 || persons < required.threshold) {
        outcome.add(Reason::threshold_not_met, subject.versions->size() - 1,
                    subject.view->offset_of(&head),
                    what_is_missing(required, signers, persons, head, registry.registry()));
    }
}

}  // namespace

GateOutcome pin_gate(const Subject& subject, const SeenRegistry& registry,
                     const VerifyOptions& options, bool head_counts) {
    GateOutcome outcome(Gate::pin);
    if (!options.expects_anything() || !subject.has_versions()) {
        outcome.skip();
        return outcome;
    }
    compare_pins(outcome, subject, options.pins);
    if (options.pins.registry) {
        compare_registry(outcome, registry.registry(), *options.pins.registry);
    }
    if (!options.authors.empty()) {
        require_allowed(outcome, subject, registry.registry(), options.authors);
    }
    if (options.require) {
        require_signers(outcome, subject, registry, options, head_counts);
    }
    return outcome;
}

}  // namespace aion::policy
