// SPDX-License-Identifier: MIT OR Apache-2.0
// Which key counts for something that says itself when it was signed.
#include "aion/release/key_choice.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "aion/tlog/entry.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "support/chain_world.hpp"
#include "tlog/small_log.hpp"

namespace aion::release {
namespace {

using aion::test::alices;
using aion::test::masters;
using aion::test::public_of;
using policy::test::alice;
using policy::test::alices_second;
using policy::test::bound;
using policy::test::handed_over;
using policy::test::stolen;

Bytes receipt_entry() {
    return tlog::make_entry(tlog::EntryKind::enforcement_receipt, 99, as_bytes("signed"));
}

// A registry without a chain, in which alice's only key was revoked from version 100 on.
trust::Registry with_revoked_key() {
    trust::Registry registry;
    EXPECT_TRUE(registry.pin(alice, public_of(masters), public_of(alices)).has_value());
    auto master = aion::test::key_from(masters);
    const auto record =
        trust::sign(trust::RevocationRecord{.author = alice,
                                            .epoch = Epoch{0},
                                            .reason = trust::RevocationReason::compromised,
                                            .effective_from = VersionNumber{100},
                                            .master_signature = {}},
                    master);
    EXPECT_TRUE(registry.apply(*record).has_value());
    return registry;
}

class KeyChoices : public policy::test::ChainWorld {
  protected:
    // What is said of a thing signed at `version` with alice's first key, by a log of `entries`.
    [[nodiscard]] KeyChoice by_log(const std::vector<Bytes>& entries, std::uint64_t version) const {
        tlog::test::SmallLog log;
        for (const Bytes& entry : entries) {
            log.append(entry);
        }
        tlog::LogOrderReader reader(tlog::LogPolicy::of(log.key()));
        const auto kinds = std::array{tlog::EntryKind::enforcement_receipt};
        for (std::size_t i = 0; i < entries.size(); ++i) {
            EXPECT_TRUE(reader.add_proof(log.proof_of(i), kinds).has_value());
        }
        const std::vector<Bytes> signed_entries = {receipt_entry()};
        return choose_key(registry, alice, VersionNumber{version}, public_of(alices), &reader,
                          signed_entries);
    }

    [[nodiscard]] Bytes last_record() const {
        return *tlog::entry_of(registry.chain()->records().back());
    }
};

TEST(KeyChoice, ARevokedKeyDoesNotCountAtAVersionThatItStillHad) {
    const trust::Registry registry = with_revoked_key();
    ASSERT_NE(registry.active_epoch(alice, VersionNumber{99}), nullptr) << "the window has it";
    const KeyChoice choice = choose_key(registry, alice, VersionNumber{99});
    EXPECT_EQ(choice.finding, KeyFinding::revoked);
    EXPECT_EQ(choice.reason(), "the key was revoked, and no log shows that this was signed before");
    ASSERT_NE(choice.epoch, nullptr);
    EXPECT_EQ(choice.epoch->public_key, public_of(alices));
}

TEST(KeyChoice, StrangersAndVersionsWithoutAKey) {
    EXPECT_EQ(choose_key({}, alice, VersionNumber{1}).finding, KeyFinding::unknown_author);
    trust::Registry late;
    EXPECT_TRUE(
        late.pin(alice, public_of(masters), public_of(alices), VersionNumber{5}).has_value());
    EXPECT_EQ(choose_key(late, alice, VersionNumber{4}).finding, KeyFinding::no_active_epoch);
    EXPECT_TRUE(choose_key(late, alice, VersionNumber{5}).counts());
}

TEST_F(KeyChoices, ARotatedKeyCountsForItsVersionsAndTheNextForTheOthers) {
    say(handed_over(bound(7)));
    const KeyChoice before = choose_key(registry, alice, VersionNumber{6});
    const KeyChoice behind = choose_key(registry, alice, VersionNumber{7});
    ASSERT_TRUE(before.counts() && behind.counts());
    EXPECT_EQ(before.epoch->public_key, public_of(alices));
    EXPECT_EQ(behind.epoch->public_key, public_of(alices_second));
}

TEST_F(KeyChoices, ALogSpeaksForWhatWasThereBeforeTheRevocation) {
    for (const std::uint64_t unlisted : {0U, 100U}) {
        registry = trust::Registry::from_chain(policy::test::chain_of_three());
        say(stolen(bound(unlisted)));
        const KeyChoice choice = by_log({receipt_entry(), last_record()}, 99);
        EXPECT_TRUE(choice.counts()) << choice.reason();
        EXPECT_TRUE(choice.leans_on_log);
        EXPECT_EQ(by_log({last_record(), receipt_entry()}, 99).finding,
                  KeyFinding::logged_too_late);
        EXPECT_EQ(by_log({last_record()}, 99).finding, KeyFinding::not_logged);
        EXPECT_EQ(by_log({receipt_entry()}, 99).finding, KeyFinding::end_not_logged);
    }
}

TEST_F(KeyChoices, OfARotatedKeyALogSaysWhatWasThereBefore) {
    say(handed_over(bound(0)));
    const KeyChoice successor = choose_key(registry, alice, VersionNumber{99});
    ASSERT_TRUE(successor.counts());
    EXPECT_EQ(successor.epoch->public_key, public_of(alices_second));
    EXPECT_EQ(choose_key(registry, alice, VersionNumber{99}, public_of(alices)).finding,
              KeyFinding::other_key);
    const KeyChoice before = by_log({receipt_entry(), last_record()}, 99);
    EXPECT_TRUE(before.counts() && before.leans_on_log) << before.reason();
    EXPECT_EQ(before.epoch->public_key, public_of(alices));
    EXPECT_EQ(by_log({last_record(), receipt_entry()}, 99).finding, KeyFinding::logged_too_late);
    EXPECT_TRUE(choose_key(registry, alice, VersionNumber{99}, public_of(alices_second)).counts());
}

TEST_F(KeyChoices, NoLogSpeaksForAVersionThatTheKeyNeverHad) {
    say(stolen(bound(50)));
    EXPECT_EQ(by_log({receipt_entry(), last_record()}, 99).finding, KeyFinding::no_active_epoch);
    say(handed_over(bound(40)));
    EXPECT_EQ(by_log({receipt_entry(), last_record()}, 99).finding, KeyFinding::other_key)
        << "the successor's";
}

}  // namespace
}  // namespace aion::release
