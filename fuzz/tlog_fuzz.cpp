// SPDX-License-Identifier: MIT OR Apache-2.0
// Texts of transparency logs from anywhere: each is refused, or read and written as the same bytes;
// and nothing that is read is believed that nobody signed.
//
// Input: which kind (its first byte modulo 5), then the text.
#include <cstdint>
#include <string>

#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/note.hpp"
#include "aion/tlog/policy.hpp"
#include "aion/tlog/proof.hpp"
#include "support/require.hpp"

namespace {

using aion::as_text;
using aion::Bytes;
using aion::ByteView;
using aion::fuzz::require;
using namespace aion::tlog;

// The text of a key nobody holds: no point of the curve.
NoteKey key_of_nobody(NoteKeyType type) {
    return *NoteKey::make("nobody.example", type, Bytes(32, 2));
}

void check_checkpoint(std::string_view text) {
    const auto checkpoint = Checkpoint::parse(text);
    if (checkpoint) {
        require(checkpoint->text() == text);
        require(checkpoint->size <= max_tree_size);
    }
}

void check_note(std::string_view text) {
    const auto note = Note::parse(text);
    if (!note) {
        return;
    }
    require(note->str() == text);
    require(!note->signatures.empty() && note->signatures.size() <= max_note_signatures);
    for (const NoteSignature& signature : note->signatures) {
        require(is_key_name(signature.name));
    }
    for (const NoteKeyType type : {NoteKeyType::ed25519, NoteKeyType::ed25519_cosignature}) {
        const auto verdict = verify_note(*note, key_of_nobody(type));
        require(!verdict || !verdict->signed_by_key);
    }
    require(!LogPolicy::of(key_of_nobody(NoteKeyType::ed25519)).judge(text));
    check_checkpoint(note->text);
}

void check_key(std::string_view text) {
    const auto key = NoteKey::parse(text);
    if (key) {
        require(key->text() == text);
        require(NoteKey::make(key->name(), key->type(), key->public_key()) == *key);
    }
}

void check_proof(std::string_view text) {
    const auto proof = LogProof::parse(text);
    if (!proof) {
        return;
    }
    require(proof->str() == text);
    require(proof->path.size() <= max_inclusion_path);
    const ByteView entry = proof->extra ? ByteView(*proof->extra) : ByteView();
    require(!verify_proof(*proof, entry, LogPolicy::of(key_of_nobody(NoteKeyType::ed25519))));
    check_note(proof->checkpoint);
}

void check_policy(std::string_view text) {
    const auto policy = LogPolicy::parse(text);
    if (!policy) {
        return;
    }
    for (const LogPolicy::Log& log : policy->logs()) {
        check_key(log.key.text());
    }
    for (const LogPolicy::Witness& witness : policy->witnesses()) {
        check_key(witness.key.text());
        require(!witness.name.empty() && witness.name != "none");
    }
    // Of nobody, and in the name of every log with a signature that cannot be one.
    std::string note = "nobody.example\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n";
    require(!policy->judge(note + "— nobody.example AAAAAAA=\n"));
    for (const LogPolicy::Log& log : policy->logs()) {
        require(!policy->judge(Note{.text = note.substr(0, note.size() - 1),
                                    .signatures = {{log.key.name(), log.key.id(), Bytes(64)}}}
                                   .str()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view text = as_text(ByteView(data, size).subspan(1));
    switch (data[0] % 5) {
        case 0:
            check_note(text);
            break;
        case 1:
            check_key(text);
            break;
        case 2:
            check_checkpoint(text);
            break;
        case 3:
            check_proof(text);
            break;
        default:
            check_policy(text);
            break;
    }
    return 0;
}
