// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/tlog_service_view.hpp"

#include <fmt/format.h>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "views/tlog_view.hpp"

namespace aion::cli {
namespace {

constexpr std::uint64_t ns_per_s = 1'000'000'000;

// A time beyond those that nanoseconds can say is the last of them.
Timestamp moment(std::uint64_t seconds) {
    return Timestamp{seconds > UINT64_MAX / ns_per_s ? UINT64_MAX : seconds * ns_per_s};
}

void write_time(DocumentWriter& out, Twins& twins, std::optional<std::uint64_t> seconds) {
    if (seconds) {
        twins.time("time", moment(*seconds));
    } else {
        out.member("time", nullptr);
    }
}

std::string words_for(const MonitorView::Row& row) {
    if (!row.kind) {
        return fmt::format("{:>10}  none of ours", row.index);
    }
    std::string line = fmt::format("{:>10}  {}", row.index, name_of(*row.kind));
    if (row.version) {
        line += fmt::format("  file {}, version {}, author {}", to_string(row.version->file_id),
                            to_string(row.version->version), to_string(row.version->author));
    } else {
        line += "  " + to_hex(row.payload_hash);
    }
    return line;
}

}  // namespace

void write_text(Console& console, const CosignedView& view) {
    Stream& out = console.out();
    out.write(
        fmt::format("{}: {}\n", shown(view.checkpoint.origin), entries_text(view.checkpoint.size)));
    for (const CosignedView::Row& row : view.rows) {
        out.write(fmt::format("  {}: {}\n", shown(row.witness),
                              row.time ? "cosigned, " + rfc3339_seconds(moment(*row.time))
                                       : "NOT COSIGNED: " + shown(row.problem)));
    }
    if (view.is_accepted && !*view.is_accepted) {
        out.write("  NO QUORUM: the policy asks for more\n");
    }
}

void write(DocumentWriter& out, const CosignedView& view) {
    Twins twins(out);
    out.begin_object();
    write_members(out, twins, view.checkpoint);
    out.key("witnesses").begin_array();
    for (const CosignedView::Row& row : view.rows) {
        Twins inner(out);
        out.begin_object();
        inner.path("witness", row.witness);
        write_time(out, inner, row.time);
        out.member("problem", row.problem.empty() ? std::nullopt : std::optional(row.problem));
        inner.end_object();
    }
    out.end_array().member("is_accepted", view.is_accepted);
    twins.end_object();
}

void write_text(Console& console, const MonitorView& view) {
    const tlog::MonitorReport& report = view.report;
    const tlog::Checkpoint& latest = report.latest.checkpoint;
    Stream& out = console.out();
    if (report.alarm) {
        out.write(fmt::format("{}: {}\n", shown(latest.origin),
                              report.alarm->misdeed == tlog::LogMisdeed::rollback
                                  ? "ROLLBACK: it shows fewer entries than it did"
                                  : "FORK: it shows other entries than it did"));
        out.write(fmt::format("  Seen before: {}\n  Shown now: {}, root {}\n",
                              entries_text(report.size_before), entries_text(latest.size),
                              to_hex(latest.root)));
        return;
    }
    if (console.is_quiet() && view.rows.empty()) {
        return;
    }
    out.write(fmt::format("{}: {}, {} since the last look\n", shown(latest.origin),
                          entries_text(latest.size), grouped(latest.size - report.size_before)));
    if (report.is_of_later_key) {
        out.write("  Its key has changed, to " + shown(report.latest.log.text()) + "\n");
    }
    for (const MonitorView::Row& row : view.rows) {
        out.write(words_for(row) + "\n");
    }
}

void write(DocumentWriter& out, const MonitorView& view) {
    const tlog::MonitorReport& report = view.report;
    Twins twins(out);
    out.begin_object();
    write_members(out, twins, report.latest.checkpoint);
    twins.number("size_before", report.size_before);
    out.member("is_first", report.is_first)
        .member("verifier_key", report.latest.log.text())
        .member("is_later_key", report.is_of_later_key)
        .key("witnesses")
        .begin_array();
    for (const std::string& witness : report.latest.witnesses) {
        out.value(witness);
    }
    out.end_array().key("alarm");
    if (report.alarm) {
        Twins inner(out);
        out.begin_object().member("misdeed", name_of(report.alarm->misdeed));
        write_time(out, inner, report.alarm->time);
        out.member("before", report.alarm->before).member("after", report.alarm->after);
        inner.end_object();
    } else {
        out.null();
    }
    out.key("entries").begin_array();
    for (const MonitorView::Row& row : view.rows) {
        Twins inner(out);
        out.begin_object();
        inner.number("index", row.index);
        out.member("kind",
                   row.kind ? std::optional(std::string(name_of(*row.kind))) : std::nullopt);
        inner.number("timestamp_version", row.timestamp_version);
        out.member("payload_hash", to_hex(row.payload_hash));
        inner.number("file_id", row.version ? std::optional(row.version->file_id) : std::nullopt)
            .number("version", row.version ? std::optional(row.version->version) : std::nullopt)
            .number("author", row.version ? std::optional(row.version->author) : std::nullopt);
        inner.end_object();
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
