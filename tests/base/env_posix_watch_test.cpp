// SPDX-License-Identifier: MIT OR Apache-2.0
// What Env::watch of the real system tells, and what it does not.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>

#include "aion/base/interrupt.hpp"
#include "base/every_env.hpp"
#include "support/results.hpp"

namespace aion::test {
namespace {

using std::chrono::steady_clock;

class WatchTest : public ::testing::Test {
  protected:
    static constexpr std::uint32_t long_ms = 20'000;

    void SetUp() override {
        std::filesystem::create_directories(folder->at("a"));
        put("a/file", "1");
    }

    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return folder->at(name);
    }

    void put(const std::string& name, std::string_view text) const {
        std::ofstream(at(name), std::ios::binary) << text;
    }

    void replace(const std::string& name, std::string_view text) const {
        put(name + ".new", text);
        std::filesystem::rename(at(name + ".new"), at(name));
    }

    void point(const std::string& link, const std::string& target) const {
        std::filesystem::create_symlink(target, at(link + ".new"));
        std::filesystem::rename(at(link + ".new"), at(link));
    }

    std::unique_ptr<Watch> watch(std::vector<std::string> names) const {
        std::vector<std::filesystem::path> paths;
        for (const std::string& name : names) {
            paths.push_back(at(name));
        }
        return ok(Env::system().watch(paths));
    }

    /// Whether something is told that happened already.
    static bool is_told(Watch& watch) {
        const auto begin = steady_clock::now();
        watch.wait(quiet_ms);
        return steady_clock::now() - begin < std::chrono::milliseconds(quiet_ms);
    }

    static constexpr std::uint32_t quiet_ms = 200;
    std::unique_ptr<EnvFolder> folder = make_system_folder();
};

TEST_F(WatchTest, NothingIsToldOfNothing) {
    const auto watched = watch({"a/file"});
    EXPECT_TRUE(watched->is_complete());
    EXPECT_FALSE(is_told(*watched));
}

TEST_F(WatchTest, AFileThatIsReplacedWrittenOrRemovedIsTold) {
    const auto watched = watch({"a/file"});
    replace("a/file", "2");
    EXPECT_TRUE(is_told(*watched));
    EXPECT_FALSE(is_told(*watched));
    put("a/file", "3");
    EXPECT_TRUE(is_told(*watched));
    std::filesystem::permissions(at("a/file"), std::filesystem::perms::owner_all);
    EXPECT_TRUE(is_told(*watched));
    std::filesystem::remove(at("a/file"));
    EXPECT_TRUE(is_told(*watched));
    put("a/file", "4");
    EXPECT_TRUE(is_told(*watched));
}

TEST_F(WatchTest, OtherFilesOfTheFolderAreNotTold) {
    const auto watched = watch({"a/file"});
    put("a/other", "2");
    std::filesystem::rename(at("a/other"), at("a/another"));
    EXPECT_FALSE(is_told(*watched));
}

TEST_F(WatchTest, EachOfSeveralPathsIsWatched) {
    std::filesystem::create_directories(at("b"));
    const auto watched = watch({"a/file", "b/file", "a/second"});
    put("b/file", "1");
    EXPECT_TRUE(is_told(*watched));
    put("a/second", "1");
    EXPECT_TRUE(is_told(*watched));
    put("a/file", "1");
    EXPECT_TRUE(is_told(*watched));
}

// As Kubernetes puts configuration in place: file -> ..data/file, ..data -> a folder with a date.
TEST_F(WatchTest, LinksThatAreExchangedAreToldAndFollowed) {
    for (const std::string name : {"mount", "mount/..1", "mount/..2"}) {
        std::filesystem::create_directories(at(name));
    }
    put("mount/..1/file", "1");
    put("mount/..2/file", "2");
    point("mount/..data", "..1");
    std::filesystem::create_symlink("..data/file", at("mount/file"));
    const auto watched = watch({"mount/file"});
    EXPECT_TRUE(watched->is_complete());
    point("mount/..data", "..2");
    EXPECT_TRUE(is_told(*watched));
    replace("mount/..2/file", "3");
    EXPECT_TRUE(is_told(*watched));
    replace("mount/..1/file", "4");
    EXPECT_FALSE(is_told(*watched));
    std::filesystem::remove(at("mount/file"));
    std::filesystem::create_symlink(at("a/file"), at("mount/file"));
    EXPECT_TRUE(is_told(*watched));
    replace("a/file", "5");
    EXPECT_TRUE(is_told(*watched));
}

TEST_F(WatchTest, ALinkToAFolderOnTheWayIsWatched) {
    std::filesystem::create_directories(at("b"));
    put("b/file", "2");
    point("way", "a");
    const auto watched = watch({"way/file"});
    point("way", "b");
    EXPECT_TRUE(is_told(*watched));
    replace("b/file", "3");
    EXPECT_TRUE(is_told(*watched));
}

TEST_F(WatchTest, APathThatLeadsNowhereIsWatchedAsFarAsItGoes) {
    const auto watched = watch({"later/still/file"});
    std::filesystem::create_directories(at("later"));
    EXPECT_TRUE(is_told(*watched));
    std::filesystem::create_directories(at("later/still"));
    EXPECT_TRUE(is_told(*watched));
    put("later/still/file", "1");
    EXPECT_TRUE(is_told(*watched));
}

TEST_F(WatchTest, AFolderThatGoesIsTold) {
    const auto watched = watch({"a/file"});
    std::filesystem::rename(at("a"), at("b"));
    EXPECT_TRUE(is_told(*watched));
    std::filesystem::create_directories(at("a"));
    EXPECT_TRUE(is_told(*watched));
    put("a/file", "2");
    EXPECT_TRUE(is_told(*watched));
}

TEST_F(WatchTest, LinksInACircleEndIt) {
    std::filesystem::create_symlink("two", at("one"));
    std::filesystem::create_symlink("one", at("two"));
    const auto watched = watch({"one", "one/file", ""});
    EXPECT_FALSE(is_told(*watched));
    point("two", "a");
    EXPECT_TRUE(is_told(*watched));
    replace("a/file", "2");
    EXPECT_TRUE(is_told(*watched));
}

constexpr uid_t service = 54321;

/// Exit status 0: a folder that may be used and not read is watched, and that is no complete watch.
[[noreturn]] void watch_blindly(const std::filesystem::path& path) {
    const bool ready = ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 &&
                                            ::setgid(service) == 0 && ::setuid(service) == 0);
    const auto watched = Env::system().watch({path});
    ::_exit(ready && watched && !(*watched)->is_complete() ? 0 : 1);
}

TEST_F(WatchTest, AFolderThatMayNotBeReadMakesItIncomplete) {
    if (::geteuid() == 0) {
        ASSERT_EQ(::chmod(at("").c_str(), 0711), 0);
        ASSERT_EQ(::chown(at("a").c_str(), service, service), 0);
    }
    ASSERT_EQ(::chmod(at("a").c_str(), 0300), 0);
    EXPECT_EXIT(watch_blindly(at("a/file")), ::testing::ExitedWithCode(0), "");
    ASSERT_EQ(::chmod(at("a").c_str(), 0700), 0);
}

TEST_F(WatchTest, WakingEndsAWaitThatIsUnderWayOrElseTheNextOne) {
    const auto watched = watch({"a/file"});
    watched->wake();
    watched->wake();
    EXPECT_TRUE(is_told(*watched));
    EXPECT_FALSE(is_told(*watched));
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        watched->wake();
    });
    const auto begin = steady_clock::now();
    watched->wait(long_ms);
    EXPECT_LT(steady_clock::now() - begin, std::chrono::milliseconds(long_ms));
    other.join();
}

TEST_F(WatchTest, LeavesNoDescriptorsAndPassesNoneOn) {
    const auto descriptors = [] {
        std::vector<int> open;
        for (int number = 0; number < 1024; ++number) {
            if (::fcntl(number, F_GETFD) >= 0) {
                open.push_back(number);
            }
        }
        return open;
    };
    const auto before = descriptors();
    for (int i = 0; i < 100; ++i) {
        auto watched = watch({"a/file"});
        put("a/file", "2");
        watched->wait(long_ms);
        if (i == 0) {
            const auto during = descriptors();
            EXPECT_EQ(during.size(), before.size() + 2);
            for (const int number : during) {
                if (std::ranges::find(before, number) == before.end()) {
                    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
                }
            }
        }
    }
    EXPECT_EQ(descriptors(), before);
}

TEST(Watch, OnlyTheRealSystemHasOneAndWhatGoesThroughToIt) {
    MemoryEnv memory;
    const auto none = memory.watch({"/a"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().os_error(), EOPNOTSUPP);
    Interrupt interrupt;
    EXPECT_TRUE(InterruptibleEnv(Env::system(), interrupt).watch({"/"}));
}

}  // namespace
}  // namespace aion::test
