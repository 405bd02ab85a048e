// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/key_choice.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "aion/trust/registry_chain.hpp"
#include "base/names.hpp"
#include "base/try.hpp"

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

Result<KeyFinding> ask(const tlog::LogOrderReader& log, std::span<const Bytes> entries,
                       const trust::RegistryChain& chain,
                       std::span<const trust::RecordNumber> ended_by) {
    AION_TRY_ASSIGN(const auto index, first_index(log, entries));
    if (!index) {
        return KeyFinding::not_logged;
    }
    for (const trust::RecordNumber number : ended_by) {
        AION_TRY_ASSIGN(const auto end, log.index_of_record(chain.records()[number]));
        if (!end) {
            return KeyFinding::end_not_logged;
        }
        if (*index >= *end) {
            return KeyFinding::logged_too_late;
        }
    }
    return KeyFinding::counts;
}

class Chooser {
  public:
    Chooser(const trust::Registry& registry, AuthorId author, VersionNumber version)
        : registry_(registry), author_(author), version_(version) {}

    KeyChoice run(const std::optional<PublicKey>& key, const tlog::LogOrderReader* log,
                  std::span<const Bytes> entries) {
        const trust::Registry::Author* const known = registry_.find(author_);
        if (known == nullptr) {
            return {};
        }
        const trust::EpochRecord* const active = known->active_epoch(version_);
        const auto other =
            key && (active == nullptr || active->public_key != *key)
                ? std::ranges::find(known->epochs, *key, &trust::EpochRecord::public_key)
                : known->epochs.end();
        if (other != known->epochs.end()) {
            return ended(*other, log, entries, active != nullptr);
        }
        if (active == nullptr) {
            return {.finding = KeyFinding::no_active_epoch};
        }
        if (active->revocation) {
            return ended(*active, log, entries, false);
        }
        return {.finding = KeyFinding::counts, .epoch = active};
    }

  private:
    // An epoch that was revoked, or is not active: only a log can speak for it.
    [[nodiscard]] KeyChoice ended(const trust::EpochRecord& epoch, const tlog::LogOrderReader* log,
                                  std::span<const Bytes> entries, bool has_successor) const {
        const KeyFinding outside =
            has_successor ? KeyFinding::other_key : KeyFinding::no_active_epoch;
        KeyChoice choice{.finding = epoch.revocation ? KeyFinding::revoked : outside,
                         .epoch = &epoch};
        const trust::RegistryChain* const chain = registry_.chain();
        if (log == nullptr || chain == nullptr) {
            return choice;
        }
        const trust::AuthorFacts& author = chain->authors().at(author_);
        std::vector<trust::RecordNumber> ended_by =
            chain->ended_only_by(author, epoch.epoch, version_, {});
        if (ended_by.empty() && !epoch.is_valid_at(version_)) {
            choice.finding = outside;
            return choice;
        }
        // Whatever versions a revocation left it, nobody knows who holds the key since then.
        const auto& revoked = author.epochs.at(epoch.epoch.value).revoked;
        ended_by.insert(ended_by.end(), revoked.begin(), revoked.end());
        auto finding = ask(*log, entries, *chain, ended_by);
        if (!finding) {
            choice.finding = KeyFinding::not_logged;
            choice.failure = std::move(finding).error();
            return choice;
        }
        choice.finding = *finding;
        choice.leans_on_log = choice.counts();
        return choice;
    }

    const trust::Registry& registry_;
    AuthorId author_;
    VersionNumber version_;
};

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
    return Chooser(registry, author, version).run(key, log, entries);
}

}  // namespace aion::release
