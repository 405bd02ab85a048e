// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/reference_text_view.hpp"

#include <fmt/format.h>

#include <string>

#include "aion/base/hex.hpp"
#include "views/verdict_parts.hpp"

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
                              place_text(finding.version, finding.offset)));
    }
    if (others > 0) {
        out.write(fmt::format("    and {} more\n", others));
    }
}

void print_gates(Stream& out, const VerdictView& view) {
    const VerificationReport& report = view.report;
    for (const Gate gate : policy::all_gates) {
        const std::string_view why_not = gate == Gate::pin ? "none given" : "not asked";
        out.write(fmt::format("{:<15}{}\n", label_of(gate),
                              report.asked(gate) ? state_text(out, report.state(gate))
                                                 : out.paint(Tone::faint, why_not)));
        print_findings(out, report, gate, view.verbose);
    }
}

void print_remarks(Stream& out, const VerificationReport& report) {
    if (!report.unauthenticated.empty()) {
        out.write("\nNot authenticated by format v2:\n");
        for (const policy::Unauthenticated what : report.unauthenticated) {
            out.write(
                fmt::format("  {} {}: {}\n", out.glyph("•", "*"), name_of(what), explain(what)));
        }
    }
    if (!report.temporal_warnings.empty()) {
        out.write("\nTemporal warnings (they do not affect the verdict):\n");
        for (const policy::TemporalWarning& warning : report.temporal_warnings) {
            out.write(fmt::format("  {} {}\n", out.glyph("•", "*"), warning.message()));
        }
    }
}

void print_timings(Stream& out, const policy::Timings& timings) {
    out.write("\nTimings:\n");
    for (const TimingStep& step : timing_steps) {
        out.write(fmt::format("  {:<12}{:>12.1f} {}\n", step.name,
                              static_cast<double>(timings.*step.nanoseconds) / 1000.0,
                              out.glyph("µs", "us")));
    }
}

}  // namespace

void write_reference_text(Stream& out, const VerdictView& view, bool says_path) {
    const VerificationReport& report = view.report;
    const bool valid = report.is_valid();
    out.write("Verification Results:\n====================\n");
    if (says_path) {
        out.write(fmt::format("File Path: {}\n", shown(view.path)));
    }
    out.write(fmt::format("Overall: {}{}{}\n", out.symbol(valid ? "✅ " : "❌ "),
                          out.paint(valid ? Tone::good : Tone::bad, valid ? "VALID" : "INVALID"),
                          profile_suffix(report.profile)));
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

}  // namespace aion::cli
