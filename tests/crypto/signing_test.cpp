// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/signing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/backend.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

using test::counting;
using test::noise;
using test::text;
using test::unhex;

static_assert(!std::is_copy_constructible_v<SigningKey>);
static_assert(std::is_move_constructible_v<SigningKey>);
static_assert(std::is_move_assignable_v<SigningKey>);

SigningKey key_from(ByteView seed) {
    auto key = SigningKey::from_seed(seed);
    EXPECT_TRUE(key) << key.error().message();
    return *std::move(key);
}

Signature sign(SigningKey& key, ByteView message) {
    const auto signature = key.sign(message);
    EXPECT_TRUE(signature) << signature.error().message();
    return signature.value_or(Signature{});
}

// The opinion of a library that has no code in common with ours.
bool sodium_verifies(const PublicKey& key, ByteView message, const Signature& signature) {
    return crypto_sign_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                       key.bytes.data()) == 0;
}

Signature sodium_signs(ByteView seed, ByteView message) {
    PublicKey half;
    Bytes secret(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(half.bytes.data(), secret.data(), seed.data());
    Signature signature;
    crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                         secret.data());
    return signature;
}

struct Rfc8032Test {
    const char* name;
    const char* seed;
    const char* public_half;
    const char* message;
    const char* signature;
};

// RFC 8032 section 7.1.
constexpr Rfc8032Test rfc8032_tests[] = {
    {"TEST 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"TEST 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"TEST 3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
    {"TEST 1024", "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
     "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
     "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e"
     "9f77b1e355f6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a"
     "1b270b20329d658675fc6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89ffbc1a858efcb8550e"
     "e3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a821a579116ec6dad2b3b310da9"
     "03401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbefef"
     "d75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83"
     "f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532e"
     "d8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6"
     "079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f27088d78b7e883c8759d2c4f5c65adb7553878ad575f9"
     "fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b0707e0"
     "917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe80"
     "8b82b0ce26401d2e22f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2"
     "af58429ec96031dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ad"
     "e8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c"
     "4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34dff7310f"
     "dc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7"
     "984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939"
     "ae49e488acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308a"
     "a342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a43dd497f01f17c0e2cb3797aa2a2f25"
     "6656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b50d334ba7"
     "7c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412"
     "c091c6315cf4fde7cb68606937380db2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86ab"
     "a41c0618983f8741c5ef68d3a101e8a3b8cac60c905c15fc910840b94c00a0b9d0",
     "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436"
     "d94b5e8fcd4f681e30a6ac00a9704a188a03"},
    {"TEST SHA(abc)", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
     "ebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
     "e0303dca179c138ac17ad9bef1177331a704"},
};

TEST(SigningKey, GivesTheAnswersOfRfc8032) {
    for (const Rfc8032Test& test : rfc8032_tests) {
        SCOPED_TRACE(test.name);
        SigningKey key = key_from(unhex(test.seed));
        const Bytes message = unhex(test.message);
        EXPECT_EQ(to_hex(key.public_half()), test.public_half);
        const Signature signature = sign(key, message);
        EXPECT_EQ(to_hex(signature), test.signature);
        EXPECT_TRUE(sodium_verifies(key.public_half(), message, signature));
    }
}

TEST(SigningKey, SignsTheMessagesOfTheGoldenFiles) {
    SigningKey author = key_from(unhex(rfc8032_tests[0].seed));
    const Bytes version = unhex(
        "41494f4e5f56325f56455253494f4e5f5349474e41545552455f56310100000000000000000000000000000000"
        "00"
        "00000000000000000000000000000000000000000000d9330d3df06bed4e1e94e22366a757e93688dc5defd0dd"
        "c2"
        "d38b06793933212551c300000000000000002a36fe9c971700000000000000000f000000");
    ASSERT_EQ(version.size(), 128U);
    EXPECT_EQ(
        to_hex(sign(author, version)),
        "641dd2b9f925e01c1d331460a0bc6b28f9cdcb93e225919763b80978c4e6060ed9f83437b1827509a7e158"
        "fef0965bf3ba237eb407dd86b992f8a359c68b8a06");

    SigningKey witness = key_from(unhex(rfc8032_tests[1].seed));
    Bytes attestation = text("AION_V2_ATTESTATION_V1");
    attestation.insert(attestation.end(), version.begin() + 28, version.end());
    const Bytes signer = unhex("52c3000000000000");
    attestation.insert(attestation.end(), signer.begin(), signer.end());
    EXPECT_EQ(
        to_hex(sign(witness, attestation)),
        "cf9fdcb88b9a7f1915a1b4c84a0d2d9b010afe7fe27edf620b767627ac7fcf80c80ec8ae68d6d7458a3825"
        "51eff0c6d8f91daf4f0c40be6722663cc436de1c02");
}

TEST(SigningKey, TakesExactlyThirtyTwoBytes) {
    for (const std::size_t size : {0U, 16U, 31U, 33U, 64U}) {
        const auto key = SigningKey::from_seed(noise(size));
        ASSERT_FALSE(key) << size;
        EXPECT_EQ(key.error(), error_because(ErrorCode::invalid_private_key,
                                             "expected 32 bytes, got " + std::to_string(size)));
    }
}

TEST(SigningKey, KeepsItsSeedForStorage) {
    const Bytes seed = noise(32);
    const SigningKey key = key_from(seed);
    EXPECT_TRUE(equal(key.seed(), seed));
    EXPECT_EQ(key_from(key.seed()).public_half(), key.public_half());
}

TEST(SigningKey, TakesAnySeed) {
    for (const std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{0xFF}}) {
        SigningKey key = key_from(Bytes(32, fill));
        const Signature signature = sign(key, text("message"));
        EXPECT_TRUE(sodium_verifies(key.public_half(), text("message"), signature));
    }
}

TEST(SigningKey, IsDeterministic) {
    SigningKey one = key_from(noise(32));
    SigningKey two = key_from(noise(32));
    EXPECT_EQ(sign(one, text("message")), sign(one, text("message")));
    EXPECT_EQ(sign(one, text("message")), sign(two, text("message")));
    EXPECT_NE(sign(one, text("message")), sign(one, text("Message")));
    SigningKey other = key_from(noise(32, 2));
    EXPECT_NE(sign(one, text("message")), sign(other, text("message")));
    EXPECT_TRUE(sodium_verifies(two.public_half(), text("message"), sign(one, text("message"))));
    EXPECT_FALSE(sodium_verifies(other.public_half(), text("message"), sign(one, text("message"))));
}

TEST(SigningKey, SignsMessagesOfEveryKind) {
    SigningKey key = key_from(noise(32));
    const Bytes zeros(100);
    const Bytes megabyte = noise(std::size_t{1} << 20U);
    for (const Bytes& message : {Bytes(), Bytes{0}, zeros, megabyte}) {
        EXPECT_EQ(sign(key, message), sodium_signs(noise(32), message)) << message.size();
    }
}

TEST(SigningKey, IsASigner) {
    SigningKey key = key_from(noise(32));
    Signer& signer = key;
    EXPECT_EQ(signer.public_key(), key.public_half());
    const auto signature = signer.sign(text("message"));
    ASSERT_TRUE(signature);
    EXPECT_TRUE(sodium_verifies(key.public_half(), text("message"), *signature));
}

TEST(SigningKey, MovesAndLeavesNothingThatSigns) {
    SigningKey from = key_from(noise(32));
    const PublicKey half = from.public_half();
    SigningKey to = std::move(from);
    EXPECT_EQ(to.public_half(), half);
    EXPECT_TRUE(sodium_verifies(half, text("message"), sign(to, text("message"))));

    const auto signature = from.sign(text("message"));  // NOLINT(bugprone-use-after-move)
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code(), ErrorCode::signing_failed);
}

TEST(SigningKey, GeneratesFromTheEntropyOfItsEnvironment) {
    MemoryEnv env(7);
    auto one = SigningKey::generate(env);
    auto two = SigningKey::generate(env);
    ASSERT_TRUE(one && two);
    EXPECT_NE(one->public_half(), two->public_half());
    EXPECT_EQ(one->seed().size(), SigningKey::seed_size);
    EXPECT_EQ(key_from(one->seed()).public_half(), one->public_half());
    EXPECT_TRUE(sodium_verifies(one->public_half(), text("message"), sign(*one, text("message"))));

    MemoryEnv same(7);
    auto again = SigningKey::generate(same);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_half(), one->public_half());
}

TEST(SigningKey, SaysWhenThereIsNoEntropy) {
    MemoryEnv env;
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::random ? EIO : 0;
    });
    const auto key = SigningKey::generate(env);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code(), ErrorCode::entropy_unavailable);
    EXPECT_EQ(env.call_count(), 1U);
}

TEST(SigningKey, ThreadsSignAtOnce) {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        threads.emplace_back([seed] {
            SigningKey key = key_from(noise(32, seed));
            const Signature expected = sodium_signs(noise(32, seed), noise(128, seed));
            for (int round = 0; round < 50; ++round) {
                ASSERT_EQ(sign(key, noise(128, seed)), expected);
            }
        });
    }
}

TEST(OpenSsl, NamesItsVersion) {
    EXPECT_GE(std::string(openssl_version()), backend().has_ml_dsa ? "3.5.0" : "3.0.0");
}

RC_GTEST_PROP(SigningKeyProperty, SignsAsLibsodiumDoes, (std::uint64_t number)) {
    const Bytes seed = noise(32, number);
    const Bytes message = noise(*rc::gen::inRange<std::size_t>(0, 4097), number);
    SigningKey key = key_from(seed);
    const Signature signature = sign(key, message);
    RC_ASSERT(signature == sodium_signs(seed, message));
    RC_ASSERT(sodium_verifies(key.public_half(), message, signature));
}

}  // namespace
}  // namespace aion::crypto
