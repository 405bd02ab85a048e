// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads of one process that write, read and edit in one real directory; also run under TSan.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "aion/policy/inspect.hpp"
#include "support/world.hpp"

namespace aion::test {
namespace {

using policy::CommitOptions;

class SystemThreads : public policy::test::World {
  protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "aion-threads-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory = pattern;
    }

    void TearDown() override { std::filesystem::remove_all(directory); }

    void make(const std::filesystem::path& file) {
        policy::CreateOptions options;
        options.sync = false;
        ASSERT_TRUE(policy::create(Env::system(), file, {as_bytes("zero"), policy::test::alice},
                                   alice_key, options)
                        .has_value());
    }

    // Shared by all threads on purpose: they are documented to be thread-safe.
    CommitOptions shared_options() {
        CommitOptions options;
        options.lock_wait_ms = 120'000;
        options.sync = false;
        options.verify.key_cache = &keys;
        options.verify.history_cache = &histories;
        return options;
    }

    // Commits `count` versions as `author`, each with a message of its own.
    bool commits(const std::filesystem::path& file, AuthorId author, crypto::SigningKey& key,
                 const std::string& name, int count) {
        CommitOptions options = shared_options();
        for (int i = 0; i < count; ++i) {
            const std::string text = name + " " + std::to_string(i);
            if (!policy::commit(Env::system(), file, {as_bytes(text), author, text}, key, registry,
                                options)) {
                return false;
            }
        }
        return true;
    }

    std::map<std::string, int> messages(const std::filesystem::path& file) const {
        const auto content = Env::system().read(file, {});
        const auto view = format::FileView::parse((*content)->bytes());
        const auto history = policy::history(*view);
        std::map<std::string, int> found;
        for (const policy::VersionInfo& version : *history) {
            ++found[version.message];
        }
        return found;
    }

    std::filesystem::path directory;
    crypto::KeyCache keys;
    policy::HistoryCache histories{64};
};

TEST_F(SystemThreads, CommitToOneFileAndToManyWithOneKeyAndSharedCaches) {
    constexpr int threads = 4;
    constexpr int commits_each = 10;
    const auto common = directory / "common.aion";
    make(common);
    for (int t = 0; t < threads; ++t) {
        make(directory / ("own" + std::to_string(t) + ".aion"));
    }
    std::atomic<int> failures = 0;
    std::atomic<bool> done = false;
    std::jthread reader([&] {
        std::uint64_t versions = 0;
        while (!done) {
            const auto opened = policy::open_verified(
                Env::system(), common, registry, {.key_cache = &keys, .history_cache = &histories});
            failures += opened && opened->version().value >= versions ? 0 : 1;
            versions = opened ? opened->version().value : versions;
        }
    });
    {
        std::vector<std::jthread> writers;
        for (int t = 0; t < threads; ++t) {
            writers.emplace_back([&, t] {
                const std::string name = "thread" + std::to_string(t);
                const auto own = directory / ("own" + std::to_string(t) + ".aion");
                // One signing key serves all threads: signing is documented to allow that.
                failures += commits(common, policy::test::alice, alice_key, name, commits_each) &&
                                    commits(own, policy::test::bob, bob_key, name, commits_each)
                                ? 0
                                : 1;
            });
        }
    }
    done = true;
    reader.join();
    EXPECT_EQ(failures, 0);
    const auto found = messages(common);
    EXPECT_EQ(found.size(), 1U + threads * commits_each);
    for (const auto& [message, times] : found) {
        EXPECT_EQ(times, 1) << message;
    }
    for (int t = 0; t < threads; ++t) {
        const auto own = directory / ("own" + std::to_string(t) + ".aion");
        EXPECT_EQ(policy::open_verified(Env::system(), own, registry)->version().value,
                  1U + commits_each);
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory), {}), 1 + threads);
}

TEST_F(SystemThreads, EditOneRegistryAndLoseNothing) {
    constexpr std::uint64_t threads = 4;
    constexpr std::uint64_t pins_each = 8;
    const auto file = directory / "registry.json";
    const PublicKey key = bob_key.public_half();
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> editors;
        for (std::uint64_t t = 0; t < threads; ++t) {
            editors.emplace_back([&, t] {
                for (std::uint64_t i = 0; i < pins_each; ++i) {
                    const AuthorId author{100 * (t + 1) + i};
                    const auto applied = trust::update_registry_file(
                        Env::system(), file,
                        {.create = true, .sync = false, .lock_wait_ms = 120'000},
                        [&](trust::Registry& edited) { return edited.pin(author, key, key); });
                    failures += applied.has_value() ? 0 : 1;
                }
            });
        }
    }
    EXPECT_EQ(failures, 0);
    const auto loaded = trust::Registry::load(Env::system(), file);
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->authors().size(), threads * pins_each);
}

// Somebody changes where the path leads, again and again: every version is in one of the two files,
// on top of what was read from it, and both stay VALID.
TEST_F(SystemThreads, APathThatLeadsElsewhereAllTheTimeMixesNothingUp) {
    for (const char* folder : {"a", "b"}) {
        std::filesystem::create_directory(directory / folder);
        make(directory / folder / "p.aion");
    }
    std::filesystem::create_directory_symlink("a", directory / "folder");
    std::filesystem::create_symlink("a/p.aion", directory / "link");
    constexpr int rounds = 100;
    int forced = 0;
    {
        const std::jthread flipper([&](const std::stop_token& stop) {
            for (bool first = true; !stop.stop_requested(); first = !first) {
                const std::string folder = first ? "b" : "a";
                std::filesystem::create_directory_symlink(folder, directory / "next");
                std::filesystem::rename(directory / "next", directory / "folder");
                std::filesystem::create_symlink(folder + "/p.aion", directory / "next");
                std::filesystem::rename(directory / "next", directory / "link");
            }
        });
        EXPECT_TRUE(commits(directory / "link", policy::test::alice, alice_key, "link", rounds));
        EXPECT_TRUE(
            commits(directory / "folder/p.aion", policy::test::bob, bob_key, "folder", rounds));
        policy::CreateOptions replace;
        replace.replace_existing = true;
        replace.sync = false;
        for (int i = 0; i < rounds; ++i) {
            forced += policy::create(Env::system(), directory / "link",
                                     {as_bytes("again"), policy::test::alice}, alice_key, replace)
                          ? 1
                          : 0;
            EXPECT_TRUE(commits(directory / "link", policy::test::alice, alice_key, "more", 1));
        }
    }
    EXPECT_EQ(forced, rounds);
    for (const char* folder : {"a", "b"}) {
        const auto verdict = policy::verify(Env::system(), directory / folder / "p.aion", registry);
        ASSERT_TRUE(verdict.has_value()) << verdict.error().full_message();
        EXPECT_TRUE(verdict->is_valid()) << verdict->summary();
        for (const auto& entry : std::filesystem::directory_iterator(directory / folder)) {
            EXPECT_EQ(entry.path().filename(), "p.aion");
        }
    }
}

}  // namespace
}  // namespace aion::test
