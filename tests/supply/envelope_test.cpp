// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/envelope.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "aion/base/base64.hpp"
#include "supply/vectors.hpp"
#include "support/keys.hpp"

namespace aion::supply {
namespace {

using test::code_of;
using test::ok;
using test::supply_key;
using test::supply_registry;
using test::supply_vectors;

constexpr std::string_view text_type = "text/plain";

class Envelopes : public ::testing::Test {
  protected:
    Envelopes() {
        ok(registry.pin(alice, test::public_of(test::masters), test::public_of(test::alices)));
        ok(registry.pin(bob, test::public_of(bobs_master), test::public_of(test::bobs)));
    }

    static Envelope signed_by_alice() {
        return ok(sign_envelope(text_type, as_bytes("hello"), alice, test::key_of(test::alices)));
    }

    static Envelope signed_by_both() {
        Envelope envelope = signed_by_alice();
        ok(add_signature(envelope, bob, test::key_of(test::bobs)));
        return envelope;
    }

    [[nodiscard]] std::vector<SignatureFinding> findings(const Envelope& envelope,
                                                         const EnvelopeRules& rules = {}) const {
        std::vector<SignatureFinding> found;
        for (const auto& one : judge_envelope(envelope, registry, rules).signatures) {
            found.push_back(one.finding);
        }
        return found;
    }

    static constexpr AuthorId alice = test::alice;
    static constexpr AuthorId bob = test::bob;
    static constexpr std::uint8_t bobs_master = 0x98;
    trust::Registry registry;
};

TEST_F(Envelopes, OpenToWhoeverTrustsTheSigner) {
    const auto opened = ok(open_envelope(signed_by_alice(), registry, {.payload_type = text_type}));
    EXPECT_EQ(as_text(opened.payload), "hello");
    EXPECT_EQ(opened.signers, std::vector{alice});
}

TEST_F(Envelopes, AChangedPayloadOrTypeIsNobodys) {
    Envelope envelope = signed_by_alice();
    envelope.payload[0] ^= 1;
    EXPECT_EQ(code_of(open_envelope(envelope, registry, {})), ErrorCode::verdict_invalid);
    envelope = signed_by_alice();
    envelope.payload_type = "text/plain2";
    EXPECT_EQ(findings(envelope), std::vector{SignatureFinding::invalid});
    // Lengths are part of what is signed: nothing moves from one to the other.
    envelope.payload_type = "text/plai";
    envelope.payload.insert(envelope.payload.begin(), 'n');
    EXPECT_EQ(findings(envelope), std::vector{SignatureFinding::invalid});
}

TEST_F(Envelopes, AnotherTypeThanExpectedIsRefused) {
    const auto opened =
        open_envelope(signed_by_alice(), registry, {.payload_type = statement_type});
    EXPECT_EQ(test::refusal(opened), "the payload is of another type than expected");
}

TEST_F(Envelopes, ThresholdsCountAuthorsAndKeysOnce) {
    EXPECT_EQ(ok(open_envelope(signed_by_both(), registry, {.threshold = 2})).signers.size(), 2U);
    Envelope twice = signed_by_alice();
    twice.signatures.push_back(twice.signatures.front());
    EXPECT_EQ(findings(twice),
              (std::vector{SignatureFinding::counts, SignatureFinding::counted_already}));
    EXPECT_EQ(test::refusal(open_envelope(twice, registry, {.threshold = 2})),
              "1 of 2 required signatures");
    // Another author with the same key.
    const AuthorId carol{1003};
    ok(registry.pin(carol, test::public_of(test::masters), test::public_of(test::alices)));
    Envelope same_key = signed_by_alice();
    ok(add_signature(same_key, carol, test::key_of(test::alices)));
    EXPECT_EQ(findings(same_key),
              (std::vector{SignatureFinding::counts, SignatureFinding::counted_already}));
}

// Whoever has the master key can make a key for each of its authors.
TEST_F(Envelopes, AuthorsOfOneMasterKeyAreOnePerson) {
    const AuthorId dave{1004};
    ok(registry.pin(dave, test::public_of(bobs_master), test::public_of(0x44)));
    Envelope envelope = signed_by_both();
    ok(add_signature(envelope, dave, test::key_of(0x44)));
    EXPECT_EQ(findings(envelope), (std::vector{SignatureFinding::counts, SignatureFinding::counts,
                                               SignatureFinding::counted_already}));
    EXPECT_EQ(test::refusal(open_envelope(envelope, registry, {.threshold = 3})),
              "2 of 3 required signatures");
}

TEST_F(Envelopes, KeysAreFoundUnderTheNamesOfOtherPrograms) {
    Envelope envelope = signed_by_both();
    envelope.signatures[0].keyid = ssh_fingerprint(test::public_of(test::alices));
    envelope.signatures[1].keyid = securesystemslib_keyid(test::public_of(test::bobs));
    EXPECT_EQ(ok(open_envelope(envelope, registry, {.threshold = 2})).signers,
              (std::vector{alice, bob}));
    std::swap(envelope.signatures[0].keyid, envelope.signatures[1].keyid);
    EXPECT_EQ(findings(envelope),
              (std::vector{SignatureFinding::invalid, SignatureFinding::invalid}));
}

TEST_F(Envelopes, OtherPeoplesSignaturesTakeNothingAway) {
    Envelope envelope = signed_by_both();
    envelope.signatures.insert(envelope.signatures.begin(),
                               {"SHA256:somebody-elses", Bytes(70, 1)});
    envelope.signatures.push_back({"aion:author:07", Bytes(64, 1)});
    envelope.signatures.push_back({"aion:author:999", Bytes(64, 1)});
    envelope.signatures.push_back({keyid_of(alice), Bytes(64, 1)});
    envelope.signatures.push_back({keyid_of(alice), Bytes(63, 1)});
    EXPECT_EQ(findings(envelope), (std::vector{SignatureFinding::foreign, SignatureFinding::counts,
                                               SignatureFinding::counts, SignatureFinding::foreign,
                                               SignatureFinding::foreign, SignatureFinding::invalid,
                                               SignatureFinding::wrong_size}));
    EXPECT_TRUE(judge_envelope(envelope, registry, {.threshold = 2}).is_valid());
}

TEST_F(Envelopes, GarbageInFrontOfAGoodSignatureDoesNotHideIt) {
    Envelope envelope = signed_by_alice();
    envelope.signatures.insert(envelope.signatures.begin(), {keyid_of(alice), Bytes(64, 7)});
    EXPECT_EQ(findings(envelope),
              (std::vector{SignatureFinding::invalid, SignatureFinding::counts}));
}

TEST_F(Envelopes, AHundredThousandSignaturesAreJudged) {
    Envelope envelope = signed_by_alice();
    const EnvelopeSignature bad{keyid_of(alice), Bytes(64, 7)};
    const EnvelopeSignature foreign{"aion:author:999", Bytes(64, 7)};
    for (std::size_t i = 0; i < 50'000; ++i) {
        envelope.signatures.push_back(bad);
        envelope.signatures.push_back(foreign);
    }
    ok(add_signature(envelope, bob, test::key_of(test::bobs)));
    const EnvelopeVerdict verdict = judge_envelope(envelope, registry, {.threshold = 2});
    EXPECT_TRUE(verdict.is_valid());
    const auto tried = std::ranges::count(verdict.signatures, SignatureFinding::invalid,
                                          &EnvelopeVerdict::Signature::finding);
    EXPECT_EQ(tried, max_author_trials - 1);
    EXPECT_EQ(ok(envelope_from_json(to_json(envelope))), envelope);
}

TEST_F(Envelopes, OnlyAllowedAuthorsCount) {
    EXPECT_EQ(findings(signed_by_both(), {.authors = {bob}}),
              (std::vector{SignatureFinding::not_allowed, SignatureFinding::counts}));
}

TEST_F(Envelopes, WithoutAKeyidEveryKeyIsTried) {
    Envelope envelope = signed_by_both();
    for (EnvelopeSignature& signature : envelope.signatures) {
        signature.keyid.clear();
    }
    EXPECT_EQ(ok(open_envelope(envelope, registry, {.threshold = 2})).signers,
              (std::vector{alice, bob}));
    EXPECT_EQ(findings(envelope, {.authors = {bob}}),
              (std::vector{SignatureFinding::foreign, SignatureFinding::counts}));
    // As many keys as are tried at most, all together: the others are told apart from invalid ones.
    envelope.signatures.insert(envelope.signatures.begin(), max_key_trials / 2,
                               {std::string(), Bytes(64, 1)});
    const auto found = findings(envelope);
    EXPECT_EQ(found.front(), SignatureFinding::foreign);
    EXPECT_EQ(found.back(), SignatureFinding::not_tried);
}

TEST_F(Envelopes, AKeyCanBeNamedByItsFingerprint) {
    Envelope envelope = signed_by_alice();
    envelope.signatures[0].keyid = ssh_fingerprint(test::public_of(test::alices));
    EXPECT_EQ(findings(envelope), std::vector{SignatureFinding::counts});
    envelope.signatures[0].keyid = ssh_fingerprint(test::public_of(test::bobs));
    EXPECT_EQ(findings(envelope), std::vector{SignatureFinding::invalid});
}

TEST_F(Envelopes, RulesThatNothingMeetsAreRefused) {
    for (const EnvelopeRules& rules :
         {EnvelopeRules{.threshold = 0}, EnvelopeRules{.authors = {AuthorId{5}}},
          EnvelopeRules{.threshold = 2, .authors = {alice, alice}}}) {
        EXPECT_EQ(code_of(open_envelope(signed_by_alice(), registry, rules)),
                  ErrorCode::invalid_argument);
    }
}

TEST_F(Envelopes, AuthorsSignOnce) {
    Envelope envelope = signed_by_alice();
    const auto added = add_signature(envelope, alice, test::key_of(test::alices));
    EXPECT_EQ(code_of(added), ErrorCode::invalid_argument);
    EXPECT_EQ(envelope, signed_by_alice());
}

TEST(EnvelopeJson, ReadsWhatOthersWrite) {
    const Envelope expected{
        .payload_type = "t", .payload = {0xff, 0x00, 0x7f}, .signatures = {{"k", {0xfb, 0xff}}}};
    for (const std::string text : {
             R"({"payloadType":"t","payload":"/wB/","signatures":[{"keyid":"k","sig":"+/8="}]})",
             R"({"payloadType":"t","payload":"/wB/","signatures":[{"keyid":"k","sig":"+/8"}]})",
             R"({"payloadType":"t","payload":"_wB_","signatures":[{"keyid":"k","sig":"-_8"}]})",
             R"({"payload":"_wB_","extra":[1],"signatures":[{"sig":"-_8=","keyid":"k"}],)"
             R"("payloadType":"t"})",
         }) {
        EXPECT_EQ(ok(envelope_from_json(text)), expected) << text;
    }
    EXPECT_EQ(
        ok(envelope_from_json(R"({"payloadType":"t","payload":"","signatures":[{"sig":""}]})"))
            .signatures,
        (std::vector<EnvelopeSignature>{{"", {}}}));
}

TEST(EnvelopeJson, RefusesWhatHasTwoMeanings) {
    for (const std::string text : {
             R"({"payloadType":"t","payload":"_w+/","signatures":[]})",
             R"({"payloadType":"t","payload":"/x==","signatures":[]})",
             R"({"payloadType":"t","payload":"/w B","signatures":[]})",
         }) {
        EXPECT_EQ(envelope_from_json(text).error().detail(), "dsse_bad_base64") << text;
    }
    EXPECT_EQ(envelope_from_json(R"({"payloadType":"t","payloadType":"t"})").error().detail(),
              "json_duplicate_key");
    EXPECT_EQ(envelope_from_json(R"({"payloadType":"t","payload":""})").error().detail(),
              "json_missing_key");
}

TEST(EnvelopeJson, HasTwoForms) {
    const Envelope envelope{
        .payload_type = "t", .payload = {0xff}, .signatures = {{"", {0xfb, 0xff}}}};
    EXPECT_EQ(to_json(envelope),
              R"({"payloadType":"t","payload":"/w==","signatures":[{"sig":"+/8="}]})");
    EXPECT_EQ(to_json(envelope, EnvelopeForm::reference),
              R"({"payloadType":"t","payload":"/w","signatures":[{"keyid":"","sig":"+/8"}]})");
}

TEST(EnvelopeKeyid, HasOneSpelling) {
    EXPECT_EQ(keyid_of(AuthorId{70017}), "aion:author:70017");
    EXPECT_EQ(author_of_keyid("aion:author:70017"), AuthorId{70017});
    EXPECT_EQ(author_of_keyid("aion:author:0"), AuthorId{0});
    EXPECT_EQ(author_of_keyid("aion:author:18446744073709551615"), AuthorId{UINT64_MAX});
    for (const std::string keyid :
         {"aion:author:+7", "aion:author:007", "aion:author:", "aion:author:-1", "aion:author: 1",
          "aion:author:1 ", "Aion:author:1", "aion:author:18446744073709551616", "author:1", ""}) {
        EXPECT_EQ(author_of_keyid(keyid), std::nullopt) << keyid;
    }
}

TEST(EnvelopeKeyid, TheFingerprintIsSshKeygens) {
    // Of ssh-keygen -lf (OpenSSH 9.2).
    EXPECT_EQ(ssh_fingerprint(test::public_of(0x11)),
              "SHA256:2HS8bJpYBy7bDfWIQN304coFKT0s6CVPABFLYq+IX5E");
}

TEST(EnvelopeVectors, AreReproducedByteForByte) {
    const auto vectors = supply_vectors("manifest-dsse.json");
    crypto::SigningKey first = supply_key("s1");
    crypto::SigningKey second = supply_key("s2");
    for (const auto& [name, is_by_two] :
         {std::pair("manifest_envelope", false), std::pair("version_attestation_envelope", false),
          std::pair("two_signatures", true)}) {
        const std::string text = vectors[name];
        const Envelope read = ok(envelope_from_json(text));
        EXPECT_EQ(to_json(read, EnvelopeForm::reference), text);
        Envelope made = ok(sign_envelope(read.payload_type, read.payload, AuthorId{1}, first));
        if (is_by_two) {
            ok(add_signature(made, AuthorId{2}, second));
        }
        EXPECT_EQ(to_json(made, EnvelopeForm::reference), text);
        const EnvelopeVerdict verdict = judge_envelope(read, supply_registry(), {});
        EXPECT_TRUE(verdict.is_valid());
        if (is_by_two) {  // Both authors of the vectors have one master key.
            EXPECT_EQ(verdict.signatures[1].finding, SignatureFinding::counted_already);
        }
    }
}

}  // namespace
}  // namespace aion::supply
