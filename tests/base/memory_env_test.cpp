// SPDX-License-Identifier: MIT OR Apache-2.0
// What MemoryEnv has beyond the contract of every Env: faults, power cuts, a world under control.
#include "aion/base/memory_env.hpp"

#include <gmock/gmock.h>

#include <set>

#include "aion/base/sync.hpp"
#include "every_env.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Call = MemoryEnv::Call;

std::string text_of(const MemoryEnv& env, const std::string& path) {
    const auto bytes = env.get(path);
    return bytes ? std::string(as_text(*bytes)) : "none";
}

/// Creates a file with one append and leaves it open.
std::unique_ptr<WritableFile> started(MemoryEnv& env, const std::string& path,
                                      std::string_view text) {
    auto file = create_at(env, path, 0600);
    EXPECT_EQ(outcome(file), "ok");
    EXPECT_EQ(outcome((*file)->append(as_bytes(text))), "ok");
    return *std::move(file);
}

TEST(MemoryEnv, PathsAreNormalizedFromTheRoot) {
    MemoryEnv env;
    env.put("a/b", as_bytes("x"));
    for (const char* same : {"/a/b", "a/b", "./a//b", "/a/../a/./b", "../a/b"}) {
        EXPECT_EQ(text_of(env, same), "x") << same;
    }
    EXPECT_THAT(env.all_paths(), ElementsAre("/a/b"));
}

TEST(MemoryEnv, LinksInTheMiddleAreFollowed) {
    MemoryEnv env;
    env.put("/real/file", as_bytes("x"));
    env.put_symlink("/a/link", "../real");
    EXPECT_EQ(text_of(env, "/a/link/file"), "x");
    env.put_symlink("/loop1", "loop2");
    env.put_symlink("/loop2", "loop1");
    EXPECT_EQ(outcome(env.read("/loop1/file", {})), caused("file_read_error", ELOOP));
}

TEST(MemoryEnv, PutOverwritesInPlace) {
    MemoryEnv env;
    env.put("/file", as_bytes("one"), 0600);
    const auto before = env.info("/file");
    env.put("/file", as_bytes("two"), 0644);
    const auto after = env.info("/file");
    ASSERT_TRUE(before.has_value() && after.has_value());
    EXPECT_EQ((*before)->identity.inode, (*after)->identity.inode);
    EXPECT_NE((*before)->identity, (*after)->identity);
    EXPECT_EQ((*after)->mode, 0600U);
}

TEST(MemoryEnv, TheSeedDecidesTheEntropy) {
    Bytes a(64);
    Bytes b(64);
    Bytes c(64);
    MemoryEnv first(1);
    MemoryEnv same(1);
    MemoryEnv other(2);
    ASSERT_EQ(outcome(first.random(a)), "ok");
    ASSERT_EQ(outcome(same.random(b)), "ok");
    ASSERT_EQ(outcome(other.random(c)), "ok");
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
}

TEST(MemoryEnv, APowerCutTakesUnnamedFilesToo) {
    MemoryEnv env;
    const auto file = env.create_unnamed();
    ASSERT_EQ(outcome(file), "ok");
    ASSERT_EQ(outcome((*file)->append(as_bytes("x"))), "ok");
    env.cut_power({});
    Bytes one(1);
    EXPECT_EQ(outcome((*file)->append(as_bytes("y"))), caused("file_write_error", EIO));
    EXPECT_EQ(outcome((*file)->read_at(0, one)), caused("file_read_error", EIO));
}

TEST(MemoryEnv, TheClockStandsStillUnlessMoved) {
    MemoryEnv env;
    env.set_now(Timestamp{1000});
    EXPECT_EQ(env.now(), Timestamp{1000});
    env.advance(5);
    EXPECT_EQ(env.now(), Timestamp{1005});
}

TEST(MemoryEnv, TheMachineIsWhatTheTestSays) {
    MemoryEnv env;
    env.set_machine_id(" box-7\n");
    EXPECT_EQ(env.machine_id()->text, "box-7");
    env.set_no_machine_id("ann", "box");
    EXPECT_EQ(env.machine_id()->text, "ann@box");
    env.set_machine_id("");
    EXPECT_EQ(outcome(env.machine_id()), "invalid_private_key");
}

TEST(MemoryEnv, FilesHaveOwnersAttributesAndSeveralNames) {
    MemoryEnv env;
    env.put("/file", as_bytes("x"));
    env.put_link("/other", "/file");
    env.set_access("/file", 7, {{"user.origin", Bytes{1, 2}}});
    const auto root = *env.open_directory("/");
    EXPECT_EQ((*root->info("file"))->links, 2U);
    EXPECT_EQ((*root->info("file"))->user, 7U);
    const std::array pieces{as_bytes("new")};
    const auto report = write_file_atomically(env, "/file", pieces, {.replace = Replace::always});
    ASSERT_EQ(outcome(report), "ok");
    EXPECT_EQ(report->links, 2U);
    EXPECT_EQ(text_of(env, "/other"), "x");
    const auto access = env.access_of("/file");
    ASSERT_TRUE(access.has_value());
    EXPECT_EQ(access->info.user, 7U);
    ASSERT_EQ(access->attributes.size(), 1U);
    EXPECT_EQ(access->attributes[0].value, (Bytes{1, 2}));
}

TEST(MemoryEnv, ASecretIsNeverWrittenOverAStrangersFile) {
    MemoryEnv env;
    env.put("/file", as_bytes("theirs"));
    env.set_access("/file", 7, {});
    const std::array pieces{as_bytes("key")};
    const WriteOptions secret{.replace = Replace::always, .secret = true};
    EXPECT_EQ(outcome(write_file_atomically(env, "/file", pieces, secret)),
              caused("file_write_error", EPERM));
    EXPECT_EQ(text_of(env, "/file"), "theirs");
    EXPECT_THAT(env.all_paths(), ElementsAre("/file"));
    env.set_user(7);
    EXPECT_EQ(outcome(write_file_atomically(env, "/file", pieces, secret)), "ok");
    EXPECT_EQ(env.access_of("/file")->info.mode, 0600U);
}

// --- Faults -------------------------------------------------------------------------------

TEST(MemoryEnvFaults, CallsAreRecordedInOrder) {
    MemoryEnv env;
    env.put("/file", as_bytes("x"));
    (void)env.info("/file");
    env.set_fault({});
    (void)env.read("/file", {});
    Bytes bytes(4);
    (void)env.random(bytes);
    (void)env.now();  // cannot fail, so it is no call
    ASSERT_EQ(env.call_count(), 2U);
    EXPECT_EQ(env.calls()[0].call, Call::read);
    EXPECT_EQ(env.calls()[0].path, "/file");
    EXPECT_EQ(env.calls()[1].call, Call::random);
    EXPECT_EQ(env.calls()[1].path, "");
}

// The root was counted before there was a counter: its number was whatever lay in memory.
TEST(MemoryEnvFiles, EveryFolderHasItsOwnNumber) {
    MemoryEnv env;
    env.put_directory("/a");
    EXPECT_EQ(env.info("/").value()->identity.inode, 1U);
    EXPECT_EQ(env.info("/a").value()->identity.inode, 2U);
}

TEST(MemoryEnvFaults, EveryKindOfCallCanFail) {
    MemoryEnv env;
    env.put("/file", as_bytes("x"));
    auto lock = lock_at(env, "/file", 0);
    auto file = started(env, "/new", "x");
    const auto root = *env.open_directory("/");
    env.set_fault([](auto, const auto&) { return EIO; });
    Bytes bytes(4);
    const std::string read_failed = caused("file_read_error", EIO);
    const std::string write_failed = caused("file_write_error", EIO);
    EXPECT_EQ(outcome(env.read("/file", {})), read_failed);
    EXPECT_EQ(outcome(env.info("/file")), read_failed);
    EXPECT_EQ(outcome(env.locate("/file")), read_failed);
    EXPECT_EQ(outcome(env.open_directory("/")), read_failed);
    EXPECT_EQ(outcome(root->read("file", {})), read_failed);
    EXPECT_EQ(outcome(root->info("file")), read_failed);
    EXPECT_EQ(outcome(root->access("file")), read_failed);
    EXPECT_EQ(outcome(root->create_exclusive("newer", 0600)), write_failed);
    EXPECT_EQ(outcome(file->append(as_bytes("yy"))), write_failed);
    EXPECT_EQ(outcome(file->copy_access({})), write_failed);
    EXPECT_EQ(outcome(file->reserve(5)), write_failed);
    EXPECT_EQ(outcome(file->sync()), write_failed);
    EXPECT_EQ(outcome(file->close()), write_failed);
    EXPECT_EQ(outcome(root->rename("new", "file")), write_failed);
    EXPECT_EQ(outcome(root->rename_exclusive("new", "newest")), write_failed);
    EXPECT_EQ(outcome(root->remove("file")), write_failed);
    EXPECT_EQ(outcome(root->sync()), write_failed);
    EXPECT_EQ(outcome(sync_file_system(*root)), write_failed);
    EXPECT_EQ(outcome(env.create_directories("/d", 0700)), write_failed);
    EXPECT_EQ(outcome(root->list()), read_failed);
    EXPECT_EQ(outcome(root->each_entry([](auto, auto) { FAIL(); })), read_failed);
    EXPECT_EQ(outcome(root->own_info()), read_failed);
    EXPECT_EQ(outcome(root->lock("new", 0)), read_failed);
    EXPECT_EQ(outcome((*lock)->info()), read_failed);
    EXPECT_EQ(outcome((*lock)->access()), read_failed);
    EXPECT_EQ(outcome((*lock)->read(1)), read_failed);
    EXPECT_EQ(outcome(env.random(bytes)), caused("entropy_unavailable", EIO));
    EXPECT_EQ(outcome(env.machine_id()), caused("invalid_private_key", EIO));
    env.set_fault({});
    EXPECT_THAT(env.all_paths(), ElementsAre("/file", "/new"));
}

TEST(MemoryEnvFaults, AFailedWriteMayLeaveAPrefix) {
    for (const auto& [fraction, kept] : {std::pair<std::uint32_t, std::string>{0, ""},
                                         {64, "12"},
                                         {128, "1234"},
                                         {256, "12345678"}}) {
        MemoryEnv env;
        auto file = create_at(env, "/file", 0600);
        ASSERT_EQ(outcome(file), "ok");
        env.set_torn_write_fraction(fraction);
        env.set_fault([](auto, const auto&) { return ENOSPC; });
        EXPECT_EQ(outcome((*file)->append(as_bytes("12345678"))),
                  caused("file_write_error", ENOSPC));
        EXPECT_EQ(text_of(env, "/file"), kept);
    }
}

TEST(MemoryEnvFaults, ATestCanChangeTheWorldAtOneCall) {
    MemoryEnv env;
    env.put("/file", as_bytes("x"));
    env.set_fault([&](auto, const MemoryEnv::CallRecord& call) {
        if (call.call == Call::read) {
            env.put("/file", as_bytes("changed"));
        }
        return 0;
    });
    const auto content = read_file(env, "/file");
    ASSERT_EQ(outcome(content), "ok");
    EXPECT_EQ(as_text(*content), "changed");
}

TEST(MemoryEnvFaults, AClosedFileTakesNothingMore) {
    MemoryEnv env;
    auto file = started(env, "/file", "x");
    EXPECT_EQ(outcome(file->close()), "ok");
    EXPECT_EQ(outcome(file->append(as_bytes("y"))), caused("file_write_error", EBADF));
    EXPECT_EQ(outcome(file->close()), caused("file_write_error", EBADF));
}

// --- Power cuts ---------------------------------------------------------------------------

TEST(MemoryEnvPower, OnlyWhatWasSyncedSurvives) {
    MemoryEnv env;
    auto unsynced = started(env, "/unsynced", "x");
    auto content_only = started(env, "/content-only", "x");
    EXPECT_EQ(outcome(content_only->sync()), "ok");
    env.cut_power({});
    EXPECT_THAT(env.all_paths(), IsEmpty());
    auto entry_only = started(env, "/entry-only", "x");
    auto both = started(env, "/both", "x");
    EXPECT_EQ(outcome(both->sync()), "ok");
    EXPECT_EQ(outcome(sync_at(env, "/")), "ok");
    EXPECT_EQ(outcome(both->append(as_bytes("y"))), "ok");
    env.cut_power({});
    EXPECT_EQ(text_of(env, "/entry-only"), "");
    EXPECT_EQ(text_of(env, "/both"), "x");
}

TEST(MemoryEnvPower, UnsyncedRemovalsAndRenamesComeUndone) {
    MemoryEnv env;
    env.put("/a", as_bytes("a"));
    env.put("/b", as_bytes("b"));
    env.put("/c", as_bytes("c"));
    EXPECT_EQ(outcome(remove_at(env, "/a")), "ok");
    EXPECT_EQ(outcome((*env.open_directory("/"))->rename("b", "c")), "ok");
    EXPECT_THAT(env.all_paths(), ElementsAre("/c"));
    env.cut_power({});
    EXPECT_THAT(env.all_paths(), ElementsAre("/a", "/b", "/c"));
    EXPECT_EQ(text_of(env, "/c"), "c");
}

TEST(MemoryEnvPower, SyncingOneFolderLeavesOthersInDoubt) {
    MemoryEnv env;
    env.put_directory("/one");
    env.put_directory("/two");
    EXPECT_EQ(outcome(started(env, "/one/file", "x")->sync()), "ok");
    EXPECT_EQ(outcome(started(env, "/two/file", "x")->sync()), "ok");
    EXPECT_EQ(outcome(sync_at(env, "/two")), "ok");
    env.cut_power({});
    EXPECT_THAT(env.all_paths(), ElementsAre("/two/file"));
}

TEST(MemoryEnvPower, SyncingAllLeavesNothingInDoubt) {
    MemoryEnv env;
    env.put("/a", as_bytes("a"));
    const auto folder = env.create_directories("/one/two", 0755);
    ASSERT_EQ(outcome(folder), "ok");
    auto file = started(env, "/one/two/file", "x");
    EXPECT_EQ(outcome(started(env, "/one/file", "y")->close()), "ok");
    EXPECT_EQ(outcome(remove_at(env, "/a")), "ok");
    EXPECT_EQ(outcome((*env.open_directory("/one"))->rename("file", "renamed")), "ok");
    EXPECT_EQ(outcome(sync_file_system(**folder)), "ok");
    EXPECT_EQ(outcome(file->append(as_bytes("z"))), "ok");
    env.cut_power({});
    EXPECT_THAT(env.all_paths(), ElementsAre("/one/renamed", "/one/two/file"));
    EXPECT_EQ(text_of(env, "/one/renamed"), "y");
    EXPECT_EQ(text_of(env, "/one/two/file"), "x");
}

TEST(MemoryEnvPower, ARenameSurvivesAsAWhole) {
    for (std::uint64_t seed = 0; seed < 32; ++seed) {
        MemoryEnv env;
        env.put("/one", as_bytes("x"));
        EXPECT_EQ(outcome((*env.open_directory("/"))->rename("one", "two")), "ok");
        env.cut_power({.seed = seed, .keep_some = true});
        EXPECT_EQ(env.all_paths().size(), 1U);
    }
}

TEST(MemoryEnvPower, SomeOfWhatWasNotSyncedMaySurviveInAnyOrder) {
    std::set<std::string> fates;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        MemoryEnv env;
        auto file = started(env, "/file", "");
        EXPECT_EQ(outcome(file->sync()), "ok");
        EXPECT_EQ(outcome(sync_at(env, "/")), "ok");
        EXPECT_EQ(outcome(file->append(as_bytes("AAAA"))), "ok");
        EXPECT_EQ(outcome(file->append(as_bytes("BBBB"))), "ok");
        env.cut_power({.seed = seed, .keep_some = true});
        fates.insert(text_of(env, "/file"));
    }
    using namespace std::string_literals;
    for (const std::string& possible :
         {""s, "AAAA"s, "AAAABBBB"s, "\0\0\0\0BBBB"s, "AA"s, "\0\0\0\0"s, "AAAABB"s}) {
        EXPECT_TRUE(fates.contains(possible)) << possible;
    }
    for (const std::string& fate : fates) {
        for (std::size_t i = 0; i < fate.size(); ++i) {
            EXPECT_TRUE(fate[i] == '\0' || fate[i] == (i < 4 ? 'A' : 'B'));
        }
    }
}

TEST(MemoryEnvPower, TheSameSeedGivesTheSameWorld) {
    const auto world_after = [](std::uint64_t seed) {
        MemoryEnv env;
        for (int i = 0; i < 10; ++i) {
            (void)started(env, "/file" + std::to_string(i), "some content");
        }
        env.cut_power({.seed = seed, .keep_some = true});
        std::string all;
        for (const std::string& path : env.all_paths()) {
            all += path + "=" + text_of(env, path) + ";";
        }
        return all;
    };
    EXPECT_EQ(world_after(5), world_after(5));
    EXPECT_NE(world_after(5), world_after(6));
}

TEST(MemoryEnvPower, EndsLocksOpenFilesAndFaults) {
    MemoryEnv env;
    env.put("/file", as_bytes("x"));
    auto lock = lock_at(env, "/file", 0);
    auto file = started(env, "/new", "x");
    const auto root = *env.open_directory("/");
    env.set_fault(
        [](auto, const MemoryEnv::CallRecord& call) { return call.call == Call::list ? EIO : 0; });
    env.cut_power({});
    EXPECT_EQ(outcome(list_at(env, "/")), "ok");
    EXPECT_EQ(outcome(root->list()), caused("file_read_error", EIO));
    EXPECT_EQ(outcome(root->remove("file")), caused("file_write_error", EIO));
    EXPECT_EQ(outcome(file->append(as_bytes("y"))), caused("file_write_error", EIO));
    EXPECT_EQ(outcome(file->sync()), caused("file_write_error", EIO));
    EXPECT_EQ(outcome((*lock)->info()), caused("file_read_error", EIO));
    auto again = lock_at(env, "/file", 0);
    EXPECT_EQ(outcome(again), "ok");
    lock->reset();  // the dead process's lock: must not free the new one
    EXPECT_EQ(outcome(lock_at(env, "/file", 0)), "conflict");
}

}  // namespace
}  // namespace aion::test
