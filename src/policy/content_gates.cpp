// SPDX-License-Identifier: MIT OR Apache-2.0
// The gates that read the payload. Where it is in memory they are two functions; where it is not,
// one pass hashes and opens what passes through a buffer of ours.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "aion/base/hex.hpp"
#include "policy/gates.hpp"
#include "policy/read_ahead.hpp"

namespace aion::policy {

using crypto::Parallelism;
using format::VersionRecord;

namespace {

/// What passes through at a time: half of a second-level cache, and enough for two threads to be
/// worth their meeting after each.
constexpr std::size_t piece_size = std::size_t{256} << 10U;

bool has_integrity_hash(const Subject& subject) {
    return subject.view && subject.file.size() >= format::header_size + format::integrity_size;
}

void judge_integrity(GateOutcome& outcome, const Subject& subject, const Hash& actual) {
    const ByteView stated = subject.file.stored().last(format::integrity_size);
    if (!equal(actual.view(), stated)) {
        outcome.add(Reason::integrity_hash_mismatch, std::nullopt,
                    subject.file.size() - format::integrity_size,
                    fmt::format("the file's bytes hash to {}, the trailing hash says {}",
                                to_hex(actual), to_hex(stated)));
    }
}

void judge_payload(PayloadOutcome& payload, const Subject& subject, Result<Bytes> opened) {
    if (opened) {
        payload.plaintext = *std::move(opened);
        return;
    }
    const bool wrong_hash = opened.error().code() == ErrorCode::hash_mismatch;
    payload.outcome.add(
        wrong_hash ? Reason::rules_hash_mismatch : Reason::payload_undecryptable,
        subject.versions->size() - 1, subject.view->header().payload.offset,
        wrong_hash ? std::string("the payload is not what the head version was signed over")
                   : "the payload does not decrypt: " + opened.error().message());
}

/// Takes what is absent of a subject, which has a header, once from front to back. That is the
/// payload, or else the payload gate is skipped: then the file is INVALID for its layout alone.
class Pass {
  public:
    Pass(const Subject& subject, Keep keep, Parallelism parallelism)
        : subject_(subject), keep_(keep), left_(subject.file.absent()), parallelism_(parallelism) {
        const bool is_payload = subject.payload && subject.payload->offset == left_.offset &&
                                subject.payload->length == left_.length;
        if (subject.has_versions() && is_payload) {
            const VersionNumber head{subject.versions->back().number};
            opener_.emplace(subject.view->file_id(), head, left_.length, keep);
        }
    }

    ContentOutcome run() {
        const std::size_t before = left_.offset;
        const ByteView stored = subject_.file.stored();
        hasher_.update(stored.first(before));
        absent();
        const ByteView behind = stored.subspan(before);
        hasher_.update(behind.first(behind.size() - format::integrity_size), parallelism_);
        ContentOutcome outcome;
        judge_integrity(outcome.integrity, subject_, hasher_.digest());
        if (opener_) {
            judge_payload(outcome.payload, subject_,
                          opener_->finish(subject_.versions->back().rules_hash));
        } else {
            outcome.payload = payload_gate(subject_, keep_);
        }
        return outcome;
    }

  private:
    /// Reads the next piece into `room`; empty at the end.
    ByteView next(MutableByteView room) {
        const MutableByteView piece =
            room.first(std::min<std::uint64_t>(left_.length, room.size()));
        if (!piece.empty()) {
            subject_.source.read_absent(left_.offset, piece);
        }
        left_.offset += piece.size();
        left_.length -= piece.size();
        return piece;
    }

    // Hashing and reading ahead take about as long as opening, so two threads share them. Both the
    // hash and the cipher are one long sequence.
    void absent() {
        const bool alone = parallelism_ == Parallelism::one_thread || !opener_;
        const auto open = [&](ByteView piece) {
            if (opener_) {
                opener_->update(piece);
            }
        };
        read_ahead(
            alone ? 1 : 2, piece_size, [&](MutableByteView room) { return next(room); }, open,
            [&](ByteView piece) { hasher_.update(piece); });
    }

    const Subject& subject_;
    Keep keep_;
    format::Extent left_;  ///< Of what is absent, not read yet.
    Parallelism parallelism_;
    crypto::Blake3 hasher_;
    std::optional<SectionOpener> opener_;
};

}  // namespace

GateOutcome integrity_gate(const Subject& subject, Parallelism parallelism) {
    GateOutcome outcome(Gate::integrity);
    if (!has_integrity_hash(subject)) {
        outcome.skip();
        return outcome;
    }
    const ByteView file = subject.file.stored();
    judge_integrity(outcome, subject,
                    crypto::blake3(file.first(file.size() - format::integrity_size), parallelism));
    return outcome;
}

PayloadOutcome payload_gate(const Subject& subject, Keep keep) {
    PayloadOutcome payload;
    if (!subject.payload || !subject.has_versions() || !subject.file.has(*subject.payload)) {
        payload.outcome.skip();
        return payload;
    }
    const VersionRecord& head = subject.versions->back();
    judge_payload(payload, subject,
                  open_payload(subject.file.slice(*subject.payload), subject.view->file_id(),
                               VersionNumber{head.number}, head.rules_hash, keep));
    return payload;
}

ContentOutcome content_gates(const Subject& subject, Keep keep, Parallelism parallelism) {
    if (has_integrity_hash(subject)) {
        return Pass(subject, keep, parallelism).run();
    }
    ContentOutcome outcome;
    outcome.integrity.skip();
    outcome.payload.outcome.skip();
    return outcome;
}

}  // namespace aion::policy
