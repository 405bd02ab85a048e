// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/attestation.hpp"

#include <gtest/gtest.h>

#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using AttestationTest = World;

TEST_F(AttestationTest, TheMessageIsDomainVersionAndSigner) {
    must_create();
    const Bytes file = content();
    const auto view = format::FileView::parse(file);
    const format::VersionRecord& version = *view->version_at(0).value();
    const auto message = attestation_message(version, AuthorId{0x0102});
    const ByteView bytes(message);
    EXPECT_TRUE(equal(bytes.first(22), as_bytes("AION_V2_ATTESTATION_V1")));
    EXPECT_TRUE(equal(bytes.subspan(22, 100), version.body()));
    EXPECT_EQ(to_hex(bytes.last(8)), "0201000000000000");
}

TEST_F(AttestationTest, WhatIsAttestedVerifiesAndIsNoVersionSignature) {
    must_create();
    const Bytes file = content();
    const auto view = format::FileView::parse(file);
    const format::VersionRecord& version = *view->version_at(0).value();
    const Attestation made = attest(version, bob, bob_key).value();
    EXPECT_EQ(made.signer, bob);
    EXPECT_EQ(made.public_key, bob_key.public_half());
    EXPECT_TRUE(crypto::verify(made.public_key, attestation_message(version, bob), made.signature));
    EXPECT_FALSE(
        crypto::verify(made.public_key, attestation_message(version, alice), made.signature));
    EXPECT_FALSE(crypto::verify(made.public_key, format::version_message(version), made.signature));
}

TEST_F(AttestationTest, ASignerThatFailsIsTold) {
    must_create();
    const Bytes file = content();
    const auto view = format::FileView::parse(file);
    ScriptedSigner signer(key_from(aion::test::bobs));
    signer.failure = error_because(ErrorCode::invalid_argument, "no");
    const auto made = attest(*view->version_at(0).value(), bob, signer);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error(), *signer.failure);
}

}  // namespace
}  // namespace aion::policy::test
