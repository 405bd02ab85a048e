// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/verdict_view.hpp"

#include <optional>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/report/verdict_members.hpp"
#include "views/failure_view.hpp"
#include "views/verdict_parts.hpp"

namespace aion::cli {
namespace {

using policy::Finding;
using policy::Gate;
using policy::GateState;
using policy::VerificationReport;

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

void write_timings(DocumentWriter& out, const policy::Timings& timings) {
    out.key("timings").begin_object();
    for (const TimingStep& step : timing_steps) {
        out.member(std::string(step.name) + "_ns", timings.*step.nanoseconds);
    }
    out.end_object();
}

}  // namespace

void write(DocumentWriter& out, const VerdictView& view) {
    const VerificationReport& report = view.report;
    const auto passed = [&](Gate gate) {
        return report.asked(gate) ? std::optional(report.state(gate) == GateState::passed)
                                  : std::nullopt;
    };
    Twins twins(out);
    out.begin_object();
    write_reference_keys(out, twins, report);
    out.member("header_valid", passed(Gate::header))
        .member("payload_valid", passed(Gate::payload))
        .member("pins_valid", passed(Gate::pin).value_or(true));  // none given, none violated
    report::write_gates(out, report);
    report::write_findings(out, report);
    report::write_unauthenticated(out, report.unauthenticated);
    out.member("file_id_hex", to_string(report.file_id)).member("head", hex_of(report.head));
    if (view.registry != nullptr) {
        report::write_registry(out, *view.registry);
    }
    if (view.timings) {
        write_timings(out, report.timings);
    }
    twins.path(view.path);
    out.member("profile", name_of(report.profile));
    twins.end_object();
}

void write(DocumentWriter& out, const NoVerdictView& view) {
    out.begin_object().member("is_valid", nullptr).key("error");
    write_error(out, view.failure);
    Twins twins(out);
    twins.path(view.path);
    out.member("profile", name_of(view.profile));
    twins.end_object();
}

}  // namespace aion::cli
