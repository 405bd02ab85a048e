// SPDX-License-Identifier: MIT OR Apache-2.0
// Why a signature counts or does not: the chain of reasons from the registry to the verdict, step
// by step, and for a refusal what can be done.
//
/// Example: by which right the last version was signed.
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     const auto file = policy::examine(env, "policy.aion", *registry);
///     if (!file) {
///         return fail(file.error());
///     }
///     const report::Explanation why = report::explain(*file, file->version_count() - 1);
///     std::cout << in_words(why.steps.back()) << '\n';  // So the signature of version 2 counts
///     std::cout << trust::in_words(why.version.epoch->window()) << '\n';  // from version 1 on
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/policy/examine.hpp"
#include "aion/trust/registry.hpp"

namespace aion::report {

/// What one reason is about. Which fields of `Step` each has stands beside it.
enum class StepKind : std::uint8_t {
    author_held,        ///< The registry holds the author: author, name, key (the master),
                        ///< fingerprint.
    author_not_held,    ///< It does not: author, fingerprint.
    epoch_began,        ///< An author's first epoch: epoch, key, first.
    epoch_took_over,    ///< A later one: epoch, key, first, other_epoch (the one before).
    epoch_window,       ///< What it may sign: epoch, first and last, neither if nothing.
    epoch_handed_over,  ///< It has a successor: epoch, other_epoch, first (the successor's), where.
    epoch_revoked,      ///< It was revoked: epoch, reason, first (that it may not sign), where.
    no_epoch,           ///< No key may sign this version: author, name, version, why.
    signature_missing,  ///< There is no signature entry: version.
    signer_differs,     ///< The entry is another author's: author (of the entry).
    key_named,          ///< The entry's key is the one that may sign: key, epoch.
    key_of_other_epoch,  ///< It is that of another epoch of the author: key, other_epoch.
    key_of_nobody,       ///< It is none of the author's: key.
    signature_verifies,  ///< Over the version, with the registry's key: version, key.
    signature_fails,     ///< The same, and it does not: version, key.
    not_judged,          ///< No signature of the file was judged: why.
    log_first,           ///< It was logged before the key was ended: version, why.
    counts,              ///< So the signature counts: version.
    refused,             ///< So it does not: version, why.
};
/// The enumerator: stable.
[[nodiscard]] std::string_view name_of(StepKind kind) noexcept;

/// One reason. Fields that its kind does not have are empty.
struct Step {
    StepKind kind = StepKind::not_judged;
    std::optional<AuthorId> author = {};
    std::optional<Epoch> epoch = {};
    std::optional<Epoch> other_epoch = {};
    std::optional<PublicKey> key = {};
    std::optional<Hash> fingerprint = {};  ///< `Registry::fingerprint`.
    std::optional<VersionNumber> version = {};
    std::optional<VersionNumber> first = {};
    std::optional<VersionNumber> last = {};  ///< Nothing: without end.
    std::optional<trust::RevocationReason> reason = {};
    std::string why = {};  ///< In one line for people.
    /// Of an end, where it holds: `from version 4 on`, `at version 4`, and where records list
    /// histories whether that is because of this one. `first` is empty if no version is before it.
    std::string where = {};
    std::string name = {};  ///< Of the author, if the registry has one.
};

/// One sentence without its full stop: `The registry (fingerprint 3f…) holds author 1001 with
/// master key d0…`. In one line.
[[nodiscard]] std::string in_words(const Step& step);

/// What can be done about a refused signature. None of them uses a key that is revoked.
enum class RemedyKind : std::uint8_t {
    take_intact_copy,  ///< The file has not what the author's key signed, if it signed anything.
    pin_author,        ///< The registry has to hold the author first: author.
    hand_over,  ///< The author needs a new epoch: author, epoch (the last), version (its first).
    sign_with_epoch,  ///< Another key of the author's is the right one: author, epoch, key,
                      ///< version.
    other_author,     ///< This author cannot sign this version any more: author, version.
    prove_version,    ///< Whoever logged it in time has to prove that: author, version.
    prove_record,     ///< The record that ended the key has to be in the log: author, version,
                      ///< record.
};
/// The enumerator: stable.
[[nodiscard]] std::string_view name_of(RemedyKind kind) noexcept;

struct Remedy {
    RemedyKind kind = RemedyKind::take_intact_copy;
    std::optional<AuthorId> author = {};
    std::optional<VersionNumber> version = {};
    std::optional<Epoch> epoch = {};
    std::optional<PublicKey> key = {};
    std::optional<std::uint64_t> record = {};  ///< Its number in the registry's chain.
    /// For `other_author`: that the epoch whose turn it is was revoked, and why.
    std::optional<trust::EpochRecord::Revocation> revocation = {};
    bool key_is_nobodys =
        false;  ///< For `sign_with_epoch`: the file's key is none of the author's.
};

/// One or two sentences, the last without its full stop. In one line, ASCII.
[[nodiscard]] std::string in_words(const Remedy& remedy);

/// One version, and why its signature counts or not.
struct Explanation {
    policy::ExaminedVersion version;  ///< As `file.version(index)`.
    std::vector<Step> steps;          ///< From the registry to what follows; never empty.
    std::optional<Remedy> remedy;     ///< For a signature that was refused.

    [[nodiscard]] bool counts() const noexcept {
        return version.signature == policy::SignatureState::valid;
    }
};

/// Explains the version at `index`, less than `file.version_count()`. It says nothing of the
/// other gates: a signature can count in a file that is INVALID.
[[nodiscard]] Explanation explain(const policy::Examination& file, std::uint64_t index);

}  // namespace aion::report
