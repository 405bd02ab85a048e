// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/log_order.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aion/tlog/registry_entries.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using test::detail_of;
using test::ok;
using test::refusal;
using test::signed_note;
using test::signer_of;

trust::SignedVersion version_of(std::uint64_t number) {
    return {.file_id = FileId{7},
            .version = VersionNumber{number},
            .author = AuthorId{1001},
            .version_hash = {},
            .signature_hash = {}};
}

trust::RegistryRecord revocation(std::uint64_t number = 4) {
    trust::RegistryRecord record;
    record.number = number;
    record.facts = trust::EpochRevocation{.author = AuthorId{1001},
                                          .epoch = Epoch{0},
                                          .reason = trust::RevocationReason::compromised,
                                          .until = {}};
    return record;
}

// A log of these entries, signed by the key whose seed is 32 times `filler`.
class Log {
  public:
    explicit Log(std::vector<Bytes> entries, std::string name = "log", std::uint8_t filler = 1)
        : entries_(std::move(entries)), name_(std::move(name)), filler_(filler) {
        for (const Bytes& entry : entries_) {
            tree_.append(Sha256Tree::leaf(entry));
        }
    }

    [[nodiscard]] NoteSigner signer() const {
        return signer_of(name_, NoteKeyType::ed25519, filler_);
    }

    [[nodiscard]] LogProof proof(std::uint64_t index, std::uint64_t size) const {
        const Checkpoint checkpoint{.origin = name_, .size = size, .root = tree_.root(size)};
        return {.extra = entries_[index],
                .index = index,
                .path = ok(tree_.inclusion_path(index, size)),
                .checkpoint = signed_note(checkpoint.text(), {{signer()}})};
    }

    [[nodiscard]] std::string text(std::uint64_t index) const {
        return proof(index, tree_.size()).str();
    }

    [[nodiscard]] const MerkleTree<Sha256Tree>& tree() const { return tree_; }

  private:
    std::vector<Bytes> entries_;
    std::string name_;
    std::uint8_t filler_;
    MerkleTree<Sha256Tree> tree_;
};

Bytes filler_entry(std::uint64_t number) {
    return make_entry(EntryKind::dsse_envelope, number, as_bytes("{}"));
}

// Version 1, something else, the revocation, version 2, the revocation once more.
std::vector<Bytes> some_entries() {
    return {entry_of(version_of(1)), filler_entry(1), *entry_of(revocation()),
            entry_of(version_of(2)), *entry_of(revocation())};
}

LogPolicy policy_of(const Log& log) {
    return LogPolicy::of(log.signer().key());
}

TEST(LogOrderReader, KnowsWhatProofsSay) {
    const Log log(some_entries());
    LogOrderReader reader(policy_of(log));
    ASSERT_TRUE(ok(reader.index_of_version(version_of(1))) == std::nullopt);
    ASSERT_TRUE(reader.add_proof(log.text(0)).has_value());
    ASSERT_TRUE(reader.add_proof(log.text(3)).has_value());
    EXPECT_EQ(ok(reader.index_of_version(version_of(1))), 0U);
    EXPECT_EQ(ok(reader.index_of_version(version_of(2))), 3U);
    EXPECT_EQ(ok(reader.index_of_version(version_of(3))), std::nullopt);
    EXPECT_EQ(ok(reader.index_of_record(revocation())), std::nullopt);
}

TEST(LogOrderReader, OfOneEntryTheLowestIndexCounts) {
    const Log log(some_entries());
    LogOrderReader reader(policy_of(log));
    ASSERT_TRUE(reader.add_proof(log.text(4)).has_value());
    EXPECT_EQ(ok(reader.index_of_record(revocation())), 4U);
    ASSERT_TRUE(reader.add_proof(log.text(2)).has_value());
    EXPECT_EQ(ok(reader.index_of_record(revocation())), 2U);
    ASSERT_TRUE(reader.add_proof(log.text(4)).has_value()) << "once more";
    EXPECT_EQ(ok(reader.index_of_record(revocation())), 2U);
}

TEST(LogOrderReader, AnotherRecordOrSignatureIsNotThere) {
    const Log log(some_entries());
    LogOrderReader reader(policy_of(log));
    ASSERT_TRUE(reader.add_proof(log.text(0)).has_value());
    ASSERT_TRUE(reader.add_proof(log.text(2)).has_value());
    auto other = version_of(1);
    other.signature_hash.bytes[31] = 1;
    EXPECT_EQ(ok(reader.index_of_version(other)), std::nullopt);
    EXPECT_EQ(ok(reader.index_of_record(revocation(5))), std::nullopt);
    trust::RegistryRecord registration;
    registration.facts = trust::RegistryExpiry{};
    EXPECT_EQ(ok(reader.index_of_record(registration)), std::nullopt) << "none that is logged";
}

TEST(LogOrderReader, RefusesWhatOrdersNothing) {
    const Log log(some_entries());
    LogOrderReader reader(policy_of(log));
    LogProof bare = log.proof(0, 5);
    bare.extra.reset();
    EXPECT_EQ(detail_of(reader.add_proof(bare.str())), "proof_without_entry");
    EXPECT_EQ(detail_of(reader.add_proof(log.text(1))), "proof_of_other_kind");
    EXPECT_EQ(
        refusal(reader.add_proof(log.text(1))),
        "Invalid file format: proof: its entry is of kind dsse_envelope, and neither what is asked "
        "about nor a record that begins or ends an epoch");
    const Log short_one({make_entry(EntryKind::version_attestation, 1, as_bytes("short"))});
    EXPECT_EQ(detail_of(reader.add_proof(short_one.text(0))), "proof_of_other_kind");
    EXPECT_EQ(detail_of(reader.add_proof("")), "proof_bad_line");
    EXPECT_EQ(ok(reader.index_of_version(version_of(1))), std::nullopt);
}

TEST(LogOrderReader, AProofMustLeadToItsCheckpoint) {
    const Log log(some_entries());
    LogOrderReader reader(policy_of(log));
    LogProof of_another = log.proof(0, 5);
    of_another.extra = entry_of(version_of(9));
    EXPECT_EQ(detail_of(reader.add_proof(of_another.str())), "proof_other_root");
    LogProof moved = log.proof(0, 5);
    moved.index = 1;
    EXPECT_EQ(detail_of(reader.add_proof(moved.str())), "proof_other_root");
    const Log strangers(some_entries(), "log", 2);
    EXPECT_EQ(detail_of(reader.add_proof(strangers.text(0))), "note_not_signed");
    EXPECT_EQ(ok(reader.index_of_version(version_of(1))), std::nullopt);
}

TEST(LogOrderReader, TwoLogsHaveNoOrder) {
    const Log one(some_entries());
    const Log two(some_entries(), "other", 2);
    LogOrderReader reader(ok(LogPolicy::parse("log " + one.signer().key().text() + "\nlog " +
                                              two.signer().key().text() + "\nquorum none\n")));
    ASSERT_TRUE(reader.add_proof(one.text(0)).has_value());
    EXPECT_EQ(detail_of(reader.add_proof(two.text(2))), "proof_of_other_log");
    EXPECT_EQ(ok(reader.index_of_record(revocation())), std::nullopt);
}

TEST(LogOrderReader, TwoRootsOfOneSizeAreAFork) {
    const Log log(some_entries());
    std::vector<Bytes> others = some_entries();
    others[1] = filler_entry(2);
    const Log fork(others);
    LogOrderReader reader(policy_of(log));
    ASSERT_TRUE(reader.add_proof(log.text(0)).has_value());
    EXPECT_EQ(detail_of(reader.add_proof(fork.text(2))), "log_forked");
    EXPECT_EQ(refusal(reader.add_proof(fork.text(2))),
              "Invalid file format: the log log has forked: two checkpoints of 5 entries have "
              "different roots");
    EXPECT_EQ(ok(reader.index_of_record(revocation())), std::nullopt);
}

TEST(LogOrderReader, TwoEntriesAtOneIndexAreAFork) {
    const Log log(some_entries());
    std::vector<Bytes> others = some_entries();
    others[0] = entry_of(version_of(8));
    others.push_back(filler_entry(3));
    const Log fork(others);
    LogOrderReader reader(policy_of(log));
    ASSERT_TRUE(reader.add_proof(log.text(0)).has_value());
    EXPECT_EQ(detail_of(reader.add_proof(fork.text(0))), "log_forked");
}

TEST(LogOrderReader, CheckpointsOfDifferentSizesGoTogether) {
    const Log log(some_entries());
    LogOrderReader reader(policy_of(log));
    ASSERT_TRUE(reader.add_proof(log.proof(0, 1).str()).has_value());
    ASSERT_TRUE(reader.add_proof(log.proof(2, 4).str()).has_value());
    EXPECT_EQ(ok(reader.index_of_version(version_of(1))), 0U);
    EXPECT_EQ(ok(reader.index_of_record(revocation())), 2U);
}

TEST(LogOrderReader, WhatThePolicyAsksForIsAskedOfEachProof) {
    const Log log(some_entries());
    const NoteSigner witness = signer_of("witness", NoteKeyType::ed25519_cosignature, 3);
    LogOrderReader reader(ok(LogPolicy::parse("log " + log.signer().key().text() + "\nwitness w " +
                                              witness.key().text() + "\nquorum w\n")));
    EXPECT_EQ(detail_of(reader.add_proof(log.text(0))), "policy_no_quorum");
    LogProof cosigned = log.proof(0, 5);
    Note note = ok(Note::parse(cosigned.checkpoint));
    note.signatures.push_back(ok(witness.sign(note.text, 1'700'000'000)));
    cosigned.checkpoint = note.str();
    EXPECT_TRUE(reader.add_proof(cosigned.str()).has_value());
}

// --- A log that lies here ------------------------------------------------------------------------

class LogHere : public ::testing::Test {
  protected:
    void make(const std::vector<Bytes>& entries) {
        const NoteSigner signer = signer_of("log", NoteKeyType::ed25519, 1);
        ASSERT_TRUE(create_log(env, "/log", {&signer, 1}).has_value());
        append(entries);
    }

    void append(const std::vector<Bytes>& entries) {
        auto writer = ok(LogWriter::open(env, "/log", {signer_of("log", NoteKeyType::ed25519, 1)},
                                         {.indexing = LogIndexing::none}));
        const std::vector<ByteView> views(entries.begin(), entries.end());
        ASSERT_TRUE(writer->append(views).has_value());
    }

    MemoryEnv env;
    Log known{some_entries()};
};

TEST_F(LogHere, IsLookedUpWhereNoProofSays) {
    make({entry_of(version_of(1)), filler_entry(1), *entry_of(revocation())});
    LogOrderReader reader(policy_of(known));
    ASSERT_TRUE(reader.add_log(env, "/log").has_value());
    EXPECT_EQ(ok(reader.index_of_version(version_of(1))), 0U);
    EXPECT_EQ(ok(reader.index_of_record(revocation())), 2U);
    EXPECT_EQ(ok(reader.index_of_version(version_of(2))), std::nullopt);
    append({entry_of(version_of(2))});
    EXPECT_EQ(ok(reader.index_of_version(version_of(2))), std::nullopt)
        << "the checkpoint is that of the beginning";
}

TEST_F(LogHere, SaysHowItWasAtWhatSize) {
    LogOrderReader reader(policy_of(known));
    EXPECT_EQ(reader.origin(), "");
    EXPECT_EQ(reader.size(), 0U);
    EXPECT_EQ(ok(reader.root_at(2)), std::nullopt);
    ASSERT_TRUE(reader.add_proof(known.proof(0, 5).str()).has_value());
    EXPECT_EQ(reader.origin(), "log");
    EXPECT_EQ(reader.size(), 5U);
    EXPECT_EQ(ok(reader.root_at(5)), known.tree().root(5));
    EXPECT_EQ(ok(reader.root_at(2)), std::nullopt) << "no proof leads there";
    const auto entries = some_entries();
    make({entries.begin(), entries.begin() + 3});
    ASSERT_TRUE(reader.add_log(env, "/log").has_value());
    EXPECT_EQ(ok(reader.root_at(2)), known.tree().root(2));
    EXPECT_EQ(ok(reader.root_at(4)), std::nullopt) << "longer than the log is here";
    EXPECT_EQ(reader.size(), 5U);
}

TEST_F(LogHere, MustBeOneThatThePolicyAccepts) {
    make({entry_of(version_of(1))});
    LogOrderReader reader(policy_of(Log({}, "log", 2)));
    EXPECT_EQ(detail_of(reader.add_log(env, "/log")), "note_not_signed");
    LogOrderReader nowhere(policy_of(known));
    EXPECT_FALSE(nowhere.add_log(env, "/none").has_value());
}

TEST_F(LogHere, AndItsProofsAreOfOneLog) {
    std::vector<Bytes> entries = some_entries();
    entries.pop_back();
    make(entries);
    LogOrderReader reader(policy_of(known));
    ASSERT_TRUE(reader.add_log(env, "/log").has_value());
    EXPECT_TRUE(reader.add_proof(known.proof(0, 3).str()).has_value());
    EXPECT_TRUE(reader.add_proof(known.text(4)).has_value()) << "longer than the log is here";
    EXPECT_EQ(ok(reader.index_of_record(revocation())), 2U) << "the lower one";
    entries[1] = filler_entry(2);
    const Log fork(entries);
    EXPECT_EQ(detail_of(reader.add_proof(fork.proof(0, 3).str())), "log_forked");
    LogOrderReader other_way(policy_of(known));
    ASSERT_TRUE(other_way.add_proof(fork.proof(0, 3).str()).has_value());
    EXPECT_EQ(detail_of(other_way.add_log(env, "/log")), "log_forked");
}

}  // namespace
}  // namespace aion::tlog
