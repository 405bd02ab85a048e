// SPDX-License-Identifier: MIT OR Apache-2.0
// The pin gate: what the caller knows of the file and of the registry from elsewhere, whom it
// allows as authors, and how many of whom must have signed the head.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/policy/attestation_verdict.hpp"
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

/// Who signed the head, of those who are asked to, who are in order.
std::set<AuthorId> signers_of(const VersionRecord& head, const SeenRegistry& registry,
                              const std::vector<AuthorId>& asked, const VerifyOptions& options,
                              bool head_counts) {
    std::set<AuthorId> signers;
    if (const AuthorId author{head.author};
        head_counts && std::ranges::binary_search(asked, author)) {
        signers.insert(author);  // whoever wrote it did
    }
    std::vector<Attestation> candidates;
    for (const Attestation& attestation : options.attestations) {
        if (std::ranges::binary_search(asked, attestation.signer) &&
            !signers.contains(attestation.signer)) {
            candidates.push_back(attestation);
        }
    }
    const auto findings = judge_attestations(
        head, candidates, registry, {.cache = options.key_cache, .threads = options.threads});
    for (std::size_t i = 0; i < findings.size(); ++i) {
        if (findings[i] == AttestationFinding::counts) {
            signers.insert(candidates[i].signer);
        }
    }
    return signers;
}

std::string what_is_missing(const Requirement& required, const std::set<AuthorId>& signers,
                            std::size_t persons, const VersionRecord& head,
                            const trust::Registry& registry) {
    std::vector<AuthorId> missing;
    std::ranges::set_difference(required.authors, signers, std::back_inserter(missing));
    std::string text = fmt::format("version {} is signed by {} of {}, at least {} {} required",
                                   static_cast<std::uint64_t>(head.number), persons,
                                   in_words(required.authors, registry), required.threshold,
                                   required.threshold == 1 ? "is" : "are");
    if (persons < signers.size()) {
        text += fmt::format("; {} signed, but who has the same key or master key counts once",
                            in_words({signers.begin(), signers.end()}, registry));
    }
    return missing.empty() ? text : text + "; missing: " + in_words(missing, registry);
}

void require_signers(GateOutcome& outcome, const Subject& subject, const SeenRegistry& registry,
                     const VerifyOptions& options, bool head_counts) {
    Requirement required = *options.require;
    std::ranges::sort(required.authors);
    const VersionRecord& head = subject.versions->back();
    const std::set<AuthorId> signers =
        signers_of(head, registry, required.authors, options, head_counts);
    const std::size_t persons = count_persons(signers, VersionNumber{head.number}, registry);
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
