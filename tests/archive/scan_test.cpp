// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <vector>

#include "aion/archive/names.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/base/memory_env.hpp"
#include "told.hpp"

namespace aion::test {
namespace {

namespace fs = std::filesystem;
using archive::scan;
using archive::ScanOptions;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A scan of files in memory, with what was left out at the end.
class Scan : public ::testing::Test {
  protected:
    std::vector<std::string> found(const std::vector<fs::path>& operands,
                                   std::optional<archive::Shard> shard = {}) {
        ScanOptions options;
        std::vector<std::string> left_out;
        options.left_out = [&](const fs::path& path, const std::string& why) {
            left_out.push_back(path.string() + ": " + why);
        };
        std::vector<std::string> all = told(*(shard ? part_of(scan(env, operands, options), *shard)
                                                    : scan(env, operands, options)));
        std::ranges::copy(left_out, std::back_inserter(all));
        return all;
    }

    void put(const char* path) { env.put(path, {}); }

    MemoryEnv env;
};

TEST_F(Scan, FindsFilesDepthFirstInByteOrder) {
    for (const char* path : {"/d/b.aion", "/d/B.AiOn", "/d/a/z.aion", "/d/a/.aion", "/d/a/..aion",
                             "/d/c.aion/x.AION", "/d/c.aion.tmp", "/d/no", "/d/a-/k.aion"}) {
        put(path);
    }
    put("/d/.p.aion.0123456789abcdef.tmp");
    put("/d/.p.aion.aion-lock");
    env.put_directory("/d/empty");
    EXPECT_THAT(found({"/d"}), ElementsAre("/d/B.AiOn", "/d/a/..aion", "/d/a/z.aion",
                                           "/d/a-/k.aion", "/d/b.aion", "/d/c.aion/x.AION"));
    EXPECT_THAT(found({"/d/", "d/a"}),
                ElementsAre("/d/B.AiOn", "/d/a/..aion", "/d/a/z.aion", "/d/a-/k.aion", "/d/b.aion",
                            "/d/c.aion/x.AION", "d/a/..aion", "d/a/z.aion"));
    EXPECT_THAT(found({"/d/empty"}), IsEmpty());
}

TEST_F(Scan, AnOperandIsGivenOutWhateverItIsCalled) {
    put("/no");
    put("/x.aion");
    EXPECT_THAT(
        found({"/x.aion", "/no", "/none", "/no/x", std::string("/no\0x", 5)}),
        ElementsAre("/x.aion", "/no", "/none: file_read_error (2)", "/no/x: file_read_error (2)",
                    std::string("/no\0x", 5) + ": file_read_error (22)"));
}

TEST_F(Scan, FollowsLinksButNotInCircles) {
    put("/d/a/p.aion");
    env.put_symlink("/d/a/up", "..");
    env.put_symlink("/d/a/here", ".");
    env.put_symlink("/d/a/top", "/");
    env.put_symlink("/d/f.aion", "a/p.aion");
    env.put_symlink("/d/l", "../elsewhere");
    env.put_symlink("/d/l2", "../elsewhere");
    env.put_symlink("/d/none.aion", "nowhere");
    env.put_symlink("/d/none", "nowhere");
    env.put_symlink("/d/self", "self");
    env.put_symlink("/d/self.aion", "self.aion");
    env.put_symlink("/d/x.aion", "/elsewhere");
    put("/elsewhere/e.aion");
    EXPECT_THAT(
        found({"/d"}),
        ElementsAre("/d/a/p.aion", "/d/f.aion", "/d/l/e.aion", "/d/none.aion", "/d/self.aion",
                    "/d/a/here: this link leads back to a folder that it is in",
                    "/d/a/top: this link leads back to a folder that it is in",
                    "/d/a/up: this link leads back to a folder that it is in",
                    "/d/l2: another link led to the same folder already",
                    "/d/self: this link leads to itself",
                    "/d/x.aion: another link led to the same folder already"));
    // What is named is wanted.
    EXPECT_THAT(found({"/d/l2", "/d/l"}), ElementsAre("/d/l2/e.aion", "/d/l/e.aion"));
}

TEST_F(Scan, FindsTheSameWhereListingsTellNoKinds) {
    put("/d/a/p.aion");
    put("/d/a/other");
    put("/d/x.aion/q.aion");
    put("/d/r.aion");
    env.put_symlink("/d/a/up", "..");
    env.put_symlink("/d/l", "/e");
    env.put_symlink("/d/n.aion", "nowhere");
    env.put_symlink("/d/n", "nowhere");
    put("/e/e.aion");
    const auto told_kinds = found({"/d", "/d/*", "/d/*/*.aion"});
    env.set_listing_tells_kinds(false);
    EXPECT_EQ(found({"/d", "/d/*", "/d/*/*.aion"}), told_kinds);
    // What cannot be looked at may be a folder.
    env.set_fault([](auto, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::info && call.path == "/d/a" ? EIO : 0;
    });
    EXPECT_THAT(found({"/d"}), ElementsAre("/d/a: file_read_error (5)", "/d/l/e.aion", "/d/n.aion",
                                           "/d/r.aion", "/d/x.aion/q.aion"));
}

/// Each folder has two links to the next: without a bound, 2^40 paths.
TEST_F(Scan, LinksThatMultiplyAreFollowedOnce) {
    for (int i = 0; i < 40; ++i) {
        const std::string folder = "/bomb/" + std::to_string(i);
        for (const char* name : {"/a", "/b"}) {
            env.put_symlink(folder + name, "../" + std::to_string(i + 1));
        }
    }
    put("/bomb/40/p.aion");
    EXPECT_EQ(found({"/bomb/0"}).size(), 1U + 40U);
}

TEST_F(Scan, WhatCannotBeReadIsANameWithItsReasonAndStopsNothing) {
    for (const char* path : {"/d/a/1.aion", "/d/b/2.aion", "/d/c/3.aion", "/d/e/4.aion"}) {
        put(path);
    }
    env.put_symlink("/d/l", "c");
    env.set_fault([](auto, const MemoryEnv::CallRecord& call) {
        using enum MemoryEnv::Call;
        const bool fails = (call.call == open_directory && call.path == "/d/a") ||
                           (call.call == list && call.path == "/d/b") ||
                           (call.call == info && (call.path == "/d/c" || call.path == "/d/l"));
        return fails ? EACCES : 0;
    });
    const std::vector<std::string> all = {
        "/d/a: file_read_error (13)", "/d/b: file_read_error (13)", "/d/c: file_read_error (13)",
        "/d/e/4.aion", "/d/l: file_read_error (13)"};
    EXPECT_EQ(found({"/d"}), all);
    // Files of every part may be behind them.
    const auto first = found({"/d"}, archive::Shard{.index = 1, .count = 2});
    const auto second = found({"/d"}, archive::Shard{.index = 2, .count = 2});
    EXPECT_EQ(first.size() + second.size(), 4U + 5U);
}

TEST_F(Scan, AFolderThatVanishesIsSaid) {
    put("/d/a/1.aion");
    env.put_directory("/d/b");
    env.set_fault([&](auto, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::list && call.path == "/d") {
            env.put_symlink("/d/b", "nowhere");
        }
        return 0;
    });
    // Listed as what it was or as what it is: both are said, neither is passed over.
    const std::vector<std::string> names = found({"/d"});
    EXPECT_THAT(names, ElementsAre("/d/a/1.aion"));
    env.put_directory("/e/b");
    env.set_fault([&](auto, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::open_directory && call.path == "/e/b") {
            env.put_symlink("/e/b", "nowhere");
        }
        return 0;
    });
    EXPECT_THAT(found({"/e"}), ElementsAre("/e/b: file_read_error (2)"));
}

TEST_F(Scan, ExpandsPatterns) {
    for (const char* path : {"/d/a1/p.aion", "/d/a1/q.aion", "/d/a2/p.aion", "/d/b/p.aion",
                             "/d/.hidden/p.aion", "/d/a3", "/d/[x].aion", "/d/x.aion"}) {
        put(path);
    }
    env.put_symlink("/d/a4", "b");
    env.put_symlink("/d/b/n.aion", "nowhere");
    EXPECT_THAT(found({"/d/a?/p.aion"}),
                ElementsAre("/d/a1/p.aion", "/d/a2/p.aion", "/d/a4/p.aion"));
    EXPECT_THAT(
        found({"/d/*/[pq].aion"}),
        ElementsAre("/d/a1/p.aion", "/d/a1/q.aion", "/d/a2/p.aion", "/d/a4/p.aion", "/d/b/p.aion"));
    EXPECT_THAT(found({"/d/a?"}), ElementsAre("/d/a1/p.aion", "/d/a1/q.aion", "/d/a2/p.aion",
                                              "/d/a3", "/d/a4/n.aion", "/d/a4/p.aion"));
    EXPECT_THAT(found({"d/a[1-2]/"}), ElementsAre("d/a1/p.aion", "d/a1/q.aion", "d/a2/p.aion"));
    EXPECT_THAT(found({"/d/[x].aion"}), ElementsAre("/d/[x].aion"));  // is a name
    EXPECT_THAT(found({"/d/?x?.aion"}), ElementsAre("/d/[x].aion"));
    EXPECT_THAT(found({"/d/\\[x].a*"}), ElementsAre("/d/[x].aion"));
    EXPECT_THAT(found({"/d/*/n.aion"}), ElementsAre("/d/a4/n.aion", "/d/b/n.aion"));
    EXPECT_THAT(found({"/d/*.none", "/none/*", "/d/a3/*"}),
                ElementsAre("/d/*.none: file_read_error (2)", "/none/*: file_read_error (2)",
                            "/d/a3/*: file_read_error (2)"));
    const auto names = scan(env, std::vector<fs::path>{"/d/*.none"});
    EXPECT_EQ(names->next()->error->message(), "nothing matches the pattern /d/*.none");
}

TEST_F(Scan, RefusesThePatternThatShellsHaveForAllFoldersBelow) {
    put("/d/a/b/p.aion");
    put("/d/a/p.aion");
    put("/d/**/q.aion");
    for (const char* const pattern : {"/d/**/p.aion", "**", "/d/a/**"}) {
        EXPECT_THAT(found({pattern}), ElementsAre(std::string(pattern) + ": file_read_error (0)"));
    }
    const auto names = scan(env, std::vector<fs::path>{"/d/**/p.aion"});
    EXPECT_THAT(names->next()->error->message(), ::testing::StartsWith("`**` is no pattern here"));
    // Part of a name, it is as one `*`; and it may be a name.
    EXPECT_THAT(found({"/d/**a/*.aion", "/d/**/q.aion"}),
                ElementsAre("/d/a/p.aion", "/d/**/q.aion"));
}

TEST_F(Scan, APatternSaysWhatItCouldNotLookInto) {
    put("/d/a/p.aion");
    put("/d/b/p.aion");
    env.put_symlink("/d/c", "b");
    env.set_fault([](auto, const MemoryEnv::CallRecord& call) {
        using enum MemoryEnv::Call;
        const bool fails = (call.call == open_directory && call.path == "/d/a/") ||
                           (call.call == info && call.path == "/d/c");
        return fails ? EACCES : 0;
    });
    EXPECT_THAT(found({"/d/*/*.aion"}), ElementsAre("/d/a/: file_read_error (13)", "/d/b/p.aion",
                                                    "/d/c: file_read_error (13)"));
}

TEST_F(Scan, APatternLeavesOutALinkThatLeadsToItself) {
    put("/d/a/p.aion");
    put("/d/a/s/q.aion");
    env.put_symlink("/d/loop", "loop");
    env.put_symlink("/d/b/s", "s");
    EXPECT_THAT(found({"/d/*/p.aion"}),
                ElementsAre("/d/a/p.aion", "/d/loop: this link leads to itself"));
    EXPECT_THAT(found({"/d/[ab]/s/*.aion"}),
                ElementsAre("/d/a/s/q.aion", "/d/b/s/: this link leads to itself"));
    EXPECT_THAT(found({"/d/l*/p.aion"}), ElementsAre("/d/l*/p.aion: file_read_error (2)",
                                                     "/d/loop: this link leads to itself"));
    // What a pattern ends in is meant.
    EXPECT_THAT(found({"/d/l*"}), ElementsAre("/d/loop"));
}

TEST_F(Scan, PartsAreDisjointAndComplete) {
    for (int i = 0; i < 200; ++i) {
        put(("/d/" + std::to_string(i % 7) + "/" + std::to_string(i) + ".aion").c_str());
    }
    const std::vector<std::string> all = found({"/d"});
    std::vector<std::string> parts;
    for (std::uint32_t i = 1; i <= 3; ++i) {
        const auto part = found({"/d"}, archive::Shard{.index = i, .count = 3});
        EXPECT_GT(part.size(), 40U);
        EXPECT_TRUE(std::ranges::is_sorted(part));
        std::ranges::copy(part, std::back_inserter(parts));
    }
    std::ranges::sort(parts);
    EXPECT_EQ(parts, all);
    // By the path alone: other machines and later runs must agree.
    // The first eight bytes of BLAKE3 of the path, little-endian: 0xd9434b932ee79b52.
    EXPECT_THAT(found({"/d/1/1.aion"}, archive::Shard{.index = 291, .count = 1000}),
                ElementsAre("/d/1/1.aion"));
}

TEST_F(Scan, KnowsHowFarItIs) {
    for (const char* path : {"/d/a/1.aion", "/d/a/2.aion", "/d/b.aion", "/e.aion"}) {
        put(path);
    }
    const auto names = scan(env, std::vector<fs::path>{"/d", "/e.aion"});
    EXPECT_EQ(names->share_done(), 0);
    std::vector<double> shares;
    while (names->next()) {
        shares.push_back(*names->share_done());
    }
    EXPECT_THAT(shares, ElementsAre(0, 0.125, 0.25, 0.5));
    EXPECT_EQ(names->share_done(), 1);
}

TEST_F(Scan, EndsWhenAskedToStop) {
    put("/d/a.aion");
    put("/d/b.aion");
    Interrupt interrupt;
    InterruptibleEnv stoppable(env, interrupt);
    const auto names = scan(stoppable, std::vector<fs::path>{"/d"});
    EXPECT_EQ(told(*names->next()), "/d/a.aion");
    interrupt.request();
    EXPECT_THAT(told(*names), ElementsAre("/d: interrupted (0)"));
}

// --- What only a real file system has ------------------------------------------------------

class ScanOfDisk : public ::testing::Test {
  protected:
    ScanOfDisk() {
        std::string pattern = (fs::temp_directory_path() / "aion-scan-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }

    ~ScanOfDisk() override {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }

    [[nodiscard]] fs::path at(const std::string& name) const { return root_ / name; }

    void put(const std::string& name) const {
        fs::create_directories(at(name).parent_path());
        std::ofstream(at(name)).flush();
    }

    /// What is found in the folder, without its path.
    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> all;
        for (const std::string& each : told(*scan(Env::system(), std::vector<fs::path>{root_}))) {
            all.push_back(each.substr(root_.string().size() + 1));
        }
        return all;
    }

  private:
    fs::path root_;
};

TEST_F(ScanOfDisk, GivesOutWhatIsNoFileIfItIsCalledSo) {
    ASSERT_EQ(::mkfifo(at("pipe.aion").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    fs::create_symlink("/dev/zero", at("device.aion"));
    fs::create_symlink("/dev/zero", at("device"));
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    at("s.aion").string().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(socket);
    EXPECT_THAT(found(), ElementsAre("device.aion", "pipe.aion", "s.aion"));
}

TEST_F(ScanOfDisk, AnEmptyOperandIsNothing) {
    EXPECT_THAT(told(*scan(Env::system(), std::vector<fs::path>{""})),
                ElementsAre(": file_read_error (2)"));
}

TEST_F(ScanOfDisk, TakesAnyName) {
    const std::vector<std::string> names = {"\x01\x1b[2J.aion", "-r.aion", "a\nb.aion",
                                            std::string(250, 'n') + ".aion", "\xff\xfe.aion"};
    for (const std::string& name : names) {
        put(name);
    }
    EXPECT_EQ(found(), names);
}

TEST_F(ScanOfDisk, FoldersMayBeDeeperThanPathsAreLong) {
    const std::string name(200, 'd');
    fs::path deep = at("");
    const fs::path before = fs::current_path();
    fs::current_path(deep);
    for (int i = 0; i < 30; ++i) {
        fs::create_directory(name);
        std::ofstream(std::to_string(i) + ".aion").flush();
        fs::current_path(name);
    }
    fs::current_path(before);
    const auto all = found();
    // As deep as a path can say, and then that it goes on.
    ASSERT_GT(all.size(), 15U);
    EXPECT_LT(all.size(), 25U);
    EXPECT_EQ(std::ranges::count_if(
                  all, [](const std::string& each) { return each.ends_with("error (36)"); }),
              1);
    // remove_all cannot go down so far by path either.
    EXPECT_EQ(std::system(("rm -rf '" + at("").string() + "'").c_str()), 0);
}

TEST_F(ScanOfDisk, ALinkToWhatIsAroundTheOperandLeadsBack) {
    put("in/deep/p.aion");
    put("q.aion");
    fs::create_symlink("..", at("in/deep/up"));
    fs::create_symlink("../..", at("in/deep/out"));
    fs::create_symlink("/", at("in/deep/top"));
    fs::create_symlink("in", at("other-name"));
    const auto names = scan(Env::system(), std::vector<fs::path>{at("other-name")});
    EXPECT_THAT(told(*names), ElementsAre(at("other-name/deep/p.aion").string()));
}

constexpr uid_t nobody_special = 54321;

/// Exit status 0: in `folder`, that of `closed` cannot be read and is said, the rest is found.
[[noreturn]] void scan_as_somebody_else(const fs::path& folder) {
    const bool ready =
        ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(nobody_special) == 0 &&
                             ::setuid(nobody_special) == 0);
    const auto all = told(*scan(Env::system(), std::vector<fs::path>{folder}));
    const std::vector<std::string> expected = {folder.string() + "/a.aion",
                                               folder.string() + "/closed: file_read_error (13)",
                                               folder.string() + "/open/b.aion"};
    ::_exit(ready && all == expected ? 0 : 1);
}

TEST_F(ScanOfDisk, AFolderThatMayNotBeReadIsSaid) {
    put("a.aion");
    put("closed/x.aion");
    put("open/b.aion");
    const fs::path folder = at("").parent_path();
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(at("closed").c_str(), 0311), 0);
    EXPECT_EXIT(scan_as_somebody_else(folder), ::testing::ExitedWithCode(0), "");
    ASSERT_EQ(::chmod(at("closed").c_str(), 0755), 0);
}

}  // namespace
}  // namespace aion::test
