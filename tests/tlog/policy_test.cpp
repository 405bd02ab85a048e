// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using test::detail_of;
using test::key_text;
using test::ok;
using test::refusal;
using test::signed_note;
using test::signer_of;
using test::Signing;
using test::vector_text;
using test::with;

// A log and five witnesses, all with Ed25519.
class Policies : public ::testing::Test {
  protected:
    static NoteSigner log() { return signer_of("log", NoteKeyType::ed25519, 1); }

    static NoteSigner witness(std::uint8_t number) {
        return signer_of("witness-" + std::to_string(number), NoteKeyType::ed25519_cosignature,
                         static_cast<std::uint8_t>(10 + number));
    }

    static std::string text() {
        return with(vector_text("text"), "log.example/behind-the-sofa", "log");
    }

    static LogPolicy policy(const std::string& groups) {
        std::string all = "log " + log().key().text() + "\n";
        for (std::uint8_t i = 1; i <= 5; ++i) {
            all += "witness W" + std::to_string(i) + " " + witness(i).key().text() + "\n";
        }
        return ok(LogPolicy::parse(all + groups));
    }

    // A note of the log with cosignatures of these, the time of each 100 times its number.
    static std::string seen_by(const std::vector<std::uint8_t>& numbers) {
        std::vector<Signing> signers{{log()}};
        for (const std::uint8_t number : numbers) {
            signers.push_back({witness(number), std::uint64_t{100} * number});
        }
        return signed_note(text(), signers);
    }

    static std::vector<std::uint8_t> all() { return {1, 2, 3, 4, 5}; }
};

TEST_F(Policies, AcceptWhatTheLogSignsWhereNobodyElseIsNeeded) {
    for (const LogPolicy& one : {LogPolicy::of(log().key()), policy("quorum none\n")}) {
        const auto accepted = ok(one.judge(seen_by({})));
        EXPECT_EQ(accepted.checkpoint.text(), text());
        EXPECT_EQ(accepted.log, log().key());
        EXPECT_EQ(accepted.witnesses, std::vector<std::string>());
        EXPECT_EQ(accepted.time, std::nullopt);
        EXPECT_FALSE(one.needs_witnesses());
    }
    // Those who cosigned are named all the same.
    const auto accepted = ok(policy("quorum none\n").judge(seen_by({3, 1})));
    EXPECT_EQ(accepted.witnesses, (std::vector<std::string>{"W1", "W3"}));
    EXPECT_EQ(accepted.time, std::nullopt);
}

TEST_F(Policies, NeedAWitness) {
    const LogPolicy one = policy("quorum W2\n");
    EXPECT_EQ(ok(one.judge(seen_by({2}))).time, 200U);
    EXPECT_EQ(detail_of(one.judge(seen_by({}))), "policy_no_quorum");
    EXPECT_EQ(detail_of(one.judge(seen_by({1, 3, 4, 5}))), "policy_no_quorum");
    EXPECT_NE(refusal(one.judge(seen_by({1, 3}))).find("W1, W3"), std::string::npos);
    EXPECT_NE(refusal(one.judge(seen_by({}))).find("nobody"), std::string::npos);
}

TEST_F(Policies, NeedSomeOfAGroup) {
    const LogPolicy any = policy("group G any W1 W2 W3\nquorum G\n");
    const LogPolicy two = policy("group G 2 W1 W2 W3\nquorum G\n");
    const LogPolicy every = policy("group G all W1 W2 W3\nquorum G\n");
    EXPECT_EQ(detail_of(any.judge(seen_by({4, 5}))), "policy_no_quorum");
    EXPECT_TRUE(any.judge(seen_by({3})));
    EXPECT_EQ(detail_of(two.judge(seen_by({3, 4, 5}))), "policy_no_quorum");
    EXPECT_TRUE(two.judge(seen_by({3, 1})));
    EXPECT_EQ(detail_of(every.judge(seen_by({1, 2, 4, 5}))), "policy_no_quorum");
    EXPECT_TRUE(every.judge(seen_by({1, 2, 3})));
}

TEST_F(Policies, NeedGroupsOfGroups) {
    const LogPolicy one =
        policy("group X 2 W1 W2 W3\ngroup Y any W4 W5\ngroup both all X Y\nquorum both\n");
    EXPECT_TRUE(one.judge(seen_by({1, 3, 5})));
    EXPECT_EQ(detail_of(one.judge(seen_by({1, 2, 3}))), "policy_no_quorum");
    EXPECT_EQ(detail_of(one.judge(seen_by({1, 4, 5}))), "policy_no_quorum");
}

// Whoever signs twice counts once.
TEST_F(Policies, CountEachWitnessOnce) {
    const LogPolicy two = policy("group G 2 W1 W2 W3\nquorum G\n");
    EXPECT_EQ(detail_of(two.judge(seen_by({1, 1, 1}))), "policy_no_quorum");
}

TEST_F(Policies, SayWhenAQuorumHadSeenIt) {
    // Two of those three at 200 or later; the third only makes it later.
    const LogPolicy two = policy("group G 2 W1 W2 W3\nquorum G\n");
    EXPECT_EQ(ok(two.judge(seen_by({1, 2, 3}))).time, 200U);
    EXPECT_EQ(ok(two.judge(seen_by({1, 3}))).time, 100U);
    EXPECT_EQ(ok(policy("group G any W1 W2 W3\nquorum G\n").judge(seen_by({1, 2}))).time, 200U);
    EXPECT_EQ(ok(policy("group G all W3 W2 W5\nquorum G\n").judge(seen_by(all()))).time, 200U);
    const LogPolicy nested =
        policy("group X any W1 W2\ngroup Y all W4 W5\ngroup both all X Y\nquorum both\n");
    EXPECT_EQ(ok(nested.judge(seen_by(all()))).time, 200U);
    // One who gives no time says nothing of it.
    const std::string timeless = signed_note(text(), {{log()}, {witness(1), 0}});
    EXPECT_EQ(ok(policy("quorum W1\n").judge(timeless)).time, std::nullopt);
    EXPECT_EQ(ok(policy("quorum W1\n").judge(timeless)).witnesses.size(), 1U);
}

TEST_F(Policies, RefuseWhatNoLogHasSigned) {
    const LogPolicy one = policy("quorum W1\n");
    EXPECT_EQ(detail_of(one.judge(signed_note(text(), {{witness(1), 1}}))), "note_not_signed");
    EXPECT_EQ(detail_of(one.judge(vector_text("note"))), "note_not_signed");
    EXPECT_EQ(detail_of(ok(LogPolicy::parse("quorum none\n")).judge(seen_by({}))),
              "note_not_signed");
    // A cosignature with the key of the log is none of the log.
    const NoteSigner cosigner = signer_of("log", NoteKeyType::ed25519_cosignature, 1);
    EXPECT_EQ(detail_of(one.judge(signed_note(text(), {{cosigner, 1}, {witness(1), 1}}))),
              "note_not_signed");
}

TEST_F(Policies, RefuseASignatureThatIsNotGenuineWhoeverElseSigned) {
    const LogPolicy one = policy("group G any W1 W2\nquorum G\n");
    for (const std::size_t which : {0U, 1U, 2U}) {
        Note note = ok(Note::parse(seen_by({1, 2})));
        note.signatures[which].signature.back() ^= 1U;
        EXPECT_EQ(detail_of(one.judge(note.str())), "note_wrong_signature") << which;
    }
    // Nor is a witness's that the policy does not ask for; but a stranger's is passed over.
    Note note = ok(Note::parse(seen_by({1, 5})));
    note.signatures[2].signature.back() ^= 1U;
    EXPECT_EQ(detail_of(one.judge(note.str())), "note_wrong_signature");
    note.signatures[2].name = "stranger";
    EXPECT_TRUE(one.judge(note.str()));
}

TEST_F(Policies, RefuseTheCheckpointOfAnotherLog) {
    const std::string other = with(text(), "log\n", "other\n");
    EXPECT_EQ(detail_of(policy("quorum none\n").judge(signed_note(other, {{log()}}))),
              "checkpoint_other_origin");
    EXPECT_EQ(detail_of(policy("quorum none\n").judge(signed_note("log\nno\n", {{log()}}))),
              "checkpoint_bad_line");
    EXPECT_EQ(detail_of(policy("quorum none\n").judge(text())), "note_no_signature");
}

TEST_F(Policies, AcceptAnyOfTheLogsUnderItsOwnName) {
    const NoteSigner newer = signer_of("log", NoteKeyType::ed25519, 2);
    const NoteSigner other = signer_of("other", NoteKeyType::ed25519, 3);
    const LogPolicy one =
        ok(LogPolicy::parse("log " + log().key().text() + "\nlog " + newer.key().text() + "\nlog " +
                            other.key().text() + "\nquorum none\n"));
    EXPECT_EQ(ok(one.judge(signed_note(text(), {{newer}}))).log, newer.key());
    EXPECT_EQ(ok(one.judge(signed_note(text(), {{newer}, {log()}}))).log, log().key());
    EXPECT_EQ(ok(one.judge(signed_note(text(), {{other}, {newer}}))).log, newer.key());
    EXPECT_EQ(detail_of(one.judge(signed_note(text(), {{other}}))), "checkpoint_other_origin");
}

TEST(PoliciesWithMlDsa, JudgeTheNoteThatGoWrites) {
    if (!crypto::backend().has_ml_dsa) {
        GTEST_SKIP() << "this libcrypto has no ML-DSA";
    }
    const auto accepted =
        ok(ok(LogPolicy::parse("log " + key_text(test::the_log_again) + "\nlog " +
                               key_text(test::the_log) + "\nwitness W1 " +
                               key_text(test::first_witness) + "\nwitness W2 " +
                               key_text(test::second_witness) + "\ngroup G all W1 W2\nquorum G\n"))
               .judge(vector_text("note")));
    EXPECT_EQ(accepted.checkpoint.size, 5U);
    EXPECT_EQ(accepted.witnesses.size(), 2U);
    EXPECT_EQ(accepted.log.text(), key_text(test::the_log_again));
    EXPECT_EQ(accepted.time,
              test::note_vectors()["times"]["witness.example/w2"].get<std::uint64_t>());
}

}  // namespace
}  // namespace aion::tlog
