// SPDX-License-Identifier: MIT OR Apache-2.0
// What every policy::PinStore must do of registries with a chain of records. To be included beside
// pin_store_contract.hpp.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "aion/policy/pin_store.hpp"
#include "support/pin_store_contract.hpp"
#include "support/pins.hpp"
#include "support/results.hpp"

namespace aion::policy::test {

class PinStoreChains : public PinStoreContract {
  protected:
    /// A registry as stores see it: the hashes of its records.
    struct Chain {
        std::vector<Hash> records;

        [[nodiscard]] Hash fingerprint() const { return records.back(); }

        [[nodiscard]] AskedRegistry asked() const { return {fingerprint(), records}; }

        /// The same as it was when it had records up to `number`.
        [[nodiscard]] Chain until(std::size_t number) const {
            return {{records.begin(), records.begin() + static_cast<std::ptrdiff_t>(number) + 1}};
        }
    };

    /// Records 0 to `last`; those from `forked` on are of another branch.
    static Chain chain(std::uint8_t root, std::size_t last, std::size_t forked = SIZE_MAX) {
        Chain made;
        for (std::size_t i = 0; i <= last; ++i) {
            Hash record = hash(root);
            record.bytes[1] = static_cast<std::uint8_t>(i);
            record.bytes[2] = i >= forked ? 1 : 0;
            made.records.push_back(record);
        }
        return made;
    }

    static Sighting seen(FileId id, std::uint64_t version, std::uint64_t time = 10) {
        return sighting_of(pin_of(id, version, "/" + to_string(id), old, time));
    }

    Result<> record_under(const AskedRegistry& registry, FileId id = file,
                          std::uint64_t version = 3) {
        return store().record(seen(id, version), registry, history(version));
    }

    void accept_under(const AskedRegistry& registry, FileId id = file, std::uint64_t version = 3) {
        aion::test::ok(store().accept(seen(id, version), registry, "so be it"));
    }

    /// Why the store refuses the registry for a file; empty where it does not. That `record`
    /// agrees, is expected.
    std::string refusal(const AskedRegistry& registry, FileId id = file) {
        const auto state = aion::test::ok(store().find(id, "/" + to_string(id), registry));
        if (state.registry_is_older()) {
            const auto recorded =
                record_under(registry, id, state.pin ? state.pin->version.value : 3);
            EXPECT_FALSE(recorded);
            EXPECT_EQ(recorded ? "" : recorded.error().detail(), contradiction_detail);
        }
        return state.older_because;
    }

    static constexpr FileId third_file{0xF3};
};

using ::testing::HasSubstr;

TEST_P(PinStoreChains, APinHoldsTheNewestRecord) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    reopen();
    ASSERT_EQ(all().size(), 1);
    EXPECT_EQ(all().front().registry, ours.fingerprint());
    EXPECT_EQ(all().front().chain,
              (ChainPoint{.root = ours.records.front(), .number = 5, .hash = ours.records.back()}));
    EXPECT_EQ(found(file).pin, all().front());
}

TEST_P(PinStoreChains, ARegistryThatIsRolledBackIsOlderThoughItWasNeverSeen) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    for (const bool again : {false, true}) {
        for (std::size_t number = 0; number < 5; ++number) {
            // Also for files of which nothing is known.
            for (const FileId id : {file, other_file}) {
                EXPECT_THAT(refusal(ours.until(number).asked(), id),
                            HasSubstr("the registry ends at record " + std::to_string(number) +
                                      ", record 5 was accepted before"));
            }
        }
        if (!again) {
            reopen();
        }
    }
    EXPECT_EQ(refusal(ours.asked(), other_file), "");
}

TEST_P(PinStoreChains, ARegistryThatGoesOnIsNotOlderHoweverFar) {
    const Chain ours = chain(1, 9);
    for (const std::size_t number : {0U, 1U, 4U, 9U}) {
        EXPECT_EQ(refusal(ours.until(number).asked()), "");
        aion::test::ok(record_under(ours.until(number).asked()));
        reopen();
    }
    EXPECT_EQ(all().front().chain->number, 9);
}

TEST_P(PinStoreChains, AForkIsOlderHoweverLongItIs) {
    aion::test::ok(record_under(chain(1, 5).asked()));
    reopen();
    for (const FileId id : {file, other_file}) {
        EXPECT_THAT(refusal(chain(1, 9, 5).asked(), id), HasSubstr("record 5 of the registry is "));
        EXPECT_THAT(refusal(chain(1, 9, 1).asked(), id), HasSubstr("record 5 of the registry is "));
        EXPECT_EQ(refusal(chain(1, 9, 6).asked(), id), "");
    }
}

TEST_P(PinStoreChains, ARegistryWithoutItsChainIsOlderForWhatWasAcceptedUnderIt) {
    aion::test::ok(record_under(chain(1, 5).asked()));
    reopen();
    EXPECT_THAT(refusal(unchained(newer)),
                HasSubstr("the registry has no chain of records, record 5 of one was accepted"));
    EXPECT_EQ(refusal(unchained(newer), other_file), "") << "it may be of other files";
}

TEST_P(PinStoreChains, AChainBehindARegistryWithoutOneIsForward) {
    aion::test::ok(record_under(unchained(old)));
    const Chain ours = chain(1, 2);
    EXPECT_EQ(refusal(ours.asked()), "");
    aion::test::ok(record_under(ours.asked()));
    reopen();
    EXPECT_THAT(refusal(unchained(old), other_file), HasSubstr("superseded by another"));
    EXPECT_EQ(all().front().chain->number, 2);
}

TEST_P(PinStoreChains, AnotherChainIsOlderForWhatWasAcceptedUnderTheFirst) {
    aion::test::ok(record_under(chain(1, 5).asked()));
    aion::test::ok(record_under(chain(2, 1).asked(), other_file));
    reopen();
    EXPECT_THAT(refusal(chain(2, 1).asked()), HasSubstr("the registry's chain begins with record"));
    EXPECT_THAT(refusal(chain(1, 5).asked(), other_file), HasSubstr("begins with record"));
    EXPECT_EQ(refusal(chain(1, 6).asked()), "") << "two registries may be used beside each other";
    EXPECT_EQ(refusal(chain(2, 2).asked(), other_file), "");
    EXPECT_EQ(refusal(chain(2, 1).asked(), third_file), "");
}

/// Else whoever serves the former decides what becomes of each file that nobody verified since.
TEST_P(PinStoreChains, AFileWhosePinHoldsTheFormerMayNotGoOnUnderIt) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.until(3).asked(), other_file));
    aion::test::ok(record_under(ours.asked()));
    reopen();
    EXPECT_THAT(refusal(ours.until(3).asked(), other_file), HasSubstr("record 5 was accepted"));
    EXPECT_FALSE(record_under(ours.until(3).asked(), other_file, 4));
    EXPECT_THAT(refusal(ours.until(4).asked(), other_file), HasSubstr("record 5 was accepted"));
    EXPECT_THAT(refusal(ours.until(3).asked(), third_file), HasSubstr("record 5 was accepted"));
    EXPECT_EQ(refusal(ours.asked(), other_file), "");
}

TEST_P(PinStoreChains, WhatAPersonAcceptsUnderAnOlderOneIsForThatFileAlone) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    accept_under(ours.until(2).asked());
    reopen();
    EXPECT_EQ(found(file).pin->chain->number, 2);
    EXPECT_EQ(refusal(ours.until(2).asked()), "");
    EXPECT_THAT(refusal(ours.until(2).asked(), other_file), HasSubstr("record 5 was accepted"));
    EXPECT_THAT(refusal(ours.until(3).asked()), HasSubstr("record 5 was accepted"));
    EXPECT_EQ(refusal(ours.asked()), "") << "the way forward stays open";
    aion::test::ok(record_under(ours.asked(), other_file));
    aion::test::ok(record_under(ours.asked()));
}

TEST_P(PinStoreChains, AnExceptionLastsUntilTheFileGoesForward) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.until(2).asked(), other_file));
    aion::test::ok(record_under(ours.asked()));
    EXPECT_FALSE(found(file).pin->exempt);
    accept_under(ours.until(2).asked());
    reopen();
    EXPECT_TRUE(found(file).pin->exempt);
    EXPECT_TRUE(decisions().at(0).after->exempt);
    EXPECT_FALSE(decisions().at(0).before->exempt);
    aion::test::ok(record_under(ours.until(2).asked(), file, 4));
    store().begin_many();
    aion::test::ok(record_under(ours.until(2).asked(), file, 5));
    EXPECT_EQ(refusal(ours.until(2).asked()), "");
    aion::test::ok(store().end_many());
    reopen();
    EXPECT_EQ(found(file).pin->version, VersionNumber{5});
    EXPECT_EQ(refusal(ours.until(2).asked()), "");
    EXPECT_THAT(refusal(ours.until(2).asked(), other_file), HasSubstr("record 5 was accepted"));
    aion::test::ok(record_under(ours.asked(), file, 5));
    reopen();
    EXPECT_FALSE(found(file).pin->exempt);
    EXPECT_THAT(refusal(ours.until(2).asked()), HasSubstr("record 5 was accepted"));
    accept_under(ours.until(2).asked(), other_file);
    EXPECT_EQ(refusal(ours.until(2).asked(), other_file), "") << "what it held before, by decision";
    aion::test::ok(store().forget(other_file, Timestamp{30}, ""));
    reopen();
    EXPECT_THAT(refusal(ours.until(2).asked(), other_file), HasSubstr("record 5 was accepted"));
}

TEST_P(PinStoreChains, AForkThatAPersonAcceptedIsForThatFileAlone) {
    aion::test::ok(record_under(chain(1, 5).asked()));
    accept_under(chain(1, 8, 4).asked());
    reopen();
    EXPECT_EQ(found(file).pin->chain->number, 8);
    EXPECT_THAT(refusal(chain(1, 8, 4).asked(), other_file), HasSubstr("record 5 of the registry"));
    EXPECT_EQ(refusal(chain(1, 6).asked(), other_file), "");
    EXPECT_EQ(refusal(chain(1, 6).asked()), "") << "what all others follow is no way back";
}

TEST_P(PinStoreChains, AcceptingWithoutTheChainIsForThatFileAlone) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    accept_under(unchained(newer));
    reopen();
    EXPECT_EQ(found(file).pin->chain, std::nullopt);
    EXPECT_EQ(refusal(unchained(newer)), "");
    EXPECT_THAT(refusal(unchained(newer), other_file), HasSubstr("superseded by another"));
    EXPECT_EQ(refusal(ours.asked(), other_file), "") << "the chain stays what it was";
}

TEST_P(PinStoreChains, AnExceptionWithoutAChainDoesNotForgetTheChain) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    accept_under(unchained(newer));
    EXPECT_EQ(decisions().at(0).after->left->number, 5);
    for (const bool again : {false, true}) {
        EXPECT_EQ(found(file).pin->left->hash, ours.fingerprint());
        EXPECT_THAT(refusal(unchained(old)), HasSubstr("record 5 of one was accepted before"));
        EXPECT_THAT(refusal(chain(2, 9).asked()), HasSubstr("the registry's chain begins with"));
        EXPECT_THAT(refusal(ours.until(4).asked()), HasSubstr("record 5 was accepted"));
        EXPECT_EQ(refusal(chain(1, 6).asked()), "") << "the way forward stays open";
        if (!again) {
            // Nor does it by staying there, one by one and among many.
            aion::test::ok(record_under(unchained(newer), file, 4));
            store().begin_many();
            aion::test::ok(record_under(unchained(newer), file, 5));
            EXPECT_THAT(refusal(unchained(old)), HasSubstr("record 5 of one was accepted before"));
            aion::test::ok(store().end_many());
            reopen();
        }
    }
    EXPECT_EQ(found(file).pin->version, VersionNumber{5});
    aion::test::ok(record_under(chain(1, 6).asked(), file, 5));
    reopen();
    EXPECT_EQ(found(file).pin->left, std::nullopt);
    EXPECT_EQ(found(file).pin->chain->number, 6);
    EXPECT_THAT(refusal(unchained(newer)), HasSubstr("superseded by another"));
}

TEST_P(PinStoreChains, SeveralExceptionsLeaveTheSameChain) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    accept_under(ours.until(2).asked());
    accept_under(unchained(newer));
    accept_under(unchained(old));
    reopen();
    EXPECT_TRUE(found(file).pin->exempt);
    EXPECT_EQ(found(file).pin->left->number, 5);
    EXPECT_THAT(refusal(unchained(newer)), HasSubstr("superseded by another"));
    EXPECT_THAT(refusal(unchained(hash(0x77))), HasSubstr("record 5 of one was accepted before"));
    EXPECT_EQ(refusal(unchained(old)), "");
    EXPECT_EQ(refusal(ours.asked()), "");
}

TEST_P(PinStoreChains, AnExceptionUnderAnotherChainDoesNotForgetTheFirst) {
    aion::test::ok(record_under(chain(2, 3).asked(), other_file));
    accept_under(chain(1, 5).asked(), other_file);
    aion::test::ok(record_under(chain(1, 5).asked()));
    accept_under(chain(2, 3).asked());
    reopen();
    EXPECT_TRUE(found(file).pin->exempt);
    EXPECT_EQ(refusal(chain(2, 3).asked()), "");
    EXPECT_THAT(refusal(chain(2, 4).asked()), HasSubstr("the registry's chain begins with"));
    EXPECT_EQ(refusal(chain(1, 6).asked()), "") << "the way forward stays open";
}

TEST_P(PinStoreChains, WhatWithdrawsAnExceptionEndsIt) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    accept_under(unchained(newer));
    aion::test::ok(store().withdrawn(file, unchained(old)));
    EXPECT_TRUE(found(file).pin->exempt) << "by what leads back nothing is withdrawn";
    aion::test::ok(store().withdrawn(file, ours.asked()));
    reopen();
    EXPECT_FALSE(found(file).pin->exempt);
    EXPECT_EQ(found(file).pin->left, std::nullopt);
    EXPECT_EQ(found(file).pin->chain->number, 5);
}

TEST_P(PinStoreChains, TheEndOfAnExceptionLeavesOthersTheirs) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(unchained(newer), other_file));
    aion::test::ok(record_under(ours.asked()));
    accept_under(unchained(newer));
    aion::test::ok(record_under(ours.asked()));
    reopen();
    EXPECT_FALSE(found(file).pin->exempt);
    EXPECT_EQ(refusal(unchained(newer), other_file), "");
    EXPECT_EQ(refusal(unchained(newer), third_file), "");
    EXPECT_THAT(refusal(unchained(newer)), HasSubstr("record 5 of one was accepted before"));
}

TEST_P(PinStoreChains, ARegistryUnderWhichNothingIsPinnedAnyMoreIsNobodys) {
    aion::test::ok(record_under(unchained(newer), other_file));
    aion::test::ok(store().forget(other_file, Timestamp{30}, ""));
    aion::test::ok(record_under(chain(1, 5).asked()));
    accept_under(unchained(newer));
    reopen();
    EXPECT_EQ(refusal(unchained(newer)), "");
    EXPECT_THAT(refusal(unchained(newer), third_file), HasSubstr("superseded by another"));
}

TEST_P(PinStoreChains, AcceptingUnderARegistryOfOthersLeavesThemTheirs) {
    aion::test::ok(record_under(unchained(newer), other_file));
    aion::test::ok(record_under(chain(1, 5).asked()));
    accept_under(unchained(newer));
    reopen();
    EXPECT_EQ(refusal(unchained(newer)), "");
    EXPECT_EQ(refusal(unchained(newer), other_file), "");
    aion::test::ok(record_under(unchained(old), other_file));
    EXPECT_EQ(refusal(unchained(newer)), "") << "by decision";
}

TEST_P(PinStoreChains, APersonMayMoveToAnotherChain) {
    aion::test::ok(record_under(chain(1, 5).asked()));
    accept_under(chain(2, 0).asked());
    reopen();
    EXPECT_EQ(refusal(chain(2, 0).asked()), "");
    EXPECT_EQ(refusal(chain(2, 3).asked(), other_file), "");
    EXPECT_THAT(refusal(chain(1, 5).asked(), other_file), HasSubstr("superseded by another"));
}

TEST_P(PinStoreChains, DecisionsTellOfChains) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.until(4).asked()));
    accept_under(ours.asked());
    aion::test::ok(store().forget(file, Timestamp{30}, ""));
    reopen();
    const auto made = decisions();
    ASSERT_EQ(made.size(), 2);
    EXPECT_EQ(made[0].before->chain->number, 4);
    EXPECT_EQ(made[0].after->chain->number, 5);
    EXPECT_EQ(made[1].before->chain->hash, ours.records.back());
}

TEST_P(PinStoreChains, ForgettingFilesDoesNotForgetTheChain) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    aion::test::ok(store().forget(file, Timestamp{30}, ""));
    reopen();
    EXPECT_THAT(refusal(ours.until(4).asked()), HasSubstr("record 5 was accepted"));
}

TEST_P(PinStoreChains, WhatWithdrawsAFileMovesItsChain) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.until(4).asked()));
    aion::test::ok(store().withdrawn(file, ours.asked()));
    reopen();
    EXPECT_EQ(found(file, "/a").pin->chain->number, 5);
    EXPECT_THAT(refusal(ours.until(4).asked()), HasSubstr("record 5 was accepted"));
    EXPECT_THAT(refusal(ours.until(3).asked(), other_file), HasSubstr("record 5 was accepted"));
}

TEST_P(PinStoreChains, WhatLeadsBackWithdrawsNothing) {
    const Chain ours = chain(1, 5);
    aion::test::ok(record_under(ours.asked()));
    for (const Chain& back : {ours.until(4), chain(1, 9, 3), chain(2, 9)}) {
        aion::test::ok(store().withdrawn(file, back.asked()));
    }
    aion::test::ok(store().withdrawn(file, unchained(newer)));
    reopen();
    EXPECT_EQ(found(file).pin->chain->number, 5);
    EXPECT_EQ(refusal(ours.asked()), "");
}

TEST_P(PinStoreChains, ChainsMoveOnWhileManyAreRecorded) {
    const Chain ours = chain(1, 5);
    store().begin_many();
    aion::test::ok(record_under(ours.until(3).asked()));
    aion::test::ok(record_under(ours.until(3).asked(), other_file));
    EXPECT_EQ(aion::test::ok(store().find(other_file, {}, ours.asked())).pin->chain->number, 3);
    aion::test::ok(record_under(ours.asked(), other_file));
    EXPECT_THAT(refusal(ours.until(3).asked(), third_file), HasSubstr("record 5 was accepted"));
    EXPECT_THAT(refusal(ours.until(3).asked()), HasSubstr("record 5 was accepted"));
    aion::test::ok(store().end_many());
    reopen();
    EXPECT_EQ(found(other_file).pin->chain->number, 5);
    EXPECT_EQ(found(file).pin->chain->number, 3);
}

}  // namespace aion::policy::test
