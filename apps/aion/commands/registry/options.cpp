// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/options.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "aion/base/hex.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/output_options.hpp"

namespace aion::cli {
namespace {

void rotation_facts(Options& options, RotationArguments& into) {
    options.number("--author", into.author, "AUTHOR_ID", "Author whose key changes")->required();
    key_options(options, into.new_key, "--new-key", "--new-public-key", "New key");
    options
        .text("--master-key", into.master_key, "MASTER_KEY_ID",
              "Stored master key that signs the rotation")
        ->required();
    options
        .number("--effective-from-version", into.effective_from, "V",
                "First version that the new key signs")
        ->required();
}

// What stands behind their meanings differs.
std::pair<CLI::Option*, CLI::Option*> epoch_options(Options& options, RotationArguments& into,
                                                    const std::string& from_default,
                                                    const std::string& to_default) {
    return {options.number("--from-epoch", into.from_epoch, "N",
                           "Epoch that is active now" + from_default),
            options.number("--to-epoch", into.to_epoch, "N_PLUS_1",
                           "Epoch that follows it" + to_default)};
}

void revocation_facts(Options& options, RevocationArguments& into) {
    using trust::RevocationReason;
    options.number("--author", into.author, "AUTHOR_ID", "Author whose key is revoked")->required();
    options.number("--epoch", into.epoch, "N", "Epoch to revoke")->required();
    options
        .choice<RevocationReason>("--reason", into.reason,
                                  {{"compromised", RevocationReason::compromised},
                                   {"superseded", RevocationReason::superseded},
                                   {"retired", RevocationReason::retired},
                                   {"unspecified", RevocationReason::unspecified}},
                                  "REASON", "Why")
        ->required();
    options
        .text("--master-key", into.master_key, "MASTER_KEY_ID",
              "Stored master key that signs the revocation")
        ->required();
    options
        .number("--effective-from-version", into.effective_from, "V",
                "First version that the key may no longer sign")
        ->required();
}

Outcome<Epoch> successor_of(Epoch epoch) {
    if (epoch.value == std::numeric_limits<Epoch::rep>::max()) {
        return fail_with("There is no epoch after " + to_string(epoch));
    }
    return Epoch{epoch.value + 1};
}

std::string find_master(Context& context, const PublicKey& master) {
    const auto id = stored_as(context, master);
    // The whole of it is what `aion registry show` is for.
    const std::string half =
        fmt::format("{}{}", to_hex(master).substr(0, 16), context.console.err().ellipsis());
    return id ? fmt::format("Pass --master-key {}, whose public half is {}", id->value, half)
              : fmt::format("The public half of the right one is {}; no stored key has it", half);
}

// An author whom the registry does not know is refused when the record is applied.
Outcome<crypto::SigningKey> load_master(Context& context, const std::string& key_id,
                                        AuthorId author, const trust::Registry& registry) {
    auto key = load_stored_key(context, key_id);
    const auto* const known = registry.find(author);
    // A new key would not help.
    if (!key && key.error().cause.code() == ErrorCode::key_not_found) {
        key.error().remedy = known == nullptr ? "`aion key list` shows which keys there are"
                                              : find_master(context, known->master_key);
    }
    if (!key || known == nullptr || known->master_key == key->public_half()) {
        return key;
    }
    std::string message =
        fmt::format("Key {} is not the master key of author {}", key_id, to_string(author));
    return fail_because(error_because(ErrorCode::invalid_signature, message), message,
                        find_master(context, known->master_key));
}

void record_output(Options& options, OutputChoice& output) {
    output_options(options, output, "Record file to write; - for standard output");
    options.footer("No registry is needed here: `aion registry apply` checks the record.");
}

}  // namespace

void key_options(Options& options, KeyChoice& choice, const std::string& stored_name,
                 const std::string& public_name, const std::string& help) {
    CLI::Option* const stored =
        options.text(stored_name, choice.stored, "KEY_ID", help + ": id in the keystore");
    options
        .text(public_name, choice.public_half, "HEX|FILE",
              help + ": public half, as 64 hex digits or a file with them")
        ->excludes(stored);
}

void dry_run_option(Options& options, bool& into) {
    options.flag("--dry-run", into,
                 "Only show the epochs and versions that would come of it; write nothing");
}

void rotate_options(Options& options, RotationArguments& into) {
    rotation_facts(options, into);
    epoch_options(options, into, " (default: the newest in the registry)",
                  " (default: the number after it)");
    options.registry(into.registry)->required();
    dry_run_option(options, into.dry_run);
    options.example("What would it change?",
                    "aion registry rotate --author 1001 --new-key 1002 --master-key 9001 \\\n"
                    "      --effective-from-version 2 --registry registry.json --dry-run");
    options.example("Versions from 2 on belong to key 1002",
                    "aion registry rotate --author 1001 --new-key 1002 --master-key 9001 \\\n"
                    "      --effective-from-version 2 --registry registry.json");
    options.flag("--no-warn", into.no_warn, "Accepted for compatibility, without effect");
}

void sign_rotation_options(Options& options, RotationArguments& into) {
    rotation_facts(options, into);
    const auto [from, to] = epoch_options(options, into, "", "");
    from->required();
    to->required();
    options.example("A record for `aion registry apply`",
                    "aion registry sign-rotation --author 1001 --from-epoch 0 --to-epoch 1 \\\n"
                    "      --new-public-key author-7.hex --master-key 9001 \\\n"
                    "      --effective-from-version 2 --output next.json");
    record_output(options, into.output);
}

void revoke_options(Options& options, RevocationArguments& into) {
    revocation_facts(options, into);
    options.registry(into.registry)->required();
    dry_run_option(options, into.dry_run);
    options.example("A stolen key signs nothing from version 2 on",
                    "aion registry revoke --author 1001 --epoch 0 --reason compromised \\\n"
                    "      --master-key 9001 --effective-from-version 2 --registry registry.json");
}

void sign_revocation_options(Options& options, RevocationArguments& into) {
    revocation_facts(options, into);
    record_output(options, into.output);
}

Outcome<PublicKey> resolve_key(Context& context, const KeyChoice& choice, std::string_view names) {
    if (choice.public_half) {
        return read_public_key(context, *choice.public_half);
    }
    if (!choice.stored) {
        return fail_with("No key given", "Pass one of: " + std::string(names));
    }
    CLI_TRY_ASSIGN(const crypto::SigningKey key, load_stored_key(context, *choice.stored));
    return key.public_half();
}

Outcome<Succession> succession_of(const RotationArguments& arguments,
                                  const trust::Registry& registry) {
    // An author whom it does not know is refused when the record is applied.
    const trust::EpochRecord* const latest = registry.latest_epoch(arguments.author);
    const Epoch newest = latest == nullptr ? Epoch{} : latest->epoch;
    Succession succession{arguments.from_epoch.value_or(newest), {}};
    if (arguments.to_epoch) {
        succession.to = *arguments.to_epoch;
    } else {
        CLI_TRY_ASSIGN(succession.to, successor_of(succession.from));
    }
    return succession;
}

Outcome<> check_succession(const Succession& succession) {
    CLI_TRY_ASSIGN(const Epoch successor, successor_of(succession.from));
    if (succession.to != successor) {
        return fail_with(
            fmt::format("Epoch {} does not follow epoch {}: no registry would apply that rotation",
                        to_string(succession.to), to_string(succession.from)),
            "Pass --to-epoch " + to_string(successor));
    }
    return {};
}

Outcome<trust::SignedRecord> sign_rotation(Context& context, const RotationArguments& arguments,
                                           const Succession& succession,
                                           const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const PublicKey new_key,
                   resolve_key(context, arguments.new_key, "--new-key or --new-public-key"));
    CLI_TRY_ASSIGN(crypto::SigningKey master,
                   load_master(context, arguments.master_key, arguments.author, registry));
    trust::RotationRecord record;
    record.author = arguments.author;
    record.from_epoch = succession.from;
    record.to_epoch = succession.to;
    record.to_public_key = new_key;
    record.effective_from = arguments.effective_from;
    return or_fail(trust::sign(record, master), "Failed to sign the rotation");
}

Outcome<trust::SignedRecord> sign_revocation(Context& context, const RevocationArguments& arguments,
                                             const trust::Registry& registry) {
    CLI_TRY_ASSIGN(crypto::SigningKey master,
                   load_master(context, arguments.master_key, arguments.author, registry));
    trust::RevocationRecord record;
    record.author = arguments.author;
    record.epoch = arguments.epoch;
    record.reason = arguments.reason;
    record.effective_from = arguments.effective_from;
    return or_fail(trust::sign(record, master), "Failed to sign the revocation");
}

}  // namespace aion::cli
