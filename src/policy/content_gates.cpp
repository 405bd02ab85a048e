// SPDX-License-Identifier: MIT OR Apache-2.0
// The gates that read the payload. Where it is in memory they are two functions; where it is not,
// one pass hashes and opens what passes through a buffer of ours.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "aion/base/hex.hpp"
#include "base/threads.hpp"
#include "policy/gates.hpp"

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
    /// Reads the next piece into `buffer`; empty at the end.
    ByteView next(std::array<std::uint8_t, piece_size>& buffer) {
        const std::size_t size = std::min<std::uint64_t>(left_.length, piece_size);
        const MutableByteView piece = MutableByteView(buffer).first(size);
        if (size != 0) {
            subject_.source.read_absent(left_.offset, piece);
        }
        left_.offset += size;
        left_.length -= size;
        return piece;
    }

    void absent() {
        struct Buffers {
            std::array<std::array<std::uint8_t, piece_size>, 2> both;
        };

        const auto buffers = std::make_unique_for_overwrite<Buffers>();
        std::size_t turn = 0;
        ByteView piece = next(buffers->both[turn]);
        while (!piece.empty()) {
            ByteView following;
            turn = 1 - turn;
            const auto open = [&, piece] {
                if (opener_) {
                    opener_->update(piece);
                }
            };
            // Hashing and reading ahead take about as long as opening, so two threads share them.
            // Pieces stay in order for each: both the hash and the cipher are one long sequence.
            const auto hash_and_read_ahead = [&, piece] {
                hasher_.update(piece);
                following = next(buffers->both[turn]);
            };
            // What takes longer is first: the other thread may have to be woken.
            const bool alone = parallelism_ == Parallelism::one_thread || !opener_;
            together(alone ? 1 : 2, open, hash_and_read_ahead);
            piece = following;
        }
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
