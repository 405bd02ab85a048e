// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/events.hpp"

#include "aion/base/hex.hpp"
#include "aion/format/records.hpp"

namespace aion::policy {

namespace {

// The reference's vocabulary for the gates it has, in the order in which it names them, then ours.
struct RejectionName {
    Gate gate;
    std::string_view reason;
};

constexpr std::array<RejectionName, gate_count> rejection_names = {{
    {Gate::structure, "structure_invalid"},
    {Gate::integrity, "integrity_hash_mismatch"},
    {Gate::chain, "hash_chain_broken"},
    {Gate::audit, "audit_chain_broken"},
    {Gate::signatures, "signature_invalid"},
    {Gate::header, "header_mismatch"},
    {Gate::payload, "payload_invalid"},
    {Gate::pin, "pin_mismatch"},
}};

std::string_view rejection_reason(const VerificationReport& report) {
    for (const RejectionName& name : rejection_names) {
        if (report.asked(name.gate) && report.state(name.gate) != GateState::passed) {
            return name.reason;
        }
    }
    return "unknown";
}

std::string_view audit_reason(Reason reason) {
    return reason == Reason::audit_link_broken ? "prev_hash_mismatch" : name_of(reason);
}

void emit_parser_rejected(const EventSink& sink, const format::FileBytes& file) {
    const bool short_input = file.size() < format::header_size;
    emit<PolicyEvent::parser_rejected>(
        sink, file.size(), Event::Name{short_input ? "truncated_input" : "header_invalid"});
}

void emit_audit_broken(const EventSink& sink, const Subject& subject, const Finding& finding) {
    std::uint64_t timestamp = 0;
    if (finding.version && subject.audit && finding.version->value <= subject.audit->size()) {
        timestamp = (*subject.audit)[finding.version->value - 1].timestamp;
    }
    emit<PolicyEvent::audit_chain_broken>(sink, timestamp,
                                          Event::Name{audit_reason(finding.reason)});
}

void emit_signature_rejected(const EventSink& sink, VersionNumber version, AuthorId author,
                             Reason reason) {
    emit<PolicyEvent::signature_rejected>(sink, version.value, to_string(author),
                                          Event::Name{name_of(reason)});
}

}  // namespace

void emit_outcome(const EventSink& sink, const Subject& subject, const VerificationReport& report,
                  std::span<const RefusedSignature> all_refused) {
    if (!sink) {
        return;
    }
    if (!subject.view) {
        emit_parser_rejected(sink, subject.file);
        return;
    }
    for (const RefusedSignature& refused : all_refused) {
        const auto& version = (*subject.versions)[refused.index];
        // The event names the signature entry's author when that is what is wrong.
        const std::uint64_t author = refused.reason == Reason::author_mismatch
                                         ? (*subject.signatures)[refused.index].author
                                         : version.author;
        emit_signature_rejected(sink, VersionNumber{version.number}, AuthorId{author},
                                refused.reason);
    }
    if (const Finding* finding = report.first(Gate::audit)) {
        emit_audit_broken(sink, subject, *finding);
    }
    emit_verdict(sink, report);
}

void emit_verdict(const EventSink& sink, const VerificationReport& report) {
    if (!sink) {
        return;
    }
    std::string file_id = to_string(report.file_id);
    if (report.is_valid()) {
        emit<PolicyEvent::file_verified>(sink, std::move(file_id), report.version_count);
    } else {
        emit<PolicyEvent::file_rejected>(sink, std::move(file_id), report.version_count,
                                         Event::Name{rejection_reason(report)});
    }
}

// What tells of a change that is made needs no memory where nobody listens.
void emit_initialized(const EventSink& sink, const CommitReceipt& receipt, AuthorId author) {
    if (!sink) {
        return;
    }
    emit<PolicyEvent::file_initialized>(sink, to_string(receipt.file_id), to_string(author),
                                        short_hex(receipt.rules_hash.view()));
}

void emit_committed(const EventSink& sink, const CommitReceipt& receipt, AuthorId author) {
    if (!sink) {
        return;
    }
    emit<PolicyEvent::commit_accepted>(
        sink, to_string(receipt.file_id), to_string(author), receipt.version.value,
        short_hex(receipt.version_hash.view()), short_hex(receipt.rules_hash.view()));
}

void emit_commit_rejected(const EventSink& sink, FileId file, AuthorId author, const Error& error) {
    emit<PolicyEvent::commit_rejected>(sink, to_string(file), to_string(author),
                                       Event::Name{name_of(error.code())});
}

}  // namespace aion::policy
