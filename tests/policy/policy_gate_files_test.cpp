// SPDX-License-Identifier: MIT OR Apache-2.0
// PolicyGate over real files, followed by a thread while others change them.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "aion/policy/policy_gate.hpp"
#include "support/results.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

namespace fs = std::filesystem;
using aion::test::ok;

/// What somebody said, for others to wait for.
class Said {
  public:
    void say(std::string what) {
        const std::scoped_lock lock(mutex_);
        lines_.push_back(std::move(what));
        changed_.notify_all();
    }

    /// The next line; `nothing` after ten seconds.
    std::string next() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(10),
                               [&] { return heard_ < lines_.size(); })) {
            return "nothing";
        }
        return lines_[heard_++];
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    std::size_t heard_ = 0;
};

class GateOfFiles : public ::testing::Test {
  protected:
    GateOfFiles() {
        std::string pattern = (fs::temp_directory_path() / "aion-gate-XXXXXX").string();
        EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        put_registry(known_registry());
        path = folder / "policy.aion";
    }

    ~GateOfFiles() override {
        stop();
        fs::remove_all(folder);
    }

    void put_registry(const trust::Registry& registry) {
        put(folder / "registry.json", as_bytes(registry.to_json()));
    }

    /// In one step, as a careful writer does.
    static void put(const fs::path& where, ByteView bytes) {
        ok(write_file_atomically(Env::system(), where, {&bytes, 1},
                                 {.replace = Replace::always, .sync = false}));
    }

    /// In place, as a careless one does.
    static void overwrite(const fs::path& where, ByteView bytes) {
        std::ofstream(where, std::ios::binary) << as_text(bytes);
    }

    static Bytes bytes_of(const fs::path& where) { return ok(read_file(Env::system(), where)); }

    void create_policy(std::string_view payload, CreateOptions options = {}) {
        options.sync = false;
        ok(create(Env::system(), path, {as_bytes(payload), alice, "m"}, alice_key, options));
    }

    void commit_policy(const fs::path& where, std::string_view payload) {
        CommitOptions options;
        options.sync = false;
        ok(commit(Env::system(), where, {as_bytes(payload), alice, "m"}, alice_key,
                  known_registry(), options));
    }

    /// With a slow poll so slow that only what is told of counts, unless a test wants it.
    void follow(std::uint32_t slow_poll_ms = 60'000) {
        PolicyGateOptions options;
        options.poll_ms = 5;
        options.slow_poll_ms = slow_poll_ms;
        options.on_change = [this](const std::shared_ptr<const VerifiedPayload>& opened) {
            said.say(std::string(opened->text()));
        };
        options.on_refusal = [this](const Refusal& refusal) {
            const Finding* pin = refusal.report ? refusal.report->first(Gate::pin) : nullptr;
            said.say("refused " + (pin != nullptr   ? std::string(name_of(pin->reason))
                                   : refusal.report ? std::string("INVALID")
                                                    : std::string(name_of(refusal.error.code()))));
        };
        gate.emplace(Env::system(), path, folder / "registry.json", pins, options);
        thread = std::jthread([this](const std::stop_token& stop) { gate->run(stop); });
    }

    void stop() {
        if (thread.joinable()) {
            thread.request_stop();
            thread.join();
        }
    }

    fs::path folder;
    fs::path path;
    crypto::SigningKey alice_key = key_from(aion::test::alices);
    PinMemory pins;
    Said said;
    std::optional<PolicyGate> gate;
    std::jthread thread;
};

TEST_F(GateOfFiles, FollowsWhatIsRenamedOverAndRefusesTheRest) {
    create_policy("one");
    const Bytes one = bytes_of(path);
    follow();
    EXPECT_EQ(said.next(), "one");
    commit_policy(path, "two");
    EXPECT_EQ(said.next(), "two");
    const Bytes two = bytes_of(path);
    put(path, one);
    EXPECT_EQ(said.next(), "refused history_too_short");
    commit_policy(path, "another two");
    EXPECT_EQ(said.next(), "refused pinned_version_differs");
    Bytes forged = two;
    forged[forged.size() / 2] ^= 1U;
    put(path, forged);
    EXPECT_EQ(said.next(), "refused INVALID");
    put(path, ByteView(two).first(two.size() / 2));
    EXPECT_EQ(said.next(), "refused INVALID");
    fs::remove(path);
    EXPECT_EQ(said.next(), "refused file_read_error");
    create_policy("someone else's");
    EXPECT_EQ(said.next(), "refused file_id_differs");
    EXPECT_EQ(gate->current()->text(), "two");
    put(path, two);
    commit_policy(path, "three");
    EXPECT_EQ(said.next(), "three");
}

TEST_F(GateOfFiles, FollowsLinksThatAreExchanged) {
    create_policy("one");
    for (const char* name : {"mount", "mount/..1", "mount/..2"}) {
        fs::create_directory(folder / name);
    }
    fs::rename(path, folder / "mount/..1/policy.aion");
    fs::create_symlink("..1", folder / "mount/..data");
    fs::create_symlink("..data/policy.aion", folder / "mount/policy.aion");
    path = folder / "mount/policy.aion";
    follow();
    EXPECT_EQ(said.next(), "one");
    fs::copy_file(path, folder / "mount/..2/policy.aion");
    commit_policy(folder / "mount/..2/policy.aion", "two");
    fs::create_symlink("..2", folder / "mount/..next");
    fs::rename(folder / "mount/..next", folder / "mount/..data");
    EXPECT_EQ(said.next(), "two");
    commit_policy(folder / "mount/..2/policy.aion", "three");
    EXPECT_EQ(said.next(), "three");
}

TEST_F(GateOfFiles, ARegistryThatIsExchangedHasTheFileJudgedAgain) {
    create_policy("one");
    follow();
    EXPECT_EQ(said.next(), "one");
    trust::Registry more = known_registry();
    ok(more.pin(AuthorId{77}, aion::test::public_of(aion::test::masters),
                aion::test::public_of(0x77)));
    put_registry(more);
    commit_policy(path, "two");
    EXPECT_EQ(said.next(), "two");
    put_registry(known_registry());
    EXPECT_EQ(said.next(), "refused registry_rolled_back");
    fs::remove(folder / "registry.json");
    EXPECT_EQ(said.next(), "refused file_read_error");
    EXPECT_EQ(gate->current()->text(), "two");
}

TEST_F(GateOfFiles, WaitsForAFileThatIsYetToCome) {
    follow();
    EXPECT_EQ(said.next(), "refused file_read_error");
    create_policy("one");
    EXPECT_EQ(said.next(), "one");
}

TEST_F(GateOfFiles, APipeInItsPlaceDoesNotHoldItUp) {
    create_policy("one");
    follow();
    EXPECT_EQ(said.next(), "one");
    fs::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(said.next(), "refused file_read_error");
}

TEST_F(GateOfFiles, WhatIsNotToldIsFoundAtTheSlowPace) {
    create_policy("one");
    follow(20);
    EXPECT_EQ(said.next(), "one");
    const Bytes one = bytes_of(path);
    commit_policy(path, "two");
    EXPECT_EQ(said.next(), "two");
    put(path, one);
    EXPECT_EQ(said.next(), "refused history_too_short");
    // Nothing of the files changes: a person decides.
    const auto report = verify(one, known_registry(), start);
    ok(pins.accept({.file_id = report.file_id,
                    .version = VersionNumber{1},
                    .head = *report.head,
                    .name = path.string(),
                    .time = start},
                   AskedRegistry(known_registry()), ""));
    EXPECT_EQ(said.next(), "one");
}

TEST_F(GateOfFiles, StopsAtOnceWhileItWaits) {
    create_policy("one");
    follow();
    EXPECT_EQ(said.next(), "one");
    const auto begin = std::chrono::steady_clock::now();
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

// Readers see each policy whole, and never an older one behind a newer, while a careless writer
// puts old and broken states there.
TEST_F(GateOfFiles, ReadersNeverSeeItGoBack) {
    create_policy("1");
    const Bytes first = bytes_of(path);
    follow(1);
    EXPECT_EQ(said.next(), "1");
    std::atomic<bool> done = false;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            std::uint64_t last = 0;
            while (!done) {
                const auto current = gate->current();
                EXPECT_GE(current->version().value, last);
                last = current->version().value;
                EXPECT_EQ(current->text(), to_string(current->version()));
            }
        });
    }
    Bytes good = first;
    for (int version = 2; version <= 20; ++version) {
        put(path, good);
        commit_policy(path, std::to_string(version));
        good = bytes_of(path);
        overwrite(path, ByteView(good).first(good.size() / 2));
        overwrite(path, first);
        static_cast<void>(gate->refresh());
    }
    put(path, good);
    std::string last;
    while (last != "20" && last != "nothing") {
        last = said.next();
    }
    EXPECT_EQ(last, "20");
    done = true;
}

}  // namespace
}  // namespace aion::policy::test
