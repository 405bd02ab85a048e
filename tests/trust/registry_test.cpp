// SPDX-License-Identifier: MIT OR Apache-2.0
// Windows, pinning, rotation and revocation (docs/registry.md).
#include "aion/trust/registry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::active_at;
using test::author;
using test::code_of;
using test::key_from;
using test::ok;
using test::pinned;
using test::public_of;
using test::refusal;
using test::revocation;
using test::rotation;

constexpr std::string_view bad_signature = "Invalid signature: signature verification failed";

std::string format_error(std::string_view reason) {
    return "Invalid file format: " + std::string(reason);
}

// Applies a record to a copy and expects it to be refused without any effect.
template <class Record>
std::string refused_by(const Registry& registry, const Record& record) {
    Registry copy = registry;
    const auto outcome = copy.apply(record);
    EXPECT_EQ(copy, registry);
    return refusal(outcome);
}

// --- Pinning ------------------------------------------------------------------------------------

TEST(Registry, FreshAuthorResolvesToEpochZero) {
    const Registry registry = pinned();
    for (const std::uint64_t version : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
        const EpochRecord* epoch = registry.active_epoch(author, VersionNumber{version});
        ASSERT_NE(epoch, nullptr);
        EXPECT_EQ(epoch->epoch, Epoch{0});
        EXPECT_EQ(epoch->public_key, public_of(0x22));
        EXPECT_EQ(epoch->status(), EpochStatus::active);
    }
    EXPECT_EQ(registry.find(author)->master_key, public_of(0x11));
}

TEST(Registry, AKeyOfSeveralEpochsIsThatWhichMaySign) {
    Registry::Author known;
    for (std::uint32_t i = 0; i < 3; ++i) {
        EpochRecord epoch;
        epoch.epoch = Epoch{i};
        epoch.public_key = public_of(i == 1 ? 0x33 : 0x22);
        epoch.active_from = VersionNumber{10 * i};
        if (i < 2) {
            epoch.rotation = {.successor = Epoch{i + 1},
                              .effective_from = VersionNumber{10 * i + 10}};
        }
        known.epochs.push_back(epoch);
    }
    EXPECT_EQ(known.find(public_of(0x22), VersionNumber{5}), &known.epochs[0]);
    EXPECT_EQ(known.find(public_of(0x22), VersionNumber{25}), &known.epochs[2]);
    EXPECT_EQ(known.find(public_of(0x22), VersionNumber{15}), &known.epochs[2]) << "the newest";
    EXPECT_EQ(known.find(public_of(0x33), VersionNumber{5}), &known.epochs[1]);
    EXPECT_EQ(known.find(public_of(0x44), VersionNumber{5}), nullptr);
}

TEST(Registry, AWindowIsWhatAnEpochMaySign) {
    EpochRecord epoch;
    EXPECT_EQ(epoch.window(), (VersionWindow{VersionNumber{1}, std::nullopt}));
    EXPECT_EQ(in_words(epoch.window()), "from version 1 on");
    epoch.active_from = VersionNumber{3};
    EXPECT_EQ(in_words(epoch.window()), "from version 3 on");
    epoch.rotation = {.successor = Epoch{1}, .effective_from = VersionNumber{10}};
    EXPECT_EQ(epoch.window(), (VersionWindow{VersionNumber{3}, VersionNumber{9}}));
    EXPECT_EQ(in_words(epoch.window()), "versions 3 to 9");
    epoch.rotation->effective_from = VersionNumber{4};
    EXPECT_EQ(in_words(epoch.window()), "version 3");
    epoch.revocation = {.reason = RevocationReason::retired, .effective_from = VersionNumber{0}};
    EXPECT_EQ(epoch.window(), std::nullopt);
    EXPECT_EQ(in_words(epoch.window()), "no version");
}

TEST(Registry, NothingIsValidBeforeItsFirstVersion) {
    const Registry registry = pinned(VersionNumber{5});
    EXPECT_EQ(active_at(registry, 4), -1);
    EXPECT_EQ(active_at(registry, 5), 0);
}

TEST(Registry, SecondRegistrationOfAnAuthorFails) {
    Registry registry = pinned();
    const auto again = registry.pin(author, public_of(0x11), public_of(0x33));
    EXPECT_EQ(refusal(again), format_error("author 50001 already registered"));
    EXPECT_FALSE(registry.pin(author, public_of(0x33), public_of(0x22)));
    EXPECT_FALSE(registry.pin(author, public_of(0x11), public_of(0x22), VersionNumber{1}));
    EXPECT_EQ(registry, pinned());
}

TEST(Registry, TheVerySameRegistrationIsANoOp) {
    Registry registry;
    EXPECT_EQ(ok(registry.pin(author, public_of(0x11), public_of(0x22))), Applied::changed);
    EXPECT_EQ(ok(registry.pin(author, public_of(0x11), public_of(0x22))), Applied::already);
    ok(registry.apply(rotation(0, 1, 0x33, 9)));
    const Registry rotated = registry;
    EXPECT_EQ(ok(registry.pin(author, public_of(0x11), public_of(0x22))), Applied::already);
    EXPECT_EQ(registry, rotated);
}

TEST(Registry, AuthorZeroAndTheLargestAreLegal) {
    Registry registry;
    ok(registry.pin(AuthorId{0}, public_of(0x11), public_of(0x22)));
    ok(registry.pin(AuthorId{UINT64_MAX}, public_of(0x11), public_of(0x33)));
    EXPECT_EQ(active_at(registry, 1, AuthorId{0}), 0);
    EXPECT_EQ(active_at(registry, 1, AuthorId{UINT64_MAX}), 0);
}

PublicKey bad_key(std::string_view which) {
    PublicKey key;
    if (which == "no point") {
        key.bytes.fill(0xAB);
    } else if (which == "small order") {
        key.bytes[0] = 1;
    } else if (which == "not canonical") {  // y = p, which means 0
        key.bytes.fill(0xFF);
        key.bytes[0] = 0xED;
        key.bytes[31] = 0x7F;
    }
    return key;  // otherwise all zero: of order 4
}

TEST(Registry, RefusesKeysThatAreNoStrictPoints) {
    for (const std::string_view which : {"no point", "small order", "not canonical", "zero"}) {
        Registry registry;
        const auto master = registry.pin(author, bad_key(which), public_of(0x22));
        EXPECT_EQ(refusal(master),
                  "Invalid public key: master key of author 50001 is not the canonical encoding "
                  "of an Ed25519 point of large order");
        const auto operational = registry.pin(author, public_of(0x11), bad_key(which));
        EXPECT_EQ(refusal(operational),
                  "Invalid public key: key of author 50001, epoch 0, is not the canonical "
                  "encoding of an Ed25519 point of large order");
        EXPECT_EQ(code_of(operational), ErrorCode::invalid_public_key);
        EXPECT_EQ(registry, Registry());
    }
}

// --- Rotation -----------------------------------------------------------------------------------

TEST(Registry, RotationHandsOverAtItsVersion) {
    Registry registry = pinned();
    EXPECT_EQ(ok(registry.apply(rotation(0, 1, 0x33, 10))), Applied::changed);
    EXPECT_EQ(active_at(registry, 1), 0);
    EXPECT_EQ(active_at(registry, 9), 0);
    EXPECT_EQ(active_at(registry, 10), 1);
    EXPECT_EQ(registry.active_epoch(author, VersionNumber{10})->public_key, public_of(0x33));
    EXPECT_EQ(registry.find(author)->epochs[0].status(), EpochStatus::rotated);
    EXPECT_EQ(registry.latest_epoch(author)->epoch, Epoch{1});
}

TEST(Registry, RotationOfAnUnknownAuthorFails) {
    EXPECT_EQ(refused_by(Registry(), rotation(0, 1, 0x33, 10)),
              format_error("author 50001 not registered"));
}

TEST(Registry, RotationMustLeaveTheLatestEpoch) {
    Registry registry = pinned();
    EXPECT_EQ(refused_by(registry, rotation(1, 2, 0x33, 10)),
              format_error("rotation from_epoch 1 does not match current active epoch 0"));
    ok(registry.apply(rotation(0, 1, 0x33, 10)));
    EXPECT_EQ(refused_by(registry, rotation(0, 1, 0x44, 10)),
              format_error("rotation from_epoch 0 does not match current active epoch 1"));
    ok(registry.apply(revocation(1, 20)));
    EXPECT_EQ(refused_by(registry, rotation(0, 1, 0x44, 10)),
              format_error("rotation from_epoch 0 does not match current (revoked) epoch 1"));
}

TEST(Registry, RotationMustGoToTheNextEpoch) {
    for (const std::uint32_t to : {0U, 2U, UINT32_MAX}) {
        EXPECT_EQ(refused_by(pinned(), rotation(0, to, 0x33, 10)),
                  format_error("rotation to_epoch " + std::to_string(to) +
                               " must be 1 (from_epoch + 1)"));
    }
}

TEST(Registry, RotationMustNotPrecedeTheOutgoingEpoch) {
    EXPECT_EQ(refused_by(pinned(VersionNumber{5}), rotation(0, 1, 0x33, 4)),
              format_error("rotation effective_from_version precedes active epoch"));
}

TEST(Registry, RotationBeyondTheLastEpochNumberFails) {
    Registry registry = ok(Registry::from_json(R"({"version":1,"authors":[{"author_id":50001,
        "master_key":"0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=","epochs":[
        {"epoch":0,"public_key":"oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA=",
         "active_from_version":0},
        {"epoch":4294967295,"public_key":"F8t5+ytBIPKx7GXkGY1uCLKOgT/rAeSkAIObheGAgM4=",
         "active_from_version":9}]}]})"));
    EXPECT_EQ(refused_by(registry, rotation(UINT32_MAX, 0, 0x44, 10)),
              format_error("epoch counter overflow"));
}

TEST(Registry, RotationSignedByAnotherKeyFails) {
    RotationRecord record = rotation(0, 1, 0x33, 10);
    auto other = key_from(0x22);
    record = ok(sign(record, other));
    EXPECT_EQ(refused_by(pinned(), record), bad_signature);
}

TEST(Registry, RotationToAKeyThatIsNoStrictPointFails) {
    auto master = test::master_key();
    for (const std::string_view which : {"no point", "small order", "not canonical", "zero"}) {
        RotationRecord record = rotation(0, 1, 0x33, 10);
        record.to_public_key = bad_key(which);
        EXPECT_EQ(refused_by(pinned(), ok(sign(record, master))),
                  "Invalid public key: key of author 50001, epoch 1, is not the canonical "
                  "encoding of an Ed25519 point of large order");
    }
}

// --- Revocation ---------------------------------------------------------------------------------

TEST(Registry, RevocationEndsAnEpochAtItsVersion) {
    Registry registry = pinned();
    EXPECT_EQ(ok(registry.apply(revocation(0, 10))), Applied::changed);
    EXPECT_EQ(active_at(registry, 1), 0);
    EXPECT_EQ(active_at(registry, 9), 0);
    EXPECT_EQ(active_at(registry, 10), -1);
    EXPECT_EQ(active_at(registry, UINT64_MAX), -1);
    EXPECT_EQ(registry.latest_epoch(author)->status(), EpochStatus::revoked);
}

TEST(Registry, RevocationFromZeroOrBeforeTheEpochEmptiesItsWindow) {
    Registry registry = pinned(VersionNumber{5});
    ok(registry.apply(revocation(0, 3)));
    for (const std::uint64_t version : {0U, 2U, 3U, 4U, 5U, 6U}) {
        EXPECT_EQ(active_at(registry, version), -1) << version;
    }
}

TEST(Registry, RevocationNeedsAKnownAuthorAndEpoch) {
    EXPECT_EQ(refused_by(Registry(), revocation(0, 10)),
              format_error("author 50001 not registered"));
    EXPECT_EQ(refused_by(pinned(), revocation(3, 10)),
              format_error("epoch 3 not found for author 50001"));
}

TEST(Registry, RevocationChecksTheSignatureBeforeTheEpoch) {
    RevocationRecord record = revocation(3, 10);
    record.master_signature.bytes[0] ^= 1U;
    EXPECT_EQ(refused_by(pinned(), record), bad_signature);
}

TEST(Registry, ARevocationIsTightenedAndNeverLoosened) {
    Registry registry = pinned();
    ok(registry.apply(revocation(0, 10, RevocationReason::retired)));
    const Registry before = registry;
    EXPECT_EQ(ok(registry.apply(revocation(0, 11))), Applied::already);
    EXPECT_EQ(ok(registry.apply(revocation(0, 10, RevocationReason::unspecified))),
              Applied::already);
    EXPECT_EQ(registry, before);
    EXPECT_EQ(ok(registry.apply(revocation(0, 10))), Applied::changed);
    EXPECT_EQ(registry.latest_epoch(author)->revocation->reason, RevocationReason::compromised);
    EXPECT_EQ(ok(registry.apply(revocation(0, 3, RevocationReason::retired))), Applied::changed);
    EXPECT_EQ(active_at(registry, 2), 0);
    EXPECT_EQ(active_at(registry, 3), -1);
    RevocationRecord forged = revocation(0, 1);
    forged.master_signature.bytes[0] ^= 1U;
    EXPECT_EQ(refused_by(registry, forged), bad_signature);
    EXPECT_EQ(active_at(registry, 2), 0);
}

TEST(Registry, RevocationForAReasonOutsideTheVocabularyFails) {
    auto master = test::master_key();
    RevocationRecord record = revocation(0, 10);
    record.reason = static_cast<RevocationReason>(7);
    EXPECT_EQ(refused_by(pinned(), ok(sign(record, master))),
              format_error("Unknown revocation reason: 7"));
}

// --- Looking up ---------------------------------------------------------------------------------

TEST(Registry, UnknownAuthorsHaveNothing) {
    const Registry registry = pinned();
    EXPECT_EQ(registry.active_epoch(AuthorId{1}, VersionNumber{1}), nullptr);
    EXPECT_EQ(registry.latest_epoch(AuthorId{1}), nullptr);
    EXPECT_EQ(registry.find(AuthorId{1}), nullptr);
}

TEST(Registry, FingerprintFollowsWhatIsTrusted) {
    Registry registry = pinned();
    const Hash before = registry.fingerprint();
    EXPECT_EQ(pinned().fingerprint(), before);
    EXPECT_NE(Registry().fingerprint(), before);
    ok(registry.apply(rotation(0, 1, 0x33, 9)));
    const Hash rotated = registry.fingerprint();
    EXPECT_NE(rotated, before);
    ok(registry.apply(revocation(0, 9)));
    EXPECT_NE(registry.fingerprint(), rotated);
}

// It is kept, and what is kept is never that of another state.
void expect_own_fingerprint(const Registry& registry) {
    EXPECT_EQ(registry.fingerprint(), ok(Registry::from_json(registry.to_json())).fingerprint());
}

TEST(Registry, AFingerprintThatIsKeptIsOfWhatTheRegistrySaysNow) {
    Registry registry;
    expect_own_fingerprint(registry);
    ok(registry.pin(author, public_of(0x11), public_of(0x22)));
    expect_own_fingerprint(registry);
    ok(registry.apply(rotation(0, 1, 0x33, 9)));
    expect_own_fingerprint(registry);
    ok(registry.apply(revocation(0, 9)));
    expect_own_fingerprint(registry);
    ok(registry.apply(revocation(0, 5)));
    expect_own_fingerprint(registry);
    ok(registry.apply(SignedRecord(rotation(1, 2, 0x44, 20))));
    expect_own_fingerprint(registry);
    // What is refused, or applied already, changes nothing.
    EXPECT_FALSE(registry.apply(rotation(1, 2, 0x55, 30)).has_value());
    ok(registry.apply(revocation(0, 5)));
    expect_own_fingerprint(registry);
}

TEST(Registry, AFingerprintThatIsKeptGoesWithCopiesAndMovesButNotWithTheirChanges) {
    const Registry original = pinned();
    const Hash before = original.fingerprint();
    Registry copy = original;
    EXPECT_EQ(copy.fingerprint(), before);
    ok(copy.apply(rotation(0, 1, 0x33, 9)));
    expect_own_fingerprint(copy);
    EXPECT_EQ(original.fingerprint(), before);
    const Hash rotated = copy.fingerprint();
    EXPECT_NE(rotated, before);
    Registry moved = std::move(copy);
    EXPECT_EQ(moved.fingerprint(), rotated);
    expect_own_fingerprint(copy);  // NOLINT(bugprone-use-after-move): it is valid, and says little
    copy = original;
    EXPECT_EQ(copy.fingerprint(), before);
    copy = std::move(moved);
    EXPECT_EQ(copy.fingerprint(), rotated);
    expect_own_fingerprint(moved);  // NOLINT(bugprone-use-after-move)
    moved = pinned(VersionNumber{3});
    expect_own_fingerprint(moved);
    moved = Registry();
    expect_own_fingerprint(moved);
    auto& self = copy;
    copy = self;
    EXPECT_EQ(copy.fingerprint(), rotated);
}

TEST(Registry, AFingerprintMayBeAskedForFirstByManyThreads) {
    for (int turn = 0; turn < 200; ++turn) {
        const Registry registry = pinned();
        const Hash expected = pinned().fingerprint();
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> all;
            for (int i = 0; i < 3; ++i) {
                all.emplace_back([&] {
                    const Registry copy = registry;
                    wrong += registry.fingerprint() == expected ? 0 : 1;
                    wrong += copy.fingerprint() == expected ? 0 : 1;
                });
            }
        }
        ASSERT_EQ(wrong, 0);
    }
}

// --- Properties ---------------------------------------------------------------------------------

RC_GTEST_PROP(RegistryProperty, ARegisteredAuthorResolvesAtAnyVersion, (std::uint64_t version)) {
    static const Registry registry = pinned();
    RC_ASSERT(active_at(registry, version) == 0);
}

RC_GTEST_PROP(RegistryProperty, ARotationDividesTheVersions, (std::uint64_t version)) {
    const auto bound = *rc::gen::inRange<std::uint64_t>(1, UINT64_MAX);
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, bound)));
    RC_ASSERT(active_at(registry, version) == (version < bound ? 0 : 1));
    RC_ASSERT(active_at(registry, bound - 1) == 0);
    RC_ASSERT(active_at(registry, bound) == 1);
}

RC_GTEST_PROP(RegistryProperty, ARevocationEndsTheVersions,
              (std::uint64_t version, std::uint64_t bound)) {
    Registry registry = pinned();
    ok(registry.apply(revocation(0, bound)));
    RC_ASSERT(active_at(registry, version) == (version < bound ? 0 : -1));
    RC_ASSERT(active_at(registry, bound) == -1);
}

RC_GTEST_PROP(RegistryProperty, OneBitOfASignatureMatters, ()) {
    static const RotationRecord good = rotation(0, 1, 0x33, 9);
    const auto bit = *rc::gen::inRange<std::size_t>(0, 512);
    RotationRecord record = good;
    record.master_signature.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    RC_ASSERT(refused_by(pinned(), record) == bad_signature);
}

RC_GTEST_PROP(RegistryProperty, ChangingASignedRevocationMakesItFail, (std::uint64_t version)) {
    RC_PRE(version != 12);
    static const RevocationRecord good = revocation(0, 12);
    RevocationRecord record = good;
    record.effective_from = VersionNumber{version};
    RC_ASSERT(refused_by(pinned(), record) == bad_signature);
}

RC_GTEST_PROP(RegistryProperty, ChainsOfRotationsAreDense, ()) {
    const auto steps = *rc::gen::container<std::vector<std::uint64_t>>(
        *rc::gen::inRange<std::size_t>(1, 9), rc::gen::inRange<std::uint64_t>(1, 1000));
    Registry registry = pinned();
    std::uint64_t version = 0;
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        version += steps[i];
        ok(registry.apply(rotation(i, i + 1, static_cast<std::uint8_t>(0x30 + i), version)));
    }
    const auto& epochs = registry.find(author)->epochs;
    RC_ASSERT(epochs.size() == steps.size() + 1);
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        RC_ASSERT(epochs[i].epoch.value == i);
        RC_ASSERT(active_at(registry, epochs[i].active_from.value) == static_cast<std::int64_t>(i));
        if (i > 0) {
            RC_ASSERT(epochs[i].active_from > epochs[i - 1].active_from);
            RC_ASSERT(active_at(registry, epochs[i].active_from.value - 1) ==
                      static_cast<std::int64_t>(i) - 1);
        }
    }
}

TEST(RegistryProperty, ThreeEpochsHaveThreeWindows) {
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, 10)));
    ok(registry.apply(rotation(1, 2, 0x44, 20)));
    for (std::uint64_t version = 0; version < 30; ++version) {
        const EpochRecord* epoch = registry.active_epoch(author, VersionNumber{version});
        ASSERT_NE(epoch, nullptr);
        const std::uint8_t expected = version < 10 ? 0x22 : version < 20 ? 0x33 : 0x44;
        EXPECT_EQ(epoch->public_key, public_of(expected)) << version;
    }
}

RC_GTEST_PROP(RegistryProperty, AnEmptyRegistryResolvesNothing,
              (std::uint64_t who, std::uint64_t version)) {
    RC_ASSERT(active_at(Registry(), version, AuthorId{who}) == -1);
}

}  // namespace
}  // namespace aion::trust
