// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/quorum.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "aion/trust/registry_record.hpp"
#include "attest/parts.hpp"
#include "supply/vectors.hpp"

namespace aion::attest::test {
namespace {

using policy::Requirement;

constexpr AuthorId alice{1};
constexpr AuthorId bob{2};
constexpr AuthorId carol{3};
constexpr AuthorId dora{4};  // whom the registry does not know
constexpr std::uint8_t alices = 0x11;
constexpr std::uint8_t bobs = 0x22;
constexpr std::uint8_t carols = 0x33;
constexpr std::uint8_t malloys = 0x66;

class AttestQuorum : public ::testing::Test {
  protected:
    void SetUp() override {
        pin(alice, 0x91, alices);
        pin(bob, 0x92, bobs);
        pin(carol, 0x93, carols);
    }

    void pin(AuthorId author, std::uint8_t master, std::uint8_t key) {
        ok(registry.pin(author, key_of(master).public_half(), key_of(key).public_half()));
    }

    [[nodiscard]] Quorum judge(const std::vector<Entry>& entries,
                               std::optional<Requirement> require,
                               bool author_counts = false) const {
        return judge_quorum(version, entries, trust::SeenRegistry(registry),
                            {.require = std::move(require), .author_counts = author_counts});
    }

    format::VersionRecord version = version_record();
    trust::Registry registry;
    Requirement two_of_three{2, {alice, bob, carol}};
    Entry alices_entry = entry_of(alice, key_of(alices));
    Entry bobs_entry = entry_of(bob, key_of(bobs));
    Entry carols_entry = entry_of(carol, key_of(carols));
};

TEST_F(AttestQuorum, TwoOfThree) {
    const Quorum quorum = judge({alices_entry, carols_entry}, two_of_three);
    EXPECT_TRUE(quorum.is_met());
    EXPECT_EQ(quorum.required, 2U);
    EXPECT_EQ(quorum.valid_count, 2U);
    EXPECT_EQ(quorum.valid, (std::vector{alice, carol}));
    EXPECT_EQ(quorum.missing, std::vector{bob});
    EXPECT_TRUE(quorum.invalid.empty());
    EXPECT_TRUE(quorum.ignored.empty());
}

TEST_F(AttestQuorum, OneIsTooFewHoweverOftenItIsThere) {
    EXPECT_FALSE(judge({alices_entry}, two_of_three).is_met());
    EXPECT_FALSE(judge({}, two_of_three).is_met());
    const Quorum quorum = judge(std::vector<Entry>(8, alices_entry), two_of_three);
    EXPECT_FALSE(quorum.is_met());
    EXPECT_EQ(quorum.valid_count, 1U);
    EXPECT_EQ(quorum.findings, std::vector(8, EntryFinding::counts));
}

TEST_F(AttestQuorum, TheAuthorOfTheVersionCountsIfItsSignatureDoes) {
    EXPECT_TRUE(judge({bobs_entry}, two_of_three, true).is_met());
    EXPECT_FALSE(judge({bobs_entry}, two_of_three, false).is_met());
    EXPECT_FALSE(judge({bobs_entry}, Requirement{2, {bob, carol}}, true).is_met());
}

TEST_F(AttestQuorum, WhatIsBadIsToldAndVetoesNothing) {
    Entry forged = bobs_entry;
    forged.attestation.signature.bytes[0] ^= 1;
    Entry reserved = carols_entry;
    reserved.reserved[0] = 1;
    const std::vector<Entry> entries = {forged,
                                        reserved,
                                        garbage(dora.value),
                                        garbage(bob.value, 5),
                                        bobs_entry,
                                        alices_entry,
                                        entry_of(carol, key_of(malloys))};
    const Quorum quorum = judge(entries, Requirement{2, {alice, bob, carol, dora}});
    EXPECT_TRUE(quorum.is_met());
    EXPECT_EQ(quorum.findings,
              (std::vector{EntryFinding::bad_signature, EntryFinding::malformed,
                           EntryFinding::unknown_signer, EntryFinding::other_key,
                           EntryFinding::counts, EntryFinding::counts, EntryFinding::other_key}));
    EXPECT_EQ(quorum.valid, (std::vector{alice, bob}));
    EXPECT_EQ(quorum.invalid, (std::vector{carol, dora}));
    EXPECT_TRUE(quorum.missing.empty());
}

TEST_F(AttestQuorum, WhoeverIsNotAskedIsIgnored) {
    const Quorum quorum = judge({alices_entry, bobs_entry}, Requirement{1, {carol}});
    EXPECT_FALSE(quorum.is_met());
    EXPECT_EQ(quorum.findings, std::vector(2, EntryFinding::not_asked));
    EXPECT_EQ(quorum.ignored, (std::vector{alice, bob}));
    EXPECT_EQ(quorum.missing, std::vector{carol});
}

TEST_F(AttestQuorum, RelabelledEntriesAreNobodys) {
    Entry relabelled = alices_entry;
    relabelled.attestation.signer = bob;
    EXPECT_EQ(judge({relabelled}, two_of_three).findings, std::vector{EntryFinding::other_key});
    relabelled.attestation.public_key = key_of(bobs).public_half();
    EXPECT_EQ(judge({relabelled}, two_of_three).findings, std::vector{EntryFinding::bad_signature});
}

TEST_F(AttestQuorum, EntriesOfAnotherVersionOrPurposeAreNone) {
    for (const auto change : {0, 1, 2, 3, 4, 5, 6}) {
        format::VersionRecord other = version_record();
        switch (change) {
            case 0:
                other.number = 4;
                break;
            case 1:
                other.parent_hash.bytes[31] ^= 1;
                break;
            case 2:
                other.rules_hash.bytes[0] ^= 1;
                break;
            case 3:
                other.author = 2;
                break;
            case 4:
                other.timestamp = other.timestamp + 1;
                break;
            case 5:
                other.message_offset = 18;
                break;
            default:
                other.message_length = 8;
                break;
        }
        EXPECT_EQ(judge({entry_of(bob, key_of(bobs), other)}, two_of_three).findings,
                  std::vector{EntryFinding::bad_signature})
            << change;
    }
    Entry version_signature = bobs_entry;
    version_signature.attestation.signature =
        ok(key_of(bobs).sign(format::version_message(version)));
    EXPECT_EQ(judge({version_signature}, two_of_three).findings,
              std::vector{EntryFinding::bad_signature});
}

TEST_F(AttestQuorum, OnePersonWithTwoNumbersCountsOnce) {
    constexpr AuthorId twin{7};
    pin(twin, 0x94, alices);  // the same key under another master key
    EXPECT_EQ(judge({alices_entry, entry_of(twin, key_of(alices))}, Requirement{2, {alice, twin}})
                  .valid_count,
              1U);
    constexpr AuthorId alias{8};
    pin(alias, 0x91, 0x55);  // another key under the same master key
    const Quorum quorum =
        judge({alices_entry, entry_of(alias, key_of(0x55))}, Requirement{2, {alice, alias}});
    EXPECT_EQ(quorum.valid, (std::vector{alice, alias}));
    EXPECT_EQ(quorum.valid_count, 1U);
    EXPECT_FALSE(quorum.is_met());
}

TEST_F(AttestQuorum, RotatedAndRevokedKeysDoNotCount) {
    trust::RotationRecord rotation;
    rotation.author = bob;
    rotation.from_epoch = Epoch{0};
    rotation.to_epoch = Epoch{1};
    rotation.to_public_key = key_of(0x23).public_half();
    rotation.effective_from = VersionNumber{number_of_version};
    ok(registry.apply(ok(sign(rotation, key_of(0x92)))));
    trust::RevocationRecord revocation;
    revocation.author = carol;
    revocation.epoch = Epoch{0};
    revocation.reason = trust::RevocationReason::compromised;
    revocation.effective_from = VersionNumber{number_of_version + 1};
    ok(registry.apply(ok(sign(revocation, key_of(0x93)))));
    const std::vector<Entry> entries = {bobs_entry, carols_entry, entry_of(bob, key_of(0x23))};
    EXPECT_EQ(
        judge(entries, two_of_three).findings,
        (std::vector{EntryFinding::other_key, EntryFinding::revoked_key, EntryFinding::counts}));
    // Its window ends behind the version, so the reference takes it.
    const ReferencePolicy policy{1, 1, {carol}};
    EXPECT_TRUE(reference_verdict(version, entries, policy, registry).is_valid());
    format::VersionRecord later = version_record(number_of_version + 1);
    EXPECT_EQ(judge_quorum(later, std::vector{entry_of(carol, key_of(carols), later)},
                           trust::SeenRegistry(registry))
                  .findings,
              std::vector{EntryFinding::no_active_epoch});
}

TEST_F(AttestQuorum, WithoutARequirementAnybodyOfTheRegistryWillDo) {
    const Quorum quorum = judge({garbage(dora.value), bobs_entry}, std::nullopt, true);
    EXPECT_TRUE(quorum.is_met());
    EXPECT_EQ(quorum.valid, std::vector{bob});
    EXPECT_EQ(quorum.invalid, std::vector{dora});
    EXPECT_FALSE(judge({}, std::nullopt, true).is_met());
}

TEST_F(AttestQuorum, AContainerIsAskedForTheVersionThatTheFileHas) {
    const Hash hash = format::version_hash(version);
    Container container(FileId{5});
    ok(container.add(VersionNumber{number_of_version}, hash, bobs_entry));
    ok(container.add(VersionNumber{number_of_version}, hash, garbage(9)));
    // Of a fork, of another version; and one that somebody put elsewhere.
    ok(container.add(VersionNumber{number_of_version}, Hash{}, carols_entry));
    ok(container.add(VersionNumber{2}, hash, entry_of(alice, key_of(alices), version_record(2))));
    const auto entries = entries_for(container, version, trust::SeenRegistry(registry));
    EXPECT_EQ(entries, (std::vector{bobs_entry, garbage(9), carols_entry}));
}

TEST_F(AttestQuorum, ManyEntriesOfOneAuthorCostNoMore) {
    std::vector<Entry> entries(100'000, alices_entry);
    entries.push_back(bobs_entry);
    EXPECT_TRUE(judge(entries, two_of_three).is_met());
}

// --- The reference's verdict ---------------------------------------------------------------------

class AttestReference : public ::testing::Test {
  protected:
    [[nodiscard]] Entry by(std::uint64_t signer, std::string_view key) const {
        auto signing_key = aion::test::supply_key(std::string(key));
        return entry_of(AuthorId{signer}, signing_key);
    }

    void expect(const char* name, const std::vector<Entry>& entries, std::uint32_t threshold) {
        const ReferencePolicy policy{threshold, 3, {alice, bob, carol}};
        const auto verdict = reference_verdict(version_record(), entries, policy, registry);
        EXPECT_EQ(nlohmann::json::parse(to_json(verdict)),
                  aion::test::supply_vectors("attestations.json")["reference_verdicts"][name])
            << name;
    }

    trust::Registry registry = aion::test::supply_registry();
};

TEST_F(AttestReference, GivesTheReferencesVerdicts) {
    expect("2-of-3 with 1 only", {by(1, "s1")}, 2);
    expect("2-of-3 with 1,2 and a forged 3", {by(1, "s1"), by(2, "s2"), by(3, "s1")}, 2);
    expect("2-of-3 with signers 1,2", {by(1, "s1"), by(2, "s2")}, 2);
    expect("3-of-3 with 1,2,1", {by(1, "s1"), by(2, "s2"), by(1, "s1")}, 3);
}

TEST_F(AttestReference, MembersAreInItsOrder) {
    const ReferencePolicy policy{2, 3, {alice, bob, carol}};
    EXPECT_EQ(
        to_json(reference_verdict(version_record(), std::vector{by(1, "s1")}, policy, registry)),
        R"({"threshold_met":false,"valid_count":1,"required":2,"valid_signers":[1],)"
        R"("invalid_signers":[],"missing_signers":[2,3]})");
}

TEST_F(AttestReference, TheFirstEntryOfAnAuthorDecidesAndABadOneVetoes) {
    const std::vector<Entry> entries = {by(1, "s2"), by(1, "s1"), by(2, "s2"), by(9, "s2")};
    const ReferencePolicy policy{1, 4, {bob, alice, carol, carol}};
    const auto verdict = reference_verdict(version_record(), entries, policy, registry);
    EXPECT_TRUE(verdict.threshold_met);
    EXPECT_FALSE(verdict.is_valid());
    EXPECT_EQ(verdict.valid_signers, std::vector{bob});
    EXPECT_EQ(verdict.invalid_signers, std::vector{alice});
    EXPECT_EQ(verdict.missing_signers, (std::vector{carol, carol}));
    // Ours: the good entry counts; and all of them have the same master key.
    const Quorum ours = judge_quorum(version_record(), entries, trust::SeenRegistry(registry),
                                     {.require = Requirement{2, {alice, bob, carol}}});
    EXPECT_EQ(ours.valid, (std::vector{alice, bob}));
    EXPECT_EQ(ours.valid_count, 1U);
}

TEST_F(AttestReference, AThresholdOfNothingIsMetByNothing) {
    EXPECT_TRUE(reference_verdict(version_record(), {}, {0, 0, {}}, registry).is_valid());
    EXPECT_FALSE(judge_quorum(version_record(), {}, trust::SeenRegistry(registry),
                              {.require = Requirement{0, {}}})
                     .is_met());
}

}  // namespace
}  // namespace aion::attest::test
