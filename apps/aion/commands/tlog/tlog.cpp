// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog: transparency logs in folders (docs/cli-tlog.md).
#include "commands/tlog/tlog.hpp"

#include <fmt/format.h>

#include <utility>

#include "aion/base/ascii.hpp"
#include "commands/tlog/services.hpp"
#include "shell/input.hpp"
#include "shell/log_order.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_view.hpp"

namespace aion::cli {
namespace {

constexpr std::uint64_t max_key_text = 4096;

// --- init ----------------------------------------------------------------------------------------

struct InitArguments {
    std::string log;
    std::string origin;
    std::string key;
    Format format = Format::text;
};

Outcome<Ending> run_init(Context& context, const InitArguments& arguments) {
    CLI_TRY_ASSIGN(const NoteSigningKey key, NoteSigningKey::load(context, arguments.key));
    const std::string refused = "No log was made in " + arguments.log;
    CLI_TRY_ASSIGN(
        const auto signers,
        or_fail(key.signers(context.env, arguments.origin, tlog::NoteKeyType::ed25519), refused));
    if (const auto made = tlog::create_log(context.env, arguments.log, signers); !made) {
        return about_file(fail_with(refused, made.error()), arguments.log);
    }
    context.console.deed("The log " + arguments.log + " was made");
    present(context.console, arguments.format,
            LogMadeView{.folder = arguments.log, .keys = signers});
    return Ending::success;
}

void init_options(Options& options, InitArguments& into) {
    log_option(options, into.log);
    options
        .text("--origin", into.origin, "NAME",
              "What the log is called for ever: a name as of a host and a path, without spaces")
        ->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs its checkpoints")
        ->required();
    options.format(into.format);
    options.footer(
        "The folder can be served by any web server. Whoever verifies needs the verifier key that "
        "is printed, and has to learn it from somebody whom he believes.");
    options.example("A log, and what is in it",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion tlog tail --log log");
}

// --- rotate --------------------------------------------------------------------------------------

struct RotateArguments {
    std::string log;
    std::string key;
    std::string new_key;
    Format format = Format::text;
};

Outcome<Ending> run_rotate(Context& context, const RotateArguments& arguments) {
    CLI_TRY_ASSIGN(const NoteSigningKey next, NoteSigningKey::load(context, arguments.new_key));
    CLI_TRY_ASSIGN(const OpenLogWriter open,
                   open_log_writer(context, arguments.log, arguments.key));
    const std::string refused = "The key of " + arguments.log + " is the one that it was";
    const tlog::NoteKey former = open.writer->log().key();
    CLI_TRY_ASSIGN(
        const auto signers,
        or_fail(next.signers(context.env, former.name(), tlog::NoteKeyType::ed25519), refused));
    if (const auto rotated = open.writer->rotate(signers); !rotated) {
        return about_file(fail_with(refused, rotated.error()), arguments.log);
    }
    context.console.deed("The log " + arguments.log + " has another key");
    present(context.console, arguments.format,
            LogRotatedView{.folder = arguments.log,
                           .former = former,
                           .keys = signers,
                           .size = open.writer->log().size()});
    return Ending::success;
}

void rotate_options(Options& options, RotateArguments& into) {
    log_option(options, into.log);
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that the log has now")->required();
    options.text("--new-key", into.new_key, "KEY_ID", "Stored key that takes over")->required();
    options.format(into.format);
    options.footer(
        "Both keys sign the record of it (keys/N in the folder), by which whoever has the former "
        "key follows to the new one.");
    options.example("Another key for the log",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog rotate --log log --key 1001 --new-key 1002");
}

// --- checkpoint ----------------------------------------------------------------------------------

struct CheckpointArguments {
    std::string log;
    LogTrust trust;
    std::optional<std::uint64_t> from;
    bool with_reference = false;
    bool only_key = false;
    Format format = Format::text;
};

Outcome<Ending> run_checkpoint(Context& context, const CheckpointArguments& arguments) {
    CLI_TRY_ASSIGN(const auto log, open_log(context, arguments.log, arguments.trust));
    LogCheckpointView view{.folder = arguments.log,
                           .checkpoint = log->checkpoint(),
                           .note = log->note(),
                           .key = log->key(),
                           .only_key = arguments.only_key,
                           .growth = {},
                           .reference_root = {}};
    const std::string refused = "Failed to read the log " + arguments.log;
    if (arguments.from) {
        if (*arguments.from > log->size()) {
            return fail_with(fmt::format("The log {} has {} entries, not {}", arguments.log,
                                         log->size(), *arguments.from));
        }
        LogGrowth growth{.from = *arguments.from, .root = {}, .path = {}};
        CLI_TRY_ASSIGN(growth.root, or_fail(log->root(growth.from), refused));
        CLI_TRY_ASSIGN(growth.path,
                       or_fail(log->consistency_path(growth.from, log->size()), refused));
        view.growth = std::move(growth);
    }
    if (arguments.with_reference) {
        CLI_TRY_ASSIGN(view.reference_root, or_fail(log->reference_root(log->size()), refused));
    }
    present(context.console, arguments.format, view);
    return Ending::success;
}

void checkpoint_options(Options& options, CheckpointArguments& into) {
    log_option(options, into.log);
    log_key_option(options, into.trust, "Believe this key of the log, or one that follows it");
    options.number("--consistency-from", into.from, "N",
                   "Also prove that the log continues the one of N entries");
    options.flag("--verifier-key", into.only_key,
                 "As text, show nothing but the verifier key of the log");
    options.flag("--reference-root", into.with_reference,
                 "Also make the root of aion-context's tree over the same entries");
    options.format(into.format);
    options.example("What the log commits to, and that it only grew",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion tlog checkpoint --log log --consistency-from 1");
}

}  // namespace

// --- what all have in common ---------------------------------------------------------------------

void log_option(Options& options, std::string& into) {
    options.text("--log", into, "DIR", "Folder of the log")->required();
}

void log_place_option(Options& options, std::string& into) {
    options.text("--log", into, "DIR|URL", "The log")->required();
}

void log_key_option(Options& options, LogTrust& into, const std::string& help) {
    options.text("--log-key", into.key, "VKEY", help + "; a verifier key, or a file that has one");
}

Outcome<std::optional<tlog::NoteKey>> log_key(Context& context, const LogTrust& trust) {
    if (trust.key.empty()) {
        return std::nullopt;
    }
    if (auto key = tlog::NoteKey::parse(trust.key)) {
        return *std::move(key);
    }
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, trust.key, "the key of the log",
                              "Neither a verifier key nor a file: " + trust.key, max_key_text));
    std::string_view text = as_text(input.bytes());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    auto key = tlog::NoteKey::parse(text);
    if (!key) {
        return about_file(fail_with("No verifier key: " + trust.key, key.error()), trust.key);
    }
    return *std::move(key);
}

Outcome<tlog::LogPolicy> log_policy(Context& context, const LogTrust& trust) {
    if (trust.policy.empty() == trust.key.empty()) {
        return fail_with("Whose log is believed? Say --log-key or --tlog-policy, one of them",
                         "`aion tlog init` prints the key; a policy may ask for witnesses, too");
    }
    if (trust.policy.empty()) {
        CLI_TRY_ASSIGN(auto key, log_key(context, trust));
        return tlog::LogPolicy::of(*std::move(key));
    }
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, trust.policy, "the policy",
                              "Failed to read policy: " + trust.policy, tlog::max_policy_size));
    return parse_log_policy(input.bytes(), trust.policy, "Failed to read policy");
}

Outcome<std::unique_ptr<tlog::LogStore>> open_log(Context& context, const std::string& folder,
                                                  const LogTrust& trust) {
    CLI_TRY_ASSIGN(auto key, log_key(context, trust));
    auto log = tlog::LogStore::open(context.env, folder, std::move(key));
    if (!log) {
        return about_file(fail_with("Failed to open the log " + folder, log.error()), folder);
    }
    return *std::move(log);
}

Outcome<OpenLogWriter> open_log_writer(Context& context, const std::string& folder,
                                       const std::string& key_id) {
    CLI_TRY_ASSIGN(NoteSigningKey key, NoteSigningKey::load(context, key_id));
    auto writer = tlog::LogWriter::open(context.env, folder, key.classical(), key.post_quantum());
    if (!writer) {
        return about_file(fail_with("Failed to open the log " + folder, writer.error()), folder);
    }
    return OpenLogWriter{.key = std::move(key), .writer = *std::move(writer)};
}

Declare declare_tlog;

void declare_tlog(const Declared& root) {
    const Declared tlog = add_group(root, "tlog", "Transparency logs that others can check");
    add_command(tlog, "init", "Make a log in a folder", init_options, run_init);
    declare_tlog_appending(tlog);
    add_command(tlog, "rotate", "Give a log another key", rotate_options, run_rotate);
    declare_tlog_proving(tlog);
    add_command(tlog, "checkpoint", "Show what a log commits to", checkpoint_options,
                run_checkpoint);
    declare_tlog_looking(tlog);
    declare_tlog_policy(tlog);
    declare_tlog_services(tlog);
}

}  // namespace aion::cli
