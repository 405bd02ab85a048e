// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/sha256.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

Bytes by_another_library(ByteView data) {
    Bytes out(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(out.data(), data.data(), data.size());
    return out;
}

// FIPS 180-4 examples, as NIST publishes them.
TEST(Sha256Test, PublishedExamples) {
    EXPECT_EQ(to_hex(sha256(as_bytes(""))),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

RC_GTEST_PROP(Sha256Property, AgreesWithAnotherLibraryHoweverItIsCut, (const Bytes& data)) {
    const auto cut = *rc::gen::inRange<std::size_t>(0, data.size() + 1);
    Sha256 hasher;
    hasher.update(ByteView(data).first(cut)).update(ByteView(data).subspan(cut));
    Sha256 moved = std::move(hasher);
    RC_ASSERT(equal(moved.digest().view(), by_another_library(data)));
}

}  // namespace
}  // namespace aion::crypto
