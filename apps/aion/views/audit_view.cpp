// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/audit_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/format/records.hpp"
#include "views/author_text.hpp"

namespace aion::cli {
namespace {

using policy::ExaminedAuditEntry;
using policy::Finding;
using policy::Gate;

std::string action_text(std::uint16_t action) {
    return format::is_known_action(action)
               ? std::string(describe(static_cast<format::AuditAction>(action)))
               : fmt::format("unknown action {}", action);
}

// What the audit gate found: of the trail as a whole first, then by entry.
std::span<const Finding> findings_of_trail(const policy::VerificationReport& report) {
    const auto found = std::ranges::equal_range(report.findings, Gate::audit, {}, &Finding::gate);
    return {found.begin(), found.end()};
}

std::span<const Finding> findings_of(const policy::VerificationReport& report,
                                     const ExaminedAuditEntry& entry) {
    const auto found = std::ranges::equal_range(findings_of_trail(report),
                                                std::optional(VersionNumber{entry.position}), {},
                                                &Finding::version);
    return {found.begin(), found.end()};
}

// Whether there is a version in the same place.
bool has_version(const AuditView& view, const ExaminedAuditEntry& entry) {
    return entry.position <= view.judged.file.version_count();
}

std::string link_text(const Stream& out, const ExaminedAuditEntry& entry) {
    if (!entry.is_linked) {
        return out.paint(Tone::bad, "broken") +
               (entry.position == 1
                    ? std::string(": the first entry has a previous hash")
                    : fmt::format(": it is not the hash of entry {}", entry.position - 1));
    }
    return entry.position == 1 ? std::string("ok: nothing is before the first entry")
                               : fmt::format("ok: the hash of entry {}", entry.position - 1);
}

void write_entry(Stream& out, const AuditView& view, const ExaminedAuditEntry& entry) {
    const policy::VerificationReport& report = view.judged.report();
    out.write(fmt::format("\nentry {}  {}\n", entry.position, to_hex(entry.hash)));
    out.write(fmt::format("  Action:   {}\n  Author:   {}\n  Time:     {}\n  Previous: {}\n",
                          action_text(entry.action),
                          author_text(view.judged.file.registry(), entry.author),
                          rfc3339(entry.timestamp), to_hex(entry.previous_hash)));
    out.write(fmt::format("  Link:     {}\n", link_text(out, entry)));
    const auto findings = findings_of(report, entry);
    if (!has_version(view, entry)) {
        out.write(fmt::format("  Mirrors:  {}\n", out.paint(Tone::bad, "no version")));
    } else if (report.state(Gate::audit) == policy::GateState::skipped) {
        out.write(fmt::format("  Mirrors:  {}\n", out.paint(Tone::caution, "not checked")));
    } else {
        out.write(fmt::format("  Mirrors:  version {}{}\n", entry.position,
                              findings.empty() ? "" : ", but:"));
    }
    for (const Finding& finding : findings) {
        out.write(fmt::format("    {}: {}\n", out.paint(Tone::bad, name_of(finding.reason)),
                              finding.message));
    }
}

std::string status_text(const Stream& out, const policy::VerificationReport& report) {
    switch (report.state(Gate::audit)) {
        case policy::GateState::passed:
            return out.paint(Tone::good, "passed");
        case policy::GateState::failed:
            return out.paint(Tone::bad, "FAILED");
        case policy::GateState::skipped:
            break;
    }
    return out.paint(Tone::caution, "not checked");
}

void write_state(Stream& out, const AuditView& view) {
    const policy::VerificationReport& report = view.judged.report();
    const std::uint64_t count = view.judged.file.audit_count();
    out.write(fmt::format("Audit trail: {} {}, gate audit: {}\n", count,
                          count == 1 ? "entry" : "entries", status_text(out, report)));
    for (const Finding& finding : findings_of_trail(report)) {
        if (finding.version) {
            break;
        }
        out.write(fmt::format("  {}: {}\n", out.paint(Tone::bad, name_of(finding.reason)),
                              finding.message));
    }
    if (count == 0) {
        return;
    }
    out.write(
        "Entries are not signed; the versions that they mirror are. If the gates audit and "
        "signatures "
        "pass,\neach entry has author, time and action of the version in its place, and the hash "
        "of "
        "the one before.\n");
}

void write_entry(DocumentWriter& out, const AuditView& view, const ExaminedAuditEntry& entry) {
    Twins twins(out);
    out.begin_object();
    twins.number("position", entry.position);
    out.member("action_code", entry.action).member("action", action_text(entry.action));
    twins.number("author_id", entry.author).time("timestamp", entry.timestamp);
    out.member("previous_hash", to_hex(entry.previous_hash))
        .member("hash", to_hex(entry.hash))
        .member("is_linked", entry.is_linked);
    twins.number("mirrors_version",
                 has_version(view, entry) ? std::optional(entry.position) : std::nullopt);
    out.key("differences").begin_array();
    for (const Finding& finding : findings_of(view.judged.report(), entry)) {
        out.begin_object()
            .member("reason", name_of(finding.reason))
            .member("message", finding.message)
            .end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_entries(DocumentWriter& out, const AuditView& view) {
    for (std::uint64_t i = view.first(); i < view.judged.file.audit_count(); ++i) {
        write_entry(out, view, view.judged.file.audit_entry(i));
    }
}

}  // namespace

void write_text(Console& console, const AuditView& view) {
    Stream& out = console.out();
    write_verdict_line(out, view.judged);
    write_state(out, view);
    const std::uint64_t count = view.judged.file.audit_count();
    for (std::uint64_t i = view.first(); i < count && !out.is_closed(); ++i) {
        write_entry(out, view, view.judged.file.audit_entry(i));
    }
}

void write(DocumentWriter& out, const AuditView& view) {
    write_judged(out, view.judged, view.as_lines,
                 [&](Twins& twins) {
                     out.member("audit_state", name_of(view.judged.report().state(Gate::audit)))
                         .member("entries_authenticated", false);
                     twins.number("total_versions", view.judged.file.version_count())
                         .number("total_entries", view.judged.file.audit_count());
                 },
                 {.key = "entries", .write = [&] { write_entries(out, view); }});
}

}  // namespace aion::cli
