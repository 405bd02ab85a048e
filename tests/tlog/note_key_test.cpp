// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "aion/base/base64.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using namespace std::string_literals;
using test::code_of;
using test::detail_of;
using test::key_of;
using test::key_text;
using test::ok;
using test::refusal;
using test::signed_note;
using test::signer_of;
using test::vector_text;
using test::with;

constexpr std::uint64_t some_time = 1'679'315'147;
constexpr std::uint64_t last_time = (std::uint64_t{1} << 63U) - 1;

NoteVerdict verdict_of(const std::string& note, const NoteKey& key) {
    return ok(verify_note(ok(Note::parse(note)), key));
}

std::string wrong(const std::string& note, const NoteKey& key) {
    return detail_of(verify_note(ok(Note::parse(note)), key));
}

// Changes a byte of one signature, counted from its id on.
std::string with_byte(const std::string& note, std::size_t signature, std::size_t at) {
    Note changed = ok(Note::parse(note));
    changed.signatures[signature].signature[at] ^= 1U;
    return changed.str();
}

class MlDsaNotes : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!crypto::backend().has_ml_dsa) {
            GTEST_SKIP() << "this libcrypto has no ML-DSA";
        }
    }

    MemoryEnv env;
};

TEST(NoteKey, ReadsAndWritesTheKeysThatGoMakes) {
    for (const auto& row : test::note_vectors()["keys"]) {
        const auto key = ok(NoteKey::parse(row["key"].get<std::string>()));
        EXPECT_EQ(key.name(), row["name"].get<std::string>());
        EXPECT_EQ(static_cast<int>(key.type()), row["type"].get<int>());
        EXPECT_EQ(key.text(), row["key"].get<std::string>());
        EXPECT_EQ(ok(NoteKey::make(key.name(), key.type(), key.public_key())), key);
    }
    EXPECT_EQ(signer_of("witness.example/w1", NoteKeyType::ed25519_cosignature, 2).key(),
              key_of(test::first_witness));
}

TEST(NoteKey, IsWrittenInOneWay) {
    const std::string text = key_text(test::the_log);
    const std::size_t id = text.find('+') + 1;
    std::string upper = text;
    std::ranges::transform(upper.begin() + static_cast<std::ptrdiff_t>(id),
                           upper.begin() + static_cast<std::ptrdiff_t>(id + 8),
                           upper.begin() + static_cast<std::ptrdiff_t>(id),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const std::string& bad :
         {""s, "+"s, "++"s, "+++"s, text + "\n", " " + text, text + "=", upper,
          with(text, "+", "++"), text.substr(0, text.size() - 1), text.substr(0, id + 8),
          with(text, "log.example", "log example"), with(text, "log.example", "log.example\n"),
          with(text, "log.example/behind-the-sofa", ""), with(text, "log.example", "other.example"),
          text.substr(0, id) + "0" + text.substr(id), text.substr(0, id) + "00000000+",
          text.substr(0, id) + "00000000" + text.substr(id + 8)}) {
        EXPECT_EQ(detail_of(NoteKey::parse(bad)), "note_bad_key") << bad;
    }
}

TEST(NoteKey, IsOfAKnownTypeAndOfItsLength) {
    for (const unsigned type : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 255U}) {
        for (const std::size_t size : {0U, 31U, 32U, 33U, 1311U, 1312U, 1313U}) {
            const bool is_good =
                ((type == 1 || type == 4) && size == 32) || (type == 6 && size == 1312);
            const auto made =
                NoteKey::make("a", NoteKeyType{static_cast<std::uint8_t>(type)}, Bytes(size));
            EXPECT_EQ(made.has_value(), is_good) << type << ' ' << size;
            if (!made) {
                EXPECT_EQ(code_of(made), ErrorCode::invalid_argument);
            }
            Bytes bytes(size + 1);
            bytes[0] = static_cast<std::uint8_t>(type);
            const auto read = NoteKey::parse("a+00000000+" + to_base64(bytes));
            EXPECT_EQ(detail_of(read), "note_bad_key");
            EXPECT_EQ(refusal(read).find("its id is not") != std::string::npos, is_good);
        }
    }
    EXPECT_FALSE(NoteKey::make("a b", NoteKeyType::ed25519, Bytes(32)));
    // The name is signed behind one byte that says how long it is.
    const std::string longest(255, 'a');
    EXPECT_TRUE(NoteKey::make(longest, NoteKeyType::ml_dsa_44_cosignature, Bytes(1312)));
    EXPECT_FALSE(NoteKey::make(longest + "a", NoteKeyType::ml_dsa_44_cosignature, Bytes(1312)));
    EXPECT_TRUE(NoteKey::make(longest + "a", NoteKeyType::ed25519, Bytes(32)));
}

TEST(NoteKeyType, HasAName) {
    EXPECT_EQ(name_of(NoteKeyType::ed25519), "ed25519");
    EXPECT_EQ(name_of(NoteKeyType::ed25519_cosignature), "ed25519_cosignature");
    EXPECT_EQ(name_of(NoteKeyType::ml_dsa_44_cosignature), "ml_dsa_44_cosignature");
    EXPECT_EQ(name_of(NoteKeyType{5}), "");
}

TEST(NoteSignatures, OfGoAreGenuine) {
    const std::string note = vector_text("note");
    const auto& times = test::note_vectors()["times"];
    const NoteVerdict log = verdict_of(note, key_of(test::the_log));
    EXPECT_TRUE(log.signed_by_key);
    EXPECT_EQ(log.time, std::nullopt);
    const NoteVerdict witness = verdict_of(note, key_of(test::first_witness));
    EXPECT_TRUE(witness.signed_by_key);
    EXPECT_EQ(witness.time, times["witness.example/w1"].get<std::uint64_t>());
}

TEST_F(MlDsaNotes, OfGoAreGenuine) {
    const std::string note = vector_text("note");
    const auto& times = test::note_vectors()["times"];
    const NoteVerdict witness = verdict_of(note, key_of(test::second_witness));
    EXPECT_TRUE(witness.signed_by_key);
    EXPECT_EQ(witness.time, times["witness.example/w2"].get<std::uint64_t>());
    EXPECT_TRUE(verdict_of(note, key_of(test::the_log_again)).signed_by_key);
}

TEST(NoteSignatures, OfOthersArePassedOver) {
    const std::string note = vector_text("note");
    const NoteKey log = key_of(test::the_log);
    // The same name, the same key as another type: another id.
    const auto as_witness =
        ok(NoteKey::make(log.name(), NoteKeyType::ed25519_cosignature, log.public_key()));
    EXPECT_FALSE(verdict_of(note, as_witness).signed_by_key);
    const auto renamed = ok(NoteKey::make("other.example", log.type(), log.public_key()));
    EXPECT_FALSE(verdict_of(note, renamed).signed_by_key);
    // The same id under another name, with nonsense for a signature.
    Note other = ok(Note::parse(note));
    other.signatures.insert(other.signatures.begin(), {"other", log.id(), Bytes(3)});
    EXPECT_TRUE(verdict_of(other.str(), log).signed_by_key);
}

TEST(NoteSignatures, OfAKnownKeyMustBeGenuineWhereverTheyStand) {
    const std::string note = vector_text("note");
    const NoteKey log = key_of(test::the_log);
    EXPECT_EQ(wrong(with_byte(note, 0, 0), log), "note_wrong_signature");
    EXPECT_EQ(wrong(with(note, "\n5\n", "\n6\n"), log), "note_wrong_signature");
    for (const std::size_t size : {1U, 63U, 65U, 72U}) {
        Note changed = ok(Note::parse(note));
        changed.signatures[0].signature.resize(size);
        EXPECT_EQ(wrong(changed.str(), log), "note_wrong_signature") << size;
    }
    // A second one, genuine the first time only; and genuine twice.
    Note twice = ok(Note::parse(note));
    twice.signatures.push_back(twice.signatures[0]);
    EXPECT_TRUE(verdict_of(twice.str(), log).signed_by_key);
    twice.signatures.back().signature[5] ^= 1U;
    EXPECT_EQ(wrong(twice.str(), log), "note_wrong_signature");
    std::swap(twice.signatures.front(), twice.signatures.back());
    EXPECT_EQ(wrong(twice.str(), log), "note_wrong_signature");
}

TEST(NoteSignatures, OfAWitnessCoverTheTimeAndTheText) {
    const std::string note = vector_text("note");
    const NoteKey witness = key_of(test::first_witness);
    for (const std::size_t at : {0U, 7U, 8U, 71U}) {
        EXPECT_EQ(wrong(with_byte(note, 1, at), witness), "note_wrong_signature") << at;
    }
    EXPECT_EQ(wrong(with(note, "\n5\n", "\n6\n"), witness), "note_wrong_signature");
    EXPECT_EQ(wrong(with(note, "log.", "lag."), witness), "note_wrong_signature");
}

TEST_F(MlDsaNotes, CoverTheTimeAndTheText) {
    const std::string note = vector_text("note");
    const NoteKey witness = key_of(test::second_witness);
    for (const std::size_t at : {0U, 7U, 8U, 2427U}) {
        EXPECT_EQ(wrong(with_byte(note, 2, at), witness), "note_wrong_signature") << at;
    }
    EXPECT_EQ(wrong(with(note, "\n5\n", "\n6\n"), witness), "note_wrong_signature");
    EXPECT_EQ(wrong(with(note, "log.", "lag."), witness), "note_wrong_signature");
    // No checkpoint, so nothing that such a key signs.
    EXPECT_EQ(wrong(with(note, "\n5\n", "\n05\n"), witness), "note_wrong_signature");
    EXPECT_EQ(wrong(with(note, "\n\n", "\nmore\n\n"), witness), "note_wrong_signature");
}

TEST(NoteSignatures, OfSeveralTimesCountWithTheLatest) {
    const NoteSigner witness = signer_of("w", NoteKeyType::ed25519_cosignature, 2);
    const std::string text = vector_text("text");
    EXPECT_EQ(
        verdict_of(signed_note(text, {{witness, 7}, {witness, 9}, {witness, 8}}), witness.key())
            .time,
        9U);
    EXPECT_EQ(verdict_of(signed_note(text, {{witness, last_time}}), witness.key()).time, last_time);
    const NoteVerdict timeless = verdict_of(signed_note(text, {{witness, 0}}), witness.key());
    EXPECT_TRUE(timeless.signed_by_key);
    EXPECT_EQ(timeless.time, std::nullopt);
}

TEST(NoteSigner, SignsWhatVerifies) {
    const std::string text = vector_text("text");
    for (const NoteKeyType type : {NoteKeyType::ed25519, NoteKeyType::ed25519_cosignature}) {
        const NoteSigner signer = signer_of("log.example/behind-the-sofa", type, 1);
        const std::string note = signed_note(text, {{signer, some_time}});
        EXPECT_TRUE(verdict_of(note, signer.key()).signed_by_key);
        const bool is_witness = type == NoteKeyType::ed25519_cosignature;
        EXPECT_EQ(verdict_of(note, signer.key()).time,
                  is_witness ? std::optional(some_time) : std::nullopt);
    }
    // Ed25519 has one signature of a text, so ours is the one that Go made.
    const NoteSigner log = signer_of("log.example/behind-the-sofa", NoteKeyType::ed25519, 1);
    const Note note = ok(Note::parse(vector_text("note")));
    EXPECT_EQ(ok(log.sign(note.text)), note.signatures[0]);
    const NoteSigner witness = signer_of("witness.example/w1", NoteKeyType::ed25519_cosignature, 2);
    EXPECT_EQ(ok(witness.sign(note.text, *verdict_of(note.str(), witness.key()).time)),
              note.signatures[1]);
}

TEST_F(MlDsaNotes, AreSignedSoThatTheyVerify) {
    const auto key = ok(crypto::MlDsa44Key::from_seed(Bytes(32, 3)));
    const auto signer = ok(NoteSigner::make("witness.example/w2", key, env));
    EXPECT_EQ(signer.key(), key_of(test::second_witness));
    const std::string text = vector_text("text");
    EXPECT_EQ(verdict_of(signed_note(text, {{signer, some_time}}), signer.key()).time, some_time);
    EXPECT_TRUE(verdict_of(signed_note(text, {{signer, 0}}), signer.key()).signed_by_key);
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::random ? EIO : 0;
    });
    EXPECT_EQ(code_of(signer.sign(text)), ErrorCode::entropy_unavailable);
}

TEST_F(MlDsaNotes, AreOfCheckpointsWhoseOriginHasAtMost255Bytes) {
    const auto key = ok(crypto::MlDsa44Key::from_seed(Bytes(32, 3)));
    const auto signer = ok(NoteSigner::make("w", key, env));
    EXPECT_EQ(detail_of(signer.sign("no checkpoint\n")), "checkpoint_bad_line");
    const Checkpoint longest{.origin = std::string(255, 'o'), .size = 1, .root = {}};
    const std::string note = signed_note(longest.text(), {{signer, 1}});
    EXPECT_TRUE(verdict_of(note, signer.key()).signed_by_key);
    const std::string longer =
        Checkpoint{.origin = std::string(256, 'o'), .size = 1, .root = {}}.text();
    EXPECT_EQ(detail_of(signer.sign(longer)), "checkpoint_bad_line");
    EXPECT_EQ(wrong(with(note, longest.text(), longer), signer.key()), "note_wrong_signature");
    EXPECT_FALSE(NoteSigner::make(std::string(256, 'n'), key, env));
}

TEST(NoteSigner, SignsNotesOnlyAndAsAWitnessCheckpointsOnly) {
    const NoteSigner log = signer_of("l", NoteKeyType::ed25519, 1);
    const NoteSigner witness = signer_of("w", NoteKeyType::ed25519_cosignature, 2);
    EXPECT_TRUE(log.sign("anything\n\n— at all\n"));
    for (const std::string& text :
         {""s, "text"s, "text\r\n"s, "\0\n"s, "\xFF\n"s, std::string(max_note_size, 'a') + "\n"}) {
        EXPECT_EQ(code_of(log.sign(text)), ErrorCode::invalid_argument) << text.substr(0, 9);
        EXPECT_EQ(code_of(witness.sign(text)), ErrorCode::invalid_argument);
    }
    EXPECT_EQ(detail_of(witness.sign("no checkpoint\n")), "checkpoint_bad_line");
    EXPECT_EQ(code_of(witness.sign(vector_text("text"), last_time + 1)),
              ErrorCode::invalid_argument);
}

TEST(NoteSigner, IsOfANameAndATypeThatItsKeyHas) {
    auto& key = aion::test::key_of(1);
    EXPECT_EQ(code_of(NoteSigner::make("a b", NoteKeyType::ed25519, key)),
              ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(NoteSigner::make("a", NoteKeyType::ml_dsa_44_cosignature, key)),
              ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(NoteSigner::make("a", NoteKeyType{9}, key)), ErrorCode::invalid_argument);
}

// Where there is no ML-DSA, that is said only of a note that has such a signature.
TEST(NoteSignatures, OfMlDsaAreNotCalledWrongWhereNobodyCanTell) {
    const NoteKey witness = key_of(test::second_witness);
    const auto verdict = verify_note(ok(Note::parse(vector_text("note"))), witness);
    EXPECT_EQ(verdict.has_value(), crypto::backend().has_ml_dsa);
    if (!verdict) {
        EXPECT_EQ(verdict.error().detail(), "algorithm_unavailable");
    }
    const NoteSigner log = signer_of("l", NoteKeyType::ed25519, 1);
    EXPECT_FALSE(verdict_of(signed_note("text\n", {{log}}), witness).signed_by_key);
}

}  // namespace
}  // namespace aion::tlog
