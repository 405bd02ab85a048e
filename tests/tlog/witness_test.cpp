// SPDX-License-Identifier: MIT OR Apache-2.0
// The statuses are those of c2sp.org/tlog-witness.
#include "aion/tlog/witness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aion/base/hex.hpp"
#include "aion/base/memory_env.hpp"
#include "tlog/small_log.hpp"

namespace aion::tlog::test {
namespace {

using supply::ServedAnswer;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t ns_per_s = 1'000'000'000;

class WitnessTest : public testing::Test {
  protected:
    WitnessTest() { set_time(1'700'000'000); }

    void set_time(std::uint64_t seconds) { env.set_now(Timestamp{seconds * ns_per_s}); }

    [[nodiscard]] std::unique_ptr<Witness> make() {
        return ok(Witness::make(env, {log.key()}, {cosigner}, memory,
                                [this](const Error& error) { errors.push_back(error.message()); }));
    }

    ServedAnswer add(const std::string& body) { return make()->add_checkpoint(body); }

    // The time of a genuine cosignature on the log's checkpoint of that size.
    [[nodiscard]] std::uint64_t time_of(const ServedAnswer& answer, std::uint64_t size) const {
        const auto note = ok(Note::parse(log.checkpoint_at(size).text() + "\n" + answer.body));
        const auto verdict = ok(verify_note(note, cosigner.key()));
        EXPECT_TRUE(verdict.signed_by_key);
        return verdict.time.value_or(0);
    }

    [[nodiscard]] std::optional<std::uint64_t> seen_size() const {
        if (memory.seen.empty()) {
            return std::nullopt;
        }
        return ok(Checkpoint::parse(ok(Note::parse(memory.seen.begin()->second.note)).text)).size;
    }

    MemoryEnv env;
    SmallLog log{20};
    NoteSigner cosigner = signer_of(witness_name, NoteKeyType::ed25519_cosignature, witness_key);
    ForgetfulMemory memory;
    std::vector<std::string> errors;
};

TEST_F(WitnessTest, CosignsWhatContinuesWhatItHasSeen) {
    for (const auto& [before, size] : {std::pair<std::uint64_t, std::uint64_t>{0, 0},
                                       {0, 3},
                                       {3, 3},
                                       {3, 8},
                                       {8, 13},
                                       {13, 20}}) {
        const ServedAnswer answer = add(log.request(before, size));
        ASSERT_EQ(answer.status, 200) << size << answer.body;
        EXPECT_THAT(answer.body, StartsWith("— witness.example/w1 "));
        EXPECT_EQ(time_of(answer, size), 1'700'000'000);
        EXPECT_EQ(seen_size(), size);
    }
    EXPECT_TRUE(errors.empty());
}

TEST_F(WitnessTest, ADifferentSizeThanItHasSeenIsAConflictThatSaysWhich) {
    ASSERT_EQ(add(log.request(0, 8)).status, 200);
    for (const std::uint64_t old : {0U, 3U, 7U, 9U}) {
        const ServedAnswer answer = add(log.request(old, 13));
        EXPECT_EQ(answer.status, 409);
        EXPECT_EQ(answer.body, "8\n");
        EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    }
    // Also one that would go back, which its old size may not say.
    EXPECT_EQ(add(log.request(3, 3)).status, 409);
    EXPECT_EQ(add(witness_request(8, {}, log.note_at(3))).status, 400);
    EXPECT_EQ(seen_size(), 8);
}

TEST_F(WitnessTest, NeitherAForkNorARollbackIsCosigned) {
    ASSERT_EQ(add(log.request(0, 8)).status, 200);
    SmallLog fork(7);
    fork.append("another");
    for (int i = 8; i < 20; ++i) {
        fork.append("entry " + std::to_string(i));
    }
    EXPECT_EQ(add(fork.request(8, 8)).status, 422);
    EXPECT_EQ(add(fork.request(8, 13)).status, 422);
    const auto proof = ok(log.tree.consistency_path(8, 13));
    EXPECT_EQ(add(witness_request(8, proof, fork.note_at(13))).status, 422);
    EXPECT_EQ(seen_size(), 8);
    EXPECT_EQ(add(log.request(8, 13)).status, 200);
}

TEST_F(WitnessTest, AProofIsExactlyWhatTheSizesNeed) {
    auto proof = ok(log.tree.consistency_path(3, 13));
    EXPECT_EQ(add(witness_request(0, proof, log.note_at(13))).status, 422);
    ASSERT_EQ(add(log.request(0, 3)).status, 200);
    EXPECT_EQ(add(witness_request(3, {}, log.note_at(13))).status, 422);
    EXPECT_EQ(add(witness_request(3, {{proof.front()}}, log.note_at(3))).status, 422);
    auto longer = proof;
    longer.push_back(proof.back());
    EXPECT_EQ(add(witness_request(3, longer, log.note_at(13))).status, 422);
    proof.front().bytes[0] ^= 1U;
    EXPECT_EQ(add(witness_request(3, proof, log.note_at(13))).status, 422);
    EXPECT_EQ(seen_size(), 3);
}

TEST_F(WitnessTest, AnEmptyLogHasTheRootOfNone) {
    const Checkpoint wrong{.origin = small_log_name, .size = 0, .root = log.tree.root(1)};
    EXPECT_EQ(add(witness_request(0, {}, signed_note(wrong.text(), {{log.signer()}}))).status, 422);
}

TEST_F(WitnessTest, WhatIsNotSignedByTheLogIsForbidden) {
    const std::string text = log.checkpoint_at(3).text();
    const NoteSigner stranger = signer_of(small_log_name, NoteKeyType::ed25519, 0x77);
    const auto asked = [&](const std::vector<Signing>& signers) {
        return add(witness_request(0, {}, signed_note(text, signers))).status;
    };
    EXPECT_EQ(asked({{stranger}}), 403);
    EXPECT_EQ(asked({{cosigner, 5}}), 403);
    EXPECT_EQ(asked({{stranger}, {log.signer()}}), 200);
    // In the name of the log's key, but of another text.
    Note wrong{.text = text, .signatures = {ok(log.signer().sign("log.example/one\n4\n\n"))}};
    EXPECT_EQ(add(witness_request(0, {}, wrong.str())).status, 403);
    wrong.signatures.push_back(ok(log.signer().sign(text)));
    EXPECT_EQ(add(witness_request(0, {}, wrong.str())).status, 403);
}

TEST_F(WitnessTest, ALogThatItDoesNotKnowIsNotFound) {
    SmallLog other(0, "log.example/two");
    EXPECT_EQ(add(other.request(0, 0)).status, 404);
    // Whoever signs it: the name decides.
    EXPECT_EQ(
        add(witness_request(0, {}, signed_note(other.checkpoint_at(0).text(), {{log.signer()}})))
            .status,
        404);
}

TEST_F(WitnessTest, WhatIsMalformedIsABadRequest) {
    const std::string good = log.request(0, 3);
    ASSERT_EQ(add(good).status, 200);
    memory.seen.clear();
    for (const std::string& bad :
         {std::string(), std::string("\n"), good.substr(1), with(good, "old 0\n", "old 00\n"),
          with(good, "old 0\n", "old -1\n"), with(good, "old 0\n", "old\n"),
          with(good, "old 0\n", "old 0 \n"), with(good, "old 0\n", "old 18446744073709551616\n"),
          with(good, "old 0\n", "old 9223372036854775808\n"), with(good, "old 0\n\n", "old 0\n"),
          with(good, "old 0\n", "old 0\nAAAA\n"), with(good, "old 0\n", "old 0\r\n"),
          with(good, "\n3\n", "\n03\n"), with(good, "— ", "- "), good.substr(0, good.size() - 1),
          with(good, "\n3\n", "\n3\n\xff\n"), std::string(max_witness_request + 1, 'a')}) {
        EXPECT_EQ(add(bad).status, 400) << bad.substr(0, 100);
    }
    std::string many = "old 1\n";
    for (std::size_t i = 0; i <= max_witness_proof; ++i) {
        many += "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    }
    EXPECT_EQ(add(many + "\n" + log.note_at(3)).status, 400);
    EXPECT_TRUE(memory.seen.empty());
}

TEST_F(WitnessTest, NothingIsSaidThatIsNotKept) {
    ASSERT_EQ(add(log.request(0, 3)).status, 200);
    memory.fails_to_advance = error_at_path(ErrorCode::file_write_error, "memory", ENOSPC);
    const ServedAnswer answer = add(log.request(3, 8));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, "the witness failed\n");
    EXPECT_THAT(errors, testing::ElementsAre(HasSubstr("memory")));
    EXPECT_EQ(seen_size(), 3);
    memory.fails_to_advance.reset();
    memory.fails_to_find = true;
    EXPECT_EQ(add(log.request(3, 8)).status, 500);
    memory.fails_to_find = false;
    EXPECT_EQ(add(log.request(3, 8)).status, 200);
}

TEST_F(WitnessTest, WhoeverIsOvertakenGetsNoCosignature) {
    ASSERT_EQ(add(log.request(0, 3)).status, 200);
    memory.meanwhile = [&] { ASSERT_EQ(add(log.request(3, 13)).status, 200); };
    const ServedAnswer answer = add(log.request(3, 8));
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, testing::Not(HasSubstr("—")));
    EXPECT_EQ(seen_size(), 13);
    EXPECT_EQ(add(log.request(3, 8)).body, "13\n");
}

TEST_F(WitnessTest, WhoeverLostTheAnswerAsksAgain) {
    const ServedAnswer first = add(log.request(0, 3));
    set_time(1'700'000'100);
    EXPECT_EQ(add(log.request(0, 3)).status, 409);
    EXPECT_EQ(time_of(add(log.request(3, 3)), 3), 1'700'000'100);
    EXPECT_EQ(time_of(first, 3), 1'700'000'000);
}

TEST_F(WitnessTest, AClockThatJumpsBackGivesNoEarlierTime) {
    ASSERT_EQ(add(log.request(0, 3)).status, 200);
    set_time(1'700'000'000 - max_clock_step);
    EXPECT_EQ(time_of(add(log.request(3, 3)), 3), 1'700'000'000);
    set_time(1'700'000'000 - max_clock_step - 1);
    const ServedAnswer answer = add(log.request(3, 8));
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("601 seconds"));
    EXPECT_EQ(seen_size(), 3);
    set_time(1'700'000'001);
    EXPECT_EQ(time_of(add(log.request(3, 8)), 8), 1'700'000'001);
}

TEST_F(WitnessTest, AClockThatWasNeverSetGivesNoTimeOfZero) {
    set_time(0);
    EXPECT_EQ(time_of(add(log.request(0, 3)), 3), 1);
}

TEST_F(WitnessTest, ServesWhatItCosignedLast) {
    const auto witness = make();
    const std::string path =
        "/" + to_hex(crypto::sha256(as_bytes(std::string_view(small_log_name)))) + "/checkpoint";
    const auto get = [&](const std::string& target, const std::string& method = "GET") {
        return witness->answer({{{.method = method, .target = target}}}).front();
    };
    EXPECT_EQ(get(path).status, 404);
    const NoteSigner stranger = signer_of("stranger", NoteKeyType::ed25519, 0x77);
    const std::string note = signed_note(log.checkpoint_at(3).text(), {{stranger}, {log.signer()}});
    const std::string body = witness_request(0, {}, note);
    const std::vector<supply::ServedRequest> both = {
        {.method = "POST", .target = "/add-checkpoint", .body = body},
        {.method = "GET", .target = path}};
    const auto answers = witness->answer(both);
    ASSERT_EQ(answers[0].status, 200);
    ASSERT_EQ(answers[1].status, 200);
    // The log's signatures and its own, and nobody else's.
    EXPECT_EQ(answers[1].body, log.note_at(3) + answers[0].body);
    EXPECT_EQ(get(path, "HEAD").status, 200);
    EXPECT_EQ(get(path, "POST").status, 405);
    EXPECT_EQ(get("/add-checkpoint").status, 405);
    for (const std::string& nowhere :
         {std::string("/"), std::string("/checkpoint"), std::string("//checkpoint"), path + "/",
          path.substr(1), std::string("/../checkpoint"), "/" + std::string(64, 'A') + "/checkpoint",
          "/" + std::string(64, '0') + "/checkpoint"}) {
        EXPECT_EQ(get(nowhere).status, 404) << nowhere;
    }
    EXPECT_EQ(witness->max_body({.method = "POST", .target = "/add-checkpoint"}),
              max_witness_request);
    EXPECT_EQ(witness->max_body({.method = "POST", .target = "/other"}), 0);
}

TEST_F(WitnessTest, WhatItRemembersOfAnotherLogIsNotUsed) {
    ASSERT_EQ(add(log.request(0, 3)).status, 200);
    memory.seen.begin()->second.note = SmallLog(0, "log.example/two").note();
    EXPECT_EQ(add(log.request(3, 8)).status, 500);
    memory.seen.begin()->second.note = "nonsense";
    EXPECT_EQ(add(log.request(3, 8)).status, 500);
    EXPECT_EQ(errors.size(), 2);
}

TEST_F(WitnessTest, CosignsWithMlDsaToo) {
    if (!crypto::check_ml_dsa_44()) {
        GTEST_SKIP() << "libcrypto has no ML-DSA";
    }
    const auto key = ok(crypto::MlDsa44Key::from_seed(Bytes(32, 7)));
    const NoteSigner second = ok(NoteSigner::make(witness_name, key, env));
    const auto witness = ok(Witness::make(env, {log.key()}, {cosigner, second}, memory));
    const ServedAnswer answer = witness->add_checkpoint(log.request(0, 3));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto note = ok(Note::parse(log.checkpoint_at(3).text() + "\n" + answer.body));
    ASSERT_EQ(note.signatures.size(), 2);
    EXPECT_EQ(ok(verify_note(note, second.key())).time, 1'700'000'000);
    EXPECT_EQ(ok(verify_note(note, cosigner.key())).time, 1'700'000'000);
}

TEST_F(WitnessTest, IsMadeOfKeysThatCanBeWhatTheyAreGivenFor) {
    const auto refused = [&](std::vector<NoteKey> logs, std::vector<NoteSigner> signers) {
        const auto made = Witness::make(env, std::move(logs), std::move(signers), memory);
        return !made && made.error().code() == ErrorCode::invalid_argument;
    };
    EXPECT_TRUE(refused({}, {cosigner}));
    EXPECT_TRUE(refused({log.key()}, {}));
    EXPECT_TRUE(refused({cosigner.key()}, {cosigner}));
    EXPECT_TRUE(refused({log.key()}, {log.signer()}));
}

}  // namespace
}  // namespace aion::tlog::test
