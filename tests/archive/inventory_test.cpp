// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/inventory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "aion/base/interrupt.hpp"
#include "aion/base/utf8.hpp"
#include "support/results.hpp"
#include "support/world.hpp"

namespace aion::archive::test {
namespace {

using aion::test::alice;
using aion::test::bob;
using aion::test::masters;
using aion::test::ok;
using policy::Gate;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Roots = std::vector<std::filesystem::path>;

class InventoryTest : public policy::test::World {
  protected:
    void SetUp() override {
        World::SetUp();
        env.put_directory("/archive");
    }

    /// Puts `versions` of a new history to `to`, the last one by Bob, and returns its head.
    Hash put_history(const std::string& to, std::uint64_t versions, const std::string& what) {
        path = to;
        env.put_directory(path.parent_path());
        policy::CommitReceipt last = must_create(what + " 1\n");
        for (std::uint64_t i = 2; i <= versions; ++i) {
            last = must_commit(what + " " + std::to_string(i) + "\n", "change",
                               i == versions ? bob : alice);
        }
        return last.version_hash;
    }

    void put_bad(const std::string& to) {
        Bytes bad = content();
        bad.at(40) ^= 0xff;
        env.put(to, bad);
    }

    Result<Inventory> collect(const Roots& roots, const InventoryOptions& options = {}) {
        return collect_inventory(env, roots, registry, options);
    }

    Result<VerdictChanges> compare(const Roots& roots, const trust::Registry& after,
                                   const InventoryOptions& options = {}) {
        return compare_verdicts(env, roots, registry, after, options);
    }

    static std::vector<std::string> names(const Inventory& inventory) {
        std::vector<std::string> found;
        for (const trust::HistoryPoint& point : inventory.points) {
            found.push_back(point.name + "@" + std::to_string(point.version.value));
        }
        return found;
    }

    /// The registry, in which nothing that Bob signs from version `from` on counts.
    [[nodiscard]] trust::Registry without_bob(std::uint64_t from) const {
        trust::Registry made = registry;
        crypto::SigningKey master = aion::test::key_from(masters);
        const auto record =
            ok(trust::sign(trust::RevocationRecord{.author = bob,
                                                   .epoch = Epoch{0},
                                                   .reason = trust::RevocationReason::compromised,
                                                   .effective_from = VersionNumber{from},
                                                   .master_signature = {}},
                           master));
        ok(made.apply(record));
        return made;
    }
};

TEST_F(InventoryTest, HeadsAreListedByVersionThenHash) {
    const Hash a = put_history("/archive/b/a.aion", 3, "a");
    const Hash b = put_history("/archive/b.aion", 2, "b");
    const Hash c = put_history("/archive/c.aion", 2, "c");
    const Inventory inventory = ok(collect({"/archive"}));
    EXPECT_EQ(inventory.files, 3);
    ASSERT_EQ(inventory.points.size(), 3);
    EXPECT_EQ(inventory.points[0].hash, std::min(b, c));
    EXPECT_EQ(inventory.points[1].hash, std::max(b, c));
    EXPECT_EQ(inventory.points[2].hash, a);
    EXPECT_EQ(inventory.points[2].version, VersionNumber{3});
    EXPECT_EQ(inventory.points[2].name, "/archive/b/a.aion");
    path = "/archive/b/a.aion";
    EXPECT_EQ(inventory.points[2].file_id, check(content()).file_id);
}

// In a shorter copy nothing says how it goes on elsewhere.
TEST_F(InventoryTest, TheBeginningOfAListedHistoryIsListedToo) {
    put_history("/archive/z.aion", 1, "one");
    env.put("/archive/a.aion", content());
    must_commit("rules: 2\n");
    env.put("/archive/between.aion", content());
    must_commit("rules: 3\n");
    EXPECT_THAT(names(ok(collect({"/archive"}))),
                ElementsAre("/archive/a.aion@1", "/archive/between.aion@2", "/archive/z.aion@3"));
    EXPECT_EQ(ok(collect({"/archive"})).files, 3);
}

TEST_F(InventoryTest, BothBranchesOfAForkAreListedAndWhereTheyPart) {
    put_history("/archive/left.aion", 2, "common");
    env.put("/archive/common.aion", content());
    env.put("/archive/right.aion", content());
    must_commit("left\n");
    path = "/archive/right.aion";
    must_commit("right\n");
    must_commit("right again\n");
    EXPECT_THAT(
        names(ok(collect({"/archive"}))),
        ElementsAre("/archive/common.aion@2", "/archive/left.aion@3", "/archive/right.aion@4"));
}

TEST_F(InventoryTest, CopiesAreOnePointOfTheFirstNameWhateverTheOrder) {
    put_history("/archive/m.aion", 2, "x");
    env.put("/archive/z.aion", content());
    env.put_directory("/b");
    env.put("/b/a.aion", content());
    for (const Roots& roots : {Roots{"/archive", "/b"}, Roots{"/b", "/archive"}}) {
        const Inventory inventory = ok(collect(roots));
        EXPECT_EQ(inventory.files, 3);
        EXPECT_THAT(names(inventory), ElementsAre("/archive/m.aion@2"));
    }
}

TEST_F(InventoryTest, ManyFilesComeOutTheSameInAnyNumberOfThreads) {
    for (std::uint64_t i = 0; i < 90; ++i) {
        put_history("/archive/" + std::to_string(i) + ".aion", 1 + i % 3, std::to_string(i));
    }
    const Inventory one = ok(collect({"/archive"}, {.threads = 1}));
    const Inventory four = ok(collect({"/archive"}, {.threads = 4}));
    EXPECT_EQ(one.points.size(), 90);
    EXPECT_EQ(one.points, four.points);
    EXPECT_TRUE(std::ranges::is_sorted(one.points, {}, [](const trust::HistoryPoint& point) {
        return std::pair(point.version, point.hash);
    }));
    const trust::Registry after = without_bob(3);
    const auto alone = ok(compare({"/archive"}, after, {.threads = 1}));
    const auto together = ok(compare({"/archive"}, after, {.threads = 4}));
    EXPECT_EQ(alone.files, 90);
    ASSERT_EQ(alone.changes.size(), 30);
    ASSERT_EQ(together.changes.size(), 30);
    for (std::size_t i = 0; i < 30; ++i) {
        EXPECT_EQ(alone.changes[i].path, together.changes[i].path);
    }
}

TEST_F(InventoryTest, FoldersWithoutFilesAreAnEmptyInventory) {
    env.put_directory("/archive/empty/deeper");
    env.put("/archive/notes.txt", as_bytes("nothing"));
    const Inventory inventory = ok(collect({"/archive"}));
    EXPECT_THAT(inventory.points, IsEmpty());
    EXPECT_EQ(inventory.files, 0);
    EXPECT_EQ(ok(collect({})).files, 0);
    EXPECT_EQ(ok(compare({"/archive"}, {})).files, 0);
}

TEST_F(InventoryTest, LinksAreFollowedAndNamedAsTheyWereFound) {
    env.put_directory("/elsewhere");
    put_history("/elsewhere/x.aion", 1, "x");
    env.put_symlink("/archive/link.aion", "/elsewhere/x.aion");
    env.put_symlink("/archive/up", "..");
    const Inventory inventory = ok(collect({"/archive"}));
    EXPECT_THAT(names(inventory), ElementsAre("/archive/link.aion@1"));
    EXPECT_EQ(inventory.files, 1);
}

TEST_F(InventoryTest, WhatLeadsNowhereIsNotLeftOut) {
    put_history("/archive/a.aion", 1, "a");
    env.put_symlink("/archive/none.aion", "nowhere");
    const auto found = collect({"/archive"});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), ErrorCode::file_read_error);
    EXPECT_EQ(found.error().os_error(), ENOENT);
    EXPECT_THAT(found.error().full_message(), HasSubstr("/archive/none.aion"));
    EXPECT_EQ(compare({"/archive"}, registry).error().os_error(), ENOENT);
}

TEST_F(InventoryTest, ARootThatIsNotThereIsAnError) {
    put_history("/archive/a.aion", 1, "a");
    EXPECT_EQ(collect({"/archive", "/none"}).error().os_error(), ENOENT);
    EXPECT_EQ(compare({"/archive", "/none"}, registry).error().os_error(), ENOENT);
}

TEST_F(InventoryTest, WhatCannotBeReadIsNotLeftOut) {
    put_history("/archive/a.aion", 1, "a");
    put_history("/archive/b.aion", 1, "b");
    put_history("/archive/c/c.aion", 1, "c");
    for (const std::string bad : {"/archive/b.aion", "/archive/c"}) {
        env.set_fault([&](auto, const MemoryEnv::CallRecord& call) {
            return call.path == bad && call.call != MemoryEnv::Call::info ? EACCES : 0;
        });
        const auto found = collect({"/archive"});
        ASSERT_FALSE(found) << bad;
        EXPECT_EQ(found.error().os_error(), EACCES);
        EXPECT_THAT(found.error().full_message(), HasSubstr(bad));
        EXPECT_EQ(compare({"/archive"}, registry).error().os_error(), EACCES);
    }
}

TEST_F(InventoryTest, AnInvalidFileIsNamedWithWhy) {
    put_history("/archive/a.aion", 1, "a");
    put_bad("/archive/b.aion");
    put_bad("/archive/c.aion");
    const auto found = collect({"/archive"});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), ErrorCode::invalid_argument);
    EXPECT_THAT(found.error().full_message(), HasSubstr("/archive/b.aion is INVALID: "));
    EXPECT_THAT(found.error().full_message(), HasSubstr("integrity"));
}

TEST_F(InventoryTest, AFileOfAnotherAuthorIsInvalidUnderTheRegistry) {
    put_history("/archive/a.aion", 2, "a");
    const trust::Registry nobody;
    const auto found = collect_inventory(env, Roots{"/archive"}, nobody);
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().full_message(), HasSubstr("signatures: "));
}

TEST_F(InventoryTest, SomebodyMayStopIt) {
    put_history("/archive/a.aion", 1, "a");
    Interrupt interrupt;
    InterruptibleEnv stopped(env, interrupt);
    interrupt.request();
    const Roots roots = {"/archive"};
    EXPECT_EQ(collect_inventory(stopped, roots, registry).error().code(), ErrorCode::interrupted);
    EXPECT_EQ(compare_verdicts(stopped, roots, registry, registry).error().code(),
              ErrorCode::interrupted);
}

TEST_F(InventoryTest, NoFileIsOpenedOnceItIsToStop) {
    for (const char name : {'a', 'b', 'c'}) {
        put_history(std::string("/archive/") + name + ".aion", 1, "x");
    }
    Interrupt interrupt;
    InterruptibleEnv stopped(env, interrupt);
    int opened = 0;
    env.set_fault([&](auto, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::open && call.path.ends_with(".aion")) {
            ++opened;
            interrupt.request();
        }
        return 0;
    });
    const auto changes =
        compare_verdicts(stopped, Roots{"/archive"}, registry, registry, {.threads = 1});
    ASSERT_FALSE(changes);
    EXPECT_EQ(changes.error().code(), ErrorCode::interrupted);
    EXPECT_THAT(changes.error().full_message(), HasSubstr("/archive/b.aion"));
    EXPECT_EQ(opened, 1);
}

TEST_F(InventoryTest, ANameThatNobodyCanReadIsEscaped) {
    put_history("/archive/a\xff\n.aion", 1, "a");
    EXPECT_THAT(names(ok(collect({"/archive"}))), ElementsAre("/archive/a\\xff\\n.aion@1"));
}

TEST_F(InventoryTest, OfANameThatIsTooLongTheEndIsKept) {
    for (const std::size_t extra : {0U, 1U, 2U, 3U}) {
        std::string folder = "/archive/" + std::string(extra, 'x');
        for (int i = 0; i < 600; ++i) {
            folder += "é";
        }
        put_history(folder + "/a.aion", 1, "a");
        const Inventory inventory = ok(collect({folder}));
        ASSERT_EQ(inventory.points.size(), 1);
        const std::string& name = inventory.points.front().name;
        EXPECT_LE(name.size(), trust::max_point_name);
        EXPECT_GE(name.size(), trust::max_point_name - 1);
        EXPECT_FALSE(find_utf8_fault(name));
        EXPECT_TRUE(name.starts_with("…é")) << name;
        EXPECT_TRUE(name.ends_with("é/a.aion")) << name;
    }
}

TEST_F(InventoryTest, OnlyFilesWithAnotherVerdictAreTold) {
    put_history("/archive/b.aion", 2, "b");
    put_history("/archive/a.aion", 4, "a");
    put_history("/archive/c.aion", 3, "c");
    put_bad("/archive/bad.aion");
    const VerdictChanges lost = ok(compare({"/archive"}, without_bob(3)));
    EXPECT_EQ(lost.files, 4);
    ASSERT_EQ(lost.changes.size(), 2);
    EXPECT_EQ(lost.changes[0].path, "/archive/a.aion");
    EXPECT_EQ(lost.changes[1].path, "/archive/c.aion");
    EXPECT_TRUE(lost.changes[0].was_valid);
    EXPECT_FALSE(lost.changes[0].is_valid);
    EXPECT_THAT(lost.changes[0].reason, HasSubstr("signatures: no key of author 1002"));
    const VerdictChanges won =
        ok(compare_verdicts(env, Roots{"/archive"}, without_bob(3), registry));
    ASSERT_EQ(won.changes.size(), 2);
    EXPECT_FALSE(won.changes[0].was_valid);
    EXPECT_TRUE(won.changes[0].is_valid);
    EXPECT_EQ(won.changes[0].reason, lost.changes[0].reason);
}

TEST_F(InventoryTest, AFileThatIsNamedTwiceIsToldOnce) {
    put_history("/archive/a.aion", 3, "a");
    const VerdictChanges changes = ok(compare({"/archive", "/archive/a.aion"}, without_bob(1)));
    EXPECT_EQ(changes.files, 2);
    EXPECT_EQ(changes.changes.size(), 1);
}

TEST_F(InventoryTest, BothVerdictsAreThoseOfVerify) {
    put_history("/archive/a.aion", 3, "a");
    const trust::Registry after = without_bob(2);
    const Bytes file = content();
    const auto before_alone = policy::verify(file, registry, policy::test::start);
    const auto after_alone = policy::verify(file, after, policy::test::start);
    ASSERT_TRUE(before_alone.is_valid());
    ASSERT_FALSE(after_alone.is_valid());
    const VerdictChanges changes = ok(compare({"/archive"}, after));
    ASSERT_EQ(changes.changes.size(), 1);
    EXPECT_EQ(changes.changes.front().reason, after_alone.reason());
}

/// Also where the payload is so long that it is not held.
TEST_F(InventoryTest, EachFileIsOpenedAndReadOnce) {
    path = "/archive/large.aion";
    must_create(std::string(std::size_t{5} << 20U, 'x'));
    must_commit("small again\n", "change", bob);
    path = "/archive/longer.aion";
    must_create("x\n");
    must_commit(std::string(std::size_t{5} << 20U, 'x'), "change", bob);
    const auto opened = [&](std::size_t from) {
        const auto calls = env.calls();
        return std::ranges::count_if(
            calls.begin() + static_cast<std::ptrdiff_t>(from), calls.end(), [](const auto& call) {
                return call.call == MemoryEnv::Call::open && call.path.ends_with(".aion");
            });
    };
    std::size_t from = env.calls().size();
    ok(collect({"/archive"}));
    EXPECT_EQ(opened(from), 2);
    from = env.calls().size();
    EXPECT_EQ(ok(compare({"/archive"}, without_bob(1))).changes.size(), 2);
    EXPECT_EQ(opened(from), 2);
}

}  // namespace
}  // namespace aion::archive::test
