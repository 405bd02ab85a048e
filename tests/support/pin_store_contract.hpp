// SPDX-License-Identifier: MIT OR Apache-2.0
// What every policy::PinStore must do. To be included once in a test program, which says of what:
//
//     INSTANTIATE_TEST_SUITE_P(Memory, PinStoreContract, ::testing::Values(StoreKind{…}),
//                              name_of_store);
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aion/policy/pin_store.hpp"
#include "support/pins.hpp"
#include "support/results.hpp"

namespace aion::policy::test {

/// A store and where it keeps things, empty at first.
class StoreUnderTest {
  public:
    StoreUnderTest() = default;
    virtual ~StoreUnderTest() = default;
    StoreUnderTest(const StoreUnderTest&) = delete;
    StoreUnderTest& operator=(const StoreUnderTest&) = delete;
    StoreUnderTest(StoreUnderTest&&) = delete;
    StoreUnderTest& operator=(StoreUnderTest&&) = delete;

    virtual PinStore& store() = 0;

    /// Ends the store and opens it anew, if it outlives its object: whatever was there still is.
    virtual void reopen() {}
};

struct StoreKind {
    std::string name;
    std::function<std::unique_ptr<StoreUnderTest>()> make;
};

inline void PrintTo(const StoreKind& kind, std::ostream* out) {
    *out << kind.name;
}

inline std::string name_of_store(const ::testing::TestParamInfo<StoreKind>& info) {
    return info.param.name;
}

class PinStoreContract : public ::testing::TestWithParam<StoreKind> {
  protected:
    static constexpr FileId file{0xF1};
    static constexpr FileId other_file{0xF2};

    static Hash hash(std::uint8_t what) {
        Hash made;
        made.bytes.fill(what);
        return made;
    }

    /// A history of `length` versions, the hash of each of which is its number; those after
    /// `forked`, of another branch.
    static VersionHashes history(std::uint64_t length, std::uint64_t forked = UINT64_MAX) {
        return [=](VersionNumber number) -> std::optional<Hash> {
            if (number.value == 0 || number.value > length) {
                return std::nullopt;
            }
            return hash(
                static_cast<std::uint8_t>(number.value + (number.value > forked ? 100 : 0)));
        };
    }

    static Pin pin_of(FileId id, std::uint64_t version, std::string name = "/a",
                      Hash registry = old, std::uint64_t time = 10) {
        return {.file_id = id,
                .version = VersionNumber{version},
                .head = hash(static_cast<std::uint8_t>(version)),
                .registry = registry,
                .name = std::move(name),
                .first_seen = Timestamp{time},
                .last_seen = Timestamp{time}};
    }

    PinStore& store() { return under_test_->store(); }

    void reopen() { under_test_->reopen(); }

    Result<> record(const Pin& pin) { return record_pin(store(), pin, history(pin.version.value)); }

    void must_record(const Pin& pin) { aion::test::ok(record(pin)); }

    PinnedState found(FileId id, std::string_view name = "/a", const Hash& registry = old) {
        return aion::test::ok(find_pin(store(), id, name, registry));
    }

    std::vector<Pin> all() {
        std::vector<Pin> pins;
        aion::test::ok(store().for_each([&](const Pin& pin) { pins.push_back(pin); }));
        return pins;
    }

    std::vector<PinDecision> decisions() {
        std::vector<PinDecision> made;
        aion::test::ok(store().for_each_decision(
            [&](const PinDecision& decision) { made.push_back(decision); }));
        return made;
    }

    /// That `pin` is not recorded, and nothing is changed by trying.
    void expect_conflict(const Pin& pin, const VersionHashes& hash_of) {
        const std::vector<Pin> before = all();
        const auto recorded = record_pin(store(), pin, hash_of);
        ASSERT_FALSE(recorded);
        EXPECT_EQ(recorded.error().code(), ErrorCode::conflict) << recorded.error().full_message();
        EXPECT_EQ(all(), before);
    }

    inline static const Hash old = hash(0xA1);
    inline static const Hash newer = hash(0x0A);  // Order is not that of bytes.

  private:
    std::unique_ptr<StoreUnderTest> under_test_ = GetParam().make();
};

TEST_P(PinStoreContract, AnEmptyStoreKnowsNothing) {
    const PinnedState state = found(file);
    EXPECT_FALSE(state.pin);
    EXPECT_FALSE(state.named);
    EXPECT_FALSE(state.registry_is_older());
    EXPECT_TRUE(all().empty());
    EXPECT_TRUE(decisions().empty());
}

TEST_P(PinStoreContract, WhatIsRecordedIsFound) {
    const Pin pin = pin_of(file, 3);
    must_record(pin);
    reopen();
    const PinnedState state = found(file);
    EXPECT_EQ(state.pin, pin);
    EXPECT_EQ(state.named, file);
    EXPECT_FALSE(state.registry_is_older());
    EXPECT_EQ(all(), std::vector{pin});
    EXPECT_TRUE(decisions().empty());
}

TEST_P(PinStoreContract, AFileOfAnotherIdIsFoundByItsName) {
    must_record(pin_of(file, 3));
    reopen();
    const PinnedState state = found(other_file);
    EXPECT_FALSE(state.pin);
    EXPECT_EQ(state.named, file);
}

TEST_P(PinStoreContract, ExtremeNumbersAndBytesAreKept) {
    Pin pin =
        pin_of(FileId{UINT64_MAX}, UINT64_MAX, std::string("/\xff\n'\0x", 7), old, UINT64_MAX);
    const auto hash_of = [&](VersionNumber) { return std::optional(pin.head); };
    aion::test::ok(record_pin(store(), pin, hash_of));
    Pin zero = pin_of(FileId{0}, 1, "/zero", old, 0);
    must_record(zero);
    reopen();
    EXPECT_EQ(all(), (std::vector{zero, pin}));
    EXPECT_EQ(found(FileId{UINT64_MAX}, pin.name).named, pin.file_id);
}

TEST_P(PinStoreContract, GoingForwardAndStayingKeepWhenItWasFirstSeen) {
    must_record(pin_of(file, 3, "/a", old, 10));
    must_record(pin_of(file, 3, "/a", old, 20));
    Pin pin = pin_of(file, 5, "/a", newer, 30);
    must_record(pin);
    reopen();
    pin.first_seen = Timestamp{10};
    EXPECT_EQ(found(file).pin, pin);
}

TEST_P(PinStoreContract, NothingGoesBack) {
    must_record(pin_of(file, 3));
    reopen();
    expect_conflict(pin_of(file, 2), history(2));
}

TEST_P(PinStoreContract, AForkIsNotRecordedHoweverLongItIs) {
    must_record(pin_of(file, 3));
    reopen();
    for (const std::uint64_t length : {3U, 4U, 50U}) {
        Pin forked = pin_of(file, length);
        forked.head = *history(length, 2)(forked.version);
        expect_conflict(forked, history(length, 2));
    }
}

TEST_P(PinStoreContract, ANameIsOfOneFileUntilAPersonDecides) {
    must_record(pin_of(file, 3));
    reopen();
    expect_conflict(pin_of(other_file, 9), history(9));
    EXPECT_FALSE(found(other_file).pin);
}

TEST_P(PinStoreContract, AFileMayHaveSeveralNamesAndLosesNoneByAnother) {
    must_record(pin_of(file, 3, "/a", old, 10));
    must_record(pin_of(file, 3, "/copy", old, 20));
    reopen();
    EXPECT_EQ(found(other_file, "/a").named, file);
    EXPECT_EQ(found(other_file, "/copy").named, file);
    EXPECT_EQ(found(file).pin->name, "/copy");
    expect_conflict(pin_of(other_file, 9, "/a"), history(9));
}

TEST_P(PinStoreContract, WithoutANameNothingIsFoundByItAndTheOldOneStays) {
    must_record(pin_of(file, 3, "", old, 10));
    EXPECT_FALSE(found(other_file, "").named);
    must_record(pin_of(file, 3, "/a", old, 10));
    must_record(pin_of(file, 4, "", old, 20));
    must_record(pin_of(other_file, 1, ""));
    reopen();
    EXPECT_EQ(found(file).pin->name, "/a");
    EXPECT_EQ(found(file, "").named, std::nullopt);
}

TEST_P(PinStoreContract, ARegistryThatAFileMovedOnFromIsOlder) {
    must_record(pin_of(file, 3, "/a", old));
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());  // Nobody saw it: it is new.
    must_record(pin_of(file, 3, "/a", newer));
    reopen();
    EXPECT_TRUE(found(file, "/a", old).registry_is_older());
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
    EXPECT_FALSE(found(file, "/a", hash(0x77)).registry_is_older());
    expect_conflict(pin_of(file, 9, "/a", old), history(9));
}

TEST_P(PinStoreContract, ARegistryIsOlderForEveryFileAlsoForThoseStillPinnedUnderIt) {
    must_record(pin_of(file, 3, "/a", old));
    must_record(pin_of(other_file, 1, "/b", old));
    must_record(pin_of(file, 3, "/a", newer));
    reopen();
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    EXPECT_TRUE(found(FileId{9}, "/c", old).registry_is_older());
    expect_conflict(pin_of(other_file, 2, "/b", old), history(2));
    expect_conflict(pin_of(FileId{9}, 1, "/c", old), history(1));
    must_record(pin_of(other_file, 2, "/b", newer));
    reopen();
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    expect_conflict(pin_of(other_file, 3, "/b", old), history(3));
}

TEST_P(PinStoreContract, ARegistryBesideWhichAnotherIsUsedIsNotOlder) {
    must_record(pin_of(file, 3, "/a", old));
    must_record(pin_of(other_file, 1, "/b", newer));
    reopen();
    EXPECT_FALSE(found(file, "/a", old).registry_is_older());
    EXPECT_FALSE(found(other_file, "/b", old).registry_is_older());
    EXPECT_FALSE(found(FileId{9}, "/c", old).registry_is_older());
}

TEST_P(PinStoreContract, ARegistryStaysOlderWhenWhatMovedOnIsForgotten) {
    must_record(pin_of(file, 3, "/a", old));
    must_record(pin_of(file, 3, "/a", newer));
    EXPECT_TRUE(aion::test::ok(store().forget(file, Timestamp{30}, "")));
    reopen();
    EXPECT_TRUE(found(file, "/a", old).registry_is_older());
    expect_conflict(pin_of(file, 3, "/a", old), history(3));
}

TEST_P(PinStoreContract, ARegistryThatWithdrewAFileTakesThePlaceOfThePinned) {
    Pin pin = pin_of(file, 3, "/a", old);
    must_record(pin);
    aion::test::ok(store().withdrawn(file, unchained(newer)));
    reopen();
    pin.registry = newer;
    EXPECT_EQ(found(file).pin, pin);
    EXPECT_EQ(found(file).named, file);
    EXPECT_TRUE(found(file, "/a", old).registry_is_older());
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
    expect_conflict(pin_of(file, 3, "/a", old), history(3));
    EXPECT_TRUE(decisions().empty());
}

TEST_P(PinStoreContract, AFileThatIsNotPinnedIsNotWithdrawn) {
    must_record(pin_of(file, 3, "/a", old));
    aion::test::ok(store().withdrawn(other_file, unchained(newer)));
    reopen();
    EXPECT_EQ(all(), std::vector{pin_of(file, 3, "/a", old)});
    EXPECT_FALSE(found(file, "/a", old).registry_is_older());
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
}

TEST_P(PinStoreContract, TheRegistryThatAPinHoldsOrASupersededOneWithdrawsNothing) {
    must_record(pin_of(file, 3, "/a", old));
    aion::test::ok(store().withdrawn(file, unchained(old)));
    EXPECT_FALSE(found(other_file, "/b", old).registry_is_older());
    must_record(pin_of(file, 3, "/a", newer));
    aion::test::ok(store().withdrawn(file, unchained(old)));
    reopen();
    EXPECT_EQ(found(file).pin->registry, newer);
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
    EXPECT_FALSE(found(other_file, "/b", newer).registry_is_older());
}

TEST_P(PinStoreContract, WhatIsWithdrawnWhileManyAreRecordedIsSoAtOnce) {
    must_record(pin_of(FileId{9}, 1, "/c", old));
    store().begin_many();
    must_record(pin_of(file, 3, "/a", old));
    aion::test::ok(store().withdrawn(file, unchained(newer)));
    EXPECT_EQ(found(file).pin->registry, newer);
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    expect_conflict(pin_of(other_file, 1, "/b", old), history(1));
    must_record(pin_of(other_file, 1, "/b", newer));
    aion::test::ok(store().end_many());
    reopen();
    EXPECT_EQ(found(file).pin->registry, newer);
    EXPECT_EQ(found(FileId{9}).pin->registry, old);
    EXPECT_TRUE(found(file, "/a", old).registry_is_older());
}

TEST_P(PinStoreContract, WhatMovesOnWhileManyAreRecordedSupersedesAtOnce) {
    must_record(pin_of(file, 3, "/a", old));
    store().begin_many();
    must_record(pin_of(FileId{9}, 1, "/c", newer));
    must_record(pin_of(file, 3, "/a", newer));
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    expect_conflict(pin_of(other_file, 1, "/b", old), history(1));
    aion::test::ok(store().end_many());
    reopen();
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
}

TEST_P(PinStoreContract, LookingDoesNotMakeARegistryKnown) {
    static_cast<void>(found(file, "/a", newer));
    must_record(pin_of(file, 3, "/a", old));
    reopen();
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
}

TEST_P(PinStoreContract, WhatWasRefusedDoesNotMakeARegistryKnown) {
    must_record(pin_of(file, 3, "/a", old));
    expect_conflict(pin_of(file, 2, "/a", newer), history(2));
    must_record(pin_of(file, 3, "/a", hash(0x77)));
    reopen();
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
}

TEST_P(PinStoreContract, APersonMayGoBackAndThatIsNoted) {
    const Pin before = pin_of(file, 5, "/a", newer, 10);
    must_record(pin_of(other_file, 1, "/b", old));
    must_record(before);
    Pin after = pin_of(file, 2, "/a", old, 20);
    after.head = hash(0xEE);
    aion::test::ok(accept_pin(store(), after, "restored from the backup"));
    reopen();
    after.first_seen = Timestamp{10};
    EXPECT_EQ(found(file).pin, after);
    EXPECT_EQ(decisions(), (std::vector{PinDecision{.kind = PinDecision::Kind::accept,
                                                    .time = Timestamp{20},
                                                    .before = before,
                                                    .after = after,
                                                    .reason = "restored from the backup"}}));
}

TEST_P(PinStoreContract, AcceptingUnderASupersededRegistryIsForThatFileAlone) {
    must_record(pin_of(file, 3, "/a", old));
    must_record(pin_of(other_file, 1, "/b", old));
    must_record(pin_of(file, 3, "/a", newer));
    must_record(pin_of(other_file, 1, "/b", newer));
    aion::test::ok(accept_pin(store(), pin_of(file, 3, "/a", old), ""));
    reopen();
    EXPECT_FALSE(found(file, "/a", old).registry_is_older());
    EXPECT_FALSE(found(file, "/a", newer).registry_is_older());
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    EXPECT_FALSE(found(other_file, "/b", newer).registry_is_older());
    EXPECT_TRUE(found(FileId{9}, "/c", old).registry_is_older());
    must_record(pin_of(file, 4, "/a", old));
    must_record(pin_of(file, 4, "/a", newer));
    EXPECT_TRUE(found(file, "/a", old).registry_is_older());
}

TEST_P(PinStoreContract, AcceptingUnderARegistryThatIsNotSupersededMovesOn) {
    must_record(pin_of(file, 3, "/a", old));
    aion::test::ok(accept_pin(store(), pin_of(file, 3, "/a", newer), ""));
    reopen();
    EXPECT_TRUE(found(file, "/a", old).registry_is_older());
    EXPECT_TRUE(found(other_file, "/b", old).registry_is_older());
    expect_conflict(pin_of(file, 3, "/a", old), history(3));
}

TEST_P(PinStoreContract, WhatIsAcceptedTakesTheName) {
    must_record(pin_of(file, 3));
    aion::test::ok(accept_pin(store(), pin_of(other_file, 1), ""));
    reopen();
    EXPECT_EQ(found(other_file).named, other_file);
    EXPECT_EQ(found(other_file).pin, pin_of(other_file, 1));
    EXPECT_EQ(found(file, "/elsewhere").pin, pin_of(file, 3));
    EXPECT_FALSE(decisions().at(0).before);
    expect_conflict(pin_of(file, 4), history(4));
}

TEST_P(PinStoreContract, AcceptingWithoutANameKeepsIt) {
    must_record(pin_of(file, 3));
    aion::test::ok(accept_pin(store(), pin_of(file, 1, ""), ""));
    reopen();
    EXPECT_EQ(found(file).pin->name, "/a");
    EXPECT_EQ(found(file).named, file);
    EXPECT_EQ(decisions().at(0).after, found(file).pin);
}

TEST_P(PinStoreContract, ForgettingFreesTheFileAndItsNames) {
    const Pin pin = pin_of(file, 3, "/copy");
    must_record(pin_of(file, 3, "/a"));
    must_record(pin);
    must_record(pin_of(other_file, 1, "/b"));
    EXPECT_TRUE(aion::test::ok(store().forget(file, Timestamp{30}, "gone")));
    reopen();
    EXPECT_FALSE(found(file).pin);
    EXPECT_FALSE(found(file, "/a").named);
    EXPECT_FALSE(found(file, "/copy").named);
    EXPECT_EQ(all(), std::vector{pin_of(other_file, 1, "/b")});
    EXPECT_EQ(decisions(), (std::vector{PinDecision{.kind = PinDecision::Kind::forget,
                                                    .time = Timestamp{30},
                                                    .before = pin,
                                                    .after = std::nullopt,
                                                    .reason = "gone"}}));
    must_record(pin_of(file, 1, "/a"));
}

TEST_P(PinStoreContract, ForgettingWhatIsNotPinnedIsNotNoted) {
    EXPECT_FALSE(aion::test::ok(store().forget(file, Timestamp{30}, "gone")));
    reopen();
    EXPECT_TRUE(decisions().empty());
}

TEST_P(PinStoreContract, DecisionsAreInTheirOrderAndPinsInThatOfTheirIds) {
    for (const std::uint64_t id : {UINT64_MAX, std::uint64_t{1}, std::uint64_t{1} << 63U}) {
        aion::test::ok(
            accept_pin(store(), pin_of(FileId{id}, 1, "/" + std::to_string(id), old, 50), ""));
    }
    reopen();
    std::vector<std::uint64_t> ids;
    for (const Pin& pin : all()) {
        ids.push_back(pin.file_id.value);
    }
    EXPECT_EQ(ids, (std::vector<std::uint64_t>{1, std::uint64_t{1} << 63U, UINT64_MAX}));
    const std::vector<PinDecision> made = decisions();
    ASSERT_EQ(made.size(), 3U);
    EXPECT_EQ(made[0].after->file_id.value, UINT64_MAX);
    EXPECT_EQ(made[1].after->file_id.value, 1U);
}

TEST_P(PinStoreContract, OfManyWhoRecordAtOnceNoneLeadsBack) {
    std::vector<std::thread> threads;
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
        threads.emplace_back([this, lane] {
            for (std::uint64_t version = 1 + lane; version <= 40; version += 4) {
                static_cast<void>(record(pin_of(file, version)));
                must_record(pin_of(FileId{1000 + lane}, version, "/" + std::to_string(lane)));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    reopen();
    EXPECT_EQ(found(file).pin, pin_of(file, 40));
    EXPECT_EQ(all().size(), 5U);
}

}  // namespace aion::policy::test
