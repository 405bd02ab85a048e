// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog append: files become entries (docs/cli-tlog.md#aion-tlog-append).
#include <fmt/format.h>

#include <utility>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "aion/trust/registry_chain.hpp"
#include "commands/release/receipt_file.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/input.hpp"
#include "shell/log_place.hpp"
#include "shell/try.hpp"
#include "table/network_options.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_view.hpp"

namespace aion::cli {
namespace {

using tlog::EntryKind;

// A payload is hashed where it is longer than an entry may be.
constexpr std::uint64_t max_logged_file = std::uint64_t{1} << 30U;

Outcome<std::vector<Bytes>> entries_of_versions(const std::string& path, ByteView bytes) {
    const std::string refused = "Failed to read " + path;
    CLI_TRY_ASSIGN(const auto view, or_fail(format::FileView::parse(bytes), refused));
    CLI_TRY_ASSIGN(const auto versions, or_fail(policy::history(view), refused));
    CLI_TRY_ASSIGN(const auto signatures, or_fail(view.signatures(), refused));
    if (versions.size() != signatures.size() || versions.empty()) {
        return about_file(fail_with(fmt::format("{} has {} versions and {} signatures", path,
                                                versions.size(), signatures.size()),
                                    "`aion verify` says what is wrong with it"),
                          path);
    }
    std::vector<Bytes> entries;
    entries.reserve(versions.size());
    for (std::size_t i = 0; i < versions.size(); ++i) {
        entries.push_back(tlog::entry_of(trust::SignedVersion{
            .file_id = view.file_id(),
            .version = versions[i].number,
            .author = versions[i].author,
            .version_hash = versions[i].version_hash,
            .signature_hash = crypto::blake3(signatures[i].signature.view())}));
    }
    return entries;
}

// Of a registry that has none, or none of these, there is nothing to log.
Outcome<std::vector<Bytes>> entries_of_registry(const std::string& path,
                                                const trust::Registry& registry) {
    std::vector<Bytes> entries;
    if (registry.chain() != nullptr) {
        entries = tlog::entries_of(registry.chain()->records());
    }
    if (entries.empty()) {
        return about_file(
            fail_with(path + " is a registry in which no record begins or ends an epoch",
                      "There is nothing to order signatures by; --kind logs the file as it is"),
            path);
    }
    return entries;
}

// Each without its list of witnesses, which nobody signed, at the version of its policy. None if
// these are no receipts of decisions.
std::vector<Bytes> entries_of_receipts(std::string_view text, const std::string& path) {
    const auto receipts = receipts_in(text, path);
    std::vector<Bytes> entries;
    for (const release::Receipt& receipt : receipts ? *receipts : std::vector<release::Receipt>()) {
        const auto statement = release::statement_of(receipt);
        if (!statement || statement->predicate_type != release::receipt_predicate_type) {
            return {};
        }
        entries.push_back(release::receipt_entry(receipt.envelope, statement->policy.version));
    }
    return entries;
}

}  // namespace

void entry_options(Options& options, FileAsEntries& into) {
    options.choice("--kind", into.kind,
                   {{"version_attestation", std::optional(EntryKind::version_attestation)},
                    {"manifest_signature", std::optional(EntryKind::manifest_signature)},
                    {"key_rotation", std::optional(EntryKind::key_rotation)},
                    {"key_revocation", std::optional(EntryKind::key_revocation)},
                    {"slsa_statement", std::optional(EntryKind::slsa_statement)},
                    {"dsse_envelope", std::optional(EntryKind::dsse_envelope)},
                    {"enforcement_receipt", std::optional(EntryKind::enforcement_receipt)}},
                   "KIND",
                   "The file is a payload of that kind, as it is (default: .aion files are their "
                   "versions, registries their records, receipts and envelopes those)");
    options.number("--timestamp-version", into.timestamp_version, "N",
                   "Version that its author says a payload is of (default: 0)");
}

Outcome<std::vector<Bytes>> entries_of_file(Context& context, const FileAsEntries& as,
                                            const std::string& path) {
    CLI_TRY_ASSIGN(const Input input, read_input(context, path, "what is logged",
                                                 "Failed to read " + path, max_logged_file));
    const ByteView bytes = input.bytes();
    if (as.kind) {
        return std::vector<Bytes>{tlog::make_entry(*as.kind, as.timestamp_version, bytes)};
    }
    if (as_text(bytes).starts_with("AION")) {
        return entries_of_versions(path, bytes);
    }
    if (const auto registry = trust::Registry::from_json(as_text(bytes))) {
        return entries_of_registry(path, *registry);
    }
    if (auto receipts = entries_of_receipts(as_text(bytes), path); !receipts.empty()) {
        return receipts;
    }
    if (supply::envelope_from_json(as_text(bytes))) {
        return std::vector<Bytes>{
            tlog::make_entry(EntryKind::dsse_envelope, as.timestamp_version, bytes)};
    }
    return about_file(fail_with(path + " is no .aion file, no registry and no envelope",
                                "Say what it is, as in --kind manifest_signature"),
                      path);
}

namespace {

struct AppendArguments {
    std::string log;
    std::string key;
    LogTrust trust;
    RegistryChoice network;
    FileAsEntries as;
    std::vector<std::string> files;
    Format format = Format::text;
};

Outcome<> check(const AppendArguments& arguments) {
    const bool trusts = !arguments.trust.key.empty() || !arguments.trust.policy.empty();
    if (!is_url(arguments.log) && arguments.key.empty()) {
        return fail_with("Whoever writes into a log's folder needs the log's key",
                         "Add --key KEY_ID");
    }
    if (is_url(arguments.log) && !arguments.key.empty()) {
        return fail_with("What is at a URL signs its log itself: --key is for a folder",
                         "Leave it out; --log-key or --tlog-policy say whose log it has to be");
    }
    if (!is_url(arguments.log) && trusts) {
        return fail_with(
            "--log-key and --tlog-policy say whose log is at a URL, and --log is a "
            "folder",
            "Leave them out: the log in a folder is that of --key");
    }
    return {};
}

Outcome<> append_to_folder(Context& context, const AppendArguments& arguments,
                           LogAppendedView& view) {
    CLI_TRY_ASSIGN(const OpenLogWriter open,
                   open_log_writer(context, arguments.log, arguments.key));
    std::uint64_t next_new = open.writer->log().size();
    std::vector<ByteView> views;
    views.reserve(view.rows.size());
    for (const LogAppendedView::Row& row : view.rows) {
        views.emplace_back(row.entry);
    }
    const auto appended = open.writer->append(views);
    if (!appended) {
        return about_file(fail_with("Nothing was logged in " + arguments.log, appended.error()),
                          arguments.log);
    }
    if (appended->added > 0) {
        context.console.deed(
            fmt::format("{} entries were logged in {}", appended->added, arguments.log));
    }
    for (std::size_t i = 0; i < view.rows.size(); ++i) {
        LogAppendedView::Row& row = view.rows[i];
        row.index = appended->indexes[i];
        row.is_new = row.index == next_new;
        next_new += row.is_new ? 1 : 0;
    }
    view.checkpoint = open.writer->log().checkpoint();
    return {};
}

// One after the other, in order; each lasts when it is answered.
Outcome<> append_to_url(Context& context, const AppendArguments& arguments, LogPlace place,
                        LogAppendedView& view) {
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy, log_policy(context, arguments.trust));
    CLI_TRY_ASSIGN(RemoteLog log, RemoteLog::open(std::move(place), policy));
    std::size_t done = 0;
    for (LogAppendedView::Row& row : view.rows) {
        auto logged = log.append(row.entry);
        if (!logged) {
            return with_remedy(fail_with(fmt::format("{} of {} entries are logged in {}", done,
                                                     view.rows.size(), arguments.log),
                                         logged.error()),
                               "The same may be appended again: what is logged is found there");
        }
        if (++done == 1) {
            context.console.deed("Entries were logged in " + arguments.log);
        }
        row.index = logged->index;
        row.is_new = logged->is_new;
        view.checkpoint = std::move(logged->checkpoint);
    }
    return {};
}

Outcome<Ending> run_append(Context& context, const AppendArguments& arguments) {
    CLI_TRY(check(arguments));
    // First: it may be another program that does all of this.
    CLI_TRY_ASSIGN(LogPlace place, open_log_place(context, arguments.log, arguments.network));
    LogAppendedView view{.folder = arguments.log, .checkpoint = {}, .rows = {}};
    for (const std::string& path : arguments.files) {
        CLI_TRY_ASSIGN(std::vector<Bytes> own, entries_of_file(context, arguments.as, path));
        for (Bytes& entry : own) {
            view.rows.push_back(
                {.path = path, .index = 0, .is_new = false, .entry = std::move(entry)});
        }
    }
    if (place.remote == nullptr) {
        CLI_TRY(append_to_folder(context, arguments, view));
    } else {
        CLI_TRY(append_to_url(context, arguments, std::move(place), view));
    }
    present(context.console, arguments.format, view);
    return Ending::success;
}

void append_options(Options& options, AppendArguments& into) {
    options.texts("FILE", into.files, "FILE", "What is logged")->required();
    log_place_option(options, into.log);
    options.text("-k,--key", into.key, "KEY_ID", "With a folder: stored key of the log");
    log_key_option(options, into.trust, "With a URL: believe this log");
    options.text("--tlog-policy", into.trust.policy, "POLICY_FILE",
                 "Instead of --log-key: believe the logs that it names");
    entry_options(options, into.as);
    network_options(options, into.network);
    options.format(into.format);
    options.footer(
        "What the log has already is not logged again: its index is told. All is there and lasts "
        "when this ends, or in a folder nothing is. Whether a file is VALID is not asked; a log "
        "orders.");
    options.example("All versions of a file",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion");
}

}  // namespace

void declare_tlog_appending(const Declared& tlog) {
    add_command(tlog, "append", "Log what files are", append_options, run_append);
}

}  // namespace aion::cli
