// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/authority.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/crypto/hash.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/author_in_words.hpp"
#include "policy/gates.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

using trust::EpochRecord;
using trust::SeenRegistry;

namespace {

// In which histories an end is where it is.
enum class Reach : std::uint8_t {
    any,       // Nobody listed one, or it may be either.
    listed,    // In this one, because a record lists it.
    unlisted,  // In those that no record lists.
};

// An end in the history at hand, and in those that no record lists.
Reach reach_of(const SeenRegistry& registry, VersionNumber here,
               const std::optional<VersionNumber>& elsewhere) {
    if (registry.registry().chain() == nullptr) {
        return Reach::any;
    }
    if (elsewhere != here) {
        return Reach::listed;
    }
    return here.value == 0 || !registry.is_listed() ? Reach::unlisted : Reach::any;
}

// The same for one of an epoch's two ends, which it has here.
template <typename End>
Reach reach_of_end(const SeenRegistry& registry, AuthorId author, const EpochRecord& epoch,
                   std::optional<End> EpochRecord::* end) {
    const EpochRecord* const elsewhere = registry.registry().find(author, epoch.epoch);
    const bool ends_elsewhere = elsewhere != nullptr && elsewhere->*end;
    return reach_of(
        registry, (epoch.*end)->effective_from,
        ends_elsewhere ? std::optional((elsewhere->*end)->effective_from) : std::nullopt);
}

std::string in_words(Reach reach, std::string_view preposition, std::string_view behind,
                     VersionNumber here) {
    if (reach == Reach::unlisted && here.value == 0) {
        return "for every version of a history that the record does not list";
    }
    std::string plain = fmt::format("{} version {}{}", preposition, here.value, behind);
    switch (reach) {
        case Reach::listed:
            return plain + " of this history, which the record lists";
        case Reach::unlisted:
            return plain + " in histories that the record does not list";
        case Reach::any:
            break;
    }
    return plain;
}

}  // namespace

SeenRegistry seen_by(const Subject& subject, const trust::Registry& registry) {
    return {registry, hashes_of(subject)};
}

SeenRegistry seen_by(const Subject& subject, const trust::Registry& registry,
                     const VerifyOptions& options) {
    SeenRegistry seen = seen_by(subject, registry);
    if (options.log == nullptr || options.profile != Profile::strict || !subject.has_versions() ||
        !subject.signatures) {
        return seen;
    }
    const auto versions = *subject.versions;
    const std::size_t paired = std::min(versions.size(), subject.signatures->size());
    for (std::size_t i = 0; i < paired; ++i) {
        const format::VersionRecord& version = versions[i];
        const format::SignatureRecord& signature = (*subject.signatures)[i];
        // Where another number stands the chain is broken, and an answer would be that of two
        // versions.
        if (version.number != i + 1 || signature.author != version.author) {
            continue;
        }
        const EpochRecord* const active =
            seen.active_epoch(AuthorId{version.author}, VersionNumber{version.number});
        if (active != nullptr && active->public_key == signature.public_key) {
            continue;
        }
        seen.ask_log(*options.log,
                     signed_version(subject.view->file_id(), version, format::version_hash(version),
                                    signature.signature),
                     signature.public_key);
    }
    return seen;
}

trust::SignedVersion signed_version(FileId file, const format::VersionRecord& version,
                                    const Hash& version_hash, const Signature& signature) {
    return {.file_id = file,
            .version = VersionNumber{version.number},
            .author = AuthorId{version.author},
            .version_hash = version_hash,
            .signature_hash = crypto::blake3(signature.view())};
}

std::string order_in_log(const SeenRegistry& registry, AuthorId author, VersionNumber version,
                         const trust::LogAnswer& answer) {
    const std::string name = author_in_words(registry.registry(), author);
    std::string record = fmt::format("record {} of the registry", answer.record);
    if (const EpochRecord* const epoch = registry.find(author, answer.epoch)) {
        record += fmt::format(" (epoch {} {})", epoch->epoch.value,
                              how_it_ended(registry, author, *epoch, version));
    }
    const std::string failure = answer.failure
                                    ? ": it could not be asked: " + answer.failure->full_message()
                                    : std::string();
    switch (answer.finding) {
        case trust::LogFinding::version_not_logged:
            return fmt::format(
                "version {} by {} is not known to be in the log, so nothing says that it was "
                "signed "
                "before {}{}",
                version.value, name, record, failure);
        case trust::LogFinding::record_not_logged:
            return fmt::format(
                "version {} by {} has index {} in the log, but {} is not known to be there, so "
                "nothing says which came first{}",
                version.value, name, answer.version_index.value_or(0), record, failure);
        case trust::LogFinding::before:
        case trust::LogFinding::after:
            break;
    }
    const bool is_before = answer.finding == trust::LogFinding::before;
    return fmt::format(
        "version {} by {} has index {} in the log, {} index {} of {}: it was logged {}",
        version.value, name, answer.version_index.value_or(0), is_before ? "in front of" : "behind",
        answer.record_index.value_or(0), record, is_before ? "before that" : "after that");
}

std::string where_revoked(const SeenRegistry& registry, AuthorId author, const EpochRecord& epoch) {
    const Reach reach = reach_of_end(registry, author, epoch, &EpochRecord::revocation);
    return in_words(reach, "from", " on", epoch.revocation->effective_from);
}

std::string where_rotated(const SeenRegistry& registry, AuthorId author, const EpochRecord& epoch) {
    const Reach reach = reach_of_end(registry, author, epoch, &EpochRecord::rotation);
    return in_words(reach, "at", "", epoch.rotation->effective_from);
}

std::string how_it_ended(const SeenRegistry& registry, AuthorId author, const EpochRecord& epoch,
                         VersionNumber version) {
    std::string how;
    if (epoch.rotation && epoch.rotation->effective_from <= version) {
        how = fmt::format("handed over to epoch {} {}", epoch.rotation->successor.value,
                          where_rotated(registry, author, epoch));
    }
    if (epoch.revocation && epoch.revocation->effective_from <= version) {
        how +=
            fmt::format("{}was revoked ({}) {}", how.empty() ? "" : " and ",
                        word_for(epoch.revocation->reason), where_revoked(registry, author, epoch));
    }
    return how;
}

std::string why_no_key(const SeenRegistry& registry, AuthorId author, VersionNumber version) {
    const std::string name = author_in_words(registry.registry(), author);
    const auto* const known = registry.find(author);
    if (known == nullptr) {
        return "the registry does not hold " + name;
    }
    if (!registry.is_in_scope(author)) {
        return fmt::format(
            "the registry lets {} sign certain histories only, and this is none of them", name);
    }
    // The last that has begun; behind its end nothing else may sign before the next begins.
    const EpochRecord* last = nullptr;
    const EpochRecord* next = nullptr;
    for (const EpochRecord& epoch : known->epochs) {
        if (epoch.active_from <= version) {
            last = &epoch;
        } else if (next == nullptr) {
            next = &epoch;
        }
    }
    if (last == nullptr) {
        const EpochRecord& first = known->epochs.front();
        return fmt::format("epoch {} of {} begins at version {} only", first.epoch.value, name,
                           first.active_from.value);
    }
    std::string why = fmt::format("epoch {} of {} {}", last->epoch.value, name,
                                  how_it_ended(registry, author, *last, version));
    if (next != nullptr) {
        why += fmt::format(", and epoch {} begins at version {} only", next->epoch.value,
                           next->active_from.value);
    }
    return why;
}

std::string what_key_it_is(const SeenRegistry& registry, AuthorId author, VersionNumber version,
                           const PublicKey& key) {
    const auto* const known = registry.find(author);
    if (known == nullptr) {
        return {};
    }
    const auto epoch = std::ranges::find(known->epochs, key, &EpochRecord::public_key);
    if (epoch == known->epochs.end()) {
        return {};
    }
    if (epoch->active_from > version) {
        return fmt::format("the key of epoch {}, which begins at version {} only",
                           epoch->epoch.value, epoch->active_from.value);
    }
    const std::string ended = how_it_ended(registry, author, *epoch, version);
    return ended.empty() ? ended
                         : fmt::format("the key of epoch {}, which {}", epoch->epoch.value, ended);
}

}  // namespace aion::policy
