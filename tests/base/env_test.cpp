// SPDX-License-Identifier: MIT OR Apache-2.0
// What base/env.hpp promises, of every Env.
#include "aion/base/env.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "env_world.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EnvContract : public InEveryWorld {};

INSTANTIATE_TEST_SUITE_P(Each, EnvContract, every_world, world_name);

// --- Reading ------------------------------------------------------------------------------

TEST_P(EnvContract, ReadsWhatIsThere) {
    write("file", "content");
    const auto content = env().read(at("file"), {});
    ASSERT_EQ(outcome(content), "ok");
    EXPECT_EQ(as_text((*content)->bytes()), "content");
    EXPECT_EQ((*content)->info().size, 7U);
    EXPECT_EQ((*content)->info().kind, FileKind::regular);
}

TEST_P(EnvContract, ReadsByPosition) {
    write("file", "content");
    const auto file = env().open(at("file"), {});
    ASSERT_EQ(outcome(file), "ok");
    EXPECT_EQ((*file)->info().size, 7U);
    Bytes three(3);
    EXPECT_EQ(outcome((*file)->read_at(2, three)), "ok");
    EXPECT_EQ(as_text(three), "nte");
    EXPECT_EQ(outcome((*file)->read_at(7, {})), "ok");
    EXPECT_EQ(outcome((*file)->read_at(5, three)), "file_changed");
    EXPECT_EQ(outcome((*file)->read_at(8, three)), "file_changed");
    EXPECT_EQ(outcome((*file)->check_unchanged()), "ok");
}

TEST_P(EnvContract, OpensWhatItWouldReadAndNothingElse) {
    write("file", "12345");
    EXPECT_EQ(outcome(env().open(at("missing"), {})), caused("file_read_error", ENOENT));
    EXPECT_EQ(outcome(env().open(at(""), {})), caused("file_read_error", EISDIR));
    EXPECT_EQ(outcome(env().open(at("file"), {.max_size = 4})), "resource_exhausted");
}

TEST_P(EnvContract, ReadsAnEmptyFile) {
    write("empty", "");
    const auto content = env().read(at("empty"), {});
    ASSERT_EQ(outcome(content), "ok");
    EXPECT_TRUE((*content)->bytes().empty());
}

TEST_P(EnvContract, ReadsThroughLinks) {
    write("file", "content");
    world().put_symlink(at("link"), "file");
    EXPECT_EQ(read("link"), "content");
}

TEST_P(EnvContract, SaysWhyAFileCannotBeRead) {
    write("file", "x");
    world().put_symlink(at("dangling"), "nowhere");
    world().put_symlink(at("loop"), "loop");
    EXPECT_EQ(read("missing"), caused("file_read_error", ENOENT));
    EXPECT_EQ(read("dangling"), caused("file_read_error", ENOENT));
    EXPECT_EQ(read("loop"), caused("file_read_error", ELOOP));
    EXPECT_EQ(read("file/below"), caused("file_read_error", ENOTDIR));
    EXPECT_EQ(read(""), caused("file_read_error", EISDIR));
    const auto missing = env().read(at("missing"), {});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().message(), "Failed to read file: " + at("missing").string());
}

TEST_P(EnvContract, RefusesAFileBeyondTheLimit) {
    write("file", "12345");
    EXPECT_EQ(outcome(env().read(at("file"), {.max_size = 5})), "ok");
    const auto refused = env().read(at("file"), {.max_size = 4});
    ASSERT_EQ(outcome(refused), "resource_exhausted");
    EXPECT_THAT(refused.error().message(), HasSubstr("limit of 4 bytes"));
}

TEST_P(EnvContract, WhatWasReadStaysAsItWas) {
    write("file", "before");
    const auto content = env().read(at("file"), {});
    ASSERT_EQ(outcome(content), "ok");
    world().overwrite(at("file"), "and after");
    EXPECT_EQ(as_text((*content)->bytes()), "before");
}

TEST_P(EnvContract, AnOpenFileNoticesThatItChanged) {
    write("file", "before");
    const auto file = env().open(at("file"), {});
    ASSERT_EQ(outcome(file), "ok");
    world().overwrite(at("file"), "and after");
    EXPECT_EQ(outcome((*file)->check_unchanged()), "file_changed");
    world().overwrite(at("file"), "short");
    Bytes six(6);
    EXPECT_EQ(outcome((*file)->read_at(0, six)), "file_changed");
}

TEST_P(EnvContract, AnOpenFileStaysTheOneThatWasOpened) {
    write("file", "before");
    const auto file = env().open(at("file"), {});
    ASSERT_EQ(outcome(file), "ok");
    write("file", "after");
    Bytes six(6);
    EXPECT_EQ(outcome((*file)->read_at(0, six)), "ok");
    EXPECT_EQ(as_text(six), "before");
    EXPECT_EQ(outcome((*file)->check_unchanged()), "ok");
}

// --- Facts and links ----------------------------------------------------------------------

TEST_P(EnvContract, TellsWhatAPathNames) {
    write("file", "1234");
    world().put_symlink(at("link"), "file");
    world().put_symlink(at("dangling"), "nowhere");
    const auto file = env().info(at("file"));
    ASSERT_TRUE(file.has_value() && file->has_value());
    EXPECT_EQ((*file)->kind, FileKind::regular);
    EXPECT_EQ((*file)->size, 4U);
    const auto link = env().info(at("link"));
    ASSERT_TRUE(link.has_value() && link->has_value());
    EXPECT_EQ((*link)->identity, (*file)->identity);
    const auto folder = env().info(at(""));
    ASSERT_TRUE(folder.has_value() && folder->has_value());
    EXPECT_EQ((*folder)->kind, FileKind::directory);
    for (const char* nothing : {"missing", "missing/deep", "dangling", "file/below"}) {
        const auto info = env().info(at(nothing));
        ASSERT_TRUE(info.has_value()) << nothing;
        EXPECT_FALSE(info->has_value()) << nothing;
    }
}

TEST_P(EnvContract, ResolvesLinksOfTheLastComponent) {
    write("file", "x");
    world().put_symlink(at("relative"), "file");
    world().put_symlink(at("twice"), "relative");
    world().put_symlink(at("absolute"), at("file"));
    world().put_symlink(at("dangling"), "nowhere");
    world().put_symlink(at("loop"), "loop");
    EXPECT_EQ(env().resolve_link(at("file")), at("file"));
    EXPECT_EQ(env().resolve_link(at("missing")), at("missing"));
    EXPECT_EQ(env().resolve_link(at("relative")), at("file"));
    EXPECT_EQ(env().resolve_link(at("twice")), at("file"));
    EXPECT_EQ(env().resolve_link(at("absolute")), at("file"));
    EXPECT_EQ(env().resolve_link(at("dangling")), at("nowhere"));
    EXPECT_EQ(outcome(env().resolve_link(at("loop"))), caused("file_read_error", ELOOP));
}

TEST_P(EnvContract, ListsNamesInOrder) {
    write("b", "");
    write("a", "");
    write("B", "");
    write("\xc3\xa4", "");
    world().put_symlink(at("link"), "nowhere");
    EXPECT_THAT(names(), ElementsAre("B", "a", "b", "link", "\xc3\xa4"));
    EXPECT_EQ(env().list(at("missing")), std::vector<std::string>{});
    EXPECT_EQ(outcome(env().list(at("a"))), caused("file_read_error", ENOTDIR));
}

// --- Writing ------------------------------------------------------------------------------

TEST_P(EnvContract, WritesANewFilePieceByPiece) {
    const auto file = env().create_exclusive(at("file"), std::nullopt);
    ASSERT_EQ(outcome(file), "ok");
    EXPECT_EQ(outcome((*file)->reserve(1000)), "ok");
    EXPECT_EQ(outcome((*file)->append(as_bytes("one "))), "ok");
    EXPECT_EQ(outcome((*file)->append({})), "ok");
    EXPECT_EQ(outcome((*file)->append(as_bytes("two"))), "ok");
    EXPECT_EQ(outcome((*file)->sync()), "ok");
    EXPECT_EQ(outcome((*file)->close()), "ok");
    EXPECT_EQ(read("file"), "one two");
}

TEST_P(EnvContract, CreatesOnlyWhatNobodyHad) {
    write("file", "old");
    world().put_symlink(at("dangling"), "nowhere");
    for (const char* taken : {"file", "dangling"}) {
        EXPECT_EQ(outcome(env().create_exclusive(at(taken), 0600)),
                  caused("file_write_error", EEXIST))
            << taken;
    }
    EXPECT_EQ(outcome(env().create_exclusive(at("no/where"), 0600)),
              caused("file_write_error", ENOENT));
    EXPECT_EQ(read("file"), "old");
    EXPECT_EQ(read("nowhere"), caused("file_read_error", ENOENT));
}

TEST_P(EnvContract, GivesExactlyTheModeAskedFor) {
    for (const std::uint32_t mode : {0600U, 0644U, 0666U, 0400U}) {
        const std::string name = "mode" + std::to_string(mode);
        ASSERT_EQ(outcome(env().create_exclusive(at(name), mode)), "ok");
        const auto info = env().info(at(name));
        ASSERT_TRUE(info.has_value() && info->has_value());
        EXPECT_EQ((*info)->mode, mode);
    }
}

TEST_P(EnvContract, CopiesAccess) {
    write("model", "x");
    auto model = env().info(at("model"));
    ASSERT_TRUE(model.has_value() && model->has_value());
    (*model)->mode = 0640;
    const auto file = env().create_exclusive(at("file"), 0600);
    ASSERT_EQ(outcome(file), "ok");
    EXPECT_EQ(outcome((*file)->copy_access(**model)), "ok");
    const auto info = env().info(at("file"));
    ASSERT_TRUE(info.has_value() && info->has_value());
    EXPECT_EQ((*info)->mode, 0640U);
}

TEST_P(EnvContract, RenameReplaces) {
    write("from", "new");
    write("to", "old");
    EXPECT_EQ(outcome(env().rename(at("from"), at("to"))), "ok");
    EXPECT_EQ(read("to"), "new");
    EXPECT_THAT(names(), ElementsAre("to"));
    const auto refused = env().rename(at("missing"), at("to"));
    EXPECT_EQ(outcome(refused), caused("file_write_error", ENOENT));
    EXPECT_EQ(refused.error().message(), "Failed to write file: " + at("to").string());
}

TEST_P(EnvContract, ExclusiveRenameReplacesNothing) {
    write("from", "new");
    write("to", "old");
    world().put_symlink(at("dangling"), "nowhere");
    EXPECT_EQ(outcome(env().rename_exclusive(at("from"), at("to"))), "file_exists");
    EXPECT_EQ(outcome(env().rename_exclusive(at("from"), at("dangling"))), "file_exists");
    EXPECT_EQ(read("to"), "old");
    EXPECT_EQ(outcome(env().rename_exclusive(at("from"), at("free"))), "ok");
    EXPECT_EQ(read("free"), "new");
    EXPECT_EQ(read("from"), caused("file_read_error", ENOENT));
    EXPECT_EQ(outcome(env().rename_exclusive(at("from"), at("again"))),
              caused("file_write_error", ENOENT));
}

TEST_P(EnvContract, RemovesFilesAndLinksThemselves) {
    write("file", "x");
    world().put_symlink(at("link"), "file");
    EXPECT_EQ(outcome(env().remove(at("link"))), "ok");
    EXPECT_EQ(read("file"), "x");
    EXPECT_EQ(outcome(env().remove(at("file"))), "ok");
    EXPECT_EQ(outcome(env().remove(at("file"))), "file_not_found");
    EXPECT_EQ(outcome(env().create_directories(at("folder"), 0700)), "ok");
    EXPECT_EQ(outcome(env().remove(at("folder"))), caused("file_write_error", EISDIR));
}

TEST_P(EnvContract, MakesFoldersWithTheirParents) {
    EXPECT_EQ(outcome(env().create_directories(at("a/b/c"), 0770)), "ok");
    EXPECT_EQ(outcome(env().create_directories(at("a/b/c/"), 0700)), "ok");
    for (const char* made : {"a", "a/b", "a/b/c"}) {
        const auto info = env().info(at(made));
        ASSERT_TRUE(info.has_value() && info->has_value()) << made;
        EXPECT_EQ((*info)->kind, FileKind::directory);
        EXPECT_EQ((*info)->mode & 0777U, 0770U) << made;
    }
    write("file", "x");
    EXPECT_EQ(env().create_directories(at("file"), 0700).error().code(),
              ErrorCode::file_write_error);
    EXPECT_EQ(env().create_directories(at("file/below"), 0700).error().code(),
              ErrorCode::file_write_error);
}

TEST_P(EnvContract, SyncsFolders) {
    EXPECT_EQ(outcome(env().sync_directory(at(""))), "ok");
    EXPECT_EQ(outcome(env().sync_directory("")), "ok");
    EXPECT_EQ(outcome(env().sync_directory(at("missing"))), caused("file_write_error", ENOENT));
    write("file", "x");
    EXPECT_EQ(outcome(env().sync_directory(at("file"))), caused("file_write_error", ENOTDIR));
}

// --- Locks --------------------------------------------------------------------------------

TEST_P(EnvContract, ALockKeepsOthersOutUntilItIsGone) {
    write("file", "x");
    auto first = env().lock(at("file"), 0);
    ASSERT_EQ(outcome(first), "ok");
    EXPECT_EQ(outcome(env().lock(at("file"), 0)), "conflict");
    EXPECT_EQ(outcome(env().lock(at("file"), 20)), "conflict");
    first->reset();
    EXPECT_EQ(outcome(env().lock(at("file"), 0)), "ok");
    EXPECT_EQ(outcome(env().lock(at("missing"), 0)), caused("file_read_error", ENOENT));
}

TEST_P(EnvContract, ALockIsTakenAsSoonAsItIsFree) {
    write("file", "x");
    auto first = env().lock(at("file"), 0);
    ASSERT_EQ(outcome(first), "ok");
    std::string second;
    std::thread waiter([&] { second = outcome(env().lock(at("file"), 10'000)); });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    first->reset();
    waiter.join();
    EXPECT_EQ(second, "ok");
}

TEST_P(EnvContract, ALockFollowsTheNameAndNotTheOldFile) {
    write("file", "old");
    auto first = env().lock(at("file"), 0);
    ASSERT_EQ(outcome(first), "ok");
    FileInfo::Identity locked;
    std::thread waiter([&] {
        const auto lock = env().lock(at("file"), 10'000);
        ASSERT_EQ(outcome(lock), "ok");
        locked = (*lock)->info().value_or(FileInfo{}).identity;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    write("file", "new one");
    const auto current = env().info(at("file"));
    first->reset();
    waiter.join();
    ASSERT_TRUE(current.has_value() && current->has_value());
    EXPECT_EQ(locked, (*current)->identity);
}

TEST_P(EnvContract, ALockKnowsItsFile) {
    write("file", "1234");
    const auto lock = env().lock(at("file"), 0);
    ASSERT_EQ(outcome(lock), "ok");
    const auto before = (*lock)->info();
    ASSERT_EQ(outcome(before), "ok");
    EXPECT_EQ(before->size, 4U);
    world().overwrite(at("file"), "12345");
    const auto after = (*lock)->info();
    ASSERT_EQ(outcome(after), "ok");
    EXPECT_NE(after->identity, before->identity);
    EXPECT_EQ(after->identity.inode, before->identity.inode);
}

TEST_P(EnvContract, LockedWritersNeverLoseAnIncrement) {
    constexpr int writers = 4;
    constexpr int rounds = 25;
    write("counter", "0");
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (int i = 0; i < writers; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < rounds; ++round) {
                const auto lock = env().lock(at("counter"), 60'000);
                if (!lock) {
                    ++failures;
                    continue;
                }
                write("counter", std::to_string(std::stoi(read("counter")) + 1));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(read("counter"), std::to_string(writers * rounds));
}

// --- Clock, entropy, machine --------------------------------------------------------------

TEST_P(EnvContract, KnowsTheTime) {
    EXPECT_GT(env().now(), Timestamp{1'700'000'000'000'000'000});
}

TEST_P(EnvContract, DrawsBytesThatDiffer) {
    std::set<Bytes> seen;
    for (int i = 0; i < 16; ++i) {
        Bytes bytes(32);
        ASSERT_EQ(outcome(env().random(bytes)), "ok");
        EXPECT_TRUE(seen.insert(bytes).second);
    }
    EXPECT_EQ(outcome(env().random({})), "ok");
}

TEST_P(EnvContract, KnowsItsMachine) {
    const auto id = env().machine_id();
    if (id) {
        EXPECT_FALSE(id->empty());
        EXPECT_EQ(env().machine_id(), *id);
    } else {
        EXPECT_EQ(id.error().code(), ErrorCode::invalid_private_key);
    }
}

}  // namespace
}  // namespace aion::test
