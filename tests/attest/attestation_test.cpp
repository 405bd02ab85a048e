// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/attestation.hpp"

#include <gtest/gtest.h>

#include "aion/base/hex.hpp"
#include "attest/parts.hpp"
#include "supply/vectors.hpp"

namespace aion::attest::test {
namespace {

crypto::SigningKey key_counting_from(std::uint8_t first) {
    Bytes seed;
    for (std::uint8_t i = 0; i < crypto::SigningKey::seed_size; ++i) {
        seed.push_back(static_cast<std::uint8_t>(first + i));
    }
    return ok(crypto::SigningKey::from_seed(seed));
}

TEST(AttestEntry, IsTheReferences) {
    format::VersionRecord version{};
    version.number = 1;
    version.rules_hash.bytes.fill(0xaa);
    version.author = 7;
    version.timestamp = 1'700'000'000'000'000'000;
    version.message_length = 15;
    auto key = key_counting_from(0);
    EXPECT_EQ(to_hex(format::version_hash(version)),
              "03d0636be53ade2d266b000cb95b394f25c90c69a1051c81c22124bc613b36ce");
    EXPECT_EQ(to_hex(to_bytes(entry_of(AuthorId{42}, key, version))),
              "2a00000000000000"
              "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
              "52b5915599ed6abc00df26761c76d17c0fa746a2309a75b82ac9b219b38ac9a9"
              "350531b8a9af7b03956d08628bb74f8dddd2600c4456edfd17f92aad88278b06"
              "0000000000000000");
}

TEST(AttestEntry, OfTheReferencesVectors) {
    const auto vectors = aion::test::supply_vectors("attestations.json");
    ASSERT_EQ(vectors["attestations"].size(), 3U);
    for (const auto& one : vectors["attestations"]) {
        auto key = aion::test::supply_key(one["key"]);
        const AuthorId signer{one["signer"].get<std::uint64_t>()};
        EXPECT_EQ(to_hex(policy::attestation_message(version_record(), signer)),
                  one["message"].get<std::string>());
        EXPECT_EQ(to_hex(entry_of(signer, key).attestation.signature.bytes),
                  one["signature"].get<std::string>());
    }
}

TEST(AttestEntry, ReadsWhatItWrites) {
    Entry entry = garbage(0x0102030405060708, 0xfe);
    entry.attestation.signature.bytes.fill(0x77);
    EXPECT_TRUE(entry.is_well_formed());
    entry.reserved = {0, 0, 0, 0, 0, 0, 0, 1};
    EXPECT_FALSE(entry.is_well_formed());
    EXPECT_EQ(entry_from(to_bytes(entry)), entry);
}

TEST(AttestEntry, AreOrderedBySignerFirst) {
    EXPECT_LT(garbage(2, 0xff), garbage(0x0100, 0));  // as numbers, not as bytes
    EXPECT_LT(garbage(2, 1), garbage(2, 2));
    Entry later = garbage(2, 1);
    later.reserved[7] = 1;
    EXPECT_LT(garbage(2, 1), later);
    EXPECT_EQ(garbage(2, 1) <=> garbage(2, 1), std::strong_ordering::equal);
}

}  // namespace
}  // namespace aion::attest::test
