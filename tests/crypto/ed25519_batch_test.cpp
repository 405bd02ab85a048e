// SPDX-License-Identifier: MIT OR Apache-2.0
// Batches and the key cache: what grouping, tables, threads and eviction must not change.
#include <thread>

#include "crypto/ed25519_support.hpp"
#include "crypto/support.hpp"

namespace aion::crypto::test {
namespace {

class Ed25519Batch : public EveryPath {
  protected:
    /// Breaks every `step`th item and returns the verdicts to expect.
    static std::vector<std::uint8_t> spoil(std::vector<Signed>& all, std::size_t step) {
        std::vector<std::uint8_t> expected(all.size(), 1);
        for (std::size_t i = 0; i < all.size(); i += step) {
            all[i].signature.bytes[(i * 7) % 64] ^= 1;
            expected[i] = 0;
        }
        return expected;
    }
};

TEST_P(Ed25519Batch, EveryCountUpToSomeGroups) {
    std::vector<Signed> one_key = signed_messages(270, 1);
    std::vector<Signed> many_keys = signed_messages(40, 40);
    for (auto* all : {&one_key, &many_keys}) {
        const auto expected = spoil(*all, 5);
        const auto items = items_of(*all);
        for (std::size_t count = 0; count <= items.size(); count += count < 40 ? 1 : 23) {
            const std::vector<VerifyItem> some(items.begin(),
                                               items.begin() + static_cast<std::ptrdiff_t>(count));
            EXPECT_TRUE(
                std::ranges::equal(run(some, {nullptr, 1}), std::span(expected).first(count)))
                << count;
        }
    }
}

TEST_P(Ed25519Batch, KeysInAnyOrderAndWidthsMixed) {
    // Keys with 1, 2, 3, ... uses: some get no table, others narrow or wider ones.
    std::vector<Signed> all;
    for (std::uint64_t key = 0; key < 24; ++key) {
        const TestKey author(key);
        for (std::uint8_t i = 0; i <= key * 5; ++i) {
            all.push_back(author.sign({i, 1, 2}));
        }
    }
    std::ranges::shuffle(all, std::mt19937_64(5));
    const auto expected = spoil(all, 9);
    const auto items = items_of(all);
    KeyCache cache;
    EXPECT_EQ(run(items, {nullptr, 1}), expected);
    EXPECT_EQ(run(items, {nullptr, 2}), expected);
    EXPECT_EQ(run(items, {&cache, 2}), expected);
    EXPECT_GT(cache.size(), 5U);
    EXPECT_EQ(run(items, {&cache, 1}), expected);
}

TEST_P(Ed25519Batch, WideTables) {
    std::vector<Signed> all = signed_messages(700, 1);
    const auto expected = spoil(all, 11);
    EXPECT_EQ(run(items_of(all)), expected);
}

TEST_P(Ed25519Batch, NullsAndWrongSizes) {
    const std::vector<Signed> all = signed_messages(20, 1);
    auto items = items_of(all);
    items[3].key = nullptr;
    items[5].signature = nullptr;
    std::vector<std::uint8_t> expected(20, 1);
    expected[3] = expected[5] = 0;
    EXPECT_EQ(run(items), expected);
    std::vector<std::uint8_t> short_one(19, 7);
    engine().verify_batch(items, short_one, {});
    EXPECT_EQ(short_one, std::vector<std::uint8_t>(19, 0));
    EXPECT_FALSE(engine().verify(items[3], nullptr));
}

TEST_P(Ed25519Batch, RecordsAtOddAddresses) {
    const Signed given = TestKey(2).sign(noise(128));
    std::vector<std::uint8_t> memory(400);
    for (std::size_t shift = 0; shift < 16; ++shift) {
        const auto at = memory.begin() + static_cast<std::ptrdiff_t>(shift);
        std::ranges::copy(given.key.bytes, at);
        std::ranges::copy(given.signature.bytes, at + 32);
        std::ranges::copy(given.message, at + 96);
        const VerifyItem item{{ByteView(memory).subspan(shift + 96, 128)},
                              reinterpret_cast<const PublicKey*>(memory.data() + shift),
                              reinterpret_cast<const Signature*>(memory.data() + shift + 32)};
        EXPECT_EQ(run(std::vector<VerifyItem>(30, item)), std::vector<std::uint8_t>(30, 1));
    }
}

TEST_P(Ed25519Batch, CacheKeepsItsBoundAndTheKeysUsedMost) {
    constexpr std::size_t bound = 700'000;  // A handful of narrow tables.
    KeyCache cache(bound);
    std::vector<std::vector<Signed>> authors;
    for (std::uint64_t key = 0; key < 12; ++key) {
        std::vector<Signed> own;
        for (std::uint8_t i = 0; i < 20; ++i) {
            own.push_back(TestKey(key).sign({i}));
        }
        authors.push_back(std::move(own));
    }
    for (int round = 0; round < 3; ++round) {
        for (const auto& own : authors) {
            EXPECT_EQ(run(items_of(own), {&cache, 1}), std::vector<std::uint8_t>(20, 1));
            EXPECT_LE(cache.memory_used(), bound);
        }
    }
    EXPECT_GT(cache.size(), 0U);
    EXPECT_EQ(cache.memory_bound(), bound);
    cache.clear();
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.memory_used(), 0U);

    KeyCache none(0);
    EXPECT_EQ(run(items_of(authors[0]), {&none, 1}), std::vector<std::uint8_t>(20, 1));
    EXPECT_EQ(none.size(), 0U);
}

TEST_P(Ed25519Batch, SingleVerificationsLearnToUseATable) {
    KeyCache cache;
    const TestKey author(4);
    for (std::uint8_t i = 0; i < 40; ++i) {
        Signed given = author.sign({i});
        EXPECT_TRUE(engine().verify(given.item(), &cache));
        given.message[0] ^= 1;
        EXPECT_FALSE(engine().verify(given.item(), &cache));
    }
    EXPECT_EQ(cache.size(), 1U);
}

TEST_P(Ed25519Batch, OneCacheManyThreads) {
    KeyCache cache(1'500'000);
    std::vector<Signed> all = signed_messages(200, 7);
    const auto expected = spoil(all, 13);
    const auto items = items_of(all);
    std::atomic<int> wrong{0};
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int round = 0; round < 4; ++round) {
                wrong += run(items, {&cache, 1 + (t % 2)}) == expected ? 0 : 1;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(wrong, 0);
}

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519Batch, every_path(), path_of_test);

TEST(Ed25519Verify, PublicFunctionsUseTheActivePath) {
    const std::vector<Signed> all = signed_messages(30, 2);
    EXPECT_EQ(verify_batch(items_of(all)), std::vector<std::uint8_t>(30, 1));
    EXPECT_TRUE(verify(all[0].key, all[0].message, all[0].signature));
    EXPECT_FALSE(verify(all[0].key, all[1].message, all[0].signature));
    EXPECT_TRUE(is_valid_public_key(all[0].key));
    EXPECT_EQ(find_invalid_public_key(std::array{all[0].key, PublicKey{}}), 1U);
    EXPECT_TRUE(ed25519::is_supported(active_cpu_path()));
    EXPECT_EQ(name_of(CpuPath::avx512ifma), "avx512ifma");
}

}  // namespace
}  // namespace aion::crypto::test
