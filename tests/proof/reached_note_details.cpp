// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_note_details.hpp"

#include <string>

#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/note.hpp"
#include "aion/tlog/policy.hpp"
#include "aion/tlog/proof.hpp"
#include "support/keys.hpp"

namespace aion::proof {
namespace {

using tlog::Checkpoint;
using tlog::LogPolicy;
using tlog::Note;
using tlog::NoteDetail;
using tlog::NoteKeyType;
using tlog::NoteSigner;

const std::string line = "— a AAAAAAA=\n";

NoteSigner signer() {
    return *NoteSigner::make("log", NoteKeyType::ed25519, aion::test::key_of(1));
}

std::string checkpoint_of(const std::string& origin) {
    return Checkpoint{.origin = origin, .size = 1, .root = {}}.text();
}

// A note of that text, signed by the log.
std::string signed_by_log(const std::string& text) {
    return Note{.text = text, .signatures = {*signer().sign(text)}}.str();
}

Outcome opened(const std::string& note) {
    return outcome(tlog::open_checkpoint(note, signer().key()));
}

std::string many_lines() {
    std::string text = "a\n\n";
    for (std::size_t i = 0; i <= tlog::max_note_signatures; ++i) {
        text += line;
    }
    return text;
}

Outcome without_quorum() {
    const auto witness =
        NoteSigner::make("w", NoteKeyType::ed25519_cosignature, aion::test::key_of(2));
    const auto policy = LogPolicy::parse("log " + signer().key().text() + "\nwitness W " +
                                         witness->key().text() + "\nquorum W\n");
    return outcome(policy->judge(signed_by_log(checkpoint_of("log"))));
}

}  // namespace

Outcome provoke(NoteDetail detail) {
    switch (detail) {
        case NoteDetail::note_not_text:
            return outcome(Note::parse("\r\n"));
        case NoteDetail::note_no_signature:
            return outcome(Note::parse("a\n"));
        case NoteDetail::note_bad_signature_line:
            return outcome(Note::parse("a\n\nb\n"));
        case NoteDetail::note_too_many_signatures:
            return outcome(Note::parse(many_lines()));
        case NoteDetail::note_bad_key:
            return outcome(tlog::NoteKey::parse("a"));
        case NoteDetail::note_not_signed:
            return opened("a\n\n" + line);
        case NoteDetail::note_wrong_signature:
            return opened("x" + signed_by_log(checkpoint_of("log")));
        case NoteDetail::checkpoint_bad_line:
            return opened(signed_by_log("a\n"));
        case NoteDetail::checkpoint_too_large:
            return opened(signed_by_log("log\n9223372036854775808\n\n"));
        case NoteDetail::checkpoint_other_origin:
            return opened(signed_by_log(checkpoint_of("other")));
        case NoteDetail::policy_bad_line:
            return outcome(LogPolicy::parse("quorum none"));
        case NoteDetail::policy_no_quorum:
            return without_quorum();
        case NoteDetail::proof_bad_line:
            return outcome(tlog::LogProof::parse("a\n"));
    }
    return std::nullopt;
}

}  // namespace aion::proof
