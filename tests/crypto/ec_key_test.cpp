// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/ec_key.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/crypto/sha256.hpp"
#include "support/results.hpp"

namespace aion::crypto {
namespace {

using aion::test::code_of;
using aion::test::ok;
using aion::test::refusal;

std::string pem(const std::string& name) {
    std::ifstream in(AION_TEST_DATA "/pem/" + name + ".pem");
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<EcSigningKey> read(const std::string& name, std::string_view passphrase = {}) {
    return EcSigningKey::from_pem(as_bytes(pem(name)), as_bytes(passphrase));
}

TEST(EcKey, PrivateKeysOfAllFormsHaveTheHalvesThatOpenSslSays) {
    const auto half_of = [](const std::string& name, std::string_view passphrase = {}) {
        return ok(read(name, passphrase)).public_half().pem();
    };
    EXPECT_EQ(half_of("p256"), pem("p256.pub"));
    EXPECT_EQ(half_of("p256-encrypted", "sesame"), pem("p256.pub"));
    EXPECT_EQ(half_of("p384"), pem("p384.pub"));
    EXPECT_EQ(half_of("p521-encrypted", "sesame"), pem("p521.pub"));
    EXPECT_EQ(half_of("p384", "not asked for"), pem("p384.pub"));
}

TEST(EcKey, WhatIsSignedHoldsForThatAlone) {
    const std::array message{as_bytes("one "), as_bytes("message")};
    const std::array other{as_bytes("another message")};
    for (const char* const name : {"p256", "p384", "p521-encrypted"}) {
        const EcSigningKey key = ok(read(name, "sesame"));
        Bytes signature = ok(key.sign(message));
        const std::array joined{as_bytes("one message")};
        EXPECT_TRUE(key.public_half().verify(joined, signature)) << name;
        EXPECT_FALSE(key.public_half().verify(other, signature)) << name;
        signature.back() ^= 1U;
        EXPECT_FALSE(key.public_half().verify(joined, signature)) << name;
        EXPECT_FALSE(key.public_half().verify(joined, {})) << name;
    }
    const Bytes signature = ok(ok(read("p256")).sign(message));
    const auto stranger = ok(EcSigningKey::generate(Env::system(), EcCurve::p256));
    EXPECT_FALSE(stranger.public_half().verify(message, signature));
}

TEST(EcKey, PassphrasesAreNeitherGuessedNorAskedFor) {
    for (const char* const name : {"p256-encrypted", "p521-encrypted"}) {
        EXPECT_TRUE(EcSigningKey::is_encrypted(as_bytes(pem(name))));
        EXPECT_EQ(code_of(read(name)), ErrorCode::invalid_private_key);
        EXPECT_EQ(code_of(read(name, "open")), ErrorCode::decryption_failed);
    }
    EXPECT_FALSE(EcSigningKey::is_encrypted(as_bytes(pem("p384"))));
    EXPECT_EQ(code_of(read("p521-encrypted", std::string(5000, 'x'))),
              ErrorCode::decryption_failed);
}

TEST(EcKey, OtherKeysAreRefused) {
    for (const char* const name : {"secp256k1", "ed25519", "p256.pub", "there is none"}) {
        EXPECT_EQ(code_of(read(name)), ErrorCode::invalid_private_key) << name;
    }
    std::string damaged = pem("p384");
    damaged[damaged.find('\n') + 60] ^= 1;
    EXPECT_FALSE(EcSigningKey::from_pem(as_bytes(damaged)));
    EXPECT_EQ(code_of(EcSigningKey::from_pem(as_bytes(std::string(max_pem_size + 1, ' ')))),
              ErrorCode::invalid_private_key);
    for (const char* const name : {"p384", "p256-compressed.pub", "ed25519"}) {
        EXPECT_EQ(code_of(EcPublicKey::from_pem(pem(name))), ErrorCode::invalid_public_key);
    }
    EXPECT_FALSE(EcPublicKey::from_pem(pem("p256.pub") + pem("p384.pub")));
    std::string beside = pem("p256.pub");
    beside[beside.find("==") - 3] ^= 1;
    EXPECT_FALSE(EcPublicKey::from_pem(beside));
}

// The halves of a key that somebody put together from two.
TEST(EcKey, HalvesBelongTogether) {
    const auto a = ok(EcSigningKey::generate(Env::system(), EcCurve::p256));
    const SecretBytes secret = ok(a.to_pem());
    std::string text(as_text(secret.view()));
    const std::string other(
        as_text(ok(ok(EcSigningKey::generate(Env::system(), EcCurve::p256)).to_pem()).view()));
    const std::size_t last_line = text.rfind("\n", text.rfind("-----END") - 2);
    text.replace(last_line, std::string::npos, other.substr(last_line));
    EXPECT_FALSE(EcSigningKey::from_pem(as_bytes(text)));
}

TEST(EcKey, PublicKeysAreWrittenAsTheyWereRead) {
    for (const char* const name : {"p256.pub", "p384.pub", "p521.pub"}) {
        const EcPublicKey key = ok(EcPublicKey::from_pem("before\n" + pem(name)));
        EXPECT_EQ(key.pem(), pem(name));
        EXPECT_EQ(key.fingerprint(), to_hex(sha256(as_bytes(pem(name)))));
    }
    EXPECT_EQ(name_of(ok(EcPublicKey::from_pem(pem("p521.pub"))).curve()), "P-521");
}

TEST(EcKey, NewKeysComeBack) {
    for (const EcCurve curve : {EcCurve::p256, EcCurve::p384, EcCurve::p521}) {
        const auto key = ok(EcSigningKey::generate(Env::system(), curve));
        EXPECT_EQ(ok(EcSigningKey::from_pem(ok(key.to_pem()).view())).public_half(),
                  key.public_half());
        const SecretBytes closed = ok(key.to_pem(as_bytes("sesame")));
        EXPECT_TRUE(EcSigningKey::is_encrypted(closed.view()));
        EXPECT_FALSE(EcSigningKey::from_pem(closed.view(), as_bytes("open")));
        EXPECT_EQ(ok(EcSigningKey::from_pem(closed.view(), as_bytes("sesame"))).public_half(),
                  key.public_half());
    }
}

TEST(EcKey, GenerationEndsWithoutEntropy) {
    MemoryEnv env;
    env.set_fault([](std::uint64_t /*index*/, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::random ? EIO : 0;
    });
    EXPECT_EQ(code_of(EcSigningKey::generate(env, EcCurve::p256)), ErrorCode::entropy_unavailable);
}

TEST(EcKey, AKeyThatWasMovedAwaySignsNothing) {
    EcSigningKey key = ok(EcSigningKey::generate(Env::system(), EcCurve::p256));
    const EcSigningKey taken = std::move(key);
    // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): that is the question.
    EXPECT_EQ(code_of(key.sign({})), ErrorCode::signing_failed);
    EXPECT_TRUE(taken.sign({}));
}

}  // namespace
}  // namespace aion::crypto
