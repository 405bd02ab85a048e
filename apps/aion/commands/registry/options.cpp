// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/options.hpp"

#include <array>

#include "shell/input.hpp"
#include "shell/signing_key.hpp"

namespace aion::cli {
namespace {

void rotation_facts(Declaration& command, RotationArguments& arguments) {
    command.number("--author", arguments.author, "AUTHOR_ID", "Author whose key changes")
        ->required();
    command.number("--from-epoch", arguments.from_epoch, "N", "Epoch that is active now")
        ->required();
    command.number("--to-epoch", arguments.to_epoch, "N_PLUS_1", "Epoch that follows it")
        ->required();
    declare_key_choice(command, arguments.new_key, "--new-key", "--new-public-key", "New key");
    command
        .text("--master-key", arguments.master_key, "MASTER_KEY_ID",
              "Stored master key that signs the rotation")
        ->required();
    command
        .number("--effective-from-version", arguments.effective_from, "V",
                "First version that the new key signs")
        ->required();
}

void revocation_facts(Declaration& command, RevocationArguments& arguments) {
    using trust::RevocationReason;
    static constexpr std::array reasons = {RevocationReason::compromised,
                                           RevocationReason::superseded, RevocationReason::retired,
                                           RevocationReason::unspecified};
    command.number("--author", arguments.author, "AUTHOR_ID", "Author whose key is revoked")
        ->required();
    command.number("--epoch", arguments.epoch, "N", "Epoch to revoke")->required();
    command
        .choice(
            "--reason", {"compromised", "superseded", "retired", "unspecified"},
            [&arguments](std::size_t index) { arguments.reason = reasons[index]; }, "REASON", "Why")
        ->required();
    command
        .text("--master-key", arguments.master_key, "MASTER_KEY_ID",
              "Stored master key that signs the revocation")
        ->required();
    command
        .number("--effective-from-version", arguments.effective_from, "V",
                "First version that the key may no longer sign")
        ->required();
}

void record_output(Declaration& command, std::string& output) {
    command
        .text("-o,--output", output, "OUTPUT_FILE", "Record file to write; - for standard output")
        ->required();
    command.app().footer("No registry is needed here: `aion registry apply` checks the record.");
}

}  // namespace

void declare_key_choice(Declaration& command, KeyChoice& choice, const std::string& stored_name,
                        const std::string& public_name, const std::string& help) {
    CLI::Option* const stored =
        command.text(stored_name, choice.stored, "KEY_ID", help + ": id in the keystore");
    command
        .text(public_name, choice.public_half, "HEX|FILE",
              help + ": public half, as 64 hex digits or a file with them")
        ->excludes(stored);
}

void rotate_options(Declaration& command, RotationArguments& arguments) {
    rotation_facts(command, arguments);
    command.registry(arguments.registry)->required();
    command.flag("--no-warn", arguments.no_warn,
                 "Accepted for compatibility: a rotation that leaves an epoch without any version "
                 "is refused");
}

void sign_rotation_options(Declaration& command, RotationArguments& arguments) {
    rotation_facts(command, arguments);
    record_output(command, arguments.output);
}

void revoke_options(Declaration& command, RevocationArguments& arguments) {
    revocation_facts(command, arguments);
    command.registry(arguments.registry)->required();
}

void sign_revocation_options(Declaration& command, RevocationArguments& arguments) {
    revocation_facts(command, arguments);
    record_output(command, arguments.output);
}

Outcome<PublicKey> resolve_key(Context& context, const KeyChoice& choice, std::string_view names) {
    if (choice.public_half) {
        return read_public_key(context, *choice.public_half);
    }
    if (!choice.stored) {
        return fail_with("No key given", "Pass one of: " + std::string(names));
    }
    auto key = load_registry_key(context, *choice.stored);
    if (!key) {
        return pass_on(key);
    }
    return key->public_half();
}

Outcome<trust::SignedRecord> sign_rotation(Context& context, const RotationArguments& arguments) {
    auto new_key = resolve_key(context, arguments.new_key, "--new-key or --new-public-key");
    if (!new_key) {
        return pass_on(new_key);
    }
    auto master = load_registry_key(context, arguments.master_key);
    if (!master) {
        return pass_on(master);
    }
    trust::RotationRecord record;
    record.author = arguments.author;
    record.from_epoch = arguments.from_epoch;
    record.to_epoch = arguments.to_epoch;
    record.to_public_key = *new_key;
    record.effective_from = arguments.effective_from;
    auto signed_record = trust::sign(record, *master);
    if (!signed_record) {
        return fail_with("Failed to sign the rotation", signed_record.error());
    }
    return *std::move(signed_record);
}

Outcome<trust::SignedRecord> sign_revocation(Context& context,
                                             const RevocationArguments& arguments) {
    auto master = load_registry_key(context, arguments.master_key);
    if (!master) {
        return pass_on(master);
    }
    trust::RevocationRecord record;
    record.author = arguments.author;
    record.epoch = arguments.epoch;
    record.reason = arguments.reason;
    record.effective_from = arguments.effective_from;
    auto signed_record = trust::sign(record, *master);
    if (!signed_record) {
        return fail_with("Failed to sign the revocation", signed_record.error());
    }
    return *std::move(signed_record);
}

}  // namespace aion::cli
