// SPDX-License-Identifier: MIT OR Apache-2.0
// How much memory judging a hostile file takes: a small multiple of the file, whatever it says.
//
// This program replaces operator new by one that counts, so every container of the library is
// seen. What it does not see, the memory of libcrypto, does not depend on the file;
// resources_test.cpp holds the whole program to a limit that the system enforces.
//
//   AION_MEMORY_CASES   random files (default 3000)
//   AION_MEMORY_SEED    their seed; printed
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <new>
#include <random>

#include "aion/policy/inspect.hpp"
#include "support/environment.hpp"
#include "support/world.hpp"
#include "system/hostile_files.hpp"

namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<std::size_t> in_use{0};
std::atomic<std::size_t> peak{0};

// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

void* counted(void* memory) {
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    const std::size_t size = ::malloc_usable_size(memory);
    const std::size_t now = in_use.fetch_add(size) + size;
    std::size_t highest = peak.load();
    while (now > highest && !peak.compare_exchange_weak(highest, now)) {
    }
    return memory;
}

void released(void* memory) noexcept {
    if (memory != nullptr) {
        in_use.fetch_sub(::malloc_usable_size(memory));
        std::free(memory);
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(std::malloc(std::max<std::size_t>(size, 1)));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto step = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}

void operator delete(void* memory) noexcept {
    released(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    released(memory);
}

void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
    released(memory);
}

void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
    released(memory);
}

namespace aion::test {
namespace {

// The promise of docs/limits.md: at most this many bytes for each byte of the file, and this many
// besides.
constexpr std::size_t verify_factor = 13;  // which copies what decides
constexpr std::size_t show_factor = 9;     // the same, for the signatures
constexpr std::size_t commit_factor = 13;  // which holds the file, too
constexpr std::size_t registry_factor = 12;
constexpr std::size_t genuine_version = 600;
constexpr std::size_t genuine_besides = std::size_t{2} << 20U;
constexpr std::size_t key_table = std::size_t{80} << 10U;  // of a key that is used 20 times
constexpr std::size_t besides = std::size_t{64} << 10U;

class Memory : public policy::test::World {
  protected:
    // The most that `work` had in use at once.
    template <class Work>
    static std::size_t peak_of(Work&& work) {
        const std::size_t before = in_use.load();
        peak = before;
        std::forward<Work>(work)();
        return peak.load() - before;
    }

    void expect_bounded(std::string_view what, ByteView file, std::size_t used,
                        std::size_t factor) {
        EXPECT_LE(used, factor * file.size() + besides)
            << what << " of " << file.size() << " bytes took " << used;
        if (used > besides) {
            const double ratio = static_cast<double>(used - besides) /
                                 static_cast<double>(std::max<std::size_t>(file.size(), 1));
            double& worst = worst_ratio[std::string(what)];
            worst = std::max(worst, ratio);
        }
        std::size_t& most = most_for_small[std::string(what)];
        if (file.size() < 4096) {
            most = std::max(most, used);
        }
    }

    void judge(ByteView file) {
        expect_bounded("verify", file, peak_of([&] {
                           const auto report = verify(file, registry, policy::test::start, options);
                           static_cast<void>(report.summary());
                       }),
                       verify_factor);
        expect_bounded(
            "open_verified", file, peak_of([&] {
                static_cast<void>(open_verified(file, registry, policy::test::start, options));
            }),
            verify_factor);
        expect_bounded("show", file, peak_of([&] {
                           if (const auto view = format::FileView::parse(file)) {
                               static_cast<void>(policy::summarize(*view, registry));
                               static_cast<void>(policy::payload_unverified(*view));
                           }
                       }),
                       show_factor);
    }

    void try_to_commit(const Bytes& file) {
        env.put(path, file);
        expect_bounded("commit", file, peak_of([&] { static_cast<void>(try_commit("x")); }),
                       commit_factor);
    }

    void TearDown() override {
        for (const auto& [what, ratio] : worst_ratio) {
            std::cout << what << ": at most " << ratio << " bytes for each byte of the file, and "
                      << besides << " besides\n";
        }
        for (const auto& [what, most] : most_for_small) {
            std::cout << what << " of files below 4 KiB: at most " << most << " bytes\n";
        }
    }

    policy::VerifyOptions options = {.threads = 1};
    std::map<std::string, double> worst_ratio;
    std::map<std::string, std::size_t> most_for_small;
};

TEST_F(Memory, TheCountSeesWhatIsAllocated) {
    const std::size_t used = peak_of([] {
        const Bytes some(1'000'000);
        EXPECT_EQ(some.back(), 0);
    });
    EXPECT_GE(used, 1'000'000U);
    EXPECT_LT(used, 1'100'000U);
}

TEST_F(Memory, OfTheHostileCollection) {
    const auto vectors = load_hostile_vectors();
    ASSERT_GT(vectors.size(), 300U);
    for (const HostileVector& vector : vectors) {
        const Bytes file = read_vector(vector.file);
        judge(file);
        try_to_commit(file);
    }
}

TEST_F(Memory, OfFilesOfWhichEverythingIsWrong) {
    // The greatest lies where every gate just lists all of its findings.
    for (const std::size_t versions : {1U, 10U, 100U, 1000U, 9999U, 50'000U}) {
        const Bytes file = all_wrong(versions);
        judge(file);
        try_to_commit(file);
    }
}

TEST_F(Memory, OfFilesWhoseMessagesOrSectionsLieOverEachOther) {
    for (const std::size_t size : {1000U, 100'000U, 3'000'000U}) {
        judge(overlapping_messages(size / 700, size / 2));
        judge(overlapping_sections(size));
    }
}

TEST_F(Memory, OfRandomlyDamagedFiles) {
    const std::uint64_t seed = number_from_environment("AION_MEMORY_SEED", std::random_device{}());
    std::cout << "AION_MEMORY_SEED=" << seed << "\n";
    std::mt19937_64 random(seed);
    must_create();
    for (int i = 0; i < 40; ++i) {
        must_commit(std::string(100, 'x'), "message " + std::to_string(i));
    }
    const Bytes sound = content();
    const auto below = [&](std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
    };
    for (std::uint64_t n = number_from_environment("AION_MEMORY_CASES", 3000); n > 0; --n) {
        Bytes file = sound;
        file.resize(file.size() - (below(4) == 0 ? below(file.size() - 300) : 0));
        for (std::size_t changes = 1 + below(8); changes > 0; --changes) {
            // Counts and offsets are where a number does most, so half of the changes go there.
            const std::size_t at =
                below(2) == 0 ? 104 + below(80) : below(file.size() - format::integrity_size);
            file[at] = static_cast<std::uint8_t>(random());
        }
        policy::test::rehash(file);
        judge(file);
    }
}

TEST_F(Memory, OfAGenuineFileDependsOnItsVersionsAndAuthorsNotOnItsPayload) {
    const std::string payload(std::size_t{8} << 20U, 'x');
    for (const std::uint64_t authors : {1U, 60U}) {
        constexpr std::size_t versions = 1200;
        std::vector<crypto::SigningKey> keys;
        for (std::uint64_t i = 0; i < authors; ++i) {
            keys.push_back(policy::test::key_from(static_cast<std::uint8_t>(100 + i)));
            const PublicKey key = keys.back().public_half();
            ASSERT_TRUE(registry.pin(AuthorId{authors * 100 + i}, key, key).has_value());
        }
        path = "/policies/" + std::to_string(authors) + ".aion";
        must_create();
        auto session = policy::CommitSession::open(env, path, registry);
        ASSERT_TRUE(session.has_value());
        for (std::size_t i = 1; i < versions; ++i) {
            const std::uint64_t author = i % authors;
            ASSERT_TRUE(session->add(
                {as_bytes(i + 1 == versions ? payload : ""), AuthorId{authors * 100 + author}, "m"},
                keys[author]));
        }
        ASSERT_TRUE(session->save());
        const Bytes file = content();
        const std::size_t used = peak_of(
            [&] { EXPECT_TRUE(verify(file, registry, policy::test::start, options).is_valid()); });
        std::cout << "verify of " << versions << " versions by " << authors
                  << " authors and 8 MiB took " << used << " bytes\n";
        EXPECT_LE(used, genuine_version * versions + genuine_besides + authors * key_table);
    }
}

TEST_F(Memory, OfTablesForManyAuthorsIsBounded) {
    constexpr std::uint64_t authors = 3000;
    constexpr std::size_t uses = 12;
    std::vector<PublicKey> keys;
    for (std::uint64_t i = 0; i < authors; ++i) {
        Bytes seed(32, 1);
        seed[0] = static_cast<std::uint8_t>(i);
        seed[1] = static_cast<std::uint8_t>(i >> 8U);
        keys.push_back(crypto::SigningKey::from_seed(seed)->public_half());
        ASSERT_TRUE(
            registry.pin(AuthorId{first_of_many + i}, keys.back(), keys.back()).has_value());
    }
    const Bytes file = signed_by_many(keys, uses);
    const std::size_t used = peak_of(
        [&] { EXPECT_FALSE(verify(file, registry, policy::test::start, options).is_valid()); });
    std::cout << "verify of " << file.size() << " bytes by " << authors << " authors took " << used
              << " bytes\n";
    EXPECT_LE(used, 3 * file.size() + crypto::KeyCache::default_memory_bound);
}

TEST_F(Memory, OfARegistryIsAMultipleOfItsText) {
    using namespace std::string_literals;
    const std::size_t size = std::size_t{1} << 20U;
    const std::string deep = std::string(29, '[') + std::string(29, ']') + ",";
    for (const std::string& repeated : {deep, "0,"s, "[],"s, "{},"s, "\"\","s, "[[[[]]]],"s,
                                        "[0],"s, "\"\\n\","s, "\"\\n\":0,"s, "\"k\":[],"s}) {
        const bool has_keys = repeated.find(':') != std::string::npos;
        std::string text = "{\"version\":1,\"authors\":[";
        text += has_keys ? "{" : "";
        for (std::uint32_t number = 0; text.size() < size; ++number) {
            text += repeated;
            if (has_keys) {
                // No key twice, and short ones.
                text.insert(text.size() - repeated.size() + 1, std::to_string(number));
            }
        }
        text += has_keys ? "\"\":0},0]}" : "0]}";
        const std::size_t used = peak_of([&] { EXPECT_FALSE(trust::Registry::from_json(text)); });
        std::cout << "registry of " << repeated << " took "
                  << static_cast<double>(used) / static_cast<double>(text.size())
                  << " bytes for each of its own\n";
        EXPECT_LE(used, registry_factor * text.size() + besides) << repeated;
    }
}

}  // namespace
}  // namespace aion::test
