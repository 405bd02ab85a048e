// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/verdict_view.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "aion/base/hex.hpp"
#include "shell/failure_text.hpp"
#include "views/failure_view.hpp"
#include "views/twins.hpp"

namespace aion::cli {
namespace {

using policy::Finding;
using policy::Gate;
using policy::GateState;
using policy::VerificationReport;

constexpr std::string_view label_of(Gate gate) noexcept {
    switch (gate) {
        case Gate::structure:
            return "Structure:";
        case Gate::integrity:
            return "Integrity:";
        case Gate::header:
            return "Header:";
        case Gate::chain:
            return "Hash Chain:";
        case Gate::payload:
            return "Payload:";
        case Gate::signatures:
            return "Signatures:";
        case Gate::audit:
            return "Audit Trail:";
        case Gate::pin:
            return "Pins:";
    }
    return "?";
}

std::string state_text(const Stream& out, GateState state) {
    switch (state) {
        case GateState::passed:
            return fmt::format("{}{}", out.symbol("✅ "), out.paint(Tone::good, "ok"));
        case GateState::failed:
            return fmt::format("{}{}", out.symbol("❌ "), out.paint(Tone::bad, "FAILED"));
        case GateState::skipped:
            break;
    }
    return fmt::format("{}{}", out.symbol("❌ "), out.paint(Tone::caution, "not checked"));
}

std::string place_of(const Finding& finding) {
    std::string place;
    if (finding.version) {
        place = "version " + to_string(*finding.version);
    }
    if (finding.offset) {
        place += fmt::format("{}offset {}", place.empty() ? "" : ", ", *finding.offset);
    }
    return place.empty() ? place : " (" + place + ")";
}

void print_findings(Stream& out, const VerificationReport& report, Gate gate, bool every) {
    std::size_t shown_count = 0;
    std::size_t others = 0;
    for (const Finding& finding : report.findings) {
        if (finding.gate != gate) {
            continue;
        }
        if (shown_count > 0 && !every) {
            ++others;
            continue;
        }
        ++shown_count;
        out.write(fmt::format("    {}: {}{}\n", name_of(finding.reason), finding.message,
                              place_of(finding)));
    }
    if (others > 0) {
        out.write(fmt::format("    and {} more\n", others));
    }
}

void print_gates(Stream& out, const VerdictView& view) {
    const VerificationReport& report = view.report;
    for (const Gate gate : policy::all_gates) {
        const bool nothing_pinned =
            gate == Gate::pin && !view.pinned && report.state(gate) == GateState::passed;
        out.write(fmt::format("{:<15}{}\n", label_of(gate),
                              nothing_pinned ? out.paint(Tone::faint, "none given")
                                             : state_text(out, report.state(gate))));
        print_findings(out, report, gate, view.every_finding);
    }
}

void print_remarks(Stream& out, const VerificationReport& report) {
    if (!report.unauthenticated.empty()) {
        out.write("\nNot authenticated by format v2:\n");
        for (const policy::Unauthenticated what : report.unauthenticated) {
            out.write(fmt::format("  • {}: {}\n", name_of(what), explain(what)));
        }
    }
    if (!report.temporal_warnings.empty()) {
        out.write("\nTemporal warnings (they do not affect the verdict):\n");
        for (const policy::TemporalWarning& warning : report.temporal_warnings) {
            out.write(fmt::format("  • {}\n", warning.message()));
        }
    }
}

void print_timings(Stream& out, const policy::Timings& timings) {
    const auto line = [&](std::string_view name, std::uint64_t nanoseconds) {
        out.write(
            fmt::format("  {:<12}{:>12.1f} µs\n", name, static_cast<double>(nanoseconds) / 1000.0));
    };
    out.write("\nTimings:\n");
    line("read", timings.read);
    line("parse", timings.parse);
    line("hash", timings.hash);
    line("payload", timings.payload);
    line("signatures", timings.signatures);
    line("audit", timings.audit);
    line("total", timings.total);
}

// --- as a document ---------------------------------------------------------------------------

constexpr std::string_view kind_of(const policy::TemporalWarning& warning) noexcept {
    switch (warning.kind) {
        case policy::TemporalWarning::Kind::non_monotonic:
            return "NonMonotonicTimestamp";
        case policy::TemporalWarning::Kind::future:
            return "FutureTimestamp";
        case policy::TemporalWarning::Kind::clock_skew:
            break;
    }
    return "ClockSkewDetected";
}

void write_warning(DocumentWriter& out, const policy::TemporalWarning& warning) {
    using Kind = policy::TemporalWarning::Kind;
    Twins twins(out);
    out.begin_variant(kind_of(warning));
    twins.number("version", warning.version);
    if (warning.kind == Kind::clock_skew) {
        twins.number("skew_nanos", warning.skew_nanos);
    } else {
        twins.time("timestamp", warning.timestamp)
            .time(warning.kind == Kind::future ? "current_time" : "previous_timestamp",
                  warning.reference);
    }
    twins.write();
    out.end_variant();
}

// The ten keys of the reference.
void write_reference_keys(DocumentWriter& out, Twins& twins, const VerificationReport& report) {
    const auto passed = [&](Gate gate) { return report.state(gate) == GateState::passed; };
    twins.number("file_id", report.file_id).number("version_count", report.version_count);
    out.member("structure_valid", passed(Gate::structure))
        .member("integrity_hash_valid", passed(Gate::integrity))
        .member("hash_chain_valid", passed(Gate::chain))
        .member("audit_chain_valid", passed(Gate::audit))
        .member("signatures_valid", passed(Gate::signatures))
        .member("is_valid", report.is_valid());
    out.key("errors").begin_array();
    for (const Finding& finding : report.findings) {
        out.value(finding.message);
    }
    out.end_array().key("temporal_warnings").begin_array();
    for (const policy::TemporalWarning& warning : report.temporal_warnings) {
        write_warning(out, warning);
    }
    out.end_array();
}

void write_gates(DocumentWriter& out, const VerificationReport& report) {
    out.key("gates").begin_array();
    for (const Gate gate : policy::all_gates) {
        out.begin_object()
            .member("gate", name_of(gate))
            .member("state", name_of(report.state(gate)))
            .end_object();
    }
    out.end_array();
}

void write_findings(DocumentWriter& out, const VerificationReport& report) {
    out.key("findings").begin_array();
    for (const Finding& finding : report.findings) {
        Twins twins(out);
        out.begin_object()
            .member("gate", name_of(finding.gate))
            .member("reason", name_of(finding.reason));
        twins.number("version", finding.version).number("offset", finding.offset);
        out.member("message", finding.message);
        twins.write();
        out.end_object();
    }
    out.end_array();
}

void write_timings(DocumentWriter& out, const policy::Timings& timings) {
    out.key("timings")
        .begin_object()
        .member("read_ns", timings.read)
        .member("parse_ns", timings.parse)
        .member("hash_ns", timings.hash)
        .member("payload_ns", timings.payload)
        .member("signatures_ns", timings.signatures)
        .member("audit_ns", timings.audit)
        .member("total_ns", timings.total)
        .end_object();
}

}  // namespace

void write_text(Console& console, const VerdictView& view) {
    Stream& out = console.out();
    const VerificationReport& report = view.report;
    const bool valid = report.is_valid();
    out.write("Verification Results:\n====================\n");
    if (view.says_path) {
        out.write(fmt::format("File Path: {}\n", shown(view.path)));
    }
    out.write(fmt::format("Overall: {}{}\n", out.symbol(valid ? "✅ " : "❌ "),
                          out.paint(valid ? Tone::good : Tone::bad, valid ? "VALID" : "INVALID")));
    out.write(fmt::format("File ID: {}\nVersions: {}\n", to_string(report.file_id),
                          report.version_count));
    if (report.head) {
        out.write(fmt::format("Head: {}\n", to_hex(*report.head)));
    }
    out.write("\n");
    print_gates(out, view);
    if (!valid) {
        out.write(fmt::format("\nReason: {}\n", report.reason()));
    }
    print_remarks(out, report);
    if (view.timings) {
        print_timings(out, report.timings);
    }
}

void write(DocumentWriter& out, const VerdictView& view) {
    const VerificationReport& report = view.report;
    const auto passed = [&](Gate gate) { return report.state(gate) == GateState::passed; };
    Twins twins(out);
    out.begin_object();
    write_reference_keys(out, twins, report);
    out.member("header_valid", passed(Gate::header))
        .member("payload_valid", passed(Gate::payload))
        .member("pins_valid", passed(Gate::pin));
    write_gates(out, report);
    write_findings(out, report);
    out.key("unauthenticated").begin_array();
    for (const policy::Unauthenticated what : report.unauthenticated) {
        out.begin_object()
            .member("what", name_of(what))
            .member("explanation", explain(what))
            .end_object();
    }
    out.end_array()
        .member("file_id_hex", to_string(report.file_id))
        .member("head", report.head ? std::optional(to_hex(*report.head)) : std::nullopt);
    if (view.timings) {
        write_timings(out, report.timings);
    }
    twins.path(view.path).write();
    out.end_object();
}

void write_text(Console& console, const NoVerdictView& view) {
    print_failure(console, view.failure);
}

void write(DocumentWriter& out, const NoVerdictView& view) {
    out.begin_object().member("is_valid", nullptr).key("error");
    write_error(out, view.failure);
    Twins(out).path(view.path).write();
    out.end_object();
}

}  // namespace aion::cli
