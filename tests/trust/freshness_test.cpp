// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/freshness.hpp"

#include <gtest/gtest.h>

#include "aion/trust/registry_chain.hpp"
#include "trust/chain_records.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using aion::test::ok;
using namespace std::chrono_literals;

constexpr std::uint64_t second = 1'000'000'000;
constexpr Timestamp begin{1'700'000'000 * second};
constexpr FreshnessRule any_age{.max_age = std::nullopt};

Timestamp later(std::uint64_t seconds) {
    return Timestamp{begin.value + (seconds * second)};
}

// A root of `begin`, then records at their times that say when the registry expires.
Registry registry(const std::vector<std::pair<Timestamp, std::optional<Timestamp>>>& expiries) {
    std::vector<RegistryRecord> records;
    records.push_back(test::signed_by(
        {0xA1}, {.number = 0,
                 .previous = {},
                 .time = begin,
                 .reason = "",
                 .facts = RootRecord{.keys = test::ascending({0xA1}), .threshold = 1},
                 .signatures = {}}));
    for (const auto& [time, at] : expiries) {
        records.push_back(test::signed_by({0xA1}, {.number = records.size(),
                                                   .previous = records.back().hash(),
                                                   .time = time,
                                                   .reason = "",
                                                   .facts = RegistryExpiry{.at = at},
                                                   .signatures = {}}));
    }
    return Registry::from_chain(ok(RegistryChain::replay(std::move(records))));
}

TEST(Freshness, OfARegistryWithoutAChainNothingIsKnown) {
    const Registry unproven = test::pinned();
    EXPECT_EQ(find_staleness(unproven, begin, any_age), Staleness::unproven);
    EXPECT_EQ(describe(Staleness::unproven, unproven, begin, any_age),
              "the registry has no chain of signed records, so nothing says how old it is");
}

TEST(Freshness, AgeIsThatOfTheNewestRecord) {
    const Registry renewed = registry({{later(100), std::nullopt}});
    const FreshnessRule rule{.max_age = 60s};
    EXPECT_EQ(find_staleness(renewed, later(160), rule), std::nullopt);
    EXPECT_EQ(find_staleness(renewed, Timestamp{later(160).value + 1}, rule), Staleness::too_old);
    EXPECT_EQ(find_staleness(renewed, later(1'000'000), any_age), std::nullopt);
    EXPECT_EQ(
        describe(Staleness::too_old, renewed, later(100 + (3 * 86'400)), rule),
        "the newest record that the registry's root signed is of 2023-11-14T22:15:00Z, 3 days "
        "before 2023-11-17T22:15:00Z; at most 60 s are allowed");
}

TEST(Freshness, ARecordOfTheFutureWouldSeemNewForLong) {
    const Registry early = registry({{later(1'000), std::nullopt}});
    EXPECT_EQ(find_staleness(early, begin, {.max_age = 60s}), Staleness::ahead);
    EXPECT_EQ(find_staleness(early, begin, any_age), std::nullopt);
    EXPECT_EQ(find_staleness(early, later(700), {.max_age = 0ns}), std::nullopt);
    EXPECT_EQ(
        describe(Staleness::ahead, early, begin, {.max_age = 60s}),
        "the newest record that the registry's root signed is of 2023-11-14T22:30:00Z, and it "
        "is 2023-11-14T22:13:20Z only: one of the clocks is wrong");
}

// Or whoever was revoked could hide that behind a record of today.
TEST(Freshness, AnAuthorsMasterKeyMakesNothingNewer) {
    RegistryChain chain = *registry({}).chain();
    const auto add = [&](RecordFacts facts, std::uint64_t seconds, std::uint8_t key) {
        ok(chain.append(
            test::signed_by({key}, chain.next_record(std::move(facts), later(seconds), ""))));
    };
    const AuthorId author{7};
    add(AuthorRegistration{.author = author,
                           .name = "",
                           .contact = "",
                           .master_key = aion::test::public_of(0x11),
                           .operational_key = aion::test::public_of(0x12),
                           .active_from = VersionNumber{0}},
        10, 0xA1);
    add(EpochRevocation{.author = author,
                        .epoch = Epoch{0},
                        .reason = RevocationReason::retired,
                        .until = {.unlisted = VersionNumber{3}, .listed = {}}},
        100, 0x11);
    EXPECT_EQ(chain.root_time(), later(10));
    EXPECT_EQ(find_staleness(Registry::from_chain(chain), later(110), {.max_age = 60s}),
              Staleness::too_old);
}

TEST(Freshness, AWrongClockDoesNotMakeItFreshForEver) {
    const Registry corrected =
        registry({{Timestamp{UINT64_MAX}, std::nullopt}, {later(10), std::nullopt}});
    EXPECT_EQ(find_staleness(corrected, later(100), {.max_age = 60s}), Staleness::too_old);
}

TEST(Freshness, ItsOwnExpiryComesFirst) {
    const Registry yearly = registry({{later(1), later(50)}});
    EXPECT_EQ(find_staleness(yearly, Timestamp{later(50).value - 1}, any_age), std::nullopt);
    EXPECT_EQ(find_staleness(yearly, later(50), any_age), Staleness::expired);
    EXPECT_EQ(find_staleness(yearly, later(500), {.max_age = 1s}), Staleness::expired);
    EXPECT_EQ(describe(Staleness::expired, yearly, later(60), any_age),
              "the registry expired at 2023-11-14T22:14:10Z, by its own word; it is "
              "2023-11-14T22:14:20Z now");
}

TEST(Freshness, AnExpiryCanBeTakenBack) {
    const Registry kept = registry({{later(1), later(50)}, {later(2), std::nullopt}});
    EXPECT_EQ(find_staleness(kept, later(500), any_age), std::nullopt);
}

TEST(Freshness, NobodyIsYoungerThanNothing) {
    const Registry fresh = registry({});
    EXPECT_EQ(find_staleness(fresh, begin, {.max_age = -1h}), std::nullopt);
    EXPECT_EQ(find_staleness(fresh, later(1), {.max_age = -1h}), Staleness::too_old);
}

TEST(Freshness, NamesAreStable) {
    EXPECT_EQ(name_of(Staleness::unproven), "unproven");
    EXPECT_EQ(name_of(Staleness::expired), "expired");
    EXPECT_EQ(name_of(Staleness::too_old), "too_old");
    EXPECT_EQ(name_of(Staleness::ahead), "ahead");
}

}  // namespace
}  // namespace aion::trust
