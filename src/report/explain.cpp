// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aion/base/hex.hpp"
#include "base/names.hpp"
#include "policy/authority.hpp"

namespace aion::report {
namespace {

using policy::ExaminedVersion;
using policy::Reason;
using trust::EpochRecord;
using trust::Registry;
using trust::SeenRegistry;

constexpr NameTable step_kinds(std::to_array<Named<StepKind>>({
    {StepKind::author_held, "author_held"},
    {StepKind::author_not_held, "author_not_held"},
    {StepKind::epoch_began, "epoch_began"},
    {StepKind::epoch_took_over, "epoch_took_over"},
    {StepKind::epoch_window, "epoch_window"},
    {StepKind::epoch_handed_over, "epoch_handed_over"},
    {StepKind::epoch_revoked, "epoch_revoked"},
    {StepKind::no_epoch, "no_epoch"},
    {StepKind::signature_missing, "signature_missing"},
    {StepKind::signer_differs, "signer_differs"},
    {StepKind::key_named, "key_named"},
    {StepKind::key_of_other_epoch, "key_of_other_epoch"},
    {StepKind::key_of_nobody, "key_of_nobody"},
    {StepKind::signature_verifies, "signature_verifies"},
    {StepKind::signature_fails, "signature_fails"},
    {StepKind::not_judged, "not_judged"},
    {StepKind::log_first, "log_first"},
    {StepKind::counts, "counts"},
    {StepKind::refused, "refused"},
}));

constexpr NameTable remedy_kinds(std::to_array<Named<RemedyKind>>({
    {RemedyKind::take_intact_copy, "take_intact_copy"},
    {RemedyKind::pin_author, "pin_author"},
    {RemedyKind::hand_over, "hand_over"},
    {RemedyKind::sign_with_epoch, "sign_with_epoch"},
    {RemedyKind::other_author, "other_author"},
    {RemedyKind::prove_version, "prove_version"},
    {RemedyKind::prove_record, "prove_record"},
}));

// The epoch to tell of: the one whose turn it is, else the last that has begun, else the first.
const EpochRecord& nearest_epoch(const Registry::Author& author, VersionNumber version) {
    const EpochRecord* nearest = &author.epochs.front();
    for (const EpochRecord& epoch : author.epochs) {
        if (epoch.active_from <= version) {
            nearest = &epoch;
        }
    }
    return *nearest;
}

// What kept them from being judged: where they are, or, by the reference's rules, what it stopped
// at.
std::string why_not_judged(const policy::VerificationReport& verdict) {
    for (const policy::Gate gate :
         {policy::Gate::signatures, policy::Gate::structure, policy::Gate::chain}) {
        if (const policy::Finding* const finding = verdict.first(gate)) {
            return fmt::format("{}: {}", name_of(gate), finding->message);
        }
    }
    return verdict.reason();
}

class Explainer {
  public:
    Explainer(const policy::Examination& file, const ExaminedVersion& version)
        : verdict_(file.report()),
          registry_(file.seen()),
          version_(version),
          author_(registry_.find(version.author)) {}

    std::vector<Step> steps() && {
        tell_author();
        if (author_ != nullptr) {
            tell_epoch(version_.epoch != nullptr ? *version_.epoch
                                                 : nearest_epoch(*author_, version_.number));
        }
        if (version_.signature == policy::SignatureState::not_judged) {
            steps_.push_back({.kind = StepKind::not_judged, .why = why_not_judged(verdict_)});
            return std::move(steps_);
        }
        tell_log();
        tell_signature();
        const bool counts = version_.signature == policy::SignatureState::valid;
        steps_.push_back({.kind = counts ? StepKind::counts : StepKind::refused,
                          .version = version_.number,
                          .why = version_.why});
        return std::move(steps_);
    }

  private:
    void tell_author() {
        steps_.push_back(
            {.kind = author_ == nullptr ? StepKind::author_not_held : StepKind::author_held,
             .author = version_.author,
             .key = author_ == nullptr ? std::nullopt : std::optional(author_->master_key),
             .fingerprint = registry_.registry().fingerprint(),
             .name = std::string(registry_.registry().author_name(version_.author))});
    }

    void tell_epoch(const EpochRecord& epoch) {
        const bool is_first = epoch.epoch == author_->epochs.front().epoch;
        Step begun{.kind = is_first ? StepKind::epoch_began : StepKind::epoch_took_over,
                   .epoch = epoch.epoch,
                   .key = epoch.public_key,
                   .first = std::max(epoch.active_from, genesis_version)};
        if (!is_first) {
            begun.other_epoch = Epoch{epoch.epoch.value - 1};  // they are numbered without gaps
        }
        steps_.push_back(std::move(begun));
        const auto window = epoch.window();
        steps_.push_back({.kind = StepKind::epoch_window,
                          .epoch = epoch.epoch,
                          .first = window ? std::optional(window->first) : std::nullopt,
                          .last = window ? window->last : std::nullopt});
        if (epoch.rotation) {
            steps_.push_back({.kind = StepKind::epoch_handed_over,
                              .epoch = epoch.epoch,
                              .other_epoch = epoch.rotation->successor,
                              .first = unless_never(epoch.rotation->effective_from),
                              .where = policy::where_rotated(registry_, version_.author, epoch)});
        }
        if (epoch.revocation && registry_.is_in_scope(version_.author)) {
            steps_.push_back({.kind = StepKind::epoch_revoked,
                              .epoch = epoch.epoch,
                              .first = unless_never(epoch.revocation->effective_from),
                              .reason = epoch.revocation->reason,
                              .where = policy::where_revoked(registry_, version_.author, epoch)});
        }
        if (version_.epoch == nullptr) {
            steps_.push_back(
                {.kind = StepKind::no_epoch,
                 .author = version_.author,
                 .version = version_.number,
                 .why = policy::why_no_key(registry_, version_.author, version_.number),
                 .name = std::string(registry_.registry().author_name(version_.author))});
        }
    }

    void tell_log() {
        const trust::LogAnswer* const answer =
            registry_.log_answer(version_.author, version_.number);
        if (answer != nullptr && answer->finding == trust::LogFinding::before) {
            steps_.push_back({.kind = StepKind::log_first,
                              .version = version_.number,
                              .why = policy::order_in_log(registry_, version_.author,
                                                          version_.number, *answer)});
        }
    }

    // A record of a chain may say of histories that it does not list that there is none.
    [[nodiscard]] std::optional<VersionNumber> unless_never(VersionNumber first) const {
        return registry_.registry().chain() != nullptr && first.value == 0 ? std::nullopt
                                                                           : std::optional(first);
    }

    void tell_signature() {
        if (!version_.key) {
            steps_.push_back({.kind = StepKind::signature_missing, .version = version_.number});
            return;
        }
        if (version_.signer != version_.author) {
            steps_.push_back({.kind = StepKind::signer_differs, .author = version_.signer});
            return;
        }
        tell_key(*version_.key);
        if (version_.epoch == nullptr || version_.epoch->public_key != *version_.key) {
            return;
        }
        const bool fails = version_.refused == Reason::bad_signature;
        steps_.push_back({.kind = fails ? StepKind::signature_fails : StepKind::signature_verifies,
                          .key = version_.epoch->public_key,
                          .version = version_.number});
    }

    void tell_key(const PublicKey& key) {
        if (version_.epoch != nullptr && version_.epoch->public_key == key) {
            steps_.push_back(
                {.kind = StepKind::key_named, .epoch = version_.epoch->epoch, .key = key});
            return;
        }
        const auto* const other = epoch_with(key);
        steps_.push_back(
            {.kind = other == nullptr ? StepKind::key_of_nobody : StepKind::key_of_other_epoch,
             .other_epoch = other == nullptr ? std::nullopt : std::optional(other->epoch),
             .key = key});
    }

    [[nodiscard]] const EpochRecord* epoch_with(const PublicKey& key) const {
        if (author_ == nullptr) {
            return nullptr;
        }
        const auto found = std::ranges::find(author_->epochs, key, &EpochRecord::public_key);
        return found == author_->epochs.end() ? nullptr : &*found;
    }

    const policy::VerificationReport& verdict_;
    const SeenRegistry& registry_;
    const ExaminedVersion& version_;
    const Registry::Author* author_;
    std::vector<Step> steps_;
};

// Nobody may sign it for the author. A new epoch begins behind the one before only.
Remedy for_no_epoch(const SeenRegistry& registry, const ExaminedVersion& version) {
    Remedy remedy{.author = version.author, .version = version.number};
    const EpochRecord* const latest = registry.latest_epoch(version.author);
    if (latest == nullptr) {
        remedy.kind = RemedyKind::pin_author;
    } else if (!registry.is_in_scope(version.author) || version.number <= latest->active_from) {
        remedy.kind = RemedyKind::other_author;
    } else {
        remedy.kind = RemedyKind::hand_over;
        remedy.epoch = latest->epoch;
    }
    return remedy;
}

// Whoever stole a key that was revoked later could sign what it may still sign: nobody is told to
// use it.
Remedy for_other_key(const SeenRegistry& registry, const ExaminedVersion& version) {
    Remedy remedy{.author = version.author, .version = version.number};
    const EpochRecord& right = *version.epoch;
    if (right.revocation) {
        remedy.kind = RemedyKind::other_author;
        remedy.epoch = right.epoch;
        remedy.revocation = right.revocation;
        return remedy;
    }
    remedy.kind = RemedyKind::sign_with_epoch;
    remedy.epoch = right.epoch;
    remedy.key = right.public_key;
    remedy.key_is_nobodys =
        !version.key ||
        policy::what_key_it_is(registry, version.author, version.number, *version.key).empty();
    return remedy;
}

// Of a version that was logged too late, as without a log.
bool is_refused_for_epoch(const ExaminedVersion& version) {
    return *version.refused == Reason::no_active_epoch ||
           (*version.refused == Reason::after_revocation && version.epoch == nullptr);
}

bool is_refused_for_other_key(const ExaminedVersion& version) {
    return version.epoch != nullptr && (*version.refused == Reason::pubkey_substitution ||
                                        *version.refused == Reason::after_revocation);
}

std::optional<Remedy> for_order(const SeenRegistry& registry, const ExaminedVersion& version) {
    Remedy remedy{.author = version.author, .version = version.number};
    if (*version.refused == Reason::version_not_logged) {
        remedy.kind = RemedyKind::prove_version;
        return remedy;
    }
    const trust::LogAnswer* const answer = registry.log_answer(version.author, version.number);
    if (*version.refused != Reason::revocation_not_logged || answer == nullptr) {
        return std::nullopt;
    }
    remedy.kind = RemedyKind::prove_record;
    remedy.record = answer->record;
    return remedy;
}

std::optional<Remedy> remedy_for(const SeenRegistry& registry, const ExaminedVersion& version) {
    if (!version.refused) {
        return std::nullopt;
    }
    if (auto remedy = for_order(registry, version)) {
        return remedy;
    }
    if (is_refused_for_epoch(version)) {
        return for_no_epoch(registry, version);
    }
    if (is_refused_for_other_key(version)) {
        return for_other_key(registry, version);
    }
    return Remedy{.kind = RemedyKind::take_intact_copy, .version = version.number};
}

template <class T>
std::uint64_t number(const std::optional<T>& id) {
    return id ? std::uint64_t{id->value} : 0;
}

std::string hex(const std::optional<PublicKey>& key) {
    return key ? to_hex(*key) : std::string();
}

// Where the author's next words go: behind the versions that stand.
std::string commit_again(const Remedy& remedy) {
    const std::uint64_t version = number(remedy.version);
    return version > 1 ? fmt::format("to a copy that ends with version {}", version - 1)
                       : std::string("to a new file");
}

std::string other_author_in_words(const Remedy& remedy) {
    if (!remedy.revocation) {
        return fmt::format(
            "Author {} cannot get a key for version {} any more: let another author "
            "sign it",
            number(remedy.author), number(remedy.version));
    }
    return fmt::format(
        "It is the turn of epoch {}, which is revoked ({}) from version {} on: do "
        "not sign with its key. Let another author sign version {}",
        number(remedy.epoch), word_for(remedy.revocation->reason),
        remedy.revocation->effective_from.value, number(remedy.version));
}

std::string sign_with_epoch_in_words(const Remedy& remedy) {
    const std::string again =
        fmt::format("ign version {} with epoch {} (key {}): have author {} commit it again, {}",
                    number(remedy.version), number(remedy.epoch), hex(remedy.key),
                    number(remedy.author), commit_again(remedy));
    return remedy.key_is_nobodys
               ? "The key that a file brings along proves nothing: take the file from whoever "
                 "published it. If it is the author's, s" +
                     again
               : "S" + again;
}

std::string author_in_words(const Step& step) {
    return step.name.empty() ? fmt::format("author {}", number(step.author))
                             : fmt::format("{} ({})", step.name, number(step.author));
}

std::string window_in_words(const Step& step) {
    return step.first ? trust::in_words(trust::VersionWindow{*step.first, step.last})
                      : trust::in_words(std::nullopt);
}

std::string epoch_in_words(const Step& step) {
    const std::uint64_t epoch = number(step.epoch);
    switch (step.kind) {
        case StepKind::epoch_began:
            return fmt::format("Epoch {} (key {}) is the author's first", epoch, hex(step.key));
        case StepKind::epoch_took_over:
            return fmt::format("Epoch {} (key {}) took over from epoch {} at version {}", epoch,
                               hex(step.key), number(step.other_epoch), number(step.first));
        case StepKind::epoch_window:
            return fmt::format("Epoch {} may sign {}", epoch, window_in_words(step));
        case StepKind::epoch_handed_over:
            return fmt::format("Epoch {} handed over to epoch {} {}", epoch,
                               number(step.other_epoch), step.where);
        default:
            return fmt::format("Epoch {} was revoked ({}) {}", epoch,
                               word_for(step.reason.value_or(trust::RevocationReason::unspecified)),
                               step.where);
    }
}

std::string signature_in_words(const Step& step) {
    switch (step.kind) {
        case StepKind::signature_missing:
            return fmt::format("There is no signature of version {} in the file",
                               number(step.version));
        case StepKind::signer_differs:
            return fmt::format("The signature entry is that of author {}", number(step.author));
        case StepKind::key_named:
            return fmt::format("The signature entry names the key of epoch {}, as it has to",
                               number(step.epoch));
        case StepKind::key_of_other_epoch:
            return fmt::format("The signature entry names key {}, that of epoch {}", hex(step.key),
                               number(step.other_epoch));
        case StepKind::key_of_nobody:
            return fmt::format(
                "The signature entry names key {}, which the registry does not hold for the author",
                hex(step.key));
        case StepKind::signature_verifies:
            return fmt::format("The signature verifies over version {} with the registry's key",
                               number(step.version));
        default:
            return fmt::format(
                "The signature does not verify over version {} with the registry's key",
                number(step.version));
    }
}

}  // namespace

std::string_view name_of(StepKind kind) noexcept {
    return step_kinds.name(kind);
}

std::string_view name_of(RemedyKind kind) noexcept {
    return remedy_kinds.name(kind);
}

std::string in_words(const Step& step) {
    const std::string fingerprint = step.fingerprint ? to_hex(*step.fingerprint) : std::string();
    switch (step.kind) {
        case StepKind::author_held:
            return fmt::format("The registry (fingerprint {}) holds {} with master key {}",
                               fingerprint, author_in_words(step), hex(step.key));
        case StepKind::author_not_held:
            return fmt::format("The registry (fingerprint {}) does not hold author {}", fingerprint,
                               number(step.author));
        case StepKind::epoch_began:
        case StepKind::epoch_took_over:
        case StepKind::epoch_window:
        case StepKind::epoch_handed_over:
        case StepKind::epoch_revoked:
            return epoch_in_words(step);
        case StepKind::no_epoch:
            return fmt::format("No key of {} may sign version {}: {}", author_in_words(step),
                               number(step.version), step.why);
        case StepKind::not_judged:
            return fmt::format("The signatures of the file were not judged: {}", step.why);
        case StepKind::log_first:
            return "By order of the log, " + step.why;
        case StepKind::counts:
            return fmt::format("So the signature of version {} counts", number(step.version));
        case StepKind::refused:
            return fmt::format("So the signature of version {} does not count: {}",
                               number(step.version), step.why);
        default:
            return signature_in_words(step);
    }
}

std::string in_words(const Remedy& remedy) {
    switch (remedy.kind) {
        case RemedyKind::pin_author:
            return fmt::format(
                "If author {0} is to be trusted, have the key and the master key of "
                "author {0} from themselves, and pin them",
                number(remedy.author));
        case RemedyKind::hand_over:
            return fmt::format(
                "Hand author {} over to a new key, epoch {}, from version {} on, and commit "
                "version {} again with it, {}",
                number(remedy.author), number(remedy.epoch) + 1, number(remedy.version),
                number(remedy.version), commit_again(remedy));
        case RemedyKind::sign_with_epoch:
            return sign_with_epoch_in_words(remedy);
        case RemedyKind::other_author:
            return other_author_in_words(remedy);
        case RemedyKind::prove_version:
            return fmt::format(
                "If version {} was logged before the key was ended, give its proof, or the log. If "
                "it was not, it may be whoever stole the key who signed it: let another author "
                "sign it",
                number(remedy.version));
        case RemedyKind::prove_record:
            return fmt::format(
                "Give the proof that record {} of the registry is in the log, or the log; if it is "
                "not there, log it now: what was logged before it stands",
                remedy.record.value_or(0));
        case RemedyKind::take_intact_copy:
            break;
    }
    return "What the file has is not what the author's key signed, or that key never signed it: "
           "take "
           "an intact copy of the file from whoever published it";
}

Explanation explain(const policy::Examination& file, std::uint64_t index) {
    Explanation explanation{.version = file.version(index), .steps = {}, .remedy = {}};
    explanation.steps = Explainer(file, explanation.version).steps();
    explanation.remedy = remedy_for(file.seen(), explanation.version);
    return explanation;
}

}  // namespace aion::report
