// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/kdf.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "aion/crypto/aead.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

using test::counting;
using test::noise;
using test::text;
using test::unhex;

Bytes hkdf(ByteView input_key, ByteView salt, ByteView info, std::size_t size) {
    Bytes out(size);
    const auto derived = hkdf_sha256(input_key, salt, info, out);
    EXPECT_TRUE(derived) << derived.error().message();
    return out;
}

// HKDF written out from RFC 5869 section 2 over another library's HMAC.
Bytes hkdf_by_the_book(ByteView input_key, ByteView salt, ByteView info, std::size_t size) {
    const auto hmac = [](ByteView key, std::initializer_list<ByteView> parts) {
        crypto_auth_hmacsha256_state state;
        crypto_auth_hmacsha256_init(&state, key.data(), key.size());
        for (const ByteView part : parts) {
            crypto_auth_hmacsha256_update(&state, part.data(), part.size());
        }
        Bytes out(32);
        crypto_auth_hmacsha256_final(&state, out.data());
        return out;
    };
    const Bytes pseudorandom_key =
        hmac(salt.empty() ? Bytes(32) : Bytes(salt.begin(), salt.end()), {input_key});
    Bytes out;
    Bytes block;
    for (std::uint8_t counter = 1; out.size() < size; ++counter) {
        block = hmac(pseudorandom_key, {block, info, ByteView(&counter, 1)});
        out.insert(out.end(), block.begin(), block.end());
    }
    out.resize(size);
    return out;
}

TEST(Hkdf, GivesTheAnswersOfRfc5869) {
    EXPECT_EQ(to_hex(hkdf(Bytes(22, 0x0B), counting(13), counting(10, 0xF0), 42)),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
              "34007208d5b887185865");
    EXPECT_EQ(to_hex(hkdf(counting(80), counting(80, 0x60), counting(80, 0xB0), 82)),
              "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
              "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
              "cc30c58179ec3e87c14c01d5c1f3434f1d87");
    EXPECT_EQ(to_hex(hkdf(Bytes(22, 0x0B), {}, {}, 42)),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
              "9d201395faa4b61a96c8");
}

TEST(Hkdf, GivesTheAnswersOfTheFormat) {
    EXPECT_EQ(to_hex(hkdf(text("input key material"), text("salt"), text("context"), 32)),
              "790773b8093544d7052c18034ec05ddbf2753a2b9a23783a868b95143f516357");
    const Bytes input = text("aion-v2-master-81985529216486895");
    const Bytes salt = unhex("efcdab8967452301");
    EXPECT_EQ(to_hex(hkdf(input, salt, text("aion-v2-rules-v1"), 32)),
              "5df3e67abaff09773c241d6806792d57200db4a9559c69827faa98ef5c27b207");
    EXPECT_EQ(to_hex(hkdf(input, salt, text("aion-v2-rules-v2"), 32)),
              "ae88e8580d1085b1fd386270f55402fed2cac8f511ce0e103dcf2b8e4e9b846b");
}

TEST(Hkdf, EmptySaltIsThirtyTwoZeros) {
    EXPECT_EQ(hkdf(text("key"), {}, text("info"), 32),
              hkdf(text("key"), Bytes(32), text("info"), 32));
}

TEST(Hkdf, TakesEmptyInputs) {
    EXPECT_EQ(hkdf({}, {}, {}, 32), hkdf_by_the_book({}, {}, {}, 32));
    EXPECT_EQ(hkdf({}, text("salt"), text("info"), 32),
              hkdf_by_the_book({}, text("salt"), text("info"), 32));
}

TEST(Hkdf, DependsOnEveryInput) {
    const Bytes key = hkdf(text("key"), text("salt"), text("info"), 32);
    EXPECT_NE(key, Bytes(32));
    EXPECT_EQ(key, hkdf(text("key"), text("salt"), text("info"), 32));
    EXPECT_NE(key, hkdf(text("kez"), text("salt"), text("info"), 32));
    EXPECT_NE(key, hkdf(text("key"), text("salu"), text("info"), 32));
    EXPECT_NE(key, hkdf(text("key"), text("salt"), text("infp"), 32));
}

TEST(Hkdf, FillsAtMost8160Bytes) {
    EXPECT_EQ(hkdf(text("key"), {}, {}, 8160), hkdf_by_the_book(text("key"), {}, {}, 8160));
    Bytes out(8161, 0xEE);
    const auto derived = hkdf_sha256(text("key"), {}, {}, out);
    ASSERT_FALSE(derived);
    EXPECT_EQ(derived.error(), error_because(ErrorCode::invalid_private_key, "HKDF expand failed"));
}

TEST(Hkdf, TakesAtMost32KibOfInfo) {
    const Bytes info = noise(32'769);
    const ByteView longest = ByteView(info).first(32'768);
    EXPECT_EQ(hkdf(text("key"), {}, longest, 32), hkdf_by_the_book(text("key"), {}, longest, 32));
    Bytes out(32);
    EXPECT_FALSE(hkdf_sha256(text("key"), {}, info, out));
}

TEST(Hkdf, NoOutputIsNoWork) {
    EXPECT_TRUE(hkdf_sha256(text("key"), {}, {}, {}));
}

TEST(Hkdf, AgreesWithWycheproof) {
    const auto vectors = test::third_party_vectors("wycheproof-hkdf_sha256_test.json");
    int checked = 0;
    for (const auto& group : vectors.at("testGroups")) {
        for (const auto& test : group.at("tests")) {
            SCOPED_TRACE(test.at("tcId").get<int>());
            Bytes out(test.at("size").get<std::size_t>());
            const auto derived = hkdf_sha256(unhex(test.at("ikm").get<std::string>()),
                                             unhex(test.at("salt").get<std::string>()),
                                             unhex(test.at("info").get<std::string>()), out);
            EXPECT_EQ(derived.has_value(), test.at("result") == "valid");
            if (derived) {
                EXPECT_EQ(to_hex(out), test.at("okm").get<std::string>());
            }
            ++checked;
        }
    }
    EXPECT_EQ(checked, vectors.at("numberOfTests").get<int>());
}

RC_GTEST_PROP(HkdfProperty, AgreesWithTheBook,
              (const Bytes& input_key, const Bytes& salt, const Bytes& info)) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 300);
    RC_ASSERT(hkdf(input_key, salt, info, size) == hkdf_by_the_book(input_key, salt, info, size));
}

// The two uses of the key store (docs/keys.md).
constexpr Argon2Params machine_key{.memory_kib = 16384, .iterations = 2, .lanes = 2};
constexpr Argon2Params password_key{.memory_kib = 65536, .iterations = 3, .lanes = 4};

// The smallest that is allowed, for tests that are about something else.
constexpr Argon2Params tiny{.memory_kib = 8, .iterations = 1, .lanes = 1};

std::string argon2_hex(ByteView password, ByteView salt, const Argon2Params& params,
                       std::size_t size = 32) {
    const auto key = argon2id(password, salt, params, size);
    return key ? to_hex(key->view()) : key.error().message();
}

TEST(Argon2id, DerivesTheMachineKeysOfTheKeyStore) {
    const Bytes salt = unhex("41494f4e763200006b657973746f7265");
    EXPECT_EQ(argon2_hex({}, salt, machine_key),
              "df9176b66e67ea393ce58465a2949f69bed5a78abca703e3f2ff51837311fef5");
    EXPECT_EQ(argon2_hex(as_bytes("0123456789abcdef0123456789abcdef"), salt, machine_key),
              "645c054cb94f634ef6f3242f4edda3c6bb03984c619f27a1ef6c361396714c2d");
    EXPECT_EQ(argon2_hex(as_bytes("aion-user@localhost"), salt, machine_key),
              "1d796528b652e7ce9c038312c5a1da8b6e31358f2bf206ff23ba975d77b7d379");
}

TEST(Argon2id, DerivesThePasswordKeyOfTheKeyStore) {
    EXPECT_EQ(
        argon2_hex(as_bytes("correct horse battery staple"), counting(16, 0x10), password_key),
        "1cd84e588c72f1d0bb3041fdd8a32de5ec738487c23ac9c5d84f119e05858bf8");
}

// The containers of docs/keys.md#known-answers open with what this layer derives.
TEST(Argon2id, OpensTheContainersOfTheKeyStore) {
    const Bytes seed = counting(32);
    const Bytes id = unhex("51c3000000000000");
    const Bytes stored = unhex(
        "41464b5901404142434445464748494a4b89fd68d73529a487bf51c5c2ca29d70771154ad2c74b6f6cc7801a"
        "a0e6b488551d01e6825ce956a1506c7bb4e33e394b");
    const auto machine = argon2id(as_bytes("0123456789abcdef0123456789abcdef"),
                                  unhex("41494f4e763200006b657973746f7265"), machine_key, 32);
    ASSERT_TRUE(machine);
    EXPECT_EQ(aead_open(test::fixed<32>(machine->view()), ByteView(stored).subspan<5, 12>(), id,
                        ByteView(stored).subspan(17)),
              seed);

    const Bytes exported = unhex(
        "414b455902101112131415161718191a1b1c1d1e1f404142434445464748494a4b4f8d7930b3a741c054fca1"
        "9a71eec31e2ea81c98a1a98c2c708623203831761e4e95293c934c23785e0266f695684540");
    const auto password = argon2id(as_bytes("correct horse battery staple"),
                                   ByteView(exported).subspan(5, 16), password_key, 32);
    ASSERT_TRUE(password);
    EXPECT_EQ(aead_open(test::fixed<32>(password->view()), ByteView(exported).subspan<21, 12>(), id,
                        ByteView(exported).subspan(33)),
              seed);
}

TEST(Argon2id, GivesTheAnswersOfItsReferenceImplementation) {
    EXPECT_EQ(argon2_hex(as_bytes("password"), as_bytes("somesalt"),
                         {.memory_kib = 65536, .iterations = 2, .lanes = 1}),
              "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    EXPECT_EQ(argon2_hex(as_bytes("password"), as_bytes("somesalt"),
                         {.memory_kib = 256, .iterations = 2, .lanes = 1}),
              "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    EXPECT_EQ(argon2_hex(as_bytes("password"), as_bytes("somesalt"),
                         {.memory_kib = 256, .iterations = 2, .lanes = 2}),
              "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037");
}

TEST(Argon2id, AgreesWithLibsodiumOnOneLane) {
    for (std::uint32_t round = 1; round <= 8; ++round) {
        const Bytes password = noise(round * 5, round);
        const Bytes salt = noise(crypto_pwhash_argon2id_SALTBYTES, round + 100);
        const std::size_t size = 16 + std::size_t{round} * 9;
        Bytes expected(size);
        ASSERT_EQ(crypto_pwhash_argon2id(
                      expected.data(), size, reinterpret_cast<const char*>(password.data()),
                      password.size(), salt.data(), round, std::size_t{round} * 8192,
                      crypto_pwhash_argon2id_ALG_ARGON2ID13),
                  0);
        EXPECT_EQ(argon2_hex(password, salt,
                             {.memory_kib = round * 8, .iterations = round, .lanes = 1}, size),
                  to_hex(expected));
    }
}

TEST(Argon2id, DependsOnEveryInput) {
    std::set<std::string> keys;
    keys.insert(argon2_hex(text("password"), noise(8), tiny));
    keys.insert(argon2_hex(text("passwore"), noise(8), tiny));
    keys.insert(argon2_hex({}, noise(8), tiny));
    keys.insert(argon2_hex(text("password"), noise(8, 2), tiny));
    keys.insert(argon2_hex(text("password"), noise(8), {16, 1, 1}));
    keys.insert(argon2_hex(text("password"), noise(8), {16, 2, 1}));
    keys.insert(argon2_hex(text("password"), noise(8), {16, 2, 2}));
    EXPECT_EQ(keys.size(), 7U);
    EXPECT_EQ(argon2_hex(text("password"), noise(8), tiny),
              argon2_hex(text("password"), noise(8), tiny));
}

TEST(Argon2id, SaysWhichParameterIsOutOfRange) {
    const auto reason = [](ByteView salt, const Argon2Params& params, std::size_t size) {
        const auto key = argon2id(text("password"), salt, params, size);
        EXPECT_FALSE(key);
        return key ? std::string() : key.error().message();
    };
    const std::string start = "Invalid private key: Argon2 params error: ";
    const Bytes salt = noise(8);
    EXPECT_EQ(reason(noise(7), tiny, 32), start + "salt is not 8 to 2^32-1 bytes long");
    EXPECT_EQ(reason(salt, tiny, 3), start + "output is not 4 to 2^32-1 bytes long");
    EXPECT_EQ(reason(salt, {8, 0, 1}, 32), start + "iterations are not at least 1");
    EXPECT_EQ(reason(salt, {8, 1, 0}, 32), start + "lanes are not between 1 and 2^24-1");
    EXPECT_EQ(reason(salt, {UINT32_MAX, 1, 1U << 24U}, 32),
              start + "lanes are not between 1 and 2^24-1");
    EXPECT_EQ(reason(salt, {7, 1, 1}, 32), start + "memory is not at least 8 KiB per lane");
    EXPECT_EQ(reason(salt, {31, 1, 4}, 32), start + "memory is not at least 8 KiB per lane");
}

// Several derivations at once: all must succeed, and alike.
TEST(Argon2id, ManyAtOnceAgree) {
    const Argon2Params params{.memory_kib = 256, .iterations = 2, .lanes = 4};
    const std::string expected = argon2_hex(text("password"), noise(16), params);
    ASSERT_EQ(expected.size(), 64U);
    std::vector<std::string> keys(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& key : keys) {
            threads.emplace_back([&] {
                for (int round = 0; round < 10; ++round) {
                    key = argon2_hex(text("password"), noise(16), params);
                }
            });
        }
    }
    EXPECT_TRUE(std::ranges::all_of(keys, [&](const std::string& key) { return key == expected; }));
}

}  // namespace
}  // namespace aion::crypto
