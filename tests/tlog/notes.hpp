// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys, notes and proofs for tests: those of other programs from tests/data/tlog, and some of ours.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/backend.hpp"
#include "aion/tlog/note.hpp"
#include "support/json_data.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::tlog::test {

using aion::test::code_of;
using aion::test::ok;
using aion::test::refusal;

/// The log, a witness with Ed25519, one with ML-DSA-44, and the log with ML-DSA-44: their places in
/// the vectors' keys.
enum Who : std::size_t { the_log, first_witness, second_witness, the_log_again };

inline const nlohmann::json& note_vectors() {
    static const nlohmann::json vectors = aion::test::json_data("tlog/notes.json");
    return vectors;
}

inline std::string vector_text(const char* name) {
    return note_vectors()[name].get<std::string>();
}

inline std::string key_text(Who who) {
    return note_vectors()["keys"][who]["key"].get<std::string>();
}

inline NoteKey key_of(Who who) {
    return ok(NoteKey::parse(key_text(who)));
}

/// The detail of an error.
template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

/// `before` in `text`, replaced by `after`; it must be there.
inline std::string with(std::string text, std::string_view before, std::string_view after) {
    const std::size_t at = text.find(before);
    EXPECT_NE(at, std::string::npos) << before;
    return at == std::string::npos ? text : text.replace(at, before.size(), after);
}

/// A signer with the key whose seed is 32 times `filler`.
inline NoteSigner signer_of(std::string_view name, NoteKeyType type, std::uint8_t filler) {
    return ok(NoteSigner::make(name, type, aion::test::key_of(filler)));
}

/// A text with the signatures of these, cosignatures as of the time beside each.
struct Signing {
    NoteSigner signer;
    std::uint64_t time = 0;
};

inline std::string signed_note(std::string text, const std::vector<Signing>& signers) {
    Note note{.text = std::move(text), .signatures = {}};
    for (const Signing& one : signers) {
        note.signatures.push_back(ok(one.signer.sign(note.text, one.time)));
    }
    return note.str();
}

}  // namespace aion::tlog::test
