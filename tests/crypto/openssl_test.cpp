// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/openssl.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "aion/crypto/kdf.hpp"
#include "aion/crypto/signing.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

using Cipher = std::unique_ptr<EVP_CIPHER, openssl::Freed<EVP_CIPHER_free>>;
using Digest = std::unique_ptr<EVP_MD, openssl::Freed<EVP_MD_free>>;
using Kdf = std::unique_ptr<EVP_KDF, openssl::Freed<EVP_KDF_free>>;

// A fetch makes objects of all that a provider has of a kind. So what is offered is what is used.
TEST(OpensslContext, OffersWhatIsUsedAndNothingElse) {
    const openssl::ErrorScope errors;
    const auto cipher = [](const char* name) {
        return Cipher(EVP_CIPHER_fetch(openssl::context(), name, nullptr)) != nullptr;
    };
    const auto digest = [](const char* name) {
        return Digest(EVP_MD_fetch(openssl::context(), name, nullptr)) != nullptr;
    };
    EXPECT_TRUE(cipher("ChaCha20-Poly1305"));
    EXPECT_FALSE(cipher("AES-256-GCM"));
    EXPECT_FALSE(cipher("ChaCha20"));
    EXPECT_TRUE(digest("SHA2-256"));
    EXPECT_TRUE(digest("SHA256"));  // the same by another of its names
    EXPECT_FALSE(digest("SHA2-512"));
    EXPECT_EQ(Kdf(EVP_KDF_fetch(openssl::context(), "HKDF", nullptr)), nullptr);
}

// What is offered looks for its own needs among everything: signing for SHA-512, Argon2 for BLAKE2.
TEST(OpensslContext, WhatIsOfferedFindsWhatItNeeds) {
    auto signer = SigningKey::from_seed(Bytes(32, 7));
    ASSERT_TRUE(signer);
    EXPECT_TRUE(signer->sign({}));
    EXPECT_TRUE(argon2id({}, Bytes(8), {.memory_kib = 32, .iterations = 1, .lanes = 4}, 32));
}

TEST(OpensslContext, IsMadeOnceWhicheverThreadAsksFirst) {
    std::array<OSSL_LIB_CTX*, 8> found{};
    {
        std::vector<std::jthread> threads;
        for (OSSL_LIB_CTX*& context : found) {
            threads.emplace_back([&context] {
                context = openssl::context();
                Bytes key(32);
                EXPECT_TRUE(hkdf_sha256({}, {}, {}, key));
            });
        }
    }
    for (const OSSL_LIB_CTX* const context : found) {
        EXPECT_NE(context, nullptr);
        EXPECT_EQ(context, openssl::context());
    }
}

}  // namespace
}  // namespace aion::crypto
