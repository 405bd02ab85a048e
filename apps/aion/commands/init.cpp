// SPDX-License-Identifier: MIT OR Apache-2.0
// aion init: a new file with version 1 (docs/cli.md#aion-init).
#include <fmt/format.h>

#include "aion/base/hex.hpp"
#include "aion/policy/commit.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/self_logging.hpp"
#include "shell/signer_advice.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/self_logging_options.hpp"

namespace aion::cli {
namespace {

struct InitArguments {
    std::string file;
    std::optional<std::string> rules;
    AuthorChoice author;
    std::string key;
    std::string message = "Genesis version";
    std::string registry;
    bool force = false;
    bool force_unregistered = false;
    bool no_encryption = false;
    LoggingTexts logging;
};

constexpr const char* confidentiality_note =
    "Format v2 always seals the payload, but with a key that anyone can derive from the file id: "
    "this detects damage, it keeps nothing secret. Whoever has the file can read the rules.";

void announce(Context& context, const InitArguments& arguments) {
    Console& console = context.console;
    console.banner("🚀 ", "Initializing AION file: " + shown(arguments.file));
    console.banner("", "  Author: " + shown(to_text(arguments.author)));
}

// What can be refused before anything is read.
Outcome<> check(Context& context, const InitArguments& arguments) {
    if (arguments.no_encryption) {
        return fail_with("--no-encryption is not possible in format v2", confidentiality_note);
    }
    if (arguments.registry.empty()) {
        CLI_TRY(resolve_author(arguments.author));
    }
    CLI_TRY(require_a_file(context, arguments.file, "an AION file"));
    const std::string rules = arguments.rules.value_or("-");
    CLI_TRY_ASSIGN(const auto existing, check_output(context, arguments.file,
                                                     {.force = arguments.force,
                                                      .inputs = {&rules, 1},
                                                      .registry = arguments.registry,
                                                      .is_aion_file = true}));
    // A folder or a device is refused as such when it would have to be replaced.
    if (existing && !arguments.force) {
        return already_exists(arguments.file);
    }
    return {};
}

/// Who signs, and by what that is judged: nothing if no registry was given, or is not to be asked.
struct Signing {
    AuthorId author;
    std::optional<trust::Registry> registry;
};

Result<policy::CommitReceipt> create(Context& context, const InitArguments& arguments,
                                     ReadableFile& rules, const Signing& signing,
                                     crypto::SigningKey& key) {
    const Progress progress = context.progress("Creating", arguments.file);
    return policy::create(
        context.env, arguments.file,
        {.payload = rules, .author = signing.author, .message = arguments.message}, key,
        {.replace_existing = arguments.force,
         .events = context.events,
         .registry = signing.registry ? &*signing.registry : nullptr});
}

void report(Console& console, const InitArguments& arguments,
            const policy::CommitReceipt& receipt) {
    console.success("File created successfully!");
    console.out().write(fmt::format("  File ID: {}\n  Version: 1\n  Head: {}\n  Path: {}\n",
                                    to_string(receipt.file_id), to_hex(receipt.version_hash),
                                    shown(arguments.file)));
}

// A name is looked up in the registry even where that is not asked about the signer.
Outcome<Signing> signing_of(Context& context, const InitArguments& arguments) {
    if (arguments.registry.empty()) {
        CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author));
        return Signing{author, std::nullopt};
    }
    CLI_TRY_ASSIGN(trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    if (arguments.force_unregistered) {
        context.console.warn(
            "--force-unregistered: the registry is not asked whether the signer may sign; the file "
            "is INVALID under it until it pins that signer");
        return Signing{author, std::nullopt};
    }
    return Signing{author, std::move(registry)};
}

std::unexpected<Failure> fail_to_create(Context& context, const InitArguments& arguments,
                                        const Signing& signing, const Error& error) {
    if (error.code() == ErrorCode::file_exists) {
        return already_exists(arguments.file);
    }
    return fail_to_sign(context, "Failed to create AION file: " + arguments.file, error,
                        signing.registry.value_or(trust::Registry()), signing.author,
                        arguments.registry);
}

Outcome<Ending> run_init(Context& context, const InitArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.logging));
    CLI_TRY(check(context, arguments));
    announce(context, arguments);
    CLI_TRY_ASSIGN(const auto rules, open_rules(context, arguments.rules));
    context.console.banner("", fmt::format("  Rules size: {} bytes", rules->info().size));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY_ASSIGN(const Signing signing, signing_of(context, arguments));
    CLI_TRY_ASSIGN(OwnLog own, OwnLog::open(context, arguments.logging));
    const auto receipt = create(context, arguments, *rules, signing, key);
    if (!receipt) {
        return fail_to_create(context, arguments, signing, receipt.error());
    }
    const std::string deed = arguments.file + " was created";
    context.console.deed(deed);
    const auto logged =
        own.append(context, {{tlog::entry_of(signed_version(*receipt, signing.author))}}, deed,
                   arguments.file);
    warn_about(context.console, receipt->written, arguments.file);
    report(context.console, arguments, *receipt);
    CLI_TRY(logged);
    return Ending::success;
}

void init_options(Options& options, InitArguments& into) {
    options.text("FILE", into.file, "FILE", "Path to create")->required();
    options.text("-r,--rules", into.rules, "RULES_FILE",
                 "Rules of version 1; - or absent: standard input");
    options.author("-a,--author", into.author, "Author recorded in version 1: id or name")
        ->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs")->required();
    options.text("-m,--message", into.message, "MESSAGE",
                 "Message of version 1 (default: Genesis version)");
    options.registry(into.registry);
    options.flag("--force", into.force, "Replace an existing file");
    options.flag("--force-unregistered", into.force_unregistered,
                 "Let a signer begin whom the registry does not hold active; the file is INVALID "
                 "until it does");
    self_logging_options(options, into.logging);
    options.flag("--no-encryption", into.no_encryption,
                 "Refused: format v2 always seals the payload (see below)");
    options.footer(confidentiality_note);
    options.example("A file with version 1 of a policy",
                    "aion init refunds.aion --rules policy.yaml --author 1001 --key 1001");
    options.example("The policy from another program",
                    "cat policy.yaml | aion init piped.aion --author 1001 --key 1001");
}

}  // namespace

Declare declare_init;

void declare_init(const Declared& root) {
    add_command(root, "init", "Create an AION file with version 1", init_options, run_init);
}

}  // namespace aion::cli
