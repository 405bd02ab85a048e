// SPDX-License-Identifier: MIT OR Apache-2.0
// Verdicts by order of a log (VerifyOptions::log): what counts, and what each refusal says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "aion/policy/examine.hpp"
#include "aion/policy/history_cache.hpp"
#include "aion/policy/verify_many.hpp"
#include "aion/trust/log_order.hpp"
#include "support/chain_world.hpp"

namespace aion::policy::test {
namespace {

using testing::HasSubstr;

// Knows what it is told.
class ToldOrder final : public trust::LogOrder {
  public:
    void add(const trust::SignedVersion& version, std::uint64_t index) {
        versions_.emplace_back(version, index);
    }

    void add(const trust::RegistryRecord& record, std::uint64_t index) {
        records_[record.hash()] = index;
    }

    void forget() {
        versions_.clear();
        records_.clear();
    }

    void fail_from_now_on() { fails_ = true; }

    [[nodiscard]] int asked() const { return asked_; }

    Result<std::optional<std::uint64_t>> index_of_version(
        const trust::SignedVersion& version) const override {
        ++asked_;
        if (fails_) {
            return fail(error_at_path(ErrorCode::file_not_found, "/log"));
        }
        for (const auto& [one, index] : versions_) {
            if (one == version) {
                return index;
            }
        }
        return std::nullopt;
    }

    Result<std::optional<std::uint64_t>> index_of_record(
        const trust::RegistryRecord& record) const override {
        const auto found = records_.find(record.hash());
        return found == records_.end() ? std::nullopt : std::optional(found->second);
    }

  private:
    std::vector<std::pair<trust::SignedVersion, std::uint64_t>> versions_;
    std::map<Hash, std::uint64_t> records_;
    bool fails_ = false;
    mutable std::atomic<int> asked_ = 0;
};

class LogOrderTest : public ChainWorld {
  protected:
    [[nodiscard]] VerifyOptions options() const { return {.log = &log}; }

    [[nodiscard]] VerificationReport judged(ByteView file) const {
        return verify(file, registry, start, options());
    }

    // One version of a file, as a log has it.
    [[nodiscard]] trust::SignedVersion logged(ByteView file, std::uint64_t version) const {
        return examine(file, registry, start)->signed_version(version - 1).value();
    }

    [[nodiscard]] const trust::RegistryRecord& last_record() const {
        return registry.chain()->records().back();
    }

    void expect_refused(ByteView file, Reason reason, const std::string& text) const {
        const auto report = judged(file);
        EXPECT_FALSE(report.is_valid());
        ASSERT_NE(report.first(Gate::signatures), nullptr);
        EXPECT_EQ(report.first(Gate::signatures)->reason, reason);
        EXPECT_THAT(report.first(Gate::signatures)->message, HasSubstr(text));
    }

    ToldOrder log;
};

TEST_F(LogOrderTest, WhatWasLoggedBeforeTheRevocationStays) {
    const Bytes ours = file_of(2, alice_key, "ours");
    const Bytes theirs = file_of(1, alice_key, "theirs");
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    log.add(logged(ours, 2), 3);
    log.add(last_record(), 5);
    log.add(logged(theirs, 1), 6);
    EXPECT_FALSE(verify(ours, registry, start).is_valid()) << "without a log";
    const auto report = judged(ours);
    EXPECT_TRUE(report.is_valid()) << report.reason();
    EXPECT_EQ(report.signatures_valid, 2U);
    expect_refused(
        theirs, Reason::after_revocation,
        "version 1 by alice (1001) has index 6 in the log, behind index 5 of record 4 of "
        "the registry (epoch 0 was revoked (compromised) ");
}

TEST_F(LogOrderTest, ABackdatedVersionWithoutAProofIsRefused) {
    const Bytes theirs = file_of(1, alice_key);
    say(stolen(bound(0)));
    log.add(last_record(), 5);
    expect_refused(theirs, Reason::version_not_logged, "is not known to be in the log");
}

TEST_F(LogOrderTest, ARevocationThatIsNotLoggedOrdersNothing) {
    const Bytes ours = file_of(1, alice_key);
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    expect_refused(ours, Reason::revocation_not_logged,
                   "has index 0 in the log, but record 4 of the registry (epoch 0 was revoked");
}

TEST_F(LogOrderTest, TheSameIndexIsNotBefore) {
    const Bytes ours = file_of(1, alice_key);
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 5);
    log.add(last_record(), 5);
    expect_refused(ours, Reason::after_revocation, "");
}

TEST_F(LogOrderTest, ALogThatCannotBeAskedLetsNothingPass) {
    const Bytes ours = file_of(1, alice_key);
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    log.add(last_record(), 5);
    log.fail_from_now_on();
    expect_refused(ours, Reason::version_not_logged, "it could not be asked: ");
}

TEST_F(LogOrderTest, AnotherSignatureOfTheSameTextIsAnotherVersion) {
    const Bytes ours = file_of(1, alice_key);
    say(stolen(bound(0)));
    trust::SignedVersion other = logged(ours, 1);
    other.signature_hash.bytes[0] ^= 1U;
    log.add(other, 0);
    log.add(last_record(), 5);
    expect_refused(ours, Reason::version_not_logged, "");
}

// A forged text with a logged name would be another version; one with a broken signature is no
// better for the log.
TEST_F(LogOrderTest, TheSignatureIsVerifiedAllTheSame) {
    Bytes file = file_of(1, alice_key);
    say(stolen(bound(0)));
    const auto view = format::FileView::parse(file);
    const auto at = view->offset_of(&view->signature_at(0).value()->signature);
    file[at] ^= 1U;
    log.add(logged(file, 1), 0);
    log.add(last_record(), 5);
    expect_refused(file, Reason::bad_signature, "");
}

TEST_F(LogOrderTest, ABoundThatCountsVersionsAsksNoLog) {
    const Bytes file = file_of(3, alice_key);
    say(stolen(bound(2)));
    log.add(logged(file, 2), 0);
    log.add(logged(file, 3), 1);
    log.add(last_record(), 5);
    expect_refused(file, Reason::no_active_epoch, "");
    EXPECT_EQ(log.asked(), 0);
}

// Who lists a history says where it ends.
TEST_F(LogOrderTest, WhatARecordListsEndsWhereItSays) {
    const Bytes file = file_of(4, alice_key);
    say(stolen(bound(0, {point_of(file, 3)})));
    log.add(logged(file, 4), 0);
    log.add(last_record(), 5);
    expect_refused(file, Reason::no_active_epoch, "which the record lists");
}

TEST_F(LogOrderTest, AHandoverForNewFilesIsOrderedLikewise) {
    auto second = key_from(alices_second);
    const Bytes before = file_of(1, alice_key, "before");
    const Bytes after = file_of(1, alice_key, "after");
    const Bytes fresh = file_of(1, second, "fresh");
    say(handed_over(bound(0)));
    log.add(logged(before, 1), 0);
    log.add(last_record(), 1);
    log.add(logged(after, 1), 2);
    EXPECT_TRUE(judged(before).is_valid()) << judged(before).reason();
    EXPECT_TRUE(judged(fresh).is_valid()) << "the new key needs no log";
    expect_refused(after, Reason::after_revocation, "handed over to epoch 1");
    // And a revocation behind it is one more record that has to come later.
    say(stolen(bound(0)));
    expect_refused(before, Reason::revocation_not_logged, "record 5");
    log.add(last_record(), 3);
    EXPECT_TRUE(judged(before).is_valid());
}

TEST_F(LogOrderTest, ATighterBoundDoesNotMoveTheMoment) {
    const Bytes ours = file_of(1, alice_key, "ours");
    const Bytes listed = file_of(1, alice_key, "listed");
    const Bytes theirs = file_of(1, alice_key, "theirs");
    say(stolen(bound(0, {point_of(listed, 1)})));
    log.add(logged(ours, 1), 0);
    log.add(last_record(), 1);
    log.add(logged(theirs, 1), 2);
    say(trust::EndTightening{
        .author = alice, .epoch = Epoch{0}, .end = trust::EpochEnd::revocation, .until = bound(0)});
    log.add(last_record(), 3);
    EXPECT_TRUE(judged(ours).is_valid()) << judged(ours).reason();
    expect_refused(theirs, Reason::after_revocation, "behind index 1 of record 4");
    // Nor does what takes the place of both and leaves as little.
    say(trust::EndExtension{.author = alice,
                            .epoch = Epoch{0},
                            .end = trust::EpochEnd::revocation,
                            .until = bound(0, {point_of(listed, 1)})});
    log.add(last_record(), 4);
    expect_refused(theirs, Reason::after_revocation, "behind index 1 of record 4");
}

TEST_F(LogOrderTest, AnEndThatWasTakenBackCountsFromItsNextTime) {
    const Bytes ours = file_of(1, alice_key, "ours");
    say(stolen(bound(0)));
    log.add(last_record(), 0);
    say(trust::EndExtension{
        .author = alice, .epoch = Epoch{0}, .end = trust::EpochEnd::revocation, .until = bound(9)});
    log.add(logged(ours, 1), 1);
    EXPECT_TRUE(judged(ours).is_valid());
    say(trust::EndTightening{
        .author = alice, .epoch = Epoch{0}, .end = trust::EpochEnd::revocation, .until = bound(0)});
    log.add(last_record(), 2);
    EXPECT_TRUE(judged(ours).is_valid()) << judged(ours).reason();
}

TEST_F(LogOrderTest, AScopeIsNotLifted) {
    const Bytes ours = file_of(1, alice_key, "ours");
    const Bytes other = file_of(1, alice_key, "other");
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    log.add(last_record(), 1);
    say(trust::AuthorScope{alice, {{point_of(other, 1)}}});
    expect_refused(ours, Reason::no_active_epoch, "certain histories only");
}

TEST_F(LogOrderTest, NobodyIsAskedAboutWhatCounts) {
    const Bytes file = file_of(3, alice_key);
    EXPECT_TRUE(judged(file).is_valid());
    registry = known_registry();
    EXPECT_TRUE(judged(file).is_valid());
    EXPECT_EQ(log.asked(), 0);
}

TEST_F(LogOrderTest, TheReferencesRulesKnowNoLog) {
    const Bytes ours = file_of(1, alice_key);
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    log.add(last_record(), 1);
    VerifyOptions narrow = options();
    narrow.profile = Profile::reference;
    const auto report = verify(ours, registry, start, narrow);
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.first(Gate::signatures)->reason, Reason::no_active_epoch);
}

// What is VALID under a log is not remembered for those who have none.
TEST_F(LogOrderTest, ACacheOfHistoriesLearnsNothingFromALog) {
    const Bytes ours = file_of(2, alice_key);
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    log.add(logged(ours, 2), 1);
    log.add(last_record(), 2);
    HistoryCache cache;
    VerifyOptions cached = options();
    cached.history_cache = &cache;
    EXPECT_TRUE(verify(ours, registry, start, cached).is_valid());
    cached.log = nullptr;
    EXPECT_FALSE(verify(ours, registry, start, cached).is_valid());
}

TEST_F(LogOrderTest, ANewVersionBehindLoggedOnesIsNotRememberedEither) {
    auto second = key_from(alices_second);
    env.put(path, file_of(1, alice_key));
    say(handed_over(bound(0)));
    log.add(logged(content(), 1), 0);
    log.add(last_record(), 1);
    HistoryCache cache;
    CommitOptions how;
    how.verify = options();
    how.verify.history_cache = &cache;
    const auto receipt = commit(env, path, {as_bytes("more"), alice, ""}, second, registry, how);
    ASSERT_TRUE(receipt.has_value()) << receipt.error().full_message();
    EXPECT_EQ(receipt->version, VersionNumber{2});
    how.verify.log = nullptr;
    EXPECT_FALSE(verify(content(), registry, start, how.verify).is_valid());
    const auto refused = commit(env, path, {as_bytes("more"), alice, ""}, second, registry, how);
    EXPECT_EQ(refused.error().code(), ErrorCode::verdict_invalid);
}

TEST_F(LogOrderTest, EveryWayToAVerdictAsksTheLog) {
    const Bytes ours = file_of(2, alice_key);
    say(stolen(bound(0)));
    log.add(logged(ours, 1), 0);
    log.add(logged(ours, 2), 1);
    log.add(last_record(), 2);
    VerifyOptions how = options();
    how.list_history = true;
    const auto examined = examine(ours, registry, start, {.verify = how});
    ASSERT_TRUE(examined->report().is_valid());
    EXPECT_EQ(examined->version(1).signature, SignatureState::valid);
    ASSERT_NE(examined->version(1).epoch, nullptr);
    EXPECT_EQ(examined->version(1).epoch->epoch, Epoch{0});
    ASSERT_TRUE(examined->report().history.has_value());
    ASSERT_EQ(examined->report().history->signers.size(), 1U);
    EXPECT_EQ(examined->report().history->signers[0].versions, 2U);
    EXPECT_TRUE(open_verified(ours, registry, start, how).has_value());
    env.put("/a.aion", ours);
    env.put("/b.aion", file_of(1, alice_key, "theirs"));
    const std::vector<std::filesystem::path> files = {"/a.aion", "/b.aion"};
    std::vector<bool> verdicts;
    ASSERT_TRUE(verify_many(env, files, registry, how, [&](std::size_t, const auto& report) {
                    verdicts.push_back(report->is_valid());
                    return Next::go_on;
                }).has_value());
    EXPECT_EQ(verdicts, (std::vector{true, false}));
}

// The number that a hostile record gives itself names no other record's answer.
TEST_F(LogOrderTest, AVersionOutOfItsPlaceIsNotAskedAbout) {
    Bytes file = file_of(2, alice_key);
    say(stolen(bound(0)));
    log.add(logged(file, 1), 0);
    log.add(last_record(), 5);
    const auto view = format::FileView::parse(file);
    const auto second = view->offset_of(view->version_at(1).value());
    const auto first = view->offset_of(view->version_at(0).value());
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(first), sizeof(format::VersionRecord),
                file.begin() + static_cast<std::ptrdiff_t>(second));
    EXPECT_FALSE(judged(file).is_valid());
    EXPECT_EQ(log.asked(), 1);
}

}  // namespace
}  // namespace aion::policy::test
