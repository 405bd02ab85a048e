// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/options.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <utility>

#include "aion/archive/inventory.hpp"
#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "commands/registry/chain.hpp"
#include "shell/decimal.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/output_options.hpp"
#include "table/self_logging_options.hpp"

namespace aion::cli {
namespace {

// Both take the same; whether a registry is there to look the rest up differs.
void rotation_facts(Options& options, RotationArguments& into) {
    options.author("--author", into.author, "Author whose key changes")->required();
    key_options(options, into.new_key, "--new-key", "--new-public-key", "New key");
}

CLI::Option* master_option(Options& options, std::optional<std::string>& into,
                           const std::string& what) {
    return options.text("--master-key", into, "MASTER_KEY_ID",
                        "Stored master key that signs the " + what);
}

constexpr const char* new_key_signs_from = "First version that the new key signs";
constexpr const char* key_ends_at = "First version that the key may no longer sign";
constexpr const char* looked_for = " (default: found by its public half)";

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
    options.author("--author", into.author, "Author whose key is revoked")->required();
    options
        .choice<RevocationReason>("--reason", into.reason,
                                  {{"compromised", RevocationReason::compromised},
                                   {"superseded", RevocationReason::superseded},
                                   {"retired", RevocationReason::retired},
                                   {"unspecified", RevocationReason::unspecified}},
                                  "REASON", "Why")
        ->required();
}

// What both have that know the registry.
void window_options(Options& options, BoundArguments& until, RecordArguments& how,
                    const char* from_help) {
    bound_options(options, until, from_help);
    options.registry(how.registry)->required();
    check_option(options, how.check);
    root_key_option(options, how.keys);
    note_option(options, how.note, false);
    record_options(options, how.record);
    dry_run_option(options, how.dry_run);
    self_logging_options(options, how.logging);
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
Outcome<std::string> stored_master(Context& context, AuthorId author,
                                   const trust::Registry& registry) {
    const auto* const known = registry.find(author);
    if (known == nullptr) {
        return fail_with(fmt::format("The registry has no author {}", to_string(author)),
                         "`aion registry show` lists those that it has");
    }
    const auto id = stored_as(context, known->master_key);
    if (!id) {
        return fail_because(
            error_because(ErrorCode::invalid_signature, "no master key"),
            fmt::format("No stored key is the master key of author {}", to_string(author)),
            find_master(context, known->master_key));
    }
    context.console.hint(fmt::format("Signed with key {}, the author's master key", id->value));
    return std::to_string(id->value);
}

Outcome<crypto::SigningKey> load_master(Context& context, const std::optional<std::string>& given,
                                        AuthorId author, const trust::Registry& registry) {
    std::string key_id = given.value_or("");
    if (!given) {
        CLI_TRY_ASSIGN(key_id, stored_master(context, author, registry));
    }
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

Outcome<VersionNumber> first_version(const BoundArguments& arguments) {
    if (!arguments.effective_from) {
        return fail_with("From which version on?", "Pass --effective-from-version V");
    }
    return *arguments.effective_from;
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

void bound_options(Options& options, BoundArguments& into, const std::string& from_help) {
    CLI::Option* const from =
        options.number("--effective-from-version", into.effective_from, "V", from_help);
    options
        .text("--unlisted", into.unlisted, "never|V",
              "With a chain, in files that are not listed: the key may sign none, or versions "
              "before V (default with --inventory: never)")
        ->excludes(from);
    options.texts("--inventory", into.inventory, "PATH",
                  "With a chain: files and folders whose files are listed, once they are verified: "
                  "the key may stand under what they have now");
}

void rotate_options(Options& options, RotationArguments& into) {
    rotation_facts(options, into);
    master_option(options, into.master_key, std::string("rotation") + looked_for);
    epoch_options(options, into, " (default: the newest in the registry)",
                  " (default: the number after it)");
    window_options(options, into.until, into.how, new_key_signs_from);
    options.flag("--force", into.how.force, "Go on though a checked file becomes INVALID");
    options.footer(
        "Where the new key begins is said by --effective-from-version, for every file alike, or, "
        "with a chain, by --inventory (default: the current directory): in each file that is found "
        "the new key begins behind the last version that is there, and it alone signs new files.");
    options.example("What would it change?",
                    "aion registry rotate --author 1001 --new-key 1002 \\\n"
                    "      --effective-from-version 2 --registry registry.json --dry-run");
    options.example("Versions from 2 on belong to key 1002",
                    "aion registry rotate --author 1001 --new-key 1002 --master-key 9001 \\\n"
                    "      --effective-from-version 2 --registry registry.json");
    options.example("With a chain: from what each file here has now",
                    "aion registry rotate --author alice --new-key 1002 --registry chain.json");
    options.flag("--no-warn", into.no_warn, "Accepted for compatibility, without effect");
}

void sign_rotation_options(Options& options, RotationArguments& into) {
    rotation_facts(options, into);
    master_option(options, into.master_key, "rotation")->required();
    options.number("--effective-from-version", into.until.effective_from, "V", new_key_signs_from)
        ->required();
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
    options.number("--epoch", into.epoch, "N",
                   "Epoch to revoke (default: the newest in the registry)");
    master_option(options, into.master_key, std::string("revocation") + looked_for);
    window_options(options, into.until, into.how, key_ends_at);
    options.footer(
        "Whoever has the key can still sign what it may: with --effective-from-version V, versions "
        "before V of any file, a new one too. With a chain, --inventory lists the files that there "
        "are, and the key may sign nothing else.");
    options.example("A stolen key signs nothing from version 2 on",
                    "aion registry revoke --author 1001 --epoch 0 --reason compromised \\\n"
                    "      --master-key 9001 --effective-from-version 2 --registry registry.json");
    options.example("With a chain: nothing but what is there already",
                    "aion registry revoke --author alice --reason compromised \\\n"
                    "      --inventory policy.aion --registry chain.json");
}

void sign_revocation_options(Options& options, RevocationArguments& into) {
    revocation_facts(options, into);
    options.number("--epoch", into.epoch, "N", "Epoch to revoke")->required();
    master_option(options, into.master_key, "revocation")->required();
    options.number("--effective-from-version", into.until.effective_from, "V", key_ends_at)
        ->required();
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

Outcome<VersionNumber> parse_unlisted(const std::string& text) {
    if (text == "never") {
        return VersionNumber{0};
    }
    const auto number = parse_decimal(text, trust::max_bound_version.value);
    if (!number) {
        return fail_with(fmt::format("Invalid value '{}' for --unlisted: {}", text, number.error()),
                         "Pass never, or the first version that the key may not sign");
    }
    return VersionNumber{*number};
}

namespace {

std::string names_of(const std::vector<std::string>& paths) {
    std::string names;
    for (const std::string& path : paths) {
        names += (names.empty() ? "" : ", ") + shown(path);
    }
    return names;
}

constexpr const char* how_far_advice =
    "Pass --inventory PATH…, the files that there are, or --effective-from-version V for all files "
    "alike";

}  // namespace

Outcome<std::vector<trust::HistoryPoint>> list_files(Context& context,
                                                     const std::vector<std::string>& paths,
                                                     const trust::Registry& registry,
                                                     const std::string& if_none) {
    const std::vector<std::filesystem::path> roots(paths.begin(), paths.end());
    auto inventory = [&] {
        const Progress progress = context.console.progress_of_files("Verifying");
        return archive::collect_inventory(context.env, roots, registry);
    }();
    if (!inventory) {
        return with_remedy(
            fail_with("Failed to list the files that there are", inventory.error()),
            inventory.error().code() == ErrorCode::invalid_argument
                ? "Only files that are VALID are listed. Take that one away, or repair it first"
                : "");
    }
    if (inventory->files == 0) {
        return fail_with("There is no .aion file below " + names_of(paths), if_none);
    }
    context.console.hint(fmt::format("{} verified, {} listed", counted(inventory->files, "file"),
                                     inventory->points.size()));
    return std::move(inventory->points);
}

Outcome<trust::Bound> bound_of(Context& context, const BoundArguments& arguments,
                               const trust::Registry& registry) {
    if (!arguments.any()) {
        return fail_with("Up to where may the key sign?", how_far_advice);
    }
    trust::Bound bound;
    if (arguments.effective_from) {
        bound.unlisted = *arguments.effective_from;
    } else if (arguments.unlisted) {
        CLI_TRY_ASSIGN(bound.unlisted, parse_unlisted(*arguments.unlisted));
    }
    if (arguments.inventory.empty()) {
        return bound;
    }
    CLI_TRY_ASSIGN(bound.listed,
                   list_files(context, arguments.inventory, registry, how_far_advice));
    if (!arguments.effective_from && !arguments.unlisted) {
        context.console.hint(
            "Of files that are not listed the key may sign nothing: --unlisted never. --unlisted V "
            "would leave it versions before V of any file, a new one too");
    }
    return bound;
}

Outcome<Succession> succession_of(const RotationArguments& arguments, AuthorId author,
                                  const trust::Registry& registry) {
    // An author whom it does not know is refused when the record is applied.
    const trust::EpochRecord* const latest = registry.latest_epoch(author);
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
                                           AuthorId author, const Succession& succession,
                                           const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const VersionNumber effective_from, first_version(arguments.until));
    CLI_TRY_ASSIGN(const PublicKey new_key,
                   resolve_key(context, arguments.new_key, "--new-key or --new-public-key"));
    CLI_TRY_ASSIGN(crypto::SigningKey master,
                   load_master(context, arguments.master_key, author, registry));
    trust::RotationRecord record;
    record.author = author;
    record.from_epoch = succession.from;
    record.to_epoch = succession.to;
    record.to_public_key = new_key;
    record.effective_from = effective_from;
    return or_fail(trust::sign(record, master), "Failed to sign the rotation");
}

Outcome<trust::SignedRecord> sign_revocation(Context& context, const RevocationArguments& arguments,
                                             AuthorId author, const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const VersionNumber effective_from, first_version(arguments.until));
    CLI_TRY_ASSIGN(crypto::SigningKey master,
                   load_master(context, arguments.master_key, author, registry));
    const trust::EpochRecord* const latest = registry.latest_epoch(author);
    trust::RevocationRecord record;
    record.author = author;
    record.epoch = arguments.epoch.value_or(latest == nullptr ? Epoch{} : latest->epoch);
    record.reason = arguments.reason;
    record.effective_from = effective_from;
    return or_fail(trust::sign(record, master), "Failed to sign the revocation");
}

}  // namespace aion::cli
