// SPDX-License-Identifier: MIT OR Apache-2.0
// aion init: a new file with version 1 (spec 05 section 3).
#include <fmt/format.h>

#include <memory>

#include "aion/base/hex.hpp"
#include "aion/policy/author.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "table/command_table.hpp"

namespace aion::cli {
namespace {

struct InitOptions {
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

std::unexpected<Failure> already_exists(const std::string& file) {
    return fail_with("File already exists: " + file, "Use --force to overwrite");
}

void announce(Context& context, const InitOptions& options) {
    Console& console = context.console;
    console.banner("🚀 ", "Initializing AION file: " + shown(options.file));
    console.banner("", fmt::format("   Author: {}", to_string(options.author)));
    console.banner("", "   Message: " + shown(options.message));
}

// What can be refused before anything is read.
Outcome<> check(Context& context, const InitOptions& options) {
    if (options.no_encryption) {
        return fail_with("--no-encryption is not possible in format v2", confidentiality_note);
    }
    const auto existing = context.env.info(options.file);
    if (!existing) {
        return fail_with("Failed to create AION file: " + options.file, existing.error());
    }
    if (*existing && !options.force) {
        return already_exists(options.file);
    }
    return {};
}

void report(Console& console, const InitOptions& options, const policy::CommitReceipt& receipt) {
    console.success("File created successfully!");
    console.out().write(fmt::format("   File ID: {}\n   Version: 1\n   Head: {}\n   Path: {}\n",
                                    to_string(receipt.file_id), to_hex(receipt.version_hash),
                                    shown(options.file)));
}

Outcome<Ending> run_init(Context& context, const InitOptions& options) {
    if (auto checked = check(context, options); !checked) {
        return pass_on(checked);
    }
    announce(context, options);
    auto rules = read_rules(context, options.rules);
    if (!rules) {
        return pass_on(rules);
    }
    context.console.banner("", fmt::format("   Rules size: {} bytes", rules->size()));
    auto key = load_author_key(context, options.key);
    if (!key) {
        return pass_on(key);
    }
    policy::CreateOptions create;
    create.message = options.message;
    create.replace_existing = options.force;
    create.events = context.events;
    const auto receipt =
        policy::create(context.env, options.file, *rules, options.author, *key, create);
    if (!receipt && receipt.error().code() == ErrorCode::file_exists) {
        return already_exists(options.file);
    }
    if (!receipt) {
        return fail_with("Failed to create AION file: " + options.file, receipt.error());
    }
    report(context.console, options, *receipt);
    return Ending::success;
}

}  // namespace

void declare_init(CommandTable& table) {
    const auto options = std::make_shared<InitOptions>();
    Declaration command(table, table.root(), "init", "Create an AION file with version 1");
    command.text("FILE", options->file, "FILE", "Path to create")->required();
    command.text("-r,--rules", options->rules, "RULES_FILE",
                 "Rules of version 1; - or absent: standard input");
    command.number("-a,--author", options->author, "AUTHOR_ID", "Author recorded in version 1")
        ->required();
    command.text("-k,--key", options->key, "KEY_ID", "Stored key that signs")->required();
    command.text("-m,--message", options->message, "MESSAGE",
                 "Message of version 1 (default: Genesis version)");
    command.flag("--force", options->force, "Replace an existing file");
    command.flag("--no-encryption", options->no_encryption,
                 "Refused: format v2 always seals the payload (see below)");
    command.app().footer(confidentiality_note);
    command.runs([options](Context& context) { return run_init(context, *options); });
}

}  // namespace aion::cli
