// SPDX-License-Identifier: MIT OR Apache-2.0
// What a caller expects of registry, authors and signers, wherever files are judged.
#include <gtest/gtest.h>

#include "aion/base/hex.hpp"
#include "aion/policy/attestation.hpp"
#include "aion/policy/policy_gate.hpp"
#include "aion/policy/verify_many.hpp"
#include "support/chain_world.hpp"

namespace aion::policy::test {
namespace {

class ExpectationsTest : public ChainWorld {
  protected:
    void SetUp() override {
        ChainWorld::SetUp();
        must_create("one");
        must_commit("two", "second", bob);
    }

    Attestation attestation_by(AuthorId signer, crypto::SigningKey& key,
                               std::uint64_t version = 2) {
        const Bytes file = content();
        const auto view = format::FileView::parse(file);
        return attest(*view->version_at(version - 1).value(), signer, key).value();
    }

    // What was found wrong with the file at `path`, in every way of judging it: they agree.
    std::string findings(const VerifyOptions& options) {
        const VerificationReport report = check(content(), options);
        EXPECT_TRUE(report.pinned);
        std::string text = text_of(report);
        const auto from_file = verify(env, path, registry, options);
        EXPECT_TRUE(from_file.has_value());
        EXPECT_EQ(text_of(*from_file), text);
        const std::vector<std::filesystem::path> files = {path};
        const auto many = verify_many(env, files, registry, options, [&](std::size_t, auto one) {
            EXPECT_EQ(text_of(*one), text);
            return Next::go_on;
        });
        EXPECT_TRUE(many.has_value());
        const auto opened = open_verified(env, path, registry, options);
        EXPECT_EQ(opened.has_value(), text.empty());
        HistoryCache cache(2);
        VerifyOptions cached = options;
        cached.history_cache = &cache;
        for (int i = 0; i < 2; ++i) {
            EXPECT_TRUE(check(content(), {.history_cache = &cache}).is_valid());
            EXPECT_EQ(text_of(check(content(), cached)), text) << "from the cache";
        }
        VerifyOptions reference = options;
        reference.profile = Profile::reference;
        const auto by_reference = check(content(), reference);
        EXPECT_EQ(text_of(by_reference), text);
        EXPECT_EQ(by_reference.is_valid(), text.empty());
        EXPECT_EQ(report.is_valid(), text.empty());
        return text;
    }

    static std::string text_of(const VerificationReport& report) {
        std::string text;
        for (const Finding& finding : report.findings) {
            text += std::string(name_of(finding.reason)) + ": " + finding.message + "\n";
        }
        return text;
    }

    crypto::SigningKey carol_key = key_from(carols);
};

TEST_F(ExpectationsTest, TheRegistryIsOrContinuesTheOneExpected) {
    const Hash first = registry.chain()->head();
    EXPECT_EQ(findings({.pins = {.registry = first}}), "");
    EXPECT_EQ(findings({.pins = {.registry = registry.fingerprint()}}), "");
    const trust::Registry before = registry;
    say(trust::AuthorRenaming{.author = carol, .name = "carol", .contact = ""});
    EXPECT_EQ(findings({.pins = {.registry = first}}), "");
    const Hash now = registry.chain()->head();
    const auto rolled_back = verify(content(), before, start, {.pins = {.registry = now}});
    EXPECT_EQ(text_of(rolled_back), "registry_differs: the registry, whose last record 3 is " +
                                        to_hex(first) + ", does not continue " + to_hex(now) +
                                        "\n");
    EXPECT_FALSE(rolled_back.is_valid());
    const trust::Registry plain = known_registry();
    const auto unproven = verify(content(), plain, start, {.pins = {.registry = now}});
    EXPECT_EQ(text_of(unproven), "registry_differs: the registry is " +
                                     to_hex(plain.fingerprint()) + ", expected is " + to_hex(now) +
                                     "\n");
    EXPECT_TRUE(
        verify(content(), plain, start, {.pins = {.registry = plain.fingerprint()}}).is_valid());
}

TEST_F(ExpectationsTest, OnlyAllowedAuthorsPass) {
    EXPECT_EQ(findings({.authors = {bob, alice}}), "");
    EXPECT_EQ(findings({.authors = {alice}}),
              "author_not_allowed: version 2 is by bob (1002); allowed are only alice (1001)\n");
    EXPECT_EQ(findings({.authors = {carol}}),
              "author_not_allowed: version 1 is by alice (1001); allowed are only 1003\n"
              "author_not_allowed: version 2 is by bob (1002); allowed are only 1003\n");
    const auto report = check(content(), {.authors = {alice}});
    EXPECT_EQ(report.first(Gate::pin)->version, VersionNumber{2});
}

TEST_F(ExpectationsTest, LongListsAreCutInMessages) {
    std::vector<AuthorId> many;
    for (std::uint64_t id = 1; id <= 20; ++id) {
        many.push_back(AuthorId{id});
    }
    const auto report = check(content(), {.authors = many});
    EXPECT_TRUE(report.first(Gate::pin)->message.ends_with(", 15, 16 and 4 more"))
        << report.first(Gate::pin)->message;
}

TEST_F(ExpectationsTest, WhoeverWroteTheHeadSignedIt) {
    EXPECT_EQ(findings({.require = Requirement{1, {bob}}}), "");
    EXPECT_EQ(
        findings({.require = Requirement{1, {alice}}}),
        "threshold_not_met: version 2 is signed by 0 of alice (1001), at least 1 is required; "
        "missing: alice (1001)\n");
    EXPECT_EQ(findings({.require = Requirement{2, {alice, bob, carol}}}),
              "threshold_not_met: version 2 is signed by 1 of alice (1001), bob (1002), 1003, at "
              "least 2 are required; missing: alice (1001), 1003\n");
}

TEST_F(ExpectationsTest, OthersSignByAttestations) {
    const Requirement two{2, {alice, bob, carol}};
    const std::vector by_alice = {attestation_by(alice, alice_key)};
    EXPECT_EQ(findings({.require = two, .attestations = by_alice}), "");
    // The author's own adds nothing.
    const std::vector by_bob = {attestation_by(bob, bob_key)};
    EXPECT_NE(findings({.require = two, .attestations = by_bob}), "");
    // Nor does one by somebody who is not asked, or of another version.
    EXPECT_NE(findings({.require = Requirement{2, {bob, carol}}, .attestations = by_alice}), "");
    const std::vector of_first = {attestation_by(alice, alice_key, 1)};
    EXPECT_NE(findings({.require = two, .attestations = of_first}), "");
}

/// Of time only what cannot be otherwise is asked: the shortest of some runs, and half of it.
TEST_F(ExpectationsTest, WhatAttestationsCostIsToldAndOneThatIsThereTwiceCostsNothing) {
    std::vector<Attestation> distinct(1000, attestation_by(alice, alice_key, 1));
    for (std::size_t i = 0; i < distinct.size(); ++i) {
        // Still below the order of the group: it takes all of the arithmetic to refuse it.
        distinct[i].signature.bytes[32] = static_cast<std::uint8_t>(i);
        distinct[i].signature.bytes[33] = static_cast<std::uint8_t>(i >> 8U);
    }
    const std::vector<Attestation> equal(distinct.size(), distinct.front());
    const auto shortest = [&](const std::vector<Attestation>& attestations) {
        Timings least{.signatures = UINT64_MAX};
        for (int run = 0; run < 3; ++run) {
            const VerificationReport report =
                check(content(), {.require = Requirement{2, {alice, bob}},
                                  .attestations = attestations,
                                  .threads = 1});
            EXPECT_FALSE(report.is_valid());
            EXPECT_GE(report.timings.total, report.timings.signatures);
            if (report.timings.signatures < least.signatures) {
                least = report.timings;
            }
        }
        return least.signatures;
    };
    EXPECT_GT(shortest(distinct), 2 * shortest(equal));
}

TEST_F(ExpectationsTest, GarbageCountsNothingAndHarmsNobody) {
    const Requirement two{2, {alice, bob}};
    const Attestation good = attestation_by(alice, alice_key);
    Attestation broken = good;
    broken.signature.bytes[0] ^= 1U;
    Attestation other_key = attestation_by(alice, carol_key);
    Attestation other_name = good;
    other_name.signer = carol;
    Attestation nobody = good;
    nobody.signer = AuthorId{7};
    const std::vector<Attestation> garbage = {broken, other_key, other_name, nobody, broken, {}};
    EXPECT_NE(findings({.require = two, .attestations = garbage}), "");
    std::vector<Attestation> all = garbage;
    all.push_back(good);
    all.insert(all.end(), garbage.begin(), garbage.end());
    EXPECT_EQ(findings({.require = two, .attestations = all}), "");
}

TEST_F(ExpectationsTest, AKeyThatMayNotSignTheHeadDoesNotCount) {
    const std::vector by_alice = {attestation_by(alice, alice_key)};
    say(stolen(bound(2)));
    const std::string found =
        findings({.require = Requirement{2, {alice, bob}}, .attestations = by_alice});
    EXPECT_NE(found.find("missing: alice (1001)"), std::string::npos) << found;
    // Not even where it may stand under what it signed before: who has it now can attest that.
    trust::RegistryChain chain = chain_of_three();
    add(chain, stolen(bound(0, {point_of(content(), 2)})));
    registry = trust::Registry::from_chain(chain);
    EXPECT_TRUE(check(content()).is_valid());
    EXPECT_NE(findings({.require = Requirement{2, {alice, bob}}, .attestations = by_alice}), "");
    // A key that was handed over is nobody else's.
    chain = chain_of_three();
    add(chain, handed_over(bound(0, {point_of(content(), 2)})));
    registry = trust::Registry::from_chain(chain);
    EXPECT_EQ(findings({.require = Requirement{2, {alice, bob}}, .attestations = by_alice}), "");
}

TEST_F(ExpectationsTest, AHeadThatDoesNotVerifyIsSignedByNobody) {
    Bytes file = content();
    const auto view = format::FileView::parse(file);
    const auto at = view->offset_of(&view->signature_at(1).value()->signature);
    file[at] ^= 1U;
    rehash(file);
    for (const Profile profile : {Profile::strict, Profile::reference}) {
        const auto report =
            check(file, {.profile = profile, .require = Requirement{1, {alice, bob}}});
        ASSERT_NE(report.first(Gate::pin), nullptr);
        EXPECT_EQ(report.first(Gate::pin)->reason, Reason::threshold_not_met);
    }
}

// One person who is registered twice counts once, and nobody makes it less by signing, too.
TEST_F(ExpectationsTest, PersonsCountNotNames) {
    trust::Registry plain;
    const auto pin = [&](std::uint64_t id, std::uint8_t master, std::uint8_t key) {
        EXPECT_TRUE(
            plain.pin(AuthorId{id}, aion::test::public_of(master), aion::test::public_of(key))
                .has_value());
    };
    pin(alice.value, 0x61, aion::test::alices);
    pin(bob.value, 0x62, aion::test::bobs);
    pin(3, 0x62, 0x71);                // bob's master key
    pin(4, 0x63, aion::test::alices);  // alice's key
    pin(5, 0x64, aion::test::bobs);    // bob's key, another master key
    registry = plain;
    auto third_key = key_from(0x71);
    const Requirement two{2, {AuthorId{3}, AuthorId{4}, AuthorId{5}, alice, bob}};
    std::vector<Attestation> by = {attestation_by(AuthorId{3}, third_key)};
    EXPECT_EQ(findings({.require = two, .attestations = by}),
              "threshold_not_met: version 2 is signed by 1 of 3, 4, 5, 1001, 1002, at least 2 are "
              "required; 3, 1002 signed, but who has the same key or master key counts once; "
              "missing: 4, 5, 1001\n");
    // 3 and 5 have nothing in common, though each has something in common with bob.
    by.push_back(attestation_by(AuthorId{5}, bob_key));
    EXPECT_EQ(findings({.require = two, .attestations = by}), "");
    const std::vector<Attestation> alices = {attestation_by(alice, alice_key),
                                             attestation_by(AuthorId{4}, alice_key)};
    EXPECT_NE(findings({.require = Requirement{2, {AuthorId{4}, alice}}, .attestations = alices}),
              "");
}

TEST_F(ExpectationsTest, ARequirementThatAsksForNothingIsNotMetByNothing) {
    EXPECT_NE(findings({.require = Requirement{0, {}}}), "");
    EXPECT_NE(findings({.require = Requirement{0, {carol}}}), "");
    EXPECT_NE(findings({.require = Requirement{3, {alice, bob}}}), "");
}

TEST_F(ExpectationsTest, AFileWithoutVersionsIsNotValid) {
    const auto report = check(as_bytes("no file"), {.authors = {alice}});
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.state(Gate::pin), GateState::skipped);
}

TEST_F(ExpectationsTest, AWriterKeepsToThem) {
    const CommitOptions options{.verify = {.authors = {alice, bob}}};
    const auto refused =
        commit(env, path, {as_bytes("x"), carol, ""}, carol_key, registry, options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::unauthorized_signer);
    EXPECT_NE(refused.error().full_message().find("none of the authors that are allowed"),
              std::string::npos);
    const auto not_continued = commit(env, path, {as_bytes("x"), alice, ""}, alice_key, registry,
                                      {.verify = {.require = Requirement{2, {alice, bob}}}});
    ASSERT_FALSE(not_continued.has_value());
    EXPECT_EQ(not_continued.error().code(), ErrorCode::verdict_invalid);
    auto session = CommitSession::open(env, path, registry, options);
    ASSERT_TRUE(session.has_value());
    EXPECT_FALSE(session->add({as_bytes("x"), carol, ""}, carol_key).has_value());
    EXPECT_TRUE(session->add({as_bytes("x"), alice, ""}, alice_key).has_value());
    EXPECT_TRUE(commit(env, path, {as_bytes("x"), alice, ""}, alice_key, registry, options));
}

TEST_F(ExpectationsTest, AGateKeepsToThem) {
    const std::string json = registry.to_json();
    env.put("/policies/registry.json", Bytes(json.begin(), json.end()));
    std::vector<Attestation> attestations;
    PinMemory pins;
    PolicyGate gate(env, path, "/policies/registry.json", pins,
                    {.expected_registry = registry.chain()->head(),
                     .authors = {alice, bob},
                     .require = Requirement{2, {alice, bob}},
                     .attestations = [&] { return attestations; }});
    const auto refused = gate.refresh();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().report->first(Gate::pin)->reason, Reason::threshold_not_met);
    attestations.push_back(attestation_by(alice, alice_key));
    const auto taken = gate.refresh();
    ASSERT_TRUE(taken.has_value()) << taken.error().message();
    EXPECT_TRUE(*taken);
    EXPECT_EQ(gate.current()->text(), "two");

    PolicyGate other(env, path, "/policies/registry.json", pins, {.expected_registry = Hash{}});
    const auto differs = other.refresh();
    ASSERT_FALSE(differs.has_value());
    EXPECT_EQ(differs.error().report->first(Gate::pin)->reason, Reason::registry_differs);
}

}  // namespace
}  // namespace aion::policy::test
