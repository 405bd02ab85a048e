// SPDX-License-Identifier: MIT OR Apache-2.0
// The events of this layer, as docs/errors.md lists them.
#pragma once

#include "aion/base/events.hpp"
#include "aion/policy/commit.hpp"
#include "base/event_table.hpp"
#include "policy/evaluate.hpp"

namespace aion::policy {

/// docs/errors.md lists them.
enum class PolicyEvent : std::uint8_t {
    file_initialized,    ///< A file was created.
    commit_accepted,     ///< A version was added and is in the file.
    file_verified,       ///< A file was judged, and is VALID.
    commit_rejected,     ///< A version was not added; `reason` is the code of the error.
    file_rejected,       ///< A file was judged, and is INVALID; `reason` is the gate's.
    signature_rejected,  ///< One signature of a file does not count.
    parser_rejected,     ///< There is no readable header, so nothing else is said.
    audit_chain_broken,  ///< The audit trail has findings; of the first.
};

inline constexpr NameTable policy_events(std::to_array<EventRow<PolicyEvent>>({
    {PolicyEvent::file_initialized,
     "file_initialized",
     EventLevel::info,
     "operations",
     {"file_id", "author", "rules_hash"}},
    {PolicyEvent::commit_accepted,
     "commit_accepted",
     EventLevel::info,
     "operations",
     {"file_id", "author", "version", "version_hash", "rules_hash"}},
    {PolicyEvent::file_verified,
     "file_verified",
     EventLevel::info,
     "operations",
     {"file_id", "versions"}},
    {PolicyEvent::commit_rejected,
     "commit_rejected",
     EventLevel::warn,
     "operations",
     {"file_id", "author", "reason"}},
    {PolicyEvent::file_rejected,
     "file_rejected",
     EventLevel::warn,
     "operations",
     {"file_id", "versions", "reason"}},
    {PolicyEvent::signature_rejected,
     "signature_rejected",
     EventLevel::warn,
     "signature_chain",
     {"version", "author", "reason"}},
    {PolicyEvent::parser_rejected,
     "parser_rejected",
     EventLevel::warn,
     "parser",
     {"bytes", "reason"}},
    {PolicyEvent::audit_chain_broken,
     "audit_chain_broken",
     EventLevel::warn,
     "audit",
     {"timestamp", "reason"}},
}));

consteval const auto& events_of(PolicyEvent /*of which layer*/) {
    return policy_events;
}

/// What a verification came to: refused signatures, a broken audit trail, then the outcome; or
/// `parser_rejected` alone when there is no readable header.
void emit_outcome(const EventSink& sink, const Subject& subject, const VerificationReport& report,
                  std::span<const RefusedSignature> all_refused);
/// The outcome alone, of a file that was judged another time.
void emit_verdict(const EventSink& sink, const VerificationReport& report);

void emit_initialized(const EventSink& sink, const CommitReceipt& receipt, AuthorId author);
void emit_committed(const EventSink& sink, const CommitReceipt& receipt, AuthorId author);

/// `commit_rejected`, which the reference lacks: a refusal is worth a line as much as a success.
void emit_commit_rejected(const EventSink& sink, FileId file, AuthorId author, const Error& error);

}  // namespace aion::policy
