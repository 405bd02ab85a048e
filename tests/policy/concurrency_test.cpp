// SPDX-License-Identifier: MIT OR Apache-2.0
// Writers and readers of one real file at the same time.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "support/world.hpp"

namespace aion::policy::test {
namespace {

class ConcurrencyTest : public World {
  protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "aion-concurrency-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
        file = directory / "policy.aion";
        ASSERT_TRUE(create(Env::system(), file, {as_bytes("zero"), alice}, alice_key).has_value());
    }

    void TearDown() override { std::filesystem::remove_all(directory); }

    std::filesystem::path directory;
    std::filesystem::path file;
};

TEST_F(ConcurrencyTest, NoVersionIsLostAndReadersAlwaysSeeAValidFile) {
    constexpr int writers = 4;
    constexpr int commits_each = 12;
    std::atomic<bool> done = false;
    std::atomic<int> failures = 0;
    std::thread reader([&] {
        while (!done) {
            const auto opened = open_verified(Env::system(), file, registry);
            failures += opened.has_value() ? 0 : 1;
        }
    });
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            auto key = key_from(0x11);
            CommitOptions options;
            options.lock_wait_ms = 60'000;
            options.sync = false;
            for (int i = 0; i < commits_each; ++i) {
                const auto made = commit(Env::system(), file,
                                         {as_bytes("x"), alice, "writer " + std::to_string(w)}, key,
                                         registry, options);
                failures += made.has_value() ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    done = true;
    reader.join();
    EXPECT_EQ(failures, 0);
    const auto report = verify(Env::system(), file, registry);
    ASSERT_TRUE(report.has_value());
    EXPECT_TRUE(report->is_valid()) << report->summary();
    EXPECT_EQ(report->version_count, 1U + writers * commits_each);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory), {}), 1);
}

TEST_F(ConcurrencyTest, AWriterThatIgnoresLocksCausesAConflictNotALoss) {
    // The reference neither locks nor compares: it renames over the file at any time.
    const auto elsewhere = directory / "other.aion";
    ASSERT_TRUE(
        create(Env::system(), elsewhere, {as_bytes("other"), alice}, alice_key).has_value());

    class Interloper final : public crypto::Signer {
      public:
        Interloper(crypto::SigningKey key, std::filesystem::path from, std::filesystem::path to)
            : key_(std::move(key)), from_(std::move(from)), to_(std::move(to)) {}

        Result<PublicKey> public_key() override { return key_.public_half(); }

        Result<Signature> sign(ByteView message) override {
            std::filesystem::rename(from_, to_);
            return key_.sign(message);
        }

      private:
        crypto::SigningKey key_;
        std::filesystem::path from_;
        std::filesystem::path to_;
    };

    Interloper signer(key_from(0x11), elsewhere, file);
    const auto lost = commit(Env::system(), file, {as_bytes("x"), alice, "m"}, signer, registry);
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().code(), ErrorCode::conflict);
    EXPECT_EQ(open_verified(Env::system(), file, registry)->text(), "other");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory), {}), 1);
}

}  // namespace
}  // namespace aion::policy::test
