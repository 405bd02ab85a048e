// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/report_json.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "aion/base/hex.hpp"
#include "views/verdict_view.hpp"

namespace aion::cli {
namespace {

using policy::Gate;
using policy::GateState;
using policy::TemporalWarning;
using policy::VerificationReport;

Json warning_document(const TemporalWarning& warning) {
    switch (warning.kind) {
        case TemporalWarning::Kind::non_monotonic:
            return {{"NonMonotonicTimestamp",
                     {{"version", warning.version.value},
                      {"timestamp", warning.timestamp.value},
                      {"previous_timestamp", warning.reference.value}}}};
        case TemporalWarning::Kind::future:
            return {{"FutureTimestamp",
                     {{"version", warning.version.value},
                      {"timestamp", warning.timestamp.value},
                      {"current_time", warning.reference.value}}}};
        case TemporalWarning::Kind::clock_skew:
            break;
    }
    return {{"ClockSkewDetected",
             {{"version", warning.version.value}, {"skew_nanos", warning.skew_nanos}}}};
}

template <class Rep, class Purpose>
Json number_or_null(const std::optional<Id<Rep, Purpose>>& id) {
    return id ? Json(id->value) : Json();
}

Json finding_document(const policy::Finding& finding) {
    return {{"gate", name_of(finding.gate)},
            {"reason", name_of(finding.reason)},
            {"version", number_or_null(finding.version)},
            {"offset", finding.offset ? Json(*finding.offset) : Json()},
            {"message", utf8(finding.message)}};
}

// The ten keys of the reference.
Json reference_keys(const VerificationReport& report) {
    const auto passed = [&](Gate gate) { return report.state(gate) == GateState::passed; };
    Json errors = Json::array();
    for (const policy::Finding& finding : report.findings) {
        errors.push_back(utf8(finding.message));
    }
    Json warnings = Json::array();
    for (const TemporalWarning& warning : report.temporal_warnings) {
        warnings.push_back(warning_document(warning));
    }
    return {{"file_id", report.file_id.value},
            {"version_count", report.version_count},
            {"structure_valid", passed(Gate::structure)},
            {"integrity_hash_valid", passed(Gate::integrity)},
            {"hash_chain_valid", passed(Gate::chain)},
            {"audit_chain_valid", passed(Gate::audit)},
            {"signatures_valid", passed(Gate::signatures)},
            {"is_valid", report.is_valid()},
            {"errors", std::move(errors)},
            {"temporal_warnings", std::move(warnings)}};
}

Json timings_document(const policy::Timings& timings) {
    return {{"read_ns", timings.read},
            {"parse_ns", timings.parse},
            {"hash_ns", timings.hash},
            {"payload_ns", timings.payload},
            {"signatures_ns", timings.signatures},
            {"audit_ns", timings.audit},
            {"total_ns", timings.total}};
}

}  // namespace

Json report_document(const VerificationReport& report, const std::string& path, bool timings) {
    const auto passed = [&](Gate gate) { return report.state(gate) == GateState::passed; };
    Json document = reference_keys(report);
    document["header_valid"] = passed(Gate::header);
    document["payload_valid"] = passed(Gate::payload);
    document["pins_valid"] = passed(Gate::pin);
    Json& gates = document["gates"] = Json::array();
    for (const Gate gate : policy::all_gates) {
        gates.push_back({{"gate", name_of(gate)}, {"state", state_name(report.state(gate))}});
    }
    Json& findings = document["findings"] = Json::array();
    for (const policy::Finding& finding : report.findings) {
        findings.push_back(finding_document(finding));
    }
    Json& unauthenticated = document["unauthenticated"] = Json::array();
    for (const policy::Unauthenticated what : report.unauthenticated) {
        unauthenticated.push_back({{"what", name_of(what)}, {"explanation", explain(what)}});
    }
    document["file_id_hex"] = to_string(report.file_id);
    document["head"] = report.head ? Json(to_hex(*report.head)) : Json();
    if (timings) {
        document["timings"] = timings_document(report.timings);
    }
    document["path"] = utf8(path);
    return document;
}

Json unreached_document(const std::string& path, const Error& error) {
    return {{"is_valid", nullptr},
            {"error", {{"code", code_name(error.code())}, {"message", utf8(error.full_message())}}},
            {"path", utf8(path)}};
}

}  // namespace aion::cli
