// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/backend.hpp"

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>
#include <string>

namespace aion::crypto {
namespace {

TEST(Backend, IsTheLibraryThatIsLinked) {
    EXPECT_EQ(backend().library, "OpenSSL");
    EXPECT_EQ(backend().version, OpenSSL_version(OPENSSL_VERSION_STRING));
}

// Asked of the library itself, whatever its headers say.
TEST(Backend, SaysWhetherThereIsMlDsa) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "ML-DSA-65", nullptr), EVP_PKEY_CTX_free);
    EXPECT_EQ(backend().has_ml_dsa, context != nullptr);
}

#ifndef AION_SYSTEM_CRYPTO
// Else every test of it would be skipped, and nobody would be told.
TEST(Backend, HasMlDsaUnlessItIsTheSystemsOwn) {
    EXPECT_TRUE(backend().has_ml_dsa);
}
#endif

TEST(Backend, SaysWhoComputesArgon2) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
        EVP_KDF_fetch(nullptr, "ARGON2ID", nullptr), EVP_KDF_free);
    EXPECT_EQ(backend().argon2, kdf != nullptr ? "OpenSSL" : "libargon2");
}

}  // namespace
}  // namespace aion::crypto
