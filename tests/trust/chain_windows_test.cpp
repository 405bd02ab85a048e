// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "aion/trust/registry_chain.hpp"
#include "aion/trust/seen_registry.hpp"
#include "support/reference_epoch.hpp"
#include "trust/chain_support.hpp"

namespace aion::trust::test {
namespace {

using aion::test::reference_epoch;
using namespace chain_keys;

// A history whose version v has a hash of the byte of its v-th letter.
VersionHashes history(std::vector<std::uint8_t> letters) {
    return [letters = std::move(letters)](VersionNumber version) -> std::optional<Hash> {
        if (version.value == 0 || version.value > letters.size()) {
            return std::nullopt;
        }
        return point(version.value, letters[version.value - 1]).hash;
    };
}

// The epoch that may sign each of versions 1 to 9, -1 for none.
std::vector<int> epochs(const RegistryChain& chain, const VersionHashes& hashes) {
    const Registry registry = Registry::from_chain(chain);
    const SeenRegistry seen(registry, hashes);
    std::vector<int> all;
    for (std::uint64_t version = 1; version <= 9; ++version) {
        const EpochRecord* const epoch = seen.active_epoch(alice, VersionNumber{version});
        all.push_back(epoch == nullptr ? -1 : static_cast<int>(epoch->epoch.value));
    }
    return all;
}

using Epochs = std::vector<int>;

TEST(ChainWindows, AnEndIsThatOfTheHistory) {
    RegistryChain chain = chain_of_alice();
    add(chain, revocation_of(0, bound(0, {point(2, 7), point(4, 8)})), {alice_master});
    EXPECT_EQ(epochs(chain, history({1, 1, 1, 1})), Epochs(9, -1));
    EXPECT_EQ(epochs(chain, history({1, 7, 1, 1})), (Epochs{0, 0, -1, -1, -1, -1, -1, -1, -1}));
    EXPECT_EQ(epochs(chain, history({1, 1, 1, 8})), (Epochs{0, 0, 0, 0, -1, -1, -1, -1, -1}));
    // Of two the higher; and what would be listed behind its end is none of it.
    EXPECT_EQ(epochs(chain, history({1, 7, 1, 8})), (Epochs{0, 0, 0, 0, -1, -1, -1, -1, -1}));
    EXPECT_EQ(epochs(chain, history({1})), Epochs(9, -1));
    // The same letter elsewhere is another point.
    EXPECT_EQ(epochs(chain, history({7, 1, 7, 1})), Epochs(9, -1));
}

TEST(ChainWindows, ASuccessorBeginsWhereTheHistoryHandsOver) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(2, {point(6, 7)})), {alice_master});
    EXPECT_EQ(epochs(chain, history({1, 1})), (Epochs{0, 1, 1, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(epochs(chain, history({1, 1, 1, 1, 1, 7})), (Epochs{0, 0, 0, 0, 0, 0, 1, 1, 1}));
    add(chain, rotation_to(0x77, bound(4), 1), {alice_master});
    // Never before its predecessor.
    EXPECT_EQ(epochs(chain, history({1, 1, 1, 1, 1, 7})), (Epochs{0, 0, 0, 0, 0, 0, 2, 2, 2}));
    EXPECT_EQ(epochs(chain, history({1, 1})), (Epochs{0, 1, 1, 2, 2, 2, 2, 2, 2}));
}

TEST(ChainWindows, OfSeveralBoundsTheTightestCountsInEachHistory) {
    RegistryChain chain = chain_of_alice();
    add(chain, revocation_of(0, bound(9, {point(2, 7)})), {alice_master});
    add(chain, EndTightening{alice, Epoch{0}, EpochEnd::revocation, bound(4)}, {alice_master});
    EXPECT_EQ(epochs(chain, history({1, 7})), (Epochs{0, 0, -1, -1, -1, -1, -1, -1, -1}));
    EXPECT_EQ(epochs(chain, history({1, 1})), (Epochs{0, 0, 0, -1, -1, -1, -1, -1, -1}));
    add(chain, EndExtension{alice, Epoch{0}, EpochEnd::revocation, bound(6)});
    EXPECT_EQ(epochs(chain, history({1, 7})), (Epochs{0, 0, 0, 0, 0, -1, -1, -1, -1}));
}

TEST(ChainWindows, TheTightestBoundOfAHistoryIsARecord) {
    RegistryChain chain = chain_of_alice();
    add(chain, revocation_of(0, bound(9, {point(2, 7)})), {alice_master});
    const RecordNumber revocation = chain.number();
    add(chain, EndTightening{alice, Epoch{0}, EpochEnd::revocation, bound(4)}, {alice_master});
    const std::vector<RecordNumber>& bounds = chain.authors().at(alice).epochs[0].revoked;
    const RegistryChain::Listed listed{VersionNumber{2}, point(2, 7).hash};
    EXPECT_EQ(chain.tightest_bound(bounds, {&listed, 1}), revocation);
    EXPECT_EQ(chain.tightest_bound(bounds, {}), revocation + 1);
    EXPECT_EQ(chain.tightest_bound({}, {}), std::nullopt);
}

// Records that a log is asked about: since which nothing is left, in histories that are not listed.
TEST(ChainWindows, WhatAloneEndsAnEpochIsWhatLeavesItNothing) {
    RegistryChain chain = chain_of_alice();
    const RegistryChain::Listed listed{VersionNumber{2}, point(2, 7).hash};
    const auto ended_by = [&](std::uint64_t version,
                              std::span<const RegistryChain::Listed> points = {}) {
        return chain.ended_only_by(chain.authors().at(alice), Epoch{0}, VersionNumber{version},
                                   points);
    };
    using Numbers = std::vector<RecordNumber>;
    EXPECT_EQ(ended_by(1), Numbers()) << "nothing ended it";
    add(chain, rotation_to(alice_second, bound(0, {point(2, 7)})), {alice_master});
    const RecordNumber rotation = chain.number();
    EXPECT_EQ(ended_by(9), Numbers{rotation});
    EXPECT_EQ(ended_by(2, {&listed, 1}), Numbers()) << "it may sign that";
    EXPECT_EQ(ended_by(3, {&listed, 1}), Numbers()) << "the history ends where it is listed";
    add(chain, revocation_of(0, bound(5)), {alice_master});
    EXPECT_EQ(ended_by(4), Numbers{rotation});
    EXPECT_EQ(ended_by(5), Numbers()) << "a number ends it, too";
    add(chain, EndTightening{alice, Epoch{0}, EpochEnd::revocation, bound(0)}, {alice_master});
    const RecordNumber tightening = chain.number();
    EXPECT_EQ(ended_by(4), (Numbers{rotation, tightening}));
    add(chain, EndExtension{alice, Epoch{0}, EpochEnd::revocation, bound(0, {point(3, 3)})});
    EXPECT_EQ(ended_by(9), (Numbers{rotation, tightening})) << "it left nothing before";
    add(chain, EndExtension{alice, Epoch{0}, EpochEnd::rotation, bound(7)});
    EXPECT_EQ(ended_by(6), Numbers{tightening});
    add(chain, EndTightening{alice, Epoch{0}, EpochEnd::rotation, bound(0)});
    EXPECT_EQ(ended_by(6), (Numbers{chain.number(), tightening})) << "it was given back between";
    EXPECT_EQ(chain.ended_only_by(chain.authors().at(alice), Epoch{9}, VersionNumber{1}, {}),
              Numbers());
}

TEST(ChainWindows, AScopeIsTheHistoriesThatHaveItsPoints) {
    RegistryChain chain = chain_of_alice();
    add(chain, AuthorScope{alice, std::vector{point(1, 7)}});
    EXPECT_EQ(epochs(chain, history({1, 1})), Epochs(9, -1));
    EXPECT_EQ(epochs(chain, history({7, 1})), Epochs(9, 0));
    const Registry registry = Registry::from_chain(chain);
    EXPECT_FALSE(SeenRegistry(registry, history({1})).is_in_scope(alice));
    EXPECT_TRUE(SeenRegistry(registry, history({7})).is_in_scope(alice));
    EXPECT_FALSE(SeenRegistry(registry).is_in_scope(alice));
    add(chain, AuthorScope{alice, std::nullopt});
    EXPECT_EQ(epochs(chain, history({1, 1})), Epochs(9, 0));
}

TEST(ChainWindows, TheUnlistedAreAsTheRegistrySaysWithoutAHistory) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(3, {point(6, 7)})), {alice_master});
    const Registry registry = Registry::from_chain(chain);
    EXPECT_EQ(registry.active_epoch(alice, VersionNumber{3})->epoch, Epoch{1});
    EXPECT_EQ(SeenRegistry(registry).active_epoch(alice, VersionNumber{3})->epoch, Epoch{1});
    EXPECT_EQ(registry.active_epoch(alice, VersionNumber{2})->epoch, Epoch{0});
}

// --- What readers see who know nothing of histories -------------------------------------------

// Any bound within the first few versions, of histories that are words of two letters.
class RandomChain {
  public:
    explicit RandomChain(std::uint32_t seed) : random_(seed) {}

    RegistryChain make() {
        RegistryChain chain = chain_of_alice();
        for (int steps = below(7); steps > 0; --steps) {
            // What is not possible is left out.
            const RegistryRecord record = next_of(chain, facts(chain));
            [[maybe_unused]] const auto tried = chain.append(record);
        }
        return chain;
    }

  private:
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

    std::vector<HistoryPoint> points() {
        std::vector<HistoryPoint> all;
        for (int count = below(3); count > 0; --count) {
            const auto version = static_cast<std::uint64_t>(1 + below(5));
            all.push_back(point(version, static_cast<std::uint8_t>(1 + below(2))));
        }
        std::ranges::sort(all, {},
                          [](const HistoryPoint& one) { return std::pair(one.version, one.hash); });
        const auto [first, last] = std::ranges::unique(all);
        all.erase(first, last);
        return all;
    }

    Bound any_bound() { return bound(static_cast<std::uint64_t>(below(8)), points()); }

    RecordFacts facts(const RegistryChain& chain) {
        const auto count = static_cast<int>(chain.authors().at(alice).epochs.size());
        const auto epoch = static_cast<std::uint32_t>(below(count));
        const auto end = below(2) == 0 ? EpochEnd::rotation : EpochEnd::revocation;
        switch (below(6)) {
            case 0:
            case 1:
                return rotation_to(next_key_++, any_bound(), static_cast<std::uint32_t>(count - 1));
            case 2:
                return revocation_of(epoch, any_bound());
            case 3:
                return EndTightening{alice, Epoch{epoch}, end, any_bound()};
            case 4:
                return EndExtension{alice, Epoch{epoch}, end, any_bound()};
            default:
                return AuthorScope{alice, below(2) == 0 ? std::nullopt : std::optional(points())};
        }
    }

    std::mt19937 random_;
    std::uint8_t next_key_ = 0xc0;
};

// The reference forgets a rotation over a revocation, so that has to say where the rotation ended.
TEST(ChainWindows, ALateRevocationGivesARotatedKeyNothingBackInTheReference) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(5)), {alice_master});
    add(chain, revocation_of(0, bound(9)), {alice_master});
    const Registry::Author projected = chain.projected(chain.authors().at(alice));
    ASSERT_TRUE(projected.epochs[0].revocation);
    EXPECT_EQ(projected.epochs[0].revocation->effective_from, VersionNumber{5});
    EXPECT_EQ(reference_epoch(projected, VersionNumber{4}), projected.epochs.data());
    for (std::uint64_t version = 5; version <= 10; ++version) {
        EXPECT_EQ(reference_epoch(projected, VersionNumber{version}), &projected.epochs[1])
            << version;
    }
}

bool lets(const EpochRecord* ours, const EpochRecord* theirs) {
    return theirs == nullptr || (ours != nullptr && ours->public_key == theirs->public_key);
}

TEST(ChainWindows, TheProjectionLetsNobodySignWhatAHistoryDoesNot) {
    std::size_t let = 0;
    for (std::uint32_t seed = 0; seed < 1500; ++seed) {
        const RegistryChain chain = RandomChain(seed).make();
        const Registry registry = Registry::from_chain(chain);
        const AuthorFacts& facts = chain.authors().at(alice);
        const Registry::Author projected = chain.projected(facts);
        ASSERT_TRUE(std::ranges::equal(facts.epochs, chain.unlisted(facts).epochs, {},
                                       &EpochFacts::unlisted_from, &EpochRecord::active_from))
            << seed;
        for (std::uint32_t word = 0; word < 32; ++word) {
            std::vector<std::uint8_t> letters;
            for (std::uint32_t at = 0; at < 5; ++at) {
                letters.push_back(static_cast<std::uint8_t>(1 + ((word >> at) & 1U)));
            }
            const SeenRegistry seen(registry, history(letters));
            for (std::uint64_t version = 1; version <= 9; ++version) {
                const VersionNumber number{version};
                const EpochRecord* const ours = seen.active_epoch(alice, number);
                for (const EpochRecord* const theirs :
                     {projected.active_epoch(number), reference_epoch(projected, number)}) {
                    let += theirs == nullptr ? 0 : 1;
                    ASSERT_TRUE(lets(ours, theirs)) << seed << ": " << word << " at " << version;
                }
            }
        }
        // And it is read as it was written, in its file.
        ASSERT_EQ(ok(Registry::from_json(registry.to_json())), registry) << seed;
    }
    EXPECT_GT(let, 200'000U);
}

}  // namespace
}  // namespace aion::trust::test
