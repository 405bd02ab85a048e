// SPDX-License-Identifier: MIT OR Apache-2.0
// aion commit: one more version (docs/cli.md#aion-commit).
#include <fmt/format.h>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/policy/commit.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "shell/expectations.hpp"
#include "shell/file_magic.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/log_order.hpp"
#include "shell/output_guard.hpp"
#include "shell/pins.hpp"
#include "shell/self_logging.hpp"
#include "shell/signer_advice.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/log_order_options.hpp"
#include "table/pin_options.hpp"
#include "table/self_logging_options.hpp"

namespace aion::cli {
namespace {

struct CommitArguments {
    std::string file;
    std::optional<std::string> rules;
    AuthorChoice author;
    std::string key;
    std::string message;
    std::string registry;
    bool force_unregistered = false;
    std::uint64_t wait_seconds = 10;
    PinTexts pins;
    std::string pin_file;
    OrderTexts order;
    std::string log_key;
};

// What milliseconds in 32 bits can hold: some 49 days.
constexpr std::uint64_t longest_wait_seconds = UINT32_MAX / 1000;

constexpr std::string_view unregistered_warning =
    "--force-unregistered: skipping registry authz pre-check. The resulting file will NOT pass "
    "`aion verify --registry` until the registry is updated to pin this signer.";

Outcome<> check_exists(Context& context, const std::string& file) {
    CLI_TRY(require_a_file(context, file, "an AION file"));
    CLI_TRY_ASSIGN(const auto info,
                   or_fail(context.env.info(file), "Failed to commit new version to: " + file));
    if (!info) {
        return fail_not_found(error_at_path(ErrorCode::file_not_found, file), file);
    }
    return {};
}

Outcome<policy::CommitOptions> commit_options(Context& context, const CommitArguments& arguments) {
    CLI_TRY_ASSIGN(const policy::Pins pins, parse_pins(arguments.pins));
    policy::CommitOptions options;
    options.verify.pins = pins;
    options.verify.events = context.events;
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
            to_string(receipt.version), rfc3339(receipt.timestamp)));
    }
    warn_about(console, receipt.written, arguments.file);
    if (receipt.not_pinned) {
        console.warn("the new version is not pinned, which `aion verify --pins` makes good: " +
                     receipt.not_pinned->full_message());
    }
    console.success("Version committed successfully!");
    console.out().write(fmt::format("  New Version: {}\n  Rules Hash: {}\n  Head: {}\n  Path: {}\n",
                                    to_string(receipt.version), to_hex(receipt.rules_hash),
                                    to_hex(receipt.version_hash), shown(arguments.file)));
}

// Everything that is read before the file is touched.
struct Inputs {
    std::unique_ptr<ReadableFile> rules;
    crypto::SigningKey key;
    trust::Registry registry;
    AuthorId author;
};

Outcome<Inputs> read_inputs(Context& context, const CommitArguments& arguments) {
    CLI_TRY_ASSIGN(auto rules, open_rules(context, arguments.rules));
    context.console.banner("", fmt::format("  New rules size: {} bytes", rules->info().size));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY_ASSIGN(trust::Registry registry,
                   load_registry(context, arguments.registry, {arguments.pins.max_registry_age}));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    return Inputs{std::move(rules), std::move(key), std::move(registry), author};
}

Result<policy::CommitReceipt> commit(Context& context, const CommitArguments& arguments,
                                     Inputs& inputs, const policy::CommitOptions& options) {
    const Progress progress = context.progress("Committing to", arguments.file);
    return policy::commit(
        context.env, arguments.file,
        {.payload = *inputs.rules, .author = inputs.author, .message = arguments.message},
        inputs.key, inputs.registry, options);
}

// The log alone says nothing of who is believed about it: without a policy it is only written. So
// is one at a URL; by the same policy proofs count.
OrderTexts order_of(const CommitArguments& arguments) {
    OrderTexts order = arguments.order;
    const bool is_remote = is_url(order.log);
    if (is_remote || (!arguments.log_key.empty() && order.policy.empty())) {
        order.log.clear();
    }
    if (is_remote && order.proofs.empty()) {
        order.policy.clear();
    }
    return order;
}

LoggingTexts logging_of(const CommitArguments& arguments) {
    const OrderTexts& order = arguments.order;
    const bool is_remote = is_url(order.log);
    if (!is_remote && arguments.log_key.empty()) {
        return {};
    }
    return {.log = order.log,
            .key = arguments.log_key,
            .policy = is_remote ? order.policy : std::string()};
}

// A version that is in the file, whether it is logged or not.
Outcome<Ending> finish(Context& context, const CommitArguments& arguments, AuthorId author,
                       const policy::CommitReceipt& receipt, OwnLog& own) {
    const std::string deed =
        fmt::format("Version {} was committed to {}", to_string(receipt.version), arguments.file);
    context.console.deed(deed);
    const auto logged = own.append(context, {{tlog::entry_of(signed_version(receipt, author))}},
                                   deed, arguments.file);
    report(context.console, arguments, receipt);
    CLI_TRY(logged);
    return Ending::success;
}

Outcome<Ending> run_commit(Context& context, const CommitArguments& arguments) {
    CLI_TRY(reach_log(context, logging_of(arguments)));
    context.console.banner("📝 ", "Committing new version to: " + shown(arguments.file));
    context.console.banner("", "  Author: " + shown(to_text(arguments.author)));
    CLI_TRY_ASSIGN(policy::CommitOptions options, commit_options(context, arguments));
    CLI_TRY_ASSIGN(const Pins known, open_pins(context, arguments.pin_file));
    known.ask_in(options.verify, policy::PinUse::record);
    CLI_TRY(check_exists(context, arguments.file));
    CLI_TRY_ASSIGN(Inputs inputs, read_inputs(context, arguments));
    CLI_TRY_ASSIGN(const auto order, open_log_order(context, order_of(arguments)));
    options.verify.log = order.get();
    CLI_TRY(demand_signers(context, arguments.pins, inputs.registry, options.verify));
    CLI_TRY_ASSIGN(OwnLog own, OwnLog::open(context, logging_of(arguments)));
    if (arguments.force_unregistered) {
        context.console.warn(unregistered_warning);
    }
    const auto receipt = commit(context, arguments, inputs, options);
    if (!receipt && receipt.error().code() == ErrorCode::verdict_invalid) {
        return with_remedy(
            fail_with("Failed to commit new version to: " + arguments.file, receipt.error()),
            advice_on_no_aion_file(context.env, arguments.file));
    }
    if (!receipt) {
        return fail_to_sign(context, "Failed to commit new version to: " + arguments.file,
                            receipt.error(), inputs.registry, inputs.author, arguments.registry);
    }
    return finish(context, arguments, inputs.author, *receipt, own);
}

void commit_command_options(Options& options, CommitArguments& into) {
    options.text("FILE", into.file, "FILE", "File to append to")->required();
    options.text("-r,--rules", into.rules, "RULES_FILE", "New rules; - or absent: standard input");
    options.author("-a,--author", into.author, "Author of the new version: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs")->required();
    options.text("-m,--message", into.message, "MESSAGE", "Message of the new version")->required();
    options.registry(into.registry)->required();
    pin_options(options, into.pins, "--expect-author");
    options.pins(into.pin_file, pins_help);
    log_order_options(options, into.order);
    tlog_key_option(options, into.log_key);
    options.number("--wait", into.wait_seconds, "SECONDS",
                   "How long to wait for other writers of the file (default: 10)",
                   longest_wait_seconds);
    options.flag("--force-unregistered", into.force_unregistered,
                 "Let a signer commit whom the registry does not hold active; the file is INVALID "
                 "until it does");
    options.footer(
        "The file is verified first; a file that is INVALID is never carried forward (exit code "
        "1). On any error it stays as it was.");
    options.example("Version 2, signed by author 1001",
                    "aion commit policy.aion --rules policy.yaml --author 1001 --key 1001 \\\n"
                    "      --message \"Raise the limit\" --registry registry.json");
}

}  // namespace

Declare declare_commit;

void declare_commit(const Declared& root) {
    add_command(root, "commit", "Append a version to an AION file", commit_command_options,
                run_commit);
}

}  // namespace aion::cli
