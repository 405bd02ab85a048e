// SPDX-License-Identifier: MIT OR Apache-2.0
// Where we part from the reference's registry: each difference that we mend, and that
// the mended registry survives its JSON.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <ranges>

#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::active_at;
using test::author;
using test::code_of;
using test::ok;
using test::pinned;
using test::public_of;
using test::refusal;
using test::revocation;
using test::rotation;

Registry reloaded(const Registry& registry) {
    return ok(Registry::from_json(registry.to_json()));
}

// --- The tightest bound wins --------------------------------------------------------------------

Registry rotated_at_10_revoked_at(std::uint64_t bound) {
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, 10)));
    ok(registry.apply(revocation(0, bound)));
    return registry;
}

TEST(RegistryMended, ARevocationBelowTheRotationTightens) {
    const Registry registry = rotated_at_10_revoked_at(4);
    EXPECT_EQ(active_at(registry, 3), 0);
    EXPECT_EQ(active_at(registry, 4), -1);
    EXPECT_EQ(active_at(registry, 9), -1);
    EXPECT_EQ(active_at(registry, 10), 1);
    EXPECT_EQ(reloaded(registry), registry);
}

TEST(RegistryMended, ARevocationAtTheRotationChangesNoWindow) {
    const Registry registry = rotated_at_10_revoked_at(10);
    EXPECT_EQ(active_at(registry, 9), 0);
    EXPECT_EQ(active_at(registry, 10), 1);
    EXPECT_EQ(reloaded(registry), registry);
}

// In the reference the old key would answer for 10 to 14 again and hide its successor.
TEST(RegistryMended, ARevocationAboveTheRotationDoesNotGiveTheOldKeyItsVersionsBack) {
    const Registry registry = rotated_at_10_revoked_at(15);
    EXPECT_EQ(active_at(registry, 9), 0);
    EXPECT_EQ(active_at(registry, 10), 1);
    EXPECT_EQ(active_at(registry, 14), 1);
    EXPECT_EQ(*registry.find(author)->epochs[0].valid_until(), VersionNumber{10});
    EXPECT_EQ(registry.find(author)->epochs[0].status(), EpochStatus::revoked);
    EXPECT_EQ(reloaded(registry), registry);
}

RC_GTEST_PROP(RegistryMendedProperty, AtMostOneEpochIsValidAndLookupFindsIt,
              (std::uint8_t first, std::uint8_t second, std::uint8_t revoke_0,
               std::uint8_t revoke_1)) {
    Registry registry = pinned();
    const std::uint64_t start_1 = std::uint64_t{1} + first;
    ok(registry.apply(rotation(0, 1, 0x33, start_1)));
    ok(registry.apply(revocation(1, revoke_1)));
    ok(registry.apply(rotation(1, 2, 0x44, start_1 + 1 + second)));
    ok(registry.apply(revocation(0, revoke_0)));
    for (std::uint64_t version = 0; version < 600; version += 7) {
        std::int64_t only = -1;
        for (const EpochRecord& epoch : registry.find(author)->epochs) {
            if (epoch.is_valid_at(VersionNumber{version})) {
                RC_ASSERT(only == -1);
                only = epoch.epoch.value;
            }
        }
        RC_ASSERT(active_at(registry, version) == only);
    }
    RC_ASSERT(reloaded(registry) == registry);
}

// --- Nothing is written that cannot be loaded again ---------------------------------------------

TEST(RegistryMended, ARotationWhereItsEpochBeginsIsRefusedWithTheRemedy) {
    Registry registry = pinned();
    const auto outcome = registry.apply(rotation(0, 1, 0x33, 0));
    EXPECT_EQ(refusal(outcome),
              "Invalid file format: rotation effective_from_version 0 is where epoch 0 itself "
              "begins, which would leave it no version and make a registry that cannot be loaded "
              "again; use 2 or later");
    EXPECT_EQ(registry, pinned());
    EXPECT_EQ(ok(registry.apply(rotation(0, 1, 0x33, 1))), Applied::changed);
    EXPECT_EQ(reloaded(registry), registry);
}

TEST(RegistryMended, ARotationAtTheLastVersionHasNoRemedy) {
    Registry registry = pinned(VersionNumber{UINT64_MAX});
    EXPECT_TRUE(refusal(registry.apply(rotation(0, 1, 0x33, UINT64_MAX)))
                    .ends_with("there is no later version"));
}

// --- Rotation after the active epoch was revoked ------------------------------------------------

TEST(RegistryMended, RotationIsPossibleAfterTheActiveEpochWasRevoked) {
    Registry registry = pinned();
    ok(registry.apply(revocation(0, 5)));
    EXPECT_EQ(active_at(registry, 7), -1);
    EXPECT_EQ(ok(registry.apply(rotation(0, 1, 0x33, 8))), Applied::changed);
    EXPECT_EQ(active_at(registry, 4), 0);
    EXPECT_EQ(active_at(registry, 5), -1);
    EXPECT_EQ(active_at(registry, 7), -1);
    EXPECT_EQ(active_at(registry, 8), 1);
    EXPECT_EQ(reloaded(registry), registry);
}

TEST(RegistryMended, ItGoesOnRotatingAfterwards) {
    Registry registry = pinned();
    ok(registry.apply(revocation(0, 5)));
    ok(registry.apply(rotation(0, 1, 0x33, 8)));
    ok(registry.apply(revocation(1, 9)));
    ok(registry.apply(rotation(1, 2, 0x44, 9)));
    EXPECT_EQ(active_at(registry, 8), 1);
    EXPECT_EQ(active_at(registry, 9), 2);
    EXPECT_EQ(reloaded(registry), registry);
}

TEST(RegistryMended, RevokedWithAnEmptyWindowItCanStillBeRotated) {
    Registry registry = pinned();
    ok(registry.apply(revocation(0, 0)));
    ok(registry.apply(rotation(0, 1, 0x33, 1)));
    EXPECT_EQ(active_at(registry, 0), -1);
    EXPECT_EQ(active_at(registry, 1), 1);
    EXPECT_EQ(reloaded(registry), registry);
}

// --- Applying the same record twice -------------------------------------------------------------

TEST(RegistryMended, TheSameRotationTwiceIsANoOp) {
    Registry registry = pinned();
    const RotationRecord record = rotation(0, 1, 0x33, 10);
    ok(registry.apply(record));
    const Registry once = registry;
    EXPECT_EQ(ok(registry.apply(record)), Applied::already);
    EXPECT_EQ(ok(registry.apply(SignedRecord(record))), Applied::already);
    EXPECT_EQ(registry, once);
}

TEST(RegistryMended, AnOldRotationIsStillANoOpAfterLaterChanges) {
    Registry registry = pinned();
    const RotationRecord record = rotation(0, 1, 0x33, 10);
    ok(registry.apply(record));
    ok(registry.apply(rotation(1, 2, 0x44, 20)));
    ok(registry.apply(revocation(0, 5)));
    EXPECT_EQ(ok(registry.apply(record)), Applied::already);
}

TEST(RegistryMended, TheSameRevocationTwiceIsANoOp) {
    Registry registry = pinned();
    const RevocationRecord record = revocation(0, 10);
    ok(registry.apply(record));
    const Registry once = registry;
    EXPECT_EQ(ok(registry.apply(record)), Applied::already);
    EXPECT_EQ(registry, once);
}

// In the reference the first of two revocations stays, and the other is an error.
RC_GTEST_PROP(RegistryMendedProperty, RevocationsMeanTheSameInAnyOrder,
              (std::vector<std::uint8_t> versions)) {
    constexpr std::array reasons{RevocationReason::unspecified, RevocationReason::compromised,
                                 RevocationReason::retired};
    std::vector<RevocationRecord> records;
    for (const std::uint8_t version : versions) {
        records.push_back(revocation(0, version / 3, reasons.at(version % 3U)));
    }
    Registry there = pinned();
    for (const RevocationRecord& record : records) {
        ok(there.apply(record));
    }
    Registry back = pinned();
    for (const RevocationRecord& record : records | std::views::reverse) {
        ok(back.apply(record));
    }
    RC_ASSERT(there == back);
}

TEST(RegistryMended, AForgedRepetitionIsNoNoOp) {
    Registry registry = pinned();
    RotationRecord turned = rotation(0, 1, 0x33, 10);
    RevocationRecord revoked = revocation(0, 5);
    ok(registry.apply(turned));
    ok(registry.apply(revoked));
    turned.master_signature.bytes[3] ^= 1U;
    revoked.master_signature.bytes[3] ^= 1U;
    EXPECT_EQ(code_of(registry.apply(turned)), ErrorCode::invalid_signature);
    EXPECT_EQ(code_of(registry.apply(revoked)), ErrorCode::invalid_signature);
}

}  // namespace
}  // namespace aion::trust
