// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/secret.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

using test::noise;

bool all_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(std::is_nothrow_move_assignable_v<SecretBytes>);

// Sizes on both sides of a pool slot and of a page.
constexpr std::size_t interesting_sizes[] = {0, 1, 32, 63, 64, 65, 4095, 4096, 4097, 100'000};

TEST(SecretBytes, HoldsNothingByDefault) {
    const SecretBytes none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.size(), 0U);
    EXPECT_TRUE(none.view().empty());
}

TEST(SecretBytes, StartsAsZeros) {
    for (const std::size_t size : interesting_sizes) {
        const SecretBytes secret(size);
        EXPECT_EQ(secret.size(), size);
        EXPECT_EQ(secret.empty(), size == 0);
        EXPECT_TRUE(all_zero(secret.view())) << size;
    }
}

TEST(SecretBytes, MemoryIsZeroAgainWhenReused) {
    for (int round = 0; round < 3; ++round) {
        std::vector<SecretBytes> secrets;
        for (int i = 0; i < 150; ++i) {
            SecretBytes& secret = secrets.emplace_back(64);
            ASSERT_TRUE(all_zero(secret.view())) << "a former secret shows through";
            std::ranges::fill(secret.view(), std::uint8_t{0xAA});
        }
    }
}

TEST(SecretBytes, AFreedSlotIsWipedAtOnce) {
    const std::uint8_t* data = nullptr;
    const SecretBytes neighbour(32);  // Keeps the shared page in use.
    {
        SecretBytes secret = SecretBytes::copy_of(noise(32));
        data = secret.view().data();
        ASSERT_FALSE(all_zero({data, 32}));
    }
    // Shared pages are never unmapped, so this still reads memory of ours.
    EXPECT_TRUE(all_zero({data, 32}));
}

TEST(SecretBytes, CopiesWhenAsked) {
    for (const std::size_t size : interesting_sizes) {
        const Bytes source = noise(size);
        const SecretBytes copy = SecretBytes::copy_of(source);
        EXPECT_TRUE(equal(copy.view(), source)) << size;
        EXPECT_TRUE(size == 0 || copy.view().data() != source.data());
    }
}

TEST(SecretBytes, LiveSecretsDoNotOverlap) {
    std::vector<SecretBytes> secrets;
    for (int i = 0; i < 300; ++i) {
        const auto mark = static_cast<std::uint8_t>(i);
        SecretBytes& secret = secrets.emplace_back(static_cast<std::size_t>(1 + i % 70));
        std::ranges::fill(secret.view(), mark);
    }
    for (int i = 0; i < 300; ++i) {
        const auto mark = static_cast<std::uint8_t>(i);
        EXPECT_TRUE(std::ranges::all_of(std::as_const(secrets[static_cast<std::size_t>(i)]).view(),
                                        [&](std::uint8_t byte) { return byte == mark; }));
    }
}

TEST(SecretBytes, MovesWithoutCopying) {
    for (const std::size_t size : {std::size_t{32}, std::size_t{5000}}) {
        SecretBytes from = SecretBytes::copy_of(noise(size));
        const std::uint8_t* const data = from.view().data();
        SecretBytes to = std::move(from);
        EXPECT_EQ(to.view().data(), data);
        EXPECT_EQ(to.size(), size);
        EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): this is what is tested.

        SecretBytes other = SecretBytes::copy_of(noise(7, 2));
        other = std::move(to);
        EXPECT_EQ(other.view().data(), data);
        EXPECT_TRUE(equal(other.view(), noise(size)));
    }
}

TEST(SecretBytes, SurvivesMovingToItself) {
    SecretBytes secret = SecretBytes::copy_of(noise(32));
    SecretBytes& same = secret;
    secret = std::move(same);
    EXPECT_TRUE(equal(secret.view(), noise(32)));
}

TEST(SecretBytes, TruncatingForgetsTheRest) {
    SecretBytes secret = SecretBytes::copy_of(noise(64));
    const std::uint8_t* const data = secret.view().data();
    secret.truncate(64);
    EXPECT_EQ(secret.size(), 64U);
    secret.truncate(10);
    EXPECT_EQ(secret.size(), 10U);
    EXPECT_TRUE(equal(secret.view(), ByteView(noise(64)).first(10)));
    EXPECT_TRUE(all_zero({data + 10, 54}));
    secret.truncate(0);
    EXPECT_TRUE(secret.empty());
    EXPECT_TRUE(all_zero({data, 64}));
}

TEST(SecretBytes, TruncatingNeverGrows) {
    SecretBytes secret = SecretBytes::copy_of(noise(8));
    secret.truncate(100);
    EXPECT_EQ(secret.size(), 8U);
    SecretBytes none;
    none.truncate(0);
    EXPECT_TRUE(none.empty());
}

TEST(SecretBytes, ThreadsShareThePool) {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        threads.emplace_back([seed] {
            const Bytes expected = noise(48, seed);
            for (int round = 0; round < 200; ++round) {
                std::vector<SecretBytes> secrets;
                for (int i = 0; i < 40; ++i) {
                    secrets.push_back(SecretBytes::copy_of(expected));
                }
                for (const SecretBytes& secret : secrets) {
                    ASSERT_TRUE(equal(secret.view(), expected));
                }
            }
        });
    }
}

TEST(SecretBytes, RefusesAnImpossibleSizeAsAnyAllocationDoes) {
    EXPECT_THROW(SecretBytes(SIZE_MAX), std::bad_alloc);
    EXPECT_THROW(SecretBytes(SIZE_MAX / 2), std::bad_alloc);
}

TEST(Wipe, LeavesZeros) {
    Bytes bytes = noise(1000);
    wipe(MutableByteView(bytes).subspan(1, 500));
    EXPECT_TRUE(all_zero(ByteView(bytes).subspan(1, 500)));
    EXPECT_EQ(bytes[0], noise(1000)[0]);
    EXPECT_TRUE(equal(ByteView(bytes).subspan(501), ByteView(noise(1000)).subspan(501)));
    wipe({});
}

TEST(EqualConstantTime, ComparesContent) {
    const Bytes key = noise(32);
    EXPECT_TRUE(equal_constant_time(key, Bytes(key)));
    EXPECT_TRUE(equal_constant_time({}, {}));
    EXPECT_FALSE(equal_constant_time(key, ByteView(key).first(31)));
    EXPECT_FALSE(equal_constant_time(key, {}));
    for (std::size_t bit = 0; bit < 8 * key.size(); ++bit) {
        Bytes changed = key;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(equal_constant_time(key, changed)) << bit;
    }
}

RC_GTEST_PROP(EqualConstantTimeProperty, IsEquality, (const Bytes& a, const Bytes& b)) {
    RC_ASSERT(equal_constant_time(a, b) == (a == b));
    RC_ASSERT(equal_constant_time(a, Bytes(a)));
}

}  // namespace
}  // namespace aion::crypto
