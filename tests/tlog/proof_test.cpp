// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/proof.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aion/base/base64.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using namespace std::string_literals;
using test::detail_of;
using test::key_of;
using test::ok;
using test::refusal;
using test::signed_note;
using test::signer_of;
using test::vector_text;
using test::with;

const std::string header = "c2sp.org/tlog-proof@v1\n";

LogPolicy the_policy() {
    return LogPolicy::of(key_of(test::the_log));
}

// A tree of `size` numbers, and a proof of one of them.
class Numbers {
  public:
    explicit Numbers(std::uint64_t size) {
        for (std::uint64_t i = 0; i < size; ++i) {
            tree_.append(Sha256Tree::leaf(as_bytes(std::to_string(i))));
        }
        const Checkpoint checkpoint{.origin = "log", .size = size, .root = tree_.root()};
        note_ = signed_note(checkpoint.text(), {{signer()}});
    }

    static NoteSigner signer() { return signer_of("log", NoteKeyType::ed25519, 1); }

    static LogPolicy policy() { return LogPolicy::of(signer().key()); }

    [[nodiscard]] LogProof proof(std::uint64_t index) const {
        return {.extra = std::nullopt,
                .index = index,
                .path = ok(tree_.inclusion_path(index, tree_.size())),
                .checkpoint = note_};
    }

  private:
    MerkleTree<Sha256Tree> tree_;
    std::string note_;
};

TEST(LogProof, ReadsAndWritesWhatGoWrites) {
    const std::string text = vector_text("proof");
    const LogProof proof = ok(LogProof::parse(text));
    EXPECT_EQ(proof.index, 2U);
    EXPECT_EQ(proof.path.size(), 3U);
    EXPECT_EQ(proof.extra, std::optional(Bytes{'t', 'h', 'r', 'e', 'e'}));
    EXPECT_EQ(proof.checkpoint, vector_text("note"));
    EXPECT_EQ(proof.str(), text);
    const auto accepted = ok(verify_proof(proof, as_bytes("three"), the_policy()));
    EXPECT_EQ(accepted.checkpoint.text(), vector_text("text"));
}

TEST(LogProof, MayHaveNothingExtraOrNoBytesOfIt) {
    const std::string text = vector_text("proof");
    EXPECT_EQ(ok(LogProof::parse(with(text, "extra dGhyZWU=\n", ""))).extra, std::nullopt);
    const std::string empty = with(text, "extra dGhyZWU=\n", "extra \n");
    EXPECT_EQ(ok(LogProof::parse(empty)).extra, std::optional(Bytes()));
    EXPECT_EQ(ok(LogProof::parse(empty)).str(), empty);
}

TEST(LogProof, NamesTheLineThatItRefuses) {
    const std::string text = vector_text("proof");
    const std::string digest = to_base64(ok(LogProof::parse(text)).path[0].bytes);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "1"},
        {"c2sp.org/tlog-proof@v1", "1"},
        {header, "2"},
        {" " + text, "1"},
        {with(text, "@v1", "@v2"), "1"},
        {with(text, "@v1", "@v1\r"), "1"},
        {with(text, "extra ", "extra"), "2"},
        {with(text, "dGhyZWU=", "dGhyZWU"), "2"},
        {with(text, "dGhyZWU=", "dGhyZWV="), "2"},
        {with(text, "dGhyZWU=", "dGhyZWU= "), "2"},
        {with(text, "extra ", "Extra "), "2"},
        {with(text, "extra dGhyZWU=\n", "extra dGhyZWU=\nextra dGhyZWU=\n"), "3"},
        {with(text, "index 2", "index"), "3"},
        {with(text, "index 2", "index "), "3"},
        {with(text, "index 2", "index 02"), "3"},
        {with(text, "index 2", "index -2"), "3"},
        {with(text, "index 2", "index +2"), "3"},
        {with(text, "index 2", "index 2 "), "3"},
        {with(text, "index 2", "index  2"), "3"},
        {with(text, "index 2", "index 18446744073709551616"), "3"},
        {with(text, "index 2\n", ""), "3"},
        {with(text, "index 2", "index 2\r"), "3"},
        {with(text, digest, digest + " "), "4"},
        {with(text, digest, digest.substr(0, 40)), "4"},
        {with(text, digest, "AAAA"), "4"},
        {with(text, digest, digest.substr(0, 43)), "4"},
        {with(text, "\n\n", "\n"), "7"},
        {header + "index 0\n", "3"},
    };
    for (const auto& [bad, line] : cases) {
        const auto read = LogProof::parse(bad);
        EXPECT_EQ(detail_of(read), "proof_bad_line") << bad.substr(0, 200);
        EXPECT_NE(refusal(read).find("line " + line + ":"), std::string::npos)
            << refusal(read) << '\n'
            << bad.substr(0, 200);
    }
}

TEST(LogProof, EndsWithTheNoteOfACheckpoint) {
    const std::string text = vector_text("proof");
    EXPECT_EQ(detail_of(LogProof::parse(header + "index 0\n\n")), "note_no_signature");
    EXPECT_EQ(detail_of(LogProof::parse(text + "\n")), "note_no_signature");
    EXPECT_EQ(detail_of(LogProof::parse(text.substr(0, text.size() - 1))), "note_no_signature");
    EXPECT_EQ(detail_of(LogProof::parse(text + "more\n")), "note_bad_signature_line");
    EXPECT_EQ(detail_of(LogProof::parse(with(text, "\n5\n", "\n05\n"))), "checkpoint_bad_line");
    EXPECT_EQ(detail_of(LogProof::parse(with(text, "\n5\n", "\n9223372036854775808\n"))),
              "checkpoint_too_large");
}

TEST(LogProof, HasTheIndexAndTheLengthThatTheTreeAsksFor) {
    const std::string text = vector_text("proof");
    for (const char* index :
         {"5", "6", "9223372036854775807", "9223372036854775808", "18446744073709551615"}) {
        EXPECT_EQ(detail_of(LogProof::parse(with(text, "index 2", "index "s + index))),
                  "proof_bad_index");
    }
    EXPECT_EQ(detail_of(LogProof::parse(with(text, "index 2", "index 4"))), "proof_wrong_length");
    const std::string line = to_base64(ok(LogProof::parse(text)).path[0].bytes) + "\n";
    EXPECT_EQ(detail_of(LogProof::parse(with(text, line, ""))), "proof_wrong_length");
    EXPECT_EQ(detail_of(LogProof::parse(with(text, line, line + line))), "proof_wrong_length");
    // In the largest tree 63 of them are enough for the first entry, and no proof has more.
    std::string many;
    for (std::size_t i = 0; i < max_inclusion_path; ++i) {
        many += line;
    }
    const std::string largest =
        with(with(with(with(text, line, many), "\n5\n", "\n9223372036854775807\n"), "index 2",
                  "index 0"),
             "extra dGhyZWU=\n", "");
    // The two other lines of the proof are still there.
    EXPECT_EQ(detail_of(LogProof::parse(largest)), "proof_bad_line");
    const LogProof first{.extra = std::nullopt,
                         .index = 0,
                         .path = std::vector<Sha256Tree::Digest>(max_inclusion_path),
                         .checkpoint = signed_note(
                             Checkpoint{.origin = "log", .size = max_tree_size, .root = {}}.text(),
                             {{Numbers::signer()}})};
    EXPECT_EQ(ok(LogProof::parse(first.str())).path.size(), max_inclusion_path);
    EXPECT_EQ(detail_of(verify_proof(first, as_bytes("0"), Numbers::policy())), "proof_other_root");
}

TEST(LogProof, HasALimit) {
    const std::string text = vector_text("proof");
    const std::size_t room = (max_proof_size - text.size()) / 4 * 4;
    const std::string longest = with(text, "extra ", "extra " + std::string(room, 'A'));
    EXPECT_EQ(ok(LogProof::parse(longest)).str(), longest);
    EXPECT_EQ(
        detail_of(LogProof::parse(with(text, "extra ", "extra " + std::string(room + 4, 'A')))),
        "proof_bad_line");
}

TEST(VerifyProof, ProvesEachEntryAtItsPlaceAndNoOther) {
    for (const std::uint64_t size : {1U, 2U, 3U, 7U, 8U, 9U}) {
        const Numbers numbers(size);
        for (std::uint64_t i = 0; i < size; ++i) {
            const LogProof proof = ok(LogProof::parse(numbers.proof(i).str()));
            for (std::uint64_t j = 0; j < size; ++j) {
                const std::string entry = std::to_string(j);
                const auto verdict = verify_proof(proof, as_bytes(entry), Numbers::policy());
                EXPECT_EQ(verdict.has_value(), i == j);
                if (i != j) {
                    EXPECT_EQ(detail_of(verdict), "proof_other_root");
                }
            }
            LogProof moved = proof;
            moved.index = i + 1;
            EXPECT_FALSE(verify_proof(moved, as_bytes(std::to_string(i)), Numbers::policy()));
        }
    }
}

// A proof made by hand, which was never read, is checked all the same.
TEST(VerifyProof, BelievesNothingOfTheProof) {
    const LogProof good = Numbers(5).proof(2);
    LogProof bad = good;
    bad.path.pop_back();
    EXPECT_EQ(detail_of(verify_proof(bad, as_bytes("2"), Numbers::policy())), "proof_wrong_length");
    bad = good;
    bad.index = 5;
    EXPECT_EQ(detail_of(verify_proof(bad, as_bytes("2"), Numbers::policy())), "proof_bad_index");
    bad = good;
    bad.path[1].bytes[0] ^= 1U;
    EXPECT_EQ(detail_of(verify_proof(bad, as_bytes("2"), Numbers::policy())), "proof_other_root");
    bad = good;
    bad.checkpoint = with(bad.checkpoint, "\n5\n", "\n4\n");
    EXPECT_EQ(detail_of(verify_proof(bad, as_bytes("2"), Numbers::policy())),
              "note_wrong_signature");
    EXPECT_EQ(detail_of(verify_proof(good, as_bytes("2"), the_policy())), "note_not_signed");
}

// What is hashed inside the tree is no entry of a smaller one: its first byte is another.
TEST(VerifyProof, RefusesANodeThatIsSaidToBeAnEntry) {
    const LogProof good = Numbers(4).proof(0);
    Bytes node(1, 1);
    const auto left = Sha256Tree::leaf(as_bytes("0"));
    node.insert(node.end(), left.bytes.begin(), left.bytes.end());
    node.insert(node.end(), good.path[0].bytes.begin(), good.path[0].bytes.end());
    LogProof shorter = good;
    shorter.path.erase(shorter.path.begin());
    EXPECT_EQ(detail_of(verify_proof(shorter, node, Numbers::policy())), "proof_wrong_length");
    const Checkpoint real = ok(open_checkpoint(good.checkpoint, Numbers::signer().key()));
    shorter.checkpoint = signed_note(
        Checkpoint{.origin = "log", .size = 2, .root = real.root}.text(), {{Numbers::signer()}});
    EXPECT_EQ(detail_of(verify_proof(shorter, node, Numbers::policy())), "proof_other_root");
    EXPECT_EQ(detail_of(verify_proof(shorter, ByteView(node).subspan(1), Numbers::policy())),
              "proof_other_root");
}

}  // namespace
}  // namespace aion::tlog
