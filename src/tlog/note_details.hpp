// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with texts: notes, checkpoints, policies, proofs.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::tlog {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class NoteDetail : std::uint8_t {
    note_not_text,             ///< Bytes that cannot be a signed note.
    note_no_signature,         ///< A text without signatures under it.
    note_bad_signature_line,   ///< A line among the signatures that is none.
    note_too_many_signatures,  ///< More signatures than a note may have.
    note_bad_key,              ///< A text that is no key of notes.
    note_not_signed,           ///< Nobody signed who should have.
    note_wrong_signature,      ///< A signature in the name of a key that is not that key's.
    checkpoint_bad_line,       ///< A text that is no checkpoint.
    checkpoint_too_large,      ///< More entries than a log may have.
    checkpoint_other_origin,   ///< A checkpoint of another log than its signer's.
    policy_bad_line,           ///< A line that a policy cannot have.
    policy_no_quorum,          ///< Fewer cosignatures than the policy asks for.
    proof_bad_line,            ///< A line that a proof cannot have.
};

inline constexpr NameTable note_details(std::to_array<DetailRow<NoteDetail>>({
    {NoteDetail::note_not_text, "note_not_text", "signed note: {}"},
    {NoteDetail::note_no_signature, "note_no_signature",
     "signed note: there is no empty line with signatures below, to the end of the last line"},
    {NoteDetail::note_bad_signature_line, "note_bad_signature_line",
     "signed note: signature {} is not '— NAME BASE64'"},
    {NoteDetail::note_too_many_signatures, "note_too_many_signatures",
     "signed note: more than {} signatures"},
    {NoteDetail::note_bad_key, "note_bad_key", "verifier key: {}"},
    {NoteDetail::note_not_signed, "note_not_signed", "signed note: {} has not signed it"},
    {NoteDetail::note_wrong_signature, "note_wrong_signature",
     "signed note: a signature of {} is not genuine"},
    {NoteDetail::checkpoint_bad_line, "checkpoint_bad_line", "checkpoint, line {}: {}"},
    {NoteDetail::checkpoint_too_large, "checkpoint_too_large",
     "checkpoint: {} entries, more than a log may have"},
    {NoteDetail::checkpoint_other_origin, "checkpoint_other_origin",
     "checkpoint: it is of {}, but was signed by {}"},
    {NoteDetail::policy_bad_line, "policy_bad_line", "policy, line {}: {}"},
    {NoteDetail::policy_no_quorum, "policy_no_quorum",
     "the checkpoint was cosigned by {}, which is no quorum of the policy"},
    {NoteDetail::proof_bad_line, "proof_bad_line", "proof, line {}: {}"},
}));

consteval const auto& details_of(NoteDetail /*of which layer*/) {
    return note_details;
}

}  // namespace aion::tlog
