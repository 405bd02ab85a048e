// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/key_choice.hpp"

#include <array>
#include <utility>
#include <vector>

#include "aion/trust/registry_chain.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "trust/log_question.hpp"

namespace aion::release {
namespace {

constexpr NameTable finding_names(std::to_array<Named<KeyFinding>>({
    {KeyFinding::counts, "counts"},
    {KeyFinding::unknown_author, "unknown_author"},
    {KeyFinding::no_active_epoch, "no_active_epoch"},
    {KeyFinding::other_key, "other_key"},
    {KeyFinding::revoked, "revoked"},
    {KeyFinding::not_logged, "not_logged"},
    {KeyFinding::end_not_logged, "end_not_logged"},
    {KeyFinding::logged_too_late, "logged_too_late"},
}));

// The lowest index of any of `entries`.
Result<std::optional<std::uint64_t>> first_index(const tlog::LogOrderReader& log,
                                                 std::span<const Bytes> entries) {
    std::optional<std::uint64_t> first;
    for (const Bytes& entry : entries) {
        AION_TRY_ASSIGN(const auto index, log.index_of_entry(entry));
        if (index && (!first || *index < *first)) {
            first = index;
        }
    }
    return first;
}

KeyFinding finding_of(const trust::LogAnswer& answer) {
    switch (answer.finding) {
        case trust::LogFinding::before:
            return KeyFinding::counts;
        case trust::LogFinding::record_not_logged:
            // What could not be read is told of as such, whichever it was.
            return answer.failure ? KeyFinding::not_logged : KeyFinding::end_not_logged;
        case trust::LogFinding::after:
            return KeyFinding::logged_too_late;
        case trust::LogFinding::version_not_logged:
            break;
    }
    return KeyFinding::not_logged;
}

// What a log says of an epoch that was revoked, or is not active: nothing else can speak for it.
// `outside`: what is found where the epoch never had that version.
void ask_log(KeyChoice& choice, KeyFinding outside, const trust::RegistryChain& chain,
             AuthorId author, VersionNumber version, const tlog::LogOrderReader& log,
             std::span<const Bytes> entries) {
    const trust::EpochRecord& epoch = *choice.epoch;
    const trust::AuthorFacts& facts = chain.authors().at(author);
    std::vector<trust::RecordNumber> ended_by =
        chain.ended_only_by(facts, epoch.epoch, version, {});
    if (ended_by.empty() && !epoch.is_valid_at(version)) {
        choice.finding = outside;
        return;
    }
    // Whatever versions a revocation left it, nobody knows who holds the key since then.
    const auto& revoked = facts.epochs.at(epoch.epoch.value).revoked;
    ended_by.insert(ended_by.end(), revoked.begin(), revoked.end());
    trust::LogAnswer answer = trust::ask_log(log, first_index(log, entries), chain, ended_by);
    choice.finding = finding_of(answer);
    choice.failure = std::move(answer.failure);
    choice.leans_on_log = choice.counts();
}

}  // namespace

std::string_view name_of(KeyFinding finding) noexcept {
    return finding_names.name(finding);
}

std::string KeyChoice::reason() const {
    switch (finding) {
        case KeyFinding::counts:
            return {};
        case KeyFinding::unknown_author:
            return "the registry does not have this author";
        case KeyFinding::no_active_epoch:
            return "no key of this author may sign at that version";
        case KeyFinding::other_key:
            return "the key is not the one that may sign at that version";
        case KeyFinding::revoked:
            return "the key was revoked, and no log shows that this was signed before";
        case KeyFinding::not_logged:
            return failure
                       ? "the key was ended, and the log could not be read: " + failure->message()
                       : "the key was ended, and the log does not have this";
        case KeyFinding::end_not_logged:
            return "the log does not have the record that ended the key";
        case KeyFinding::logged_too_late:
            return "this was logged behind the record that ended the key";
    }
    return {};
}

KeyChoice choose_key(const trust::Registry& registry, AuthorId author, VersionNumber version,
                     const std::optional<PublicKey>& key, const tlog::LogOrderReader* log,
                     std::span<const Bytes> entries) {
    const trust::Registry::Author* const known = registry.find(author);
    if (known == nullptr) {
        return {};
    }
    const trust::EpochRecord* const active = known->active_epoch(version);
    const trust::EpochRecord* const named = key ? known->find(*key, version) : nullptr;
    const trust::EpochRecord* const epoch = named != nullptr ? named : active;
    if (epoch == nullptr) {
        return {.finding = KeyFinding::no_active_epoch};
    }
    if (epoch == active && !epoch->revocation) {
        return {.finding = KeyFinding::counts, .epoch = epoch};
    }
    const bool has_successor = active != nullptr && active != epoch;
    const KeyFinding outside = has_successor ? KeyFinding::other_key : KeyFinding::no_active_epoch;
    KeyChoice choice{.finding = epoch->revocation ? KeyFinding::revoked : outside, .epoch = epoch};
    if (log != nullptr && registry.chain() != nullptr) {
        ask_log(choice, outside, *registry.chain(), author, version, *log, entries);
    }
    return choice;
}

}  // namespace aion::release
