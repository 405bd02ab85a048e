// SPDX-License-Identifier: MIT OR Apache-2.0
// Both halves or nothing.
#include "aion/trust/hybrid.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/crypto/backend.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "support/bytes.hpp"
#include "trust/chain_support.hpp"

namespace aion::trust::test {
namespace {

using namespace chain_keys;

crypto::MlDsaKey post_quantum_from(std::uint8_t filler) {
    return ok(crypto::MlDsaKey::from_seed(Bytes(crypto::MlDsaKey::seed_size, filler)));
}

HybridKey hybrid_from(std::uint8_t classical, std::uint8_t post_quantum) {
    return {key_from(classical), post_quantum_from(post_quantum)};
}

std::string detail_of(const Error& error) {
    return std::string(error.detail());
}

TEST(HybridForm, MessageIsTheKnownAnswer) {
    const auto seed = aion::test::counting<32>(0);
    auto key = ok(crypto::SigningKey::from_seed(seed));
    const Bytes message = hybrid_message(as_bytes("attested bytes"));
    EXPECT_EQ(to_hex(message), "41494f4e5f56325f4859425249445f5631006174746573746564206279746573");
    EXPECT_EQ(to_hex(ok(key.sign(message))),
              "6b17f30c4670fce0fa7438d6485678566e70bd4808ca0f2c7b717e32484aa781"
              "612e8d402b92faccb7c8c5261293e902daa5e455b2d68c5bc181ecaf2b991f03");
    EXPECT_EQ(hybrid_message({}).size(), 18U);
}

TEST(HybridForm, OneNumberIsAnAlgorithm) {
    EXPECT_EQ(ok(hybrid_algorithm_from_code(1)), HybridAlgorithm::ml_dsa_65);
    EXPECT_EQ(name_of(HybridAlgorithm::ml_dsa_65), "MlDsa65");
    for (const unsigned code : {0U, 2U, 99U, 256U, 65535U}) {
        const auto refused = hybrid_algorithm_from_code(static_cast<std::uint16_t>(code));
        ASSERT_FALSE(refused) << code;
        EXPECT_EQ(refused.error().message(),
                  "Invalid file format: Unknown hybrid PQ algorithm: " + std::to_string(code));
    }
}

HybridPublicKey some_key() {
    HybridPublicKey key;
    key.classical.bytes.fill(0xC1);
    key.post_quantum = Bytes(crypto::ml_dsa_65_public_key_size, 0xD1);
    return key;
}

SignedHybrid some_signature() {
    SignedHybrid one;
    one.author = AuthorId{0x0102030405060708};
    one.classical_key.bytes.fill(0xC1);
    one.signature.classical.bytes.fill(0xC2);
    one.signature.post_quantum = Bytes(crypto::ml_dsa_65_signature_size, 0xD2);
    return one;
}

TEST(HybridForm, OfKeysIsAsThePageSays) {
    const Bytes bytes = encode(some_key());
    EXPECT_EQ(bytes.size(), 1991U);
    EXPECT_EQ(bytes.size(), hybrid_public_key_size);
    EXPECT_EQ(to_hex(ByteView(bytes).first(9)), "4148504b010100c1c1");
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(38, 3)), "c1d1d1");
    EXPECT_EQ(ok(decode_hybrid_public_key(bytes)), some_key());
}

TEST(HybridForm, OfSignaturesIsAsThePageSays) {
    const Bytes bytes = encode(some_signature());
    EXPECT_EQ(bytes.size(), 3420U);
    EXPECT_EQ(bytes.size(), hybrid_signature_size);
    EXPECT_EQ(to_hex(ByteView(bytes).first(17)), "414853470101000807060504030201c1c1");
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(46, 2)), "c1c2");
    EXPECT_EQ(to_hex(ByteView(bytes).subspan(110, 2)), "c2d2");
    EXPECT_EQ(ok(decode_signed_hybrid(bytes)), some_signature());
}

template <class Decode>
void expect_strict(const Bytes& good, const Decode& decode) {
    for (std::size_t size = 0; size < good.size(); size += size < 20 ? 1 : 97) {
        EXPECT_FALSE(decode(ByteView(good).first(size))) << size;
    }
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_EQ(detail_of(decode(longer).error()), "hybrid_bad_size");
    const auto with = [&](std::size_t at, std::uint8_t value) {
        Bytes changed = good;
        changed[at] = value;
        return detail_of(decode(changed).error());
    };
    EXPECT_EQ(with(0, 'a'), "hybrid_bad_magic");
    EXPECT_EQ(with(3, '?'), "hybrid_bad_magic");
    EXPECT_EQ(with(4, 2), "hybrid_version");
    EXPECT_EQ(with(5, 2), "hybrid_unknown_algorithm");
    EXPECT_EQ(with(6, 1), "hybrid_unknown_algorithm");
}

TEST(HybridForm, IsReadStrictly) {
    expect_strict(encode(some_key()),
                  [](ByteView bytes) { return decode_hybrid_public_key(bytes); });
    expect_strict(encode(some_signature()),
                  [](ByteView bytes) { return decode_signed_hybrid(bytes); });
}

class Hybrid : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!crypto::backend().has_ml_dsa) {
            GTEST_SKIP() << "this libcrypto has no ML-DSA";
        }
    }

    HybridSignature sign(HybridKey& key, std::string_view payload) {
        return ok(key.sign(env, as_bytes(payload)));
    }

    MemoryEnv env;
};

TEST_F(Hybrid, HoldsForWhatWasSignedAndNothingElse) {
    HybridKey key = ok(HybridKey::generate(env));
    const HybridPublicKey half = key.public_half();
    const HybridSignature signature = sign(key, "Some Text");
    EXPECT_EQ(signature.post_quantum.size(), 3309U);
    EXPECT_TRUE(verify(half, as_bytes("Some Text"), signature));
    EXPECT_EQ(verify(half, as_bytes("some text"), signature).error().code(),
              ErrorCode::invalid_signature);
    const HybridSignature again = sign(key, "Some Text");
    EXPECT_EQ(again.classical, signature.classical);
    EXPECT_NE(again.post_quantum, signature.post_quantum);
    EXPECT_TRUE(verify(half, {}, sign(key, "")));
}

TEST_F(Hybrid, AFlippedBitOfEitherHalfIsRefused) {
    HybridKey key = hybrid_from(1, 2);
    const HybridPublicKey half = key.public_half();
    const HybridSignature good = sign(key, "m");
    for (std::size_t at = 0; at < Signature::size; at += 7) {
        HybridSignature bad = good;
        bad.classical.bytes[at] ^= 1U;
        EXPECT_EQ(verify(half, as_bytes("m"), bad).error().message(),
                  "Invalid signature: signature verification failed");
    }
    for (std::size_t at = 0; at < good.post_quantum.size(); at += 211) {
        HybridSignature bad = good;
        bad.post_quantum[at] ^= 1U;
        EXPECT_EQ(verify(half, as_bytes("m"), bad).error().message(),
                  "Invalid file format: ML-DSA-65 verification failed: error: verification failed");
    }
}

TEST_F(Hybrid, KeepsAnEd25519Key) {
    const HybridKey key(key_from(9), post_quantum_from(2));
    EXPECT_EQ(key.public_half().classical, public_of(9));
    EXPECT_EQ(key.public_half().algorithm, HybridAlgorithm::ml_dsa_65);
}

TEST_F(Hybrid, AForeignHalfOfAKeyIsRefused) {
    HybridKey key = hybrid_from(1, 2);
    const HybridSignature good = sign(key, "m");
    EXPECT_EQ(verify(hybrid_from(3, 2).public_half(), as_bytes("m"), good).error().code(),
              ErrorCode::invalid_signature);
    EXPECT_EQ(detail_of(verify(hybrid_from(1, 3).public_half(), as_bytes("m"), good).error()),
              "hybrid_post_quantum_invalid");
}

TEST_F(Hybrid, AHalfOverTheBarePayloadIsRefused) {
    HybridKey key = hybrid_from(1, 2);
    HybridSignature bare = sign(key, "m");
    bare.classical = ok(key_from(1).sign(as_bytes("m")));
    EXPECT_EQ(verify(key.public_half(), as_bytes("m"), bare).error().code(),
              ErrorCode::invalid_signature);
    bare = sign(key, "m");
    bare.post_quantum = ok(post_quantum_from(2).sign(env, as_bytes("m")));
    EXPECT_EQ(detail_of(verify(key.public_half(), as_bytes("m"), bare).error()),
              "hybrid_post_quantum_invalid");
}

TEST_F(Hybrid, OtherLengthsAndAlgorithmsAreRefusedInTheOrderOfTheSpecification) {
    HybridKey key = hybrid_from(1, 2);
    HybridSignature signature = sign(key, "m");
    const Bytes whole = signature.post_quantum;
    for (const std::size_t size : {std::size_t{0}, whole.size() - 1}) {
        signature.post_quantum.assign(whole.begin(),
                                      whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(detail_of(verify(key.public_half(), as_bytes("m"), signature).error()),
                  "hybrid_post_quantum_invalid");
    }
    signature.post_quantum = whole;
    signature.post_quantum.push_back(0);
    EXPECT_EQ(detail_of(verify(key.public_half(), as_bytes("m"), signature).error()),
              "hybrid_signature_too_long");
    signature.classical.bytes[0] ^= 1U;
    EXPECT_EQ(verify(key.public_half(), as_bytes("m"), signature).error().code(),
              ErrorCode::invalid_signature);
    signature.algorithm = HybridAlgorithm{2};
    EXPECT_EQ(verify(key.public_half(), as_bytes("m"), signature).error().message(),
              "Invalid file format: hybrid algorithm mismatch: sig=unknown, key=MlDsa65");
}

TEST_F(Hybrid, RandomPayloadsHoldUntilAByteChanges) {
    HybridKey key = hybrid_from(1, 2);
    const HybridPublicKey half = key.public_half();
    std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same each time
    for (int round = 0; round < 20; ++round) {
        Bytes payload(1 + (random() % 512));
        std::ranges::generate(payload, [&] { return static_cast<std::uint8_t>(random()); });
        const HybridSignature signature = ok(key.sign(env, payload));
        EXPECT_TRUE(verify(half, payload, signature));
        payload[random() % payload.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        EXPECT_FALSE(verify(half, payload, signature));
    }
}

// --- Under a registry ----------------------------------------------------------------------------

class HybridVerdicts : public Hybrid {
  protected:
    static constexpr std::string_view payload = "what was signed";

    static RegistryChain bound_chain(HybridKey& key) {
        RegistryChain chain = chain_of_alice();
        add(chain, HybridBinding{alice, Epoch{0}, key.public_half().post_quantum}, {alice_master});
        return chain;
    }

    SignedHybrid signed_by_alice(HybridKey& key) {
        return {alice, key.classical().public_half(), sign(key, payload)};
    }

    static HybridVerdict judge(const SignedHybrid& one, RegistryChain chain,
                               const HybridRules& rules = {}) {
        return ok(
            judge_hybrid(one, as_bytes(payload), Registry::from_chain(std::move(chain)), rules));
    }
};

TEST_F(HybridVerdicts, BothHalvesUnderTheAuthorsKeys) {
    HybridKey key = hybrid_from(alice_first, 2);
    const SignedHybrid one = signed_by_alice(key);
    const HybridVerdict verdict = judge(one, bound_chain(key));
    EXPECT_TRUE(verdict.is_valid());
    EXPECT_EQ(name_of(verdict.finding), "valid");
    EXPECT_EQ(verdict.author, alice);
    EXPECT_EQ(verdict.epoch, Epoch{0});
    EXPECT_EQ(verdict.is_classical_valid, true);
    EXPECT_EQ(verdict.is_post_quantum_valid, true);
    EXPECT_TRUE(judge(one, bound_chain(key), {alice, VersionNumber{3}}).is_valid());
}

TEST_F(HybridVerdicts, EachHalfIsToldOf) {
    HybridKey key = hybrid_from(alice_first, 2);
    SignedHybrid one = signed_by_alice(key);
    one.signature.classical.bytes[0] ^= 1U;
    HybridVerdict verdict = judge(one, bound_chain(key));
    EXPECT_EQ(verdict.finding, HybridFinding::classical_invalid);
    EXPECT_EQ(verdict.is_classical_valid, false);
    EXPECT_EQ(verdict.is_post_quantum_valid, true);
    one = signed_by_alice(key);
    one.signature.post_quantum[100] ^= 1U;
    verdict = judge(one, bound_chain(key));
    EXPECT_EQ(verdict.finding, HybridFinding::post_quantum_invalid);
    EXPECT_EQ(verdict.is_classical_valid, true);
    EXPECT_EQ(verdict.is_post_quantum_valid, false);
}

TEST_F(HybridVerdicts, NothingCountsWithoutABoundKey) {
    HybridKey key = hybrid_from(alice_first, 2);
    const HybridVerdict verdict = judge(signed_by_alice(key), chain_of_alice());
    EXPECT_EQ(verdict.finding, HybridFinding::no_hybrid_key);
    EXPECT_EQ(verdict.is_classical_valid, true);
    EXPECT_EQ(verdict.is_post_quantum_valid, std::nullopt);
    HybridKey other = hybrid_from(alice_first, 3);
    EXPECT_EQ(judge(signed_by_alice(other), bound_chain(key)).finding,
              HybridFinding::post_quantum_invalid);
}

TEST_F(HybridVerdicts, WhoseItMustBe) {
    HybridKey key = hybrid_from(alice_first, 2);
    SignedHybrid one = signed_by_alice(key);
    EXPECT_EQ(judge(one, bound_chain(key), {bob, std::nullopt}).finding,
              HybridFinding::other_author);
    one.author = AuthorId{7};
    EXPECT_EQ(judge(one, bound_chain(key)).finding, HybridFinding::unknown_author);
    RegistryChain chain = bound_chain(key);
    add(chain, registration(bob, "bob", bob_master, bob_first));
    one.author = bob;
    EXPECT_EQ(judge(one, std::move(chain)).finding, HybridFinding::other_key);
}

TEST_F(HybridVerdicts, AKeyThatWasRotatedOutCountsWhereItsVersionsDo) {
    HybridKey key = hybrid_from(alice_first, 2);
    const SignedHybrid one = signed_by_alice(key);
    RegistryChain chain = bound_chain(key);
    add(chain, rotation_to(alice_second, bound(5)), {alice_master});
    EXPECT_EQ(judge(one, chain).finding, HybridFinding::other_key);
    EXPECT_EQ(judge(one, chain, {{}, VersionNumber{5}}).finding, HybridFinding::other_key);
    EXPECT_TRUE(judge(one, chain, {{}, VersionNumber{4}}).is_valid());
    // The new key needs a post-quantum half of its own.
    HybridKey next = hybrid_from(alice_second, 2);
    EXPECT_EQ(judge(signed_by_alice(next), chain).finding, HybridFinding::no_hybrid_key);
}

TEST_F(HybridVerdicts, ARevokedKeyCountsForNothing) {
    HybridKey key = hybrid_from(alice_first, 2);
    RegistryChain chain = bound_chain(key);
    add(chain, revocation_of(0, bound(3)), {alice_master});
    EXPECT_EQ(judge(signed_by_alice(key), chain).finding, HybridFinding::no_current_key);
    EXPECT_EQ(judge(signed_by_alice(key), chain, {{}, VersionNumber{3}}).finding,
              HybridFinding::no_current_key);
}

TEST_F(HybridVerdicts, ARegistryWithoutAChainGivesNone) {
    HybridKey key = hybrid_from(alice_first, 2);
    Registry registry;
    ok(registry.pin(alice, public_of(alice_master), public_of(alice_first)));
    const auto verdict = judge_hybrid(signed_by_alice(key), as_bytes(payload), registry);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code(), ErrorCode::operation_not_permitted);
}

TEST_F(HybridVerdicts, EveryFindingHasWords) {
    for (std::uint8_t code = 0; code <= std::to_underlying(HybridFinding::post_quantum_invalid);
         ++code) {
        EXPECT_NE(name_of(HybridFinding{code}), "unknown");
        EXPECT_NE(in_words(HybridFinding{code}), "unknown");
    }
}

}  // namespace
}  // namespace aion::trust::test
