// SPDX-License-Identifier: MIT OR Apache-2.0
// Records, byte for byte: docs/registry.md#known-answers and those that the reference signed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/crypto/ed25519_verify.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::code_of;
using test::member;
using test::number_member;
using test::ok;
using test::public_of;
using test::refusal;
using test::revocation;
using test::rotation;
using test::text_member;
using test::vector_index;

TEST(RegistryRecords, KnownKeys) {
    EXPECT_EQ(to_hex(public_of(0x11)),
              "d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737");
    EXPECT_EQ(to_hex(public_of(0x22)),
              "a09aa5f47a6759802ff955f8dc2d2a14a5c99d23be97f864127ff9383455a4f0");
    EXPECT_EQ(to_hex(public_of(0x33)),
              "17cb79fb2b4120f2b1ec65e4198d6e08b28e813feb01e4a400839b85e18080ce");
}

TEST(RegistryRecords, KnownRotation) {
    const RotationRecord record = rotation(0, 1, 0x33, 9);
    EXPECT_EQ(to_hex(record.message()),
              "41494f4e5f56325f524f544154494f4e5f563151c30000000000000000000001"
              "00000017cb79fb2b4120f2b1ec65e4198d6e08b28e813feb01e4a400839b85e1"
              "8080ce0900000000000000");
    EXPECT_EQ(to_hex(record.master_signature),
              "e67432c4d84b4d7b339f75bddcc4128438b1d81cbc381ede9d2da8995cc3cee1"
              "c0694fe7f4184e5ace84d1b7ad3a0390922daffe10585e42de5085510fcedc01");
}

TEST(RegistryRecords, KnownRevocation) {
    const RevocationRecord record = revocation(0, 12);
    EXPECT_EQ(to_hex(record.message()),
              "41494f4e5f56325f5245564f434154494f4e5f563151c3000000000000000000"
              "0001000c00000000000000");
    EXPECT_EQ(to_hex(record.master_signature),
              "a74dd627276d7abfb7e7be01a9f6cb855f7a9e0069de3417cd074c214b8ec52b"
              "e405c036f458c9c47a20bd8927cdff714e13b07c23c7bb38cc254a979640030a");
}

crypto::SigningKey vector_key(const std::string& name) {
    return ok(crypto::SigningKey::from_seed(aion::test::load_test_keys().at(name).seed));
}

TEST(RegistryRecords, RotationThatTheReferenceSigned) {
    const json::Value index = vector_index();
    const json::Value row = member(member(index, "records"), "rotation");
    auto master = vector_key(text_member(row, "master"));
    RotationRecord record;
    record.author.value = number_member(row, "author");
    record.from_epoch.value = static_cast<std::uint32_t>(number_member(row, "from_epoch"));
    record.to_epoch.value = static_cast<std::uint32_t>(number_member(row, "to_epoch"));
    record.to_public_key = vector_key(text_member(row, "to_key")).public_half();
    record.effective_from.value = number_member(row, "effective_from_version");
    record = ok(sign(record, master));
    EXPECT_EQ(to_hex(record.message()), text_member(row, "message"));
    EXPECT_EQ(to_hex(record.master_signature), text_member(row, "signature"));
}

TEST(RegistryRecords, RevocationThatTheReferenceSigned) {
    const json::Value index = vector_index();
    const json::Value row = member(member(index, "records"), "revocation");
    auto master = vector_key(text_member(row, "master"));
    RevocationRecord record;
    record.author.value = number_member(row, "author");
    record.epoch.value = static_cast<std::uint32_t>(number_member(row, "epoch"));
    record.reason = ok(revocation_reason_from_name(text_member(row, "reason")));
    record.effective_from.value = number_member(row, "effective_from_version");
    record = ok(sign(record, master));
    EXPECT_EQ(to_hex(record.message()), text_member(row, "message"));
    EXPECT_EQ(to_hex(record.master_signature), text_member(row, "signature"));
}

TEST(RegistryRecords, ReasonCodes) {
    EXPECT_EQ(ok(revocation_reason_from_code(1)), RevocationReason::compromised);
    EXPECT_EQ(ok(revocation_reason_from_code(2)), RevocationReason::superseded);
    EXPECT_EQ(ok(revocation_reason_from_code(3)), RevocationReason::retired);
    EXPECT_EQ(ok(revocation_reason_from_code(255)), RevocationReason::unspecified);
    for (std::uint32_t code = 0; code <= UINT16_MAX; ++code) {
        const bool known = code == 1 || code == 2 || code == 3 || code == 255;
        ASSERT_EQ(revocation_reason_from_code(static_cast<std::uint16_t>(code)).has_value(), known);
    }
    EXPECT_EQ(refusal(revocation_reason_from_code(7)),
              "Invalid file format: Unknown revocation reason: 7");
}

TEST(RegistryRecords, ReasonNames) {
    using enum RevocationReason;
    for (const RevocationReason reason : {compromised, superseded, retired, unspecified}) {
        EXPECT_EQ(ok(revocation_reason_from_name(name_of(reason))), reason);
    }
    EXPECT_EQ(word_for(compromised), "compromised");
    EXPECT_EQ(word_for(superseded), "superseded");
    EXPECT_EQ(word_for(retired), "retired");
    EXPECT_EQ(word_for(unspecified), "unspecified");
    EXPECT_EQ(word_for(RevocationReason{7}), "unknown");
    EXPECT_EQ(name_of(compromised), "Compromised");
    EXPECT_EQ(name_of(superseded), "Superseded");
    EXPECT_EQ(name_of(retired), "Retired");
    EXPECT_EQ(name_of(unspecified), "Unspecified");
    for (const std::string_view name : {"", "compromised", "COMPROMISED", "Compromised ", "Lost"}) {
        EXPECT_EQ(code_of(revocation_reason_from_name(name)), ErrorCode::invalid_format) << name;
    }
}

// A signer may be a device that says no.
class RefusingSigner final : public crypto::Signer {
  public:
    Result<PublicKey> public_key() override { return PublicKey{}; }

    Result<Signature> sign(ByteView /*message*/) override {
        return fail(error_because(ErrorCode::signing_failed, "card removed"));
    }
};

TEST(RegistryRecords, PassesOnWhatTheSignerSays) {
    RefusingSigner signer;
    EXPECT_EQ(refusal(sign(RotationRecord{}, signer)), "Version signing failed: card removed");
    EXPECT_EQ(refusal(sign(RevocationRecord{}, signer)), "Version signing failed: card removed");
}

// Every field is covered: two records with the same message are the same but for the signature.
RC_GTEST_PROP(RegistryRecordsProperty, TheMessageCoversEveryField, (std::uint64_t seed)) {
    const RotationRecord record = rotation(0, 1, 0x33, 9);
    RotationRecord other = record;
    const auto delta = seed | 1U;
    switch (seed % 5) {
        case 0:
            other.author.value ^= delta;
            break;
        case 1:
            other.from_epoch.value ^= static_cast<std::uint32_t>(delta);
            break;
        case 2:
            other.to_epoch.value ^= static_cast<std::uint32_t>(delta);
            break;
        case 3:
            other.to_public_key.bytes[seed % 32] ^= static_cast<std::uint8_t>(delta);
            break;
        default:
            other.effective_from.value ^= delta;
            break;
    }
    RC_ASSERT(other.message() != record.message());
    RC_ASSERT(!crypto::verify(public_of(0x11), other.message(), record.master_signature));
}

}  // namespace
}  // namespace aion::trust
