// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/trust/registry_chain.hpp"
#include "trust/chain_records.hpp"

namespace aion::trust {
namespace {

using aion::test::key_from;
using aion::test::key_of;
using aion::test::ok;
using aion::test::refusal;
using aion::test::ScriptedSigner;
using test::chain_records;
using test::chain_steps;

TEST(RegistryRecord, KindsHaveTheNamesOfTheirCommands) {
    std::vector<std::string_view> names;
    for (std::uint8_t code = 1; code <= 11; ++code) {
        names.push_back(name_of(RecordKind{code}));
    }
    EXPECT_THAT(names,
                testing::ElementsAre("root", "register", "rotate", "revoke", "tighten", "extend",
                                     "rename", "rekey", "scope", "expire", "hybrid"));
}

TEST(RegistryRecord, IsAboutAnAuthorOrAll) {
    for (const auto& step : chain_steps()) {
        const RecordKind kind = kind_of(step.facts);
        EXPECT_EQ(author_of(step.facts).has_value(),
                  kind != RecordKind::root && kind != RecordKind::expiry)
            << name_of(kind);
    }
    EXPECT_EQ(author_of(chain_steps().at(7).facts), AuthorId{1002});
}

TEST(RegistryRecord, MessageIsTheDomainAndTheHash) {
    Hash hash;
    hash.bytes.fill(0x5A);
    const auto message = record_message(hash);
    EXPECT_EQ(as_text(ByteView(message).first(26)), "AION_V2_REGISTRY_RECORD_V1");
    EXPECT_TRUE(equal(ByteView(message).subspan(26), hash.view()));
}

TEST(RegistryRecord, SignaturesAreOfTheMessageAndInOrder) {
    for (const RegistryRecord& record : chain_records()) {
        ASSERT_FALSE(record.signatures.empty());
        EXPECT_TRUE(std::ranges::is_sorted(record.signatures, {}, &KeySignature::key));
        for (const auto& [key, signature] : record.signatures) {
            EXPECT_TRUE(crypto::verify(key, record_message(record.hash()), signature));
        }
    }
}

TEST(RegistryRecord, SigningAgainReplacesTheSignature) {
    RegistryRecord record = chain_records().at(0);
    const RegistryRecord before = record;
    ok(sign(record, key_of(0xA1)));
    EXPECT_EQ(record, before);
    record.reason = "other";
    ok(sign(record, key_of(0xA1)));
    ok(sign(record, key_of(0xA2)));
    ASSERT_EQ(record.signatures.size(), 2U);
    EXPECT_NE(record.signatures, before.signatures);
}

TEST(RegistryRecord, ARefusedSignatureChangesNothing) {
    RegistryRecord record = chain_records().at(0);
    const RegistryRecord before = record;
    ScriptedSigner signer(key_from(0x55));
    signer.failure = error_because(ErrorCode::signing_failed, "no");
    EXPECT_EQ(refusal(sign(record, signer)), "Version signing failed: no");
    EXPECT_EQ(record, before);
}

TEST(RegistryRecord, WhatCouldNotBeReadIsNotSigned) {
    RegistryRecord record = chain_records().at(0);
    record.reason = "two\nlines";
    ScriptedSigner signer(key_from(0x55));
    EXPECT_EQ(refusal(sign(record, signer)), "Invalid file format: reason: control character \\n");
    EXPECT_EQ(signer.calls, 0);
}

TEST(RegistryRecord, ThoseOfTheVectorsComeToTheirRegistry) {
    const auto chain = ok(RegistryChain::replay(chain_records()));
    const Registry registry = Registry::from_chain(chain);
    EXPECT_EQ(registry.to_json(), test::chain_file("registry.json"));
    EXPECT_EQ(ok(Registry::from_json(test::chain_file("registry.json"))), registry);
}

}  // namespace
}  // namespace aion::trust
