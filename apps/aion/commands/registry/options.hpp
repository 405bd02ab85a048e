// SPDX-License-Identifier: MIT OR Apache-2.0
// What rotations and revocations need to know, whether applied at once or signed for later.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/trust/registry.hpp"
#include "aion/trust/registry_record.hpp"
#include "commands/registry/record_arguments.hpp"
#include "shell/author_choice.hpp"
#include "shell/file_output.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// A key named by its id in the keystore, or by its public half.
struct KeyChoice {
    std::optional<std::string> stored;
    std::optional<std::string> public_half;

    [[nodiscard]] bool any() const noexcept { return stored || public_half; }

    [[nodiscard]] std::string as_typed() const {
        return stored ? *stored : public_half.value_or(std::string());
    }
};

/// Where an epoch ends, as typed.
struct BoundArguments {
    std::optional<VersionNumber> effective_from;
    std::optional<std::string> unlisted;
    std::vector<std::string> inventory;

    [[nodiscard]] bool needs_chain() const noexcept { return unlisted || !inventory.empty(); }

    [[nodiscard]] bool any() const noexcept { return effective_from || needs_chain(); }
};

struct RotationArguments {
    AuthorChoice author;
    std::optional<Epoch> from_epoch;
    std::optional<Epoch> to_epoch;
    KeyChoice new_key;
    std::optional<std::string> master_key;
    BoundArguments until;
    RecordArguments how;
    OutputChoice output;
    bool no_warn = false;
};

struct RevocationArguments {
    AuthorChoice author;
    std::optional<Epoch> epoch;
    trust::RevocationReason reason = trust::RevocationReason::unspecified;
    std::optional<std::string> master_key;
    BoundArguments until;
    RecordArguments how;
    OutputChoice output;
};

void key_options(Options& options, KeyChoice& choice, const std::string& stored_name,
                 const std::string& public_name, const std::string& help);

void dry_run_option(Options& options, bool& into);

/// --effective-from-version, --unlisted, --inventory.
void bound_options(Options& options, BoundArguments& into, const std::string& from_help);

void rotate_options(Options& options, RotationArguments& into);
void sign_rotation_options(Options& options, RotationArguments& into);
void revoke_options(Options& options, RevocationArguments& into);
void sign_revocation_options(Options& options, RevocationArguments& into);

/// The public key that was chosen. `names`: the options, for the error if none was given.
[[nodiscard]] Outcome<PublicKey> resolve_key(Context& context, const KeyChoice& choice,
                                             std::string_view names);

/// What a bound says of files that are not listed: `never`, or the first version that may not be
/// signed any more.
[[nodiscard]] Outcome<VersionNumber> parse_unlisted(const std::string& text);

/// The heads of the files below `paths`, each verified under `registry`. Without any file it fails,
/// and says `if_none`.
[[nodiscard]] Outcome<std::vector<trust::HistoryPoint>> list_files(
    Context& context, const std::vector<std::string>& paths, const trust::Registry& registry,
    const std::string& if_none);

/// The bound that `arguments` describe, with the heads of the files that they name, each verified
/// under `registry`. What was not said is said on standard error.
[[nodiscard]] Outcome<trust::Bound> bound_of(Context& context, const BoundArguments& arguments,
                                             const trust::Registry& registry);

/// The epochs that a rotation is between.
struct Succession {
    Epoch from;
    Epoch to;
};

/// What was not said is the author's newest epoch in the registry, and the number behind it.
[[nodiscard]] Outcome<Succession> succession_of(const RotationArguments& arguments, AuthorId author,
                                                const trust::Registry& registry);

/// Refuses epochs of which no registry could apply the rotation.
[[nodiscard]] Outcome<> check_succession(const Succession& succession);

/// Builds the record and signs it with the stored master key. Refuses a key that is not the master
/// key of an author whom `registry` holds; without a key of the arguments' own, that one is looked
/// for.
[[nodiscard]] Outcome<trust::SignedRecord> sign_rotation(Context& context,
                                                         const RotationArguments& arguments,
                                                         AuthorId author,
                                                         const Succession& succession,
                                                         const trust::Registry& registry);
[[nodiscard]] Outcome<trust::SignedRecord> sign_revocation(Context& context,
                                                           const RevocationArguments& arguments,
                                                           AuthorId author,
                                                           const trust::Registry& registry);

}  // namespace aion::cli
