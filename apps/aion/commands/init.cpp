// SPDX-License-Identifier: MIT OR Apache-2.0
// aion init: a new file with version 1 (docs/cli.md#aion-init).
#include <fmt/format.h>

#include "aion/base/hex.hpp"
#include "aion/policy/commit.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"

namespace aion::cli {
namespace {

struct InitArguments {
    std::string file;
    std::optional<std::string> rules;
    AuthorId author;
    std::string key;
    std::string message = "Genesis version";
    bool force = false;
    bool no_encryption = false;
};

constexpr const char* confidentiality_note =
    "Format v2 always seals the payload, but with a key that anyone can derive from the file id: "
    "this detects damage, it keeps nothing secret. Whoever has the file can read the rules.";

void announce(Context& context, const InitArguments& arguments) {
    Console& console = context.console;
    console.banner("🚀 ", "Initializing AION file: " + shown(arguments.file));
    console.banner("", fmt::format("   Author: {}", to_string(arguments.author)));
    console.banner("", "   Message: " + shown(arguments.message));
}

// What can be refused before anything is read.
Outcome<> check(Context& context, const InitArguments& arguments) {
    if (arguments.no_encryption) {
        return fail_with("--no-encryption is not possible in format v2", confidentiality_note);
    }
    CLI_TRY(require_a_file(context, arguments.file, "an AION file"));
    const std::string rules = arguments.rules.value_or("-");
    CLI_TRY_ASSIGN(
        const auto existing,
        check_output(context, arguments.file, {.force = arguments.force, .inputs = {&rules, 1}}));
    // A folder or a device is refused as such when it would have to be replaced.
    if (existing && !arguments.force) {
        return already_exists(arguments.file);
    }
    return {};
}

void report(Console& console, const InitArguments& arguments,
            const policy::CommitReceipt& receipt) {
    console.success("File created successfully!");
    console.out().write(fmt::format("   File ID: {}\n   Version: 1\n   Head: {}\n   Path: {}\n",
                                    to_string(receipt.file_id), to_hex(receipt.version_hash),
                                    shown(arguments.file)));
}

Outcome<Ending> run_init(Context& context, const InitArguments& arguments) {
    CLI_TRY(check(context, arguments));
    announce(context, arguments);
    CLI_TRY_ASSIGN(const Input rules, read_rules(context, arguments.rules));
    context.console.banner("", fmt::format("   Rules size: {} bytes", rules.bytes().size()));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    const auto receipt = policy::create(
        context.env, arguments.file,
        {.payload = rules.bytes(), .author = arguments.author, .message = arguments.message}, key,
        {.replace_existing = arguments.force, .events = context.events});
    if (!receipt && receipt.error().code() == ErrorCode::file_exists) {
        return already_exists(arguments.file);
    }
    if (!receipt) {
        return fail_with("Failed to create AION file: " + arguments.file, receipt.error());
    }
    context.console.deed(arguments.file + " was created");
    warn_about(context.console, receipt->written, arguments.file);
    report(context.console, arguments, *receipt);
    return Ending::success;
}

void init_options(Options& options, InitArguments& into) {
    options.text("FILE", into.file, "FILE", "Path to create")->required();
    options.text("-r,--rules", into.rules, "RULES_FILE",
                 "Rules of version 1; - or absent: standard input");
    options.number("-a,--author", into.author, "AUTHOR_ID", "Author recorded in version 1")
        ->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs")->required();
    options.text("-m,--message", into.message, "MESSAGE",
                 "Message of version 1 (default: Genesis version)");
    options.flag("--force", into.force, "Replace an existing file");
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
