// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/authority.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "aion/policy/examine.hpp"
#include "aion/trust/seen_registry.hpp"
#include "support/chain_world.hpp"

namespace aion::policy::test {
namespace {

class AuthorityTest : public ChainWorld {
  protected:
    std::string why(ByteView file) const { return check(file).reason(); }

    bool is_valid(ByteView file) const { return check(file).is_valid(); }
};

TEST_F(AuthorityTest, AStolenKeySignsNoNewFile) {
    const Bytes kept = file_of(4, alice_key, "kept");
    say(stolen(bound(0, {point_of(kept, 4)})));
    EXPECT_TRUE(is_valid(kept)) << why(kept);
    for (std::uint64_t versions = 1; versions <= 4; ++versions) {
        const Bytes fresh = file_of(versions, alice_key, "fresh");
        const auto report = check(fresh);
        EXPECT_FALSE(report.is_valid()) << versions;
        ASSERT_NE(report.first(Gate::signatures), nullptr);
        EXPECT_EQ(report.first(Gate::signatures)->reason, Reason::no_active_epoch);
        EXPECT_EQ(report.signatures_valid, 0U);
        EXPECT_EQ(report.first(Gate::signatures)->message,
                  "no key of alice (1001) may sign version 1: epoch 0 of alice (1001) was revoked "
                  "(compromised) for every version of a history that the record does not list");
    }
}

TEST_F(AuthorityTest, AListedHistoryStaysUpToItsListedVersion) {
    const Bytes file = file_of(6, alice_key);
    say(stolen(bound(0, {point_of(file, 4)})));
    const auto report = check(file);
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.signatures_valid, 4U);
    EXPECT_EQ(report.first(Gate::signatures)->version, VersionNumber{5});
    EXPECT_EQ(report.first(Gate::signatures)->message,
              "no key of alice (1001) may sign version 5: epoch 0 of alice (1001) was revoked "
              "(compromised) from version 5 on of this history, which the record lists");
}

TEST_F(AuthorityTest, AForkOfAListedHistoryIsAnotherHistory) {
    env.put(path, file_of(3, alice_key));
    const Bytes common = content();
    const auto known = known_to_alice(alice_key);
    ASSERT_TRUE(commit(env, path, {as_bytes("ours"), alice, ""}, alice_key, known).has_value());
    const Bytes ours = content();
    env.put(path, common);
    ASSERT_TRUE(commit(env, path, {as_bytes("theirs"), alice, ""}, alice_key, known).has_value());
    const Bytes theirs = content();
    say(stolen(bound(0, {point_of(ours, 4)})));
    EXPECT_TRUE(is_valid(ours)) << why(ours);
    EXPECT_FALSE(is_valid(theirs));
    EXPECT_FALSE(is_valid(common)) << "what was not listed itself is no listed history";
}

TEST_F(AuthorityTest, OfTwoListedPointsTheHighestCounts) {
    const Bytes file = file_of(5, alice_key);
    std::vector<trust::HistoryPoint> points = {point_of(file, 2), point_of(file, 4)};
    say(stolen(bound(0, points)));
    EXPECT_EQ(check(file).signatures_valid, 4U);
}

TEST_F(AuthorityTest, WhatOthersListSaysNothingOfAnAuthor) {
    const Bytes file = file_of(2, alice_key);
    say(trust::EpochRevocation{.author = bob,
                               .epoch = Epoch{0},
                               .reason = trust::RevocationReason::retired,
                               .until = bound(0, {point_of(file, 2)})});
    EXPECT_TRUE(is_valid(file)) << why(file);
    say(stolen(bound(2)));
    EXPECT_EQ(check(file).signatures_valid, 1U);
    EXPECT_NE(why(file).find("was revoked (compromised) from version 2 on"), std::string::npos)
        << why(file);
    EXPECT_EQ(why(file).find("lists"), std::string::npos) << why(file);
}

TEST_F(AuthorityTest, ASuccessorBeginsWhereTheHistoryHandsOver) {
    auto second = key_from(alices_second);
    env.put(path, file_of(3, alice_key));
    say(handed_over(bound(1, {point_of(content(), 3)})));
    // Who may sign the next version is asked of this history, too.
    const auto by_old = commit(env, path, {as_bytes("b"), alice, ""}, alice_key, registry);
    ASSERT_FALSE(by_old.has_value());
    EXPECT_EQ(by_old.error().code(), ErrorCode::key_mismatch);
    EXPECT_NE(by_old.error().full_message().find(
                  "handed over to epoch 1 at version 4 of this history, which the record lists"),
              std::string::npos)
        << by_old.error().full_message();
    ASSERT_TRUE(commit(env, path, {as_bytes("b"), alice, ""}, second, registry).has_value());
    EXPECT_TRUE(is_valid(content())) << why(content());
    // A new file is the successor's from the beginning.
    EXPECT_FALSE(create(env, "/policies/new.aion", {as_bytes("b"), alice, ""}, alice_key,
                        {.registry = &registry})
                     .has_value());
    EXPECT_TRUE(create(env, "/policies/new.aion", {as_bytes("b"), alice, ""}, second,
                       {.registry = &registry})
                    .has_value());
    EXPECT_TRUE(verify(env, "/policies/new.aion", registry)->is_valid());
}

TEST_F(AuthorityTest, ASessionAsksForItsHistory) {
    env.put(path, file_of(2, alice_key));
    const Bytes listed = content();
    say(stolen(bound(0, {point_of(listed, 2)})));
    auto session = CommitSession::open(env, path, registry);
    ASSERT_TRUE(session.has_value());
    const auto refused = session->add({as_bytes("b"), alice, ""}, alice_key);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::unauthorized_signer);
    ASSERT_TRUE(session->add({as_bytes("b"), bob, ""}, bob_key).has_value());
    ASSERT_TRUE(session->add({as_bytes("c"), bob, ""}, bob_key).has_value());
    ASSERT_TRUE(session->save().has_value());
    EXPECT_TRUE(is_valid(content())) << why(content());
}

// Somebody restores an old copy and makes the very version again that a record lists.
TEST_F(AuthorityTest, AVersionThatIsListedChangesWhoMaySignTheNext) {
    env.put(path, file_of(2, alice_key));
    const Bytes old = content();
    const NewVersion third{.payload = as_bytes("c"),
                           .author = bob,
                           .message = "m",
                           .timestamp = Timestamp{start.value + 1'000'000}};
    ASSERT_TRUE(commit(env, path, third, bob_key, registry).has_value());
    const auto listed = point_of(content(), 3);
    env.put(path, old);
    say(trust::EpochRevocation{.author = bob,
                               .epoch = Epoch{0},
                               .reason = trust::RevocationReason::retired,
                               .until = bound(5, {listed})});
    HistoryCache cache(4);
    auto session = CommitSession::open(env, path, registry, {.verify = {.history_cache = &cache}});
    ASSERT_TRUE(session.has_value());
    ASSERT_TRUE(session->add(third, bob_key).has_value());
    // In a history that is not listed bob could sign version 4.
    EXPECT_FALSE(session->add({as_bytes("d"), bob, ""}, bob_key).has_value());
    ASSERT_TRUE(session->save().has_value());
    EXPECT_TRUE(check(content(), {.history_cache = &cache}).is_valid());
}

TEST_F(AuthorityTest, AScopeIsCertainHistories) {
    const Bytes inside = file_of(3, alice_key, "inside");
    const Bytes outside = file_of(3, alice_key, "outside");
    say(trust::AuthorScope{.author = alice, .histories = {{point_of(inside, 1)}}});
    EXPECT_TRUE(is_valid(inside)) << why(inside);
    EXPECT_FALSE(is_valid(outside));
    EXPECT_EQ(check(outside).first(Gate::signatures)->message,
              "no key of alice (1001) may sign version 1: the registry lets alice (1001) sign "
              "certain histories only, and this is none of them");
    env.put(path, outside);
    const auto refused = create(env, "/policies/new.aion", {as_bytes("b"), alice, ""}, alice_key,
                                {.registry = &registry});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::unauthorized_signer);
}

TEST_F(AuthorityTest, HashesThatAFileClaimsListNothing) {
    Bytes listed = file_of(3, alice_key, "listed");
    const auto point = point_of(listed, 2);
    say(stolen(bound(0, {point})));
    // Version 3 claims to follow a listed version 2 that is not there.
    Bytes forged = file_of(3, alice_key, "forged");
    const auto view = format::FileView::parse(forged);
    const std::uint64_t at = view->offset_of(&view->version_at(2).value()->parent_hash);
    std::ranges::copy(point.hash.bytes, forged.begin() + static_cast<std::ptrdiff_t>(at));
    rehash(forged);
    EXPECT_EQ(check(forged).signatures_valid, 0U);
}

TEST_F(AuthorityTest, AHistoryCacheIsOfOneRegistry) {
    const Bytes file = file_of(3, alice_key);
    HistoryCache cache(4);
    ASSERT_TRUE(check(file, {.history_cache = &cache}).is_valid());
    say(stolen(bound(0, {point_of(file, 2)})));
    EXPECT_FALSE(check(file, {.history_cache = &cache}).is_valid());
}

TEST_F(AuthorityTest, WhatIsExaminedTellsOfTheHistory) {
    const Bytes file = file_of(3, alice_key);
    say(stolen(bound(0, {point_of(file, 3)})));
    const auto examined = examine(file, registry, start, {.verify = {.list_history = true}});
    ASSERT_TRUE(examined.has_value());
    EXPECT_TRUE(examined->report().is_valid());
    EXPECT_TRUE(examined->seen().is_listed());
    EXPECT_EQ(&examined->registry(), &registry);
    ASSERT_NE(examined->version(2).epoch, nullptr);
    EXPECT_EQ(examined->version(2).epoch->revocation->effective_from, VersionNumber{4});
    ASSERT_EQ(examined->report().history->signers.size(), 1U);
    EXPECT_EQ(examined->report().history->signers.front().versions, 3U);
}

// Readers of the projection never accept what the chain refuses them for: whatever they let a key
// sign, in whatever history, the chain lets it sign.
TEST_F(AuthorityTest, WhatTheProjectionLetsSignEveryHistoryLets) {
    std::mt19937 random(20'241'130);
    const auto below = [&](std::uint32_t end) {
        return static_cast<std::uint32_t>(random() % end);
    };
    const auto hash = [](std::uint32_t letter) {
        Hash made;
        made.bytes.fill(static_cast<std::uint8_t>(letter));
        return made;
    };
    const auto some_bound = [&] {
        std::vector<trust::HistoryPoint> points;
        for (std::uint32_t letter = 1; letter <= 3; ++letter) {
            if (below(2) == 0) {
                points.push_back(point(1 + below(6), hash(letter)));
            }
        }
        std::ranges::sort(
            points, {}, [](const trust::HistoryPoint& p) { return std::pair(p.version, p.hash); });
        return bound(below(8), std::move(points));
    };
    std::size_t compared = 0;
    for (int round = 0; round < 300; ++round) {
        trust::RegistryChain chain = chain_of_three();
        const auto try_to_add = [&](trust::RecordFacts facts) {
            // What may not be said is not.
            [[maybe_unused]] const auto added =
                chain.append(signed_by_root(chain.next_record(std::move(facts), Timestamp{9}, "")));
        };
        if (below(2) == 0) {
            try_to_add(handed_over(some_bound()));
        }
        if (below(2) == 0) {
            try_to_add(stolen(some_bound(), below(2)));
            try_to_add(
                trust::EndTightening{alice, Epoch{0}, trust::EpochEnd::revocation, some_bound()});
        }
        if (below(4) == 0) {
            trust::AuthorScope scope{.author = alice, .histories = some_bound().listed};
            try_to_add(std::move(scope));
        }
        const auto made = trust::Registry::from_chain(chain);
        const trust::Registry::Author projected = chain.projected(chain.authors().at(alice));
        for (int i = 0; i < 20; ++i) {
            std::vector<std::uint32_t> letters(1 + below(7));
            std::ranges::generate(letters, [&] { return below(4); });
            const trust::SeenRegistry seen(made, [&](VersionNumber version) -> std::optional<Hash> {
                return version.value == 0 || version.value > letters.size()
                           ? std::nullopt
                           : std::optional(hash(letters[version.value - 1]));
            });
            for (std::uint64_t version = 1; version <= 9; ++version) {
                const auto* const theirs = projected.active_epoch(VersionNumber{version});
                if (theirs != nullptr) {
                    const auto* const ours = seen.active_epoch(alice, VersionNumber{version});
                    ASSERT_NE(ours, nullptr) << "version " << version << ", round " << round;
                    EXPECT_EQ(ours->public_key, theirs->public_key) << version;
                    ++compared;
                }
            }
        }
    }
    EXPECT_GT(compared, 1'000U);
}

TEST_F(AuthorityTest, APlainRegistryIsSeenAsItIs) {
    must_create();
    const trust::Registry plain = known_registry();
    EXPECT_FALSE(trust::SeenRegistry(plain).is_listed());
    const auto report = verify(content(), plain, start);
    EXPECT_TRUE(report.is_valid());
}

}  // namespace
}  // namespace aion::policy::test
