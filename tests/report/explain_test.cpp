// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "aion/base/hex.hpp"
#include "support/chain_world.hpp"
#include "support/world.hpp"

namespace aion::report {
namespace {

using aion::test::public_of;
using policy::Reason;
using policy::test::alice;
using policy::test::bob;
using policy::test::start;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint8_t next_key = 0x33;

// Versions 1 and 3 by alice, 2 by bob.
class ExplainTest : public policy::test::World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("one");
        must_commit("two", "second", bob);
        must_commit("three", "third");
        file = content();
    }

    format::HeaderRecord& header() { return *reinterpret_cast<format::HeaderRecord*>(file.data()); }

    format::SignatureRecord& signature(std::size_t i) {
        return *reinterpret_cast<format::SignatureRecord*>(
            file.data() + header().signatures.offset + i * sizeof(format::SignatureRecord));
    }

    format::VersionRecord& version(std::size_t i) {
        return *reinterpret_cast<format::VersionRecord*>(file.data() + header().versions.offset +
                                                         i * sizeof(format::VersionRecord));
    }

    void rotate(std::uint64_t from_version) {
        const auto record =
            trust::sign(trust::RotationRecord{.author = alice,
                                              .from_epoch = Epoch{0},
                                              .to_epoch = Epoch{1},
                                              .to_public_key = public_of(next_key),
                                              .effective_from = VersionNumber{from_version},
                                              .master_signature = {}},
                        aion::test::key_of(aion::test::masters));
        ASSERT_TRUE(registry.apply(*record));
    }

    void revoke(std::uint32_t epoch, std::uint64_t from_version) {
        const auto record =
            trust::sign(trust::RevocationRecord{.author = alice,
                                                .epoch = Epoch{epoch},
                                                .reason = trust::RevocationReason::compromised,
                                                .effective_from = VersionNumber{from_version},
                                                .master_signature = {}},
                        aion::test::key_of(aion::test::masters));
        ASSERT_TRUE(registry.apply(*record));
    }

    // Everything that is said of a version, a sentence a line.
    std::string told(std::uint64_t version, policy::Profile profile = policy::Profile::strict) {
        policy::ExamineOptions options;
        options.verify.profile = profile;
        const auto examined = policy::examine(file, registry, start, options);
        last = explain(examined.value(), version - 1);
        std::string text;
        for (const Step& step : last.steps) {
            EXPECT_NE(name_of(step.kind), "unknown");
            text += in_words(step) + "\n";
        }
        if (last.remedy) {
            EXPECT_NE(name_of(last.remedy->kind), "unknown");
            text += "=> " + in_words(*last.remedy) + "\n";
        }
        EXPECT_EQ(text.find('\0'), std::string::npos);
        return text;
    }

    Bytes file;
    Explanation last;
};

std::string key_text(std::uint8_t filler) {
    return to_hex(public_of(filler));
}

TEST_F(ExplainTest, AValidSignatureHasItsChainOfReasons) {
    EXPECT_EQ(told(3), "The registry (fingerprint " + to_hex(registry.fingerprint()) +
                           ") holds author 1001 with master key " + key_text(aion::test::masters) +
                           "\n"
                           "Epoch 0 (key " +
                           key_text(aion::test::alices) +
                           ") is the author's first\n"
                           "Epoch 0 may sign from version 1 on\n"
                           "The signature entry names the key of epoch 0, as it has to\n"
                           "The signature verifies over version 3 with the registry's key\n"
                           "So the signature of version 3 counts\n");
    EXPECT_TRUE(last.counts());
    EXPECT_FALSE(last.remedy);
    EXPECT_EQ(last.version.signer, alice);
}

TEST_F(ExplainTest, AnEpochThatEndedCountsForWhatItMaySign) {
    rotate(3);
    revoke(0, 2);
    const std::string text = told(1);
    EXPECT_THAT(text, HasSubstr("Epoch 0 may sign version 1\n"
                                "Epoch 0 handed over to epoch 1 at version 3\n"
                                "Epoch 0 was revoked (compromised) from version 2 on\n"));
    EXPECT_THAT(text, HasSubstr("So the signature of version 1 counts\n"));
    EXPECT_TRUE(last.counts());
}

TEST_F(ExplainTest, ALaterEpochWasHandedOverTo) {
    rotate(3);
    file = content();
    signature(2).public_key = public_of(next_key);
    const std::string text = told(3);
    EXPECT_THAT(text, HasSubstr("Epoch 1 (key " + key_text(next_key) +
                                ") took over from epoch 0 at version 3\n"
                                "Epoch 1 may sign from version 3 on\n"
                                "The signature entry names the key of epoch 1, as it has to\n"
                                "The signature does not verify over version 3"));
    EXPECT_EQ(last.version.refused, Reason::bad_signature);
}

TEST_F(ExplainTest, TheKeyBeforeTheRightOneIsToldWithTheRightOne) {
    rotate(2);
    revoke(0, 2);
    const std::string text = told(3);
    EXPECT_EQ(last.version.refused, Reason::pubkey_substitution);
    EXPECT_THAT(text, HasSubstr("The signature entry names key " + key_text(aion::test::alices) +
                                ", that of epoch 0\n"));
    EXPECT_THAT(text, HasSubstr("So the signature of version 3 does not count: version 3 by author "
                                "1001 names the key of epoch 0, which handed over to epoch 1 at "
                                "version 2 and was revoked (compromised) from version 2 on"));
    EXPECT_THAT(text, HasSubstr("=> Sign version 3 with epoch 1 (key " + key_text(next_key) +
                                "): have author 1001 commit it again, to a copy that ends with "
                                "version 2\n"));
    EXPECT_EQ(last.remedy->kind, RemedyKind::sign_with_epoch);
    EXPECT_EQ(last.remedy->epoch, Epoch{1});
    EXPECT_FALSE(last.remedy->key_is_nobodys);
}

TEST_F(ExplainTest, AKeyOfNobodyIsNotTakenForANewOne) {
    signature(2).public_key = public_of(next_key);
    const std::string text = told(3);
    EXPECT_EQ(last.version.refused, Reason::pubkey_substitution);
    EXPECT_THAT(text, HasSubstr("which the registry does not hold for the author"));
    EXPECT_THAT(text, HasSubstr("=> The key that a file brings along proves nothing"));
    EXPECT_EQ(last.remedy->epoch, Epoch{0});
    EXPECT_TRUE(last.remedy->key_is_nobodys);
}

TEST_F(ExplainTest, NobodyIsToldToUseARevokedKey) {
    signature(0).public_key = public_of(next_key);
    revoke(0, 2);
    const std::string text = told(1);
    EXPECT_EQ(last.version.refused, Reason::pubkey_substitution);
    EXPECT_EQ(last.remedy->kind, RemedyKind::other_author);
    EXPECT_THAT(text, HasSubstr("It is the turn of epoch 0, which is revoked (compromised) from "
                                "version 2 on: do not sign with its key"));
    EXPECT_FALSE(last.remedy->key);
}

TEST_F(ExplainTest, WithoutAnEpochTheAuthorHasToGetOne) {
    revoke(0, 2);
    const std::string text = told(3);
    EXPECT_EQ(last.version.refused, Reason::no_active_epoch);
    EXPECT_THAT(text, HasSubstr("No key of author 1001 may sign version 3: epoch 0 of author 1001 "
                                "was revoked (compromised) from version 2 on\n"));
    EXPECT_THAT(text, Not(HasSubstr("The signature verifies")));
    EXPECT_THAT(text, HasSubstr("=> Hand author 1001 over to a new key, epoch 1, from version 3 "
                                "on, and commit version 3 again with it, to a copy that ends with "
                                "version 2\n"));
    EXPECT_EQ(last.remedy->kind, RemedyKind::hand_over);
}

TEST_F(ExplainTest, BetweenTwoEpochsAnotherAuthorSigns) {
    rotate(9);
    revoke(0, 2);
    EXPECT_THAT(told(3), HasSubstr("=> Author 1001 cannot get a key for version 3 any more: let "
                                   "another author sign it\n"));
    EXPECT_EQ(last.remedy->kind, RemedyKind::other_author);
}

TEST_F(ExplainTest, AnUnknownAuthorIsNotHeld) {
    registry = trust::Registry();
    const std::string text = told(2);
    EXPECT_THAT(text, HasSubstr(") does not hold author 1002\n"));
    EXPECT_THAT(text, HasSubstr("=> If author 1002 is to be trusted"));
    EXPECT_EQ(last.remedy->kind, RemedyKind::pin_author);
    EXPECT_EQ(last.version.epoch, nullptr);
}

TEST_F(ExplainTest, WhatWasAlteredNeedsAnIntactCopy) {
    signature(1).signature.bytes[0] ^= 1U;
    EXPECT_THAT(told(2), HasSubstr("The signature does not verify over version 2 with the "
                                   "registry's key\n"));
    EXPECT_EQ(last.version.refused, Reason::bad_signature);
    EXPECT_EQ(last.remedy->kind, RemedyKind::take_intact_copy);
    // Whether the key ever signed it, nobody knows.
    EXPECT_THAT(told(2), HasSubstr("=> What the file has is not what the author's key signed, or "
                                   "that key never signed it: take an intact copy"));
    signature(0).author = 5;
    EXPECT_THAT(told(1), HasSubstr("The signature entry is that of author 5\n"));
    EXPECT_EQ(last.version.refused, Reason::author_mismatch);
    EXPECT_EQ(last.remedy->kind, RemedyKind::take_intact_copy);
}

TEST_F(ExplainTest, AMissingSignatureIsSaidToBeMissing) {
    header().signatures.count = 2;
    EXPECT_THAT(told(3), HasSubstr("There is no signature of version 3 in the file\n"));
    EXPECT_EQ(last.version.refused, Reason::signature_missing);
    EXPECT_EQ(last.remedy->kind, RemedyKind::take_intact_copy);
}

TEST_F(ExplainTest, WhatWasNotJudgedIsNotSaidToCount) {
    header().signatures.offset = UINT64_MAX;
    const std::string text = told(1);
    EXPECT_THAT(text, HasSubstr("The signatures of the file were not judged: "));
    EXPECT_THAT(text, Not(HasSubstr("counts")));
    EXPECT_FALSE(last.counts());
}

// The reference's profile stops at an entry that it does not like, wherever the signatures are.
TEST_F(ExplainTest, TheCauseOfWhatWasNotJudgedIsTheReports) {
    signature(1).reserved[0] = 1;
    EXPECT_THAT(
        told(1, policy::Profile::reference),
        HasSubstr("were not judged: signatures: entry 2 has reserved bytes that are not zero\n"));
    file = content();
    version(2).reserved[0] = 1;
    const std::string text = told(1, policy::Profile::reference);
    EXPECT_THAT(
        text, HasSubstr("were not judged: chain: entry 3 has reserved bytes that are not zero\n"));
    EXPECT_EQ(last.steps.back().kind, StepKind::not_judged);
}

// Each of them, so that one that is added is not forgotten.
TEST_F(ExplainTest, EveryReasonOfTheGateHasACauseAndARemedy) {
    const std::vector<std::pair<Reason, std::function<void()>>> cases = {
        {Reason::signature_missing, [&] { header().signatures.count = 0; }},
        {Reason::author_mismatch, [&] { signature(0).author = 5; }},
        {Reason::no_active_epoch, [&] { registry = trust::Registry(); }},
        {Reason::pubkey_substitution, [&] { signature(0).public_key = public_of(next_key); }},
        {Reason::bad_signature, [&] { signature(0).signature.bytes[0] ^= 1U; }},
    };
    std::size_t of_the_gate = 0;
    for (std::size_t i = 0; i < policy::reason_count; ++i) {
        of_the_gate +=
            policy::gate_of(static_cast<Reason>(i)) == policy::Gate::signatures ? 1U : 0U;
    }
    constexpr std::size_t under_a_log = 3;  // ExplainChainTest has those.
    EXPECT_EQ(cases.size() + under_a_log, of_the_gate);
    for (const auto& [reason, change] : cases) {
        file = content();
        change();
        const std::string text = told(1);
        EXPECT_EQ(last.version.refused, reason);
        EXPECT_THAT(text, HasSubstr("So the signature of version 1 does not count: " +
                                    last.version.why + "\n=> "));
        EXPECT_FALSE(last.version.why.empty());
        registry = policy::test::known_registry();
    }
}

// Has every version at one place and every record at another, or nowhere.
class FixedOrder final : public trust::LogOrder {
  public:
    using Place = std::optional<std::uint64_t>;

    FixedOrder(Place version, Place record) : version_(version), record_(record) {}

    Result<Place> index_of_version(const trust::SignedVersion& /*version*/) const override {
        return version_;
    }

    Result<Place> index_of_record(const trust::RegistryRecord& /*record*/) const override {
        return record_;
    }

  private:
    Place version_;
    Place record_;
};

class ExplainChainTest : public policy::test::ChainWorld {
  protected:
    std::string told(ByteView file, const trust::LogOrder* log = nullptr) {
        policy::ExamineOptions options;
        options.verify.log = log;
        const auto examined = policy::examine(file, registry, start, options);
        last = explain(examined.value(), 0);
        std::string text;
        for (const Step& step : last.steps) {
            text += in_words(step) + "\n";
        }
        return text;
    }

    Explanation last;
};

TEST_F(ExplainChainTest, WhereAnEndHoldsIsTold) {
    const Bytes listed = file_of(2, alice_key, "listed");
    const Bytes fresh = file_of(1, alice_key, "fresh");
    say(policy::test::stolen(policy::test::bound(0, {point_of(listed, 2)})));
    EXPECT_THAT(told(listed), HasSubstr("holds alice (1001) with master key"));
    EXPECT_THAT(told(listed), HasSubstr("Epoch 0 was revoked (compromised) from version 3 on of "
                                        "this history, which the record lists\n"));
    const std::string text = told(fresh);
    EXPECT_THAT(text, HasSubstr("Epoch 0 may sign no version\n"
                                "Epoch 0 was revoked (compromised) for every version of a history "
                                "that the record does not list\n"));
    EXPECT_THAT(text, Not(HasSubstr("version 0")));
    EXPECT_EQ(last.version.refused, Reason::no_active_epoch);
}

TEST_F(ExplainChainTest, WhatALogSaysIsTold) {
    const Bytes file = file_of(1, alice_key);
    say(policy::test::stolen(policy::test::bound(0)));
    const FixedOrder before(2, 7);
    const std::string text = told(file, &before);
    EXPECT_THAT(text, HasSubstr("By order of the log, version 1 by alice (1001) has index 2 in the "
                                "log, in front of index 7 of record 4 of the registry (epoch 0 was "
                                "revoked (compromised) for every version of a history that the "
                                "record does not list): it was logged before that\n"
                                "The signature entry names the key of epoch 0, as it has to\n"));
    EXPECT_THAT(text, HasSubstr("So the signature of version 1 counts\n"));
    EXPECT_FALSE(last.remedy.has_value());

    const FixedOrder unknown(std::nullopt, 7);
    EXPECT_THAT(told(file, &unknown), Not(HasSubstr("By order of the log")));
    EXPECT_EQ(last.version.refused, Reason::version_not_logged);
    EXPECT_EQ(last.remedy->kind, RemedyKind::prove_version);
    EXPECT_THAT(in_words(*last.remedy), HasSubstr("If version 1 was logged before the key was "
                                                  "ended, give its proof"));
    const FixedOrder half(2, std::nullopt);
    static_cast<void>(told(file, &half));
    EXPECT_EQ(last.version.refused, Reason::revocation_not_logged);
    EXPECT_EQ(last.remedy->kind, RemedyKind::prove_record);
    EXPECT_EQ(last.remedy->record, 4U);
    EXPECT_THAT(in_words(*last.remedy), HasSubstr("Give the proof that record 4 of the registry"));
    const FixedOrder after(9, 7);
    static_cast<void>(told(file, &after));
    EXPECT_EQ(last.version.refused, Reason::after_revocation);
    EXPECT_EQ(last.remedy->kind, RemedyKind::hand_over);
}

// With another epoch's turn the signature verifies with no key that may sign.
TEST_F(ExplainChainTest, AHandoverThatCameFirstIsTold) {
    const Bytes file = file_of(1, alice_key);
    say(policy::test::handed_over(policy::test::bound(0)));
    const FixedOrder after(9, 7);
    const std::string text = told(file, &after);
    EXPECT_EQ(last.version.refused, Reason::after_revocation);
    EXPECT_THAT(text, HasSubstr(", that of epoch 0\n"));
    EXPECT_THAT(text, Not(HasSubstr("verifies")));
    EXPECT_EQ(last.remedy->kind, RemedyKind::sign_with_epoch);
}

TEST_F(ExplainChainTest, WhoSignsCertainHistoriesOnlyIsNotToldToHandOver) {
    const Bytes inside = file_of(1, alice_key, "inside");
    const Bytes outside = file_of(1, alice_key, "outside");
    say(trust::AuthorScope{.author = alice, .histories = {{point_of(inside, 1)}}});
    EXPECT_THAT(told(outside), HasSubstr("sign certain histories only, and this is none of them"));
    EXPECT_THAT(told(outside), Not(HasSubstr("was revoked")));
    ASSERT_TRUE(last.remedy.has_value());
    EXPECT_EQ(last.remedy->kind, RemedyKind::other_author);
    EXPECT_THAT(told(inside), HasSubstr("So the signature of version 1 counts\n"));
}

}  // namespace
}  // namespace aion::report
