// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports as documents: the reference's keys in its order, then ours.
#include <fmt/format.h>

#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/base/utf8.hpp"
#include "aion/report/compliance.hpp"
#include "report/documents.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

using policy::ExaminedVersion;
using policy::Gate;
using policy::GateState;
using policy::VerificationReport;

// The reference's six members, and the rest of the gates.
void write_verification(DocumentWriter& out, const VerificationReport& verdict) {
    const auto passed = [&](Gate gate) { return verdict.state(gate) == GateState::passed; };
    const auto asked = [&](Gate gate) {
        return verdict.asked(gate) ? std::optional(passed(gate)) : std::nullopt;
    };
    Twins twins(out);
    out.key("verification")
        .begin_object()
        .member("is_valid", verdict.is_valid())
        .member("structure_valid", passed(Gate::structure))
        .member("integrity_valid", passed(Gate::integrity))
        .member("hash_chain_valid", passed(Gate::chain))
        .member("signatures_valid", passed(Gate::signatures))
        .member("temporal_warning_count", verdict.temporal_warnings.size())
        .member("header_valid", asked(Gate::header))
        .member("payload_valid", asked(Gate::payload))
        .member("audit_chain_valid", passed(Gate::audit))
        .member("pins_valid", asked(Gate::pin));
    twins.number("finding_count", verdict.finding_count())
        .number("valid_signature_count", verdict.signatures_valid);
    twins.end_object();
}

void write_version(DocumentWriter& out, const ExaminedVersion& version) {
    out.begin_object();
    Twins twins(out);
    twins.number("version", version.number).number("author_id", version.author);
    out.member("timestamp", rfc3339_seconds(version.timestamp))
        .member("message", version.message)
        .member("message_authenticated", false);
    twins.number("position", version.position).time("timestamp_ns", version.timestamp);
    out.member("rules_hash", to_hex(version.rules_hash))
        .member("parent_hash", to_hex(version.parent_hash))
        .member("version_hash", to_hex(version.version_hash))
        .member("public_key", hex_of(version.key))
        .member("signature", name_of(version.signature))
        .member("refused", version.refused ? std::optional(std::string(name_of(*version.refused)))
                                           : std::nullopt)
        .member("why", version.why.empty() ? std::nullopt : std::optional(version.why))
        .key("epoch");
    write_epoch(out, version.epoch);
    twins.end_object();
}

void write_versions(DocumentWriter& out, const policy::Examination& file) {
    out.key("version_history").begin_array();
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        write_version(out, file.version(i));
    }
    out.end_array();
}

void write_signers(DocumentWriter& out, const policy::Examination& file) {
    out.key("signers").begin_array();
    for (const policy::SignerUse& use : signers_of(file)) {
        Twins twins(out);
        out.begin_object();
        twins.number("author_id", use.author);
        out.member("public_key", to_hex(use.key));
        twins.number("first_version", use.first)
            .number("last_version", use.last)
            .number("versions", use.versions);
        out.key("epoch");
        write_epoch(out, file.seen().find(use.author, use.epoch));
        twins.end_object();
    }
    out.end_array();
}

void write_audit(DocumentWriter& out, const policy::Examination& file) {
    const VerificationReport& verdict = file.report();
    Twins twins(out);
    out.key("audit_trail").begin_object().member("state", name_of(verdict.state(Gate::audit)));
    twins.number("entries", file.audit_count());
    twins.end_object();
}

void write_file(DocumentWriter& out, const policy::Examination& file) {
    // Whoever pins what an INVALID file says pins what its forger chose.
    const auto head_if = [&](bool is_proven) {
        const VerificationReport& verdict = file.report();
        return verdict.head && asserts(verdict) == is_proven ? std::optional(to_hex(*verdict.head))
                                                             : std::nullopt;
    };
    Twins twins(out);
    out.key("file").begin_object();
    twins.number("size", file.size()).number("file_id", file_id_of(file));
    const auto& digests = file.digests();
    out.member("blake3", digests ? std::optional(to_hex(digests->blake3)) : std::nullopt)
        .member("sha256", digests ? std::optional(to_hex(digests->sha256)) : std::nullopt)
        .member("head", head_if(true))
        .member("unproven_head", head_if(false));
    twins.number("version_count", file.version_count())
        .number("signature_count", file.signature_count());
    twins.end_object();
}

}  // namespace

void write(DocumentWriter& out, const Report& report) {
    const policy::Examination& file = *report.file;
    const VerificationReport& verdict = file.report();
    Twins twins(out);
    out.begin_object()
        .member("title", report.title)
        .member("framework", display_name(report.framework))
        .member("generated_at", rfc3339_seconds(report.run.generated_at));
    twins.path("file_path", report.run.file_path);
    const auto id = file_id_of(file);
    out.member("file_id", id ? std::optional(to_string(*id)) : std::nullopt);
    write_verification(out, verdict);
    write_versions(out, file);
    write_sections(out, report.sections);
    out.member("verdict", verdict_on(verdict))
        .member("reason", verdict.is_valid() ? std::nullopt : std::optional(verdict.reason()));
    write_file(out, file);
    write_run(out, report.run, facts_of(file.registry()), verdict.profile, file.pins());
    write_gates(out, verdict);
    write_findings(out, verdict);
    write_unauthenticated(out, verdict);
    write_temporal_warnings(out, verdict);
    write_signers(out, file);
    write_audit(out, file);
    twins.end_object();
}

}  // namespace aion::report
