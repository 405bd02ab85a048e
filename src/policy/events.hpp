// SPDX-License-Identifier: MIT OR Apache-2.0
// The events of this layer, as docs/errors.md lists them.
#pragma once

#include "aion/base/events.hpp"
#include "aion/policy/author.hpp"
#include "policy/evaluate.hpp"

namespace aion::policy {

/// What a verification came to: refused signatures, a broken audit trail, then the outcome; or
/// `parser_rejected` alone when there is no readable header.
void emit_outcome(const EventSink& sink, const Subject& subject, const Evaluated& evaluated);

void emit_initialized(const EventSink& sink, const CommitReceipt& receipt, AuthorId author);
void emit_committed(const EventSink& sink, const CommitReceipt& receipt, AuthorId author);

/// `commit_rejected`, which the reference lacks: a refusal is worth a line as much as a success.
void emit_commit_rejected(const EventSink& sink, FileId file, AuthorId author, const Error& error);

/// `signature_rejected` for a version that was just signed.
void emit_signature_rejected(const EventSink& sink, VersionNumber version, AuthorId author,
                             Reason reason);

}  // namespace aion::policy
