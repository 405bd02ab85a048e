// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/startup.hpp"

#include <gtest/gtest.h>

#include "aion/crypto/aead.hpp"
#include "aion/crypto/kdf.hpp"
#include "aion/crypto/signing.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

// Run on its own, as ctest does, this is the first use of libcrypto in its process.
TEST(Startup, EverythingWorksWithoutTheTables) {
    trim_libcrypto_startup();
    trim_libcrypto_startup();

    Bytes key(32);
    ASSERT_TRUE(
        hkdf_sha256(as_bytes("input key material"), as_bytes("salt"), as_bytes("context"), key));
    EXPECT_EQ(to_hex(key), "790773b8093544d7052c18034ec05ddbf2753a2b9a23783a868b95143f516357");

    Bytes sealed(4 + aead_tag_size);
    const Bytes nonce(12);
    ASSERT_TRUE(
        aead_seal(test::fixed<32>(key), test::fixed<12>(nonce), {}, as_bytes("text"), sealed));
    EXPECT_EQ(aead_open(test::fixed<32>(key), test::fixed<12>(nonce), {}, sealed),
              test::text("text"));

    auto signer = SigningKey::from_seed(
        test::unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    ASSERT_TRUE(signer);
    const auto signature = signer->sign({});
    ASSERT_TRUE(signature);
    EXPECT_EQ(to_hex(*signature).substr(0, 16), "e5564300c360ac72");

    EXPECT_TRUE(argon2id({}, nonce, {.memory_kib = 32, .iterations = 1, .lanes = 4}, 32));
}

}  // namespace
}  // namespace aion::crypto
