// SPDX-License-Identifier: MIT OR Apache-2.0
// aion commit: one more version (spec 05 section 4).
#include <fmt/format.h>

#include <cerrno>
#include <memory>

#include "aion/base/hex.hpp"
#include "aion/policy/author.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "table/command_table.hpp"
#include "table/pin_options.hpp"

namespace aion::cli {
namespace {

struct CommitArguments {
    std::string file;
    std::optional<std::string> rules;
    AuthorId author;
    std::string key;
    std::string message;
    std::string registry;
    bool force_unregistered = false;
    std::uint64_t wait_seconds = 10;
    PinTexts pins;
};

// What milliseconds in 32 bits can hold: some 49 days.
constexpr std::uint64_t longest_wait_seconds = UINT32_MAX / 1000;

constexpr std::string_view unregistered_warning =
    "--force-unregistered: skipping registry authz pre-check. The resulting file will NOT pass "
    "`aion verify --registry` until the registry is updated to pin this signer.";

Outcome<> check_exists(Context& context, const std::string& file) {
    const auto info = context.env.info(file);
    if (!info) {
        return fail_with("Failed to commit new version to: " + file, info.error());
    }
    if (!*info) {
        return fail_with("File not found: " + file);
    }
    return {};
}

Outcome<policy::CommitOptions> commit_options(Context& context, const CommitArguments& arguments) {
    auto pins = parse_pins(arguments.pins);
    if (!pins) {
        return pass_on(pins);
    }
    policy::CommitOptions options;
    options.message = arguments.message;
    options.pins = *pins;
    options.events = context.events;
    options.lock_wait_ms = static_cast<std::uint32_t>(arguments.wait_seconds * 1000);
    if (arguments.force_unregistered) {
        options.authorization = policy::Authorization::not_checked;
    }
    return options;
}

void report(Console& console, const CommitArguments& arguments,
            const policy::CommitReceipt& receipt) {
    if (receipt.timestamp_clamped) {
        console.warn(fmt::format(
            "the clock is behind the last version; version {} carries that version's time, {}",
            to_string(receipt.version), receipt.timestamp.value));
    }
    console.success("Version committed successfully!");
    console.out().write(
        fmt::format("   New version: {}\n   Rules hash: {}\n   Head: {}\n   Path: {}\n",
                    to_string(receipt.version), to_hex(receipt.rules_hash),
                    to_hex(receipt.version_hash), shown(arguments.file)));
}

// Everything that is read before the file is touched.
struct Inputs {
    Bytes rules;
    crypto::SigningKey key;
    trust::Registry registry;
};

Outcome<Inputs> read_inputs(Context& context, const CommitArguments& arguments) {
    auto rules = read_rules(context, arguments.rules);
    if (!rules) {
        return pass_on(rules);
    }
    context.console.banner("", fmt::format("   New rules size: {} bytes", rules->size()));
    auto key = load_author_key(context, arguments.key);
    if (!key) {
        return pass_on(key);
    }
    auto registry = load_registry(context, arguments.registry);
    if (!registry) {
        return pass_on(registry);
    }
    return Inputs{*std::move(rules), *std::move(key), *std::move(registry)};
}

Outcome<Ending> run_commit(Context& context, const CommitArguments& arguments) {
    context.console.banner("📝 ", "Committing new version to: " + shown(arguments.file));
    context.console.banner("", fmt::format("   Author: {}", to_string(arguments.author)));
    context.console.banner("", "   Message: " + shown(arguments.message));
    auto options = commit_options(context, arguments);
    if (!options) {
        return pass_on(options);
    }
    if (auto exists = check_exists(context, arguments.file); !exists) {
        return pass_on(exists);
    }
    auto inputs = read_inputs(context, arguments);
    if (!inputs) {
        return pass_on(inputs);
    }
    if (arguments.force_unregistered) {
        context.console.warn(unregistered_warning);
    }
    const auto receipt = policy::commit(context.env, arguments.file, inputs->rules,
                                        arguments.author, inputs->key, inputs->registry, *options);
    if (!receipt) {
        return fail_with("Failed to commit new version to: " + arguments.file, receipt.error());
    }
    report(context.console, arguments, *receipt);
    return Ending::success;
}

}  // namespace

void declare_commit(CommandTable& table) {
    const auto arguments = std::make_shared<CommitArguments>();
    Declaration command(table, table.root(), "commit", "Append a version to an AION file");
    command.text("FILE", arguments->file, "FILE", "File to append to")->required();
    command.text("-r,--rules", arguments->rules, "RULES_FILE",
                 "New rules; - or absent: standard input");
    command.number("-a,--author", arguments->author, "AUTHOR_ID", "Author of the new version")
        ->required();
    command.text("-k,--key", arguments->key, "KEY_ID", "Stored key that signs")->required();
    command.text("-m,--message", arguments->message, "MESSAGE", "Message of the new version")
        ->required();
    command.registry(arguments->registry)->required();
    declare_pins(command, arguments->pins);
    command.decimal("--wait", longest_wait_seconds, "SECONDS",
                    "How long to wait for other writers of the file (default: 10)",
                    [arguments](std::uint64_t seconds) { arguments->wait_seconds = seconds; });
    command.flag("--force-unregistered", arguments->force_unregistered,
                 "Let a signer commit whom the registry does not hold active; the file is INVALID "
                 "until it does");
    command.app().footer(
        "The file is verified first; a file that is INVALID is never carried forward (exit code "
        "1). On any error it stays as it was.");
    command.runs([arguments](Context& context) { return run_commit(context, *arguments); });
}

}  // namespace aion::cli
