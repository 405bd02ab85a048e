// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog monitor: what is new in a log, and whether it is still the log that it was.
#include "aion/tlog/monitor.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/tlog/services.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/log_place.hpp"
#include "shell/try.hpp"
#include "table/network_options.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_service_view.hpp"

namespace aion::cli {
namespace {

struct MonitorArguments {
    std::string log;
    std::string state;
    LogTrust trust;
    std::optional<AuthorId> author;
    std::optional<FileId> file;
    std::string kind;
    RegistryChoice network;
    Format format = Format::text;
};

/// Which entries are told of.
struct Wanted {
    std::optional<AuthorId> author;
    std::optional<FileId> file;
    std::optional<tlog::EntryKind> kind;

    [[nodiscard]] bool has(const MonitorView::Row& row) const {
        return (!kind || row.kind == kind) &&
               (!author || (row.version && row.version->author == *author)) &&
               (!file || (row.version && row.version->file_id == *file));
    }
};

MonitorView::Row row_of(std::uint64_t index, ByteView entry) {
    MonitorView::Row row;
    row.index = index;
    const auto view = tlog::EntryView::parse(entry);
    if (!view) {
        return row;
    }
    row.kind = view->kind;
    row.timestamp_version = view->timestamp_version;
    row.payload_hash = view->payload_hash;
    row.version = tlog::LoggedVersion::in(*view);
    return row;
}

Outcome<Wanted> wanted_by(const MonitorArguments& arguments) {
    Wanted wanted{.author = arguments.author, .file = arguments.file, .kind = {}};
    if (!arguments.kind.empty()) {
        wanted.kind = tlog::entry_kind_of(std::string_view(arguments.kind));
        if (!wanted.kind) {
            return fail_with("No entry is of the kind '" + shown(arguments.kind) + "'",
                             "Kinds are version_attestation, manifest_signature, key_rotation, "
                             "key_revocation, slsa_statement, dsse_envelope and "
                             "enforcement_receipt");
        }
    }
    return wanted;
}

Outcome<Ending> run_monitor(Context& context, const MonitorArguments& arguments) {
    CLI_TRY_ASSIGN(const Wanted wanted, wanted_by(arguments));
    CLI_TRY_ASSIGN(const LogPlace log, open_log_place(context, arguments.log, arguments.network));
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy, log_policy(context, arguments.trust));
    CLI_TRY_ASSIGN(const auto memory,
                   or_fail_with_cause(tlog::open_monitor_memory(context.env, arguments.state),
                                      "Failed to open what was seen, " + arguments.state));
    std::vector<MonitorView::Row> rows;
    const auto each = [&](std::uint64_t index, ByteView entry) -> Result<> {
        const MonitorView::Row row = row_of(index, entry);
        if (wanted.has(row)) {
            rows.push_back(row);
        }
        return {};
    };
    // What nobody could read is told again.
    const auto tell = [&](const tlog::MonitorReport& report) -> Result<> {
        present(context.console, arguments.format, MonitorView{.report = report, .rows = rows});
        context.console.out().flush();
        if (const int problem = context.console.out().error(); problem != 0) {
            return fail(error_at_path(ErrorCode::file_write_error, "standard output", problem));
        }
        return {};
    };
    const auto report = tlog::look_at_log(context.env, *log.source, policy, *memory, each, tell);
    if (!report) {
        return fail_with("Failed to follow " + shown(log.source->shown()), report.error());
    }
    return report->alarm ? Ending::invalid : Ending::success;
}

void monitor_options(Options& options, MonitorArguments& into) {
    log_place_option(options, into.log);
    options
        .text("--state", into.state, "STATE_FILE",
              "What was seen at the last look; made at the first")
        ->required();
    log_key_option(options, into.trust, "The key of the log");
    options.text("--tlog-policy", into.trust.policy, "POLICY_FILE",
                 "Instead of --log-key: whose signatures a checkpoint needs");
    options.number("--author", into.author, "AUTHOR_ID", "Only versions by this author");
    options.number("--file", into.file, "FILE_ID", "Only versions of this file");
    options.text("--kind", into.kind, "KIND", "Only entries of this kind, e.g. key_revocation");
    network_options(options, into.network);
    options.format(into.format);
    options.footer(
        "Tells of each entry once. Exit code 0: the log continues what was seen; 1: it does not, "
        "a fork or a rollback, of which both checkpoints are kept in the state; 2: it could not be "
        "found out.");
}

}  // namespace

void declare_tlog_monitor(const Declared& tlog) {
    add_command(tlog, "monitor", "Follow a log, and tell what is new", monitor_options,
                run_monitor);
}

}  // namespace aion::cli
