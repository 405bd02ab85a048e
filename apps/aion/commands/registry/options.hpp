// SPDX-License-Identifier: MIT OR Apache-2.0
// What rotations and revocations need to know, whether applied at once or signed for later.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aion/trust/registry.hpp"
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

struct RotationArguments {
    AuthorId author;
    std::optional<Epoch> from_epoch;
    std::optional<Epoch> to_epoch;
    KeyChoice new_key;
    std::string master_key;
    VersionNumber effective_from;
    std::string registry;
    OutputChoice output;
    bool dry_run = false;
    bool no_warn = false;
};

struct RevocationArguments {
    AuthorId author;
    Epoch epoch;
    trust::RevocationReason reason = trust::RevocationReason::unspecified;
    std::string master_key;
    VersionNumber effective_from;
    std::string registry;
    OutputChoice output;
    bool dry_run = false;
};

void key_options(Options& options, KeyChoice& choice, const std::string& stored_name,
                 const std::string& public_name, const std::string& help);

void dry_run_option(Options& options, bool& into);

void rotate_options(Options& options, RotationArguments& into);
void sign_rotation_options(Options& options, RotationArguments& into);
void revoke_options(Options& options, RevocationArguments& into);
void sign_revocation_options(Options& options, RevocationArguments& into);

/// The public key that was chosen. `names`: the options, for the error if none was given.
[[nodiscard]] Outcome<PublicKey> resolve_key(Context& context, const KeyChoice& choice,
                                             std::string_view names);

/// The epochs that a rotation is between.
struct Succession {
    Epoch from;
    Epoch to;
};

/// What was not said is the author's newest epoch in the registry, and the number behind it.
[[nodiscard]] Outcome<Succession> succession_of(const RotationArguments& arguments,
                                                const trust::Registry& registry);

/// Refuses epochs of which no registry could apply the rotation.
[[nodiscard]] Outcome<> check_succession(const Succession& succession);

/// Builds the record and signs it with the stored master key. Refuses a key that is not the master
/// key of an author whom `registry` holds.
[[nodiscard]] Outcome<trust::SignedRecord> sign_rotation(Context& context,
                                                         const RotationArguments& arguments,
                                                         const Succession& succession,
                                                         const trust::Registry& registry);
[[nodiscard]] Outcome<trust::SignedRecord> sign_revocation(Context& context,
                                                           const RevocationArguments& arguments,
                                                           const trust::Registry& registry);

}  // namespace aion::cli
