// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/sha256_stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "crypto/sha256_blocks.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

// With the processor's instructions, where it has them, and without.
std::vector<bool> ways() {
    return Sha256Stream::has_side_by_side() ? std::vector{true, false} : std::vector{false};
}

Bytes data_of(std::size_t size, unsigned seed) {
    Bytes data(size);
    unsigned last = seed;
    for (std::uint8_t& byte : data) {
        last = (last * 1664525U) + 1013904223U;
        byte = static_cast<std::uint8_t>(last >> 24U);
    }
    return data;
}

// This one is OpenSSL's whatever the processor has.
Sha256Digest openssls(ByteView data) {
    return Sha256().update(data).digest();
}

// Each length around the ends of blocks, where padding takes one block or two.
TEST(Sha256Stream, IsOpenSslsSha256) {
    for (const bool way : ways()) {
        for (std::size_t size = 0; size < 200; ++size) {
            const Bytes data = data_of(size, 1);
            Sha256Stream stream(way);
            stream.update(data);
            EXPECT_EQ(stream.digest(), openssls(data)) << size;
        }
    }
    Sha256Stream stream;
    stream.update(as_bytes("abc"));
    EXPECT_EQ(to_hex(stream.digest().bytes),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// Pieces of any size, of one stream or of both, equally long or not.
RC_GTEST_PROP(Sha256StreamProperty, TwoSideBySideAreTwo,
              (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& sizes)) {
    for (const bool way : ways()) {
        Sha256Stream a(way);
        Sha256Stream b(way);
        Bytes all_a;
        Bytes all_b;
        unsigned seed = 0;
        for (const auto& [of_a, of_b] : sizes) {
            const Bytes piece_a = data_of(std::size_t{2} * of_a, ++seed);
            const Bytes piece_b = data_of(std::size_t{2} * of_b, ++seed);
            Sha256Stream::update_both(a, piece_a, b, piece_b);
            all_a.insert(all_a.end(), piece_a.begin(), piece_a.end());
            all_b.insert(all_b.end(), piece_b.begin(), piece_b.end());
        }
        RC_ASSERT(a.digest() == openssls(all_a));
        RC_ASSERT(b.digest() == openssls(all_b));
    }
}

// Both mixed with one alone, over whole blocks and large pieces.
TEST(Sha256Stream, OneMayGoOnAlone) {
    const Bytes first = data_of(100'000, 1);
    const Bytes second = data_of(64 * 1024, 2);
    for (const bool way : ways()) {
        Sha256Stream a(way);
        Sha256Stream b(way);
        Sha256Stream::update_both(a, first, b, second);
        a.update(second);
        Sha256Stream::update_both(b, first, a, {});
        Bytes all(first);
        all.insert(all.end(), second.begin(), second.end());
        EXPECT_EQ(a.digest(), openssls(all));
        all = second;
        all.insert(all.end(), first.begin(), first.end());
        EXPECT_EQ(b.digest(), openssls(all));
    }
}

TEST(Sha256, OfWhatIsThereAtOnceIsOpenSsls) {
    for (std::size_t size = 0; size < 300; ++size) {
        const Bytes data = data_of(size, 3);
        EXPECT_EQ(sha256(data), openssls(data)) << size;
    }
    const Bytes data = data_of(1'000'003, 4);
    EXPECT_EQ(sha256(data), openssls(data));
}

TEST(Sha256Pair, IsOpenSslsSha256) {
    if (!has_sha_instructions()) {
        GTEST_SKIP() << "this processor has no SHA instructions";
    }
    for (unsigned prefix = 0; prefix < 256; ++prefix) {
        Bytes data = data_of(65, prefix);
        data[0] = static_cast<std::uint8_t>(prefix);
        Sha256Digest digest;
        sha256_of_pair(data[0], data.data() + 1, data.data() + 33, digest.bytes.data());
        EXPECT_EQ(digest, openssls(data)) << prefix;
        // In place of one of the two.
        sha256_of_pair(data[0], data.data() + 1, data.data() + 33, data.data() + 33);
        EXPECT_TRUE(equal(ByteView(data).subspan(33), digest.view()));
    }
}

}  // namespace
}  // namespace aion::crypto
