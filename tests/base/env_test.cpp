// SPDX-License-Identifier: MIT OR Apache-2.0
// What base/env.hpp promises, of every Env.
#include "aion/base/env.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "aion/base/sync.hpp"
#include "every_env.hpp"

namespace aion::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class EnvContract : public WithEveryEnv {};

INSTANTIATE_TEST_SUITE_P(Each, EnvContract, every_env, env_name);

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
    folder().put_symlink(at("link"), "file");
    EXPECT_EQ(read("link"), "content");
}

TEST_P(EnvContract, SaysWhyAFileCannotBeRead) {
    write("file", "x");
    folder().put_symlink(at("dangling"), "nowhere");
    folder().put_symlink(at("loop"), "loop");
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
    folder().overwrite(at("file"), "and after");
    EXPECT_EQ(as_text((*content)->bytes()), "before");
}

TEST_P(EnvContract, AnOpenFileNoticesThatItChanged) {
    write("file", "before");
    const auto file = env().open(at("file"), {});
    ASSERT_EQ(outcome(file), "ok");
    folder().overwrite(at("file"), "and after");
    EXPECT_EQ(outcome((*file)->check_unchanged()), "file_changed");
    folder().overwrite(at("file"), "short");
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
    folder().put_symlink(at("link"), "file");
    folder().put_symlink(at("dangling"), "nowhere");
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

/// The text of what is where `path` leads, through the place alone.
std::string text_at(Env& env, const std::filesystem::path& path) {
    const auto content = at_place(
        env, path, [](const Place& place) { return place.directory->read(place.name, {}); });
    return content ? std::string(as_text((*content)->bytes())) : outcome(content);
}

TEST_P(EnvContract, APlaceIsWhereLinksOfTheLastComponentLead) {
    write("file", "x");
    folder().put_symlink(at("relative"), "file");
    folder().put_symlink(at("twice"), "relative");
    folder().put_symlink(at("absolute"), at("file"));
    folder().put_symlink(at("dangling"), "nowhere");
    folder().put_symlink(at("loop"), "loop");
    for (const char* name : {"file", "relative", "twice", "absolute"}) {
        const auto place = env().locate(at(name));
        ASSERT_EQ(outcome(place), "ok") << name;
        EXPECT_EQ(place->name, "file");
        EXPECT_EQ(place->shown, at(name));
        EXPECT_EQ(text_at(env(), at(name)), "x");
    }
    for (const char* name : {"nowhere", "dangling"}) {
        const auto place = env().locate(at(name));
        ASSERT_EQ(outcome(place), "ok") << name;
        EXPECT_EQ(place->name, "nowhere");
        EXPECT_FALSE(place->directory->info("nowhere")->has_value()) << name;
    }
    EXPECT_EQ(outcome(env().locate(at("loop"))), caused("file_read_error", ELOOP));
    EXPECT_EQ(outcome(env().locate(at("no/where"))), caused("file_read_error", ENOENT));
    EXPECT_EQ(outcome(env().locate(at("file/below"))), caused("file_read_error", ENOTDIR));
    EXPECT_EQ(env().locate(at("folder/")).error().os_error(), ENOENT);
}

TEST_P(EnvContract, APlaceFollowsALinkFromTheFolderThatHoldsIt) {
    for (const char* folder : {"one", "two"}) {
        ASSERT_EQ(outcome(env().create_directories(at(folder), 0700)), "ok");
    }
    write("one/file", "one");
    write("two/file", "two");
    folder().put_symlink(at("two/link"), "file");
    folder().put_symlink(at("link"), "two/link");
    folder().put_symlink(at("folder"), "two");
    EXPECT_EQ(text_at(env(), at("link")), "two");
    EXPECT_EQ(text_at(env(), at("folder/link")), "two");
}

TEST_P(EnvContract, APlaceStaysWhatItWas) {
    for (const char* folder : {"ours", "theirs"}) {
        ASSERT_EQ(outcome(env().create_directories(at(folder), 0700)), "ok");
        write(std::string(folder) + "/file", folder);
    }
    folder().put_symlink(at("folder"), "ours");
    folder().put_symlink(at("link"), "ours/file");
    const auto through_folder = env().locate(at("folder/file"));
    const auto through_link = env().locate(at("link"));
    ASSERT_EQ(outcome(through_folder), "ok");
    ASSERT_EQ(outcome(through_link), "ok");
    folder().put_symlink(at("folder"), "theirs");
    folder().put_symlink(at("link"), "theirs/file");
    for (const auto& place : {*through_folder, *through_link}) {
        Directory& directory = *place.directory;
        const auto content = directory.read(place.name, {});
        ASSERT_EQ(outcome(content), "ok");
        EXPECT_EQ(as_text((*content)->bytes()), "ours");
        const auto lock = directory.lock(place.name, 0);
        ASSERT_EQ(outcome(lock), "ok");
        EXPECT_EQ(as_text((*(*lock)->read(UINT64_MAX))->bytes()), "ours");
        ASSERT_EQ(outcome(directory.create_exclusive("new", 0600)), "ok");
        EXPECT_EQ(directory.list(), (std::vector<std::string>{"file", "new"}));
        ASSERT_EQ(outcome(directory.sync()), "ok");
        ASSERT_EQ(outcome(directory.rename("new", "newer")), "ok");
        ASSERT_EQ(outcome(directory.rename_exclusive("newer", "newest")), "ok");
        ASSERT_EQ(outcome(directory.remove("newest")), "ok");
    }
    EXPECT_EQ(list_at(env(), at("theirs")), std::vector<std::string>{"file"});
    EXPECT_EQ(read("theirs/file"), "theirs");
}

TEST_P(EnvContract, InADirectoryNoLinkIsFollowed) {
    write("file", "x");
    folder().put_symlink(at("link"), "file");
    const auto opened = env().open_directory(at(""));
    ASSERT_EQ(outcome(opened), "ok");
    Directory& directory = **opened;
    EXPECT_EQ(outcome(directory.read("link", {})), caused("file_read_error", ELOOP));
    EXPECT_EQ(outcome(directory.lock("link", 0)), caused("file_read_error", ELOOP));
    EXPECT_EQ((*directory.info("link"))->kind, FileKind::symlink);
    EXPECT_EQ((*directory.access("link"))->info.kind, FileKind::symlink);
    EXPECT_EQ(outcome(directory.create_exclusive("link", 0600)),
              caused("file_write_error", EEXIST));
    EXPECT_EQ(outcome(directory.remove("link")), "ok");
    EXPECT_EQ(read("file"), "x");
}

TEST_P(EnvContract, ListsNamesInOrder) {
    write("b", "");
    write("a", "");
    write("B", "");
    write("\xc3\xa4", "");
    folder().put_symlink(at("link"), "nowhere");
    EXPECT_THAT(names(), ElementsAre("B", "a", "b", "link", "\xc3\xa4"));
    EXPECT_EQ(outcome(env().open_directory(at("missing"))), caused("file_read_error", ENOENT));
    EXPECT_EQ(outcome(env().open_directory(at("a"))), caused("file_read_error", ENOTDIR));
}

TEST_P(EnvContract, TellsOfEachEntryWhatItIs) {
    write("file", "x");
    folder().put_symlink(at("link"), "file");
    ASSERT_EQ(outcome(env().create_directories(at("folder"), 0700)), "ok");
    const auto directory = env().open_directory(at(""));
    ASSERT_EQ(outcome(directory), "ok");
    for (int round = 0; round < 2; ++round) {  // each time from the start
        std::map<std::string, FileKind, std::less<>> seen;
        const auto told =
            (*directory)->each_entry([&](std::string_view name, std::optional<FileKind> kind) {
                seen.emplace(name, kind.value_or(FileKind::other));
            });
        EXPECT_EQ(outcome(told), "ok");
        EXPECT_THAT(
            seen, ElementsAre(Pair("file", FileKind::regular), Pair("folder", FileKind::directory),
                              Pair("link", FileKind::symlink)));
    }
    const auto own = (*directory)->own_info();
    ASSERT_EQ(outcome(own), "ok");
    EXPECT_EQ(own->kind, FileKind::directory);
    EXPECT_EQ(own->identity, (*env().info(at("")))->identity);
}

// --- Writing ------------------------------------------------------------------------------

TEST_P(EnvContract, WritesANewFilePieceByPiece) {
    const auto file = create_at(env(), at("file"), std::nullopt);
    ASSERT_EQ(outcome(file), "ok");
    EXPECT_EQ(outcome((*file)->reserve(1000)), "ok");
    EXPECT_EQ(outcome((*file)->append(as_bytes("one "))), "ok");
    EXPECT_EQ(outcome((*file)->append({})), "ok");
    EXPECT_EQ(outcome((*file)->append(as_bytes("two"))), "ok");
    EXPECT_EQ(outcome((*file)->sync()), "ok");
    EXPECT_EQ(outcome((*file)->close()), "ok");
    EXPECT_EQ(read("file"), "one two");
}

/// A new file without a name, or null where the file system knows none, and says so.
std::unique_ptr<WritableFile> unlinked(Env& env, const std::filesystem::path& folder) {
    auto file = env.open_directory(folder).value()->create_unlinked(0600);
    if (!file) {
        EXPECT_EQ(outcome(file), caused("file_write_error", EOPNOTSUPP));
        return nullptr;
    }
    return *std::move(file);
}

TEST_P(EnvContract, AFileWithoutANameIsNotThereUntilItIsLinked) {
    auto file = unlinked(env(), folder().root());
    ASSERT_EQ(file == nullptr, GetParam().name == "MemoryNamed");
    if (file == nullptr) {
        return;
    }
    EXPECT_EQ(outcome(file->append(as_bytes("content"))), "ok");
    EXPECT_EQ(outcome(file->sync()), "ok");
    EXPECT_EQ(outcome(file->close()), "ok");
    EXPECT_EQ(outcome(file->append(as_bytes("x"))), caused("file_write_error", EBADF));
    EXPECT_THAT(names(), IsEmpty());
    Bytes bytes(10);
    EXPECT_EQ(file->read_at(3, bytes), 4U);
    EXPECT_EQ(as_text(ByteView(bytes).first(4)), "tent");
    EXPECT_EQ(file->read_at(8, bytes), 0U);
    EXPECT_EQ(outcome(file->link("file")), "ok");
    EXPECT_EQ(outcome(file->sync()), "ok");
    EXPECT_EQ(outcome(file->link("again")), caused("file_write_error", EINVAL));
    file.reset();
    EXPECT_THAT(names(), ElementsAre("file"));
    EXPECT_EQ(read("file"), "content");
}

TEST_P(EnvContract, ALinkReplacesNothingAndWhatGetsNoNameIsGone) {
    write("file", "old");
    folder().put_symlink(at("dangling"), "nowhere");
    ASSERT_EQ(outcome(env().create_directories(at("folder"), 0700)), "ok");
    const auto before = names();
    if (const auto file = unlinked(env(), folder().root())) {
        EXPECT_EQ(outcome(file->append(as_bytes("new"))), "ok");
        for (const char* const taken : {"file", "dangling", "folder"}) {
            EXPECT_EQ(outcome(file->link(taken)), "file_exists") << taken;
        }
    }
    EXPECT_EQ(names(), before);
    EXPECT_EQ(read("file"), "old");
    const auto named = create_at(env(), at("named"), 0600);
    ASSERT_EQ(outcome(named), "ok");
    EXPECT_EQ(outcome((*named)->link("other")), caused("file_write_error", EINVAL));
    Bytes one(1);
    EXPECT_EQ(outcome((*named)->read_at(0, one)), caused("file_read_error", EBADF));
}

TEST_P(EnvContract, CreatesOnlyWhatNobodyHad) {
    write("file", "old");
    folder().put_symlink(at("dangling"), "nowhere");
    for (const char* taken : {"file", "dangling"}) {
        EXPECT_EQ(outcome(create_at(env(), at(taken), 0600)), caused("file_write_error", EEXIST))
            << taken;
    }
    EXPECT_EQ(read("file"), "old");
    EXPECT_EQ(read("nowhere"), caused("file_read_error", ENOENT));
}

TEST_P(EnvContract, GivesExactlyTheModeAskedFor) {
    for (const std::uint32_t mode : {0600U, 0644U, 0666U, 0400U}) {
        const std::string name = "mode" + std::to_string(mode);
        ASSERT_EQ(outcome(create_at(env(), at(name), mode)), "ok");
        const auto info = env().info(at(name));
        ASSERT_TRUE(info.has_value() && info->has_value());
        EXPECT_EQ((*info)->mode, mode);
    }
}

TEST_P(EnvContract, CopiesAccess) {
    write("model", "x");
    auto model = at_place(env(), at("model"),
                          [](const Place& place) { return place.directory->access(place.name); });
    ASSERT_TRUE(model.has_value() && model->has_value());
    EXPECT_EQ((*model)->info.size, 1U);
    (*model)->info.mode = 0640;
    const auto file = create_at(env(), at("file"), 0600);
    ASSERT_EQ(outcome(file), "ok");
    EXPECT_EQ((*file)->copy_access(**model), std::vector<std::string>{});
    const auto info = env().info(at("file"));
    ASSERT_TRUE(info.has_value() && info->has_value());
    EXPECT_EQ((*info)->mode, 0640U);
}

TEST_P(EnvContract, RenameReplaces) {
    write("from", "new");
    write("to", "old");
    const auto directory = env().open_directory(at("."));
    ASSERT_EQ(outcome(directory), "ok");
    EXPECT_EQ(outcome((*directory)->rename("from", "to")), "ok");
    EXPECT_EQ(read("to"), "new");
    EXPECT_THAT(names(), ElementsAre("to"));
    const auto refused = (*directory)->rename("missing", "to");
    EXPECT_EQ(outcome(refused), caused("file_write_error", ENOENT));
    EXPECT_EQ(refused.error().message(), "Failed to write file: " + (at(".") / "to").string());
}

TEST_P(EnvContract, ExclusiveRenameReplacesNothing) {
    write("from", "new");
    write("to", "old");
    folder().put_symlink(at("dangling"), "nowhere");
    const auto opened = env().open_directory(at(""));
    ASSERT_EQ(outcome(opened), "ok");
    Directory& directory = **opened;
    EXPECT_EQ(outcome(directory.rename_exclusive("from", "to")), "file_exists");
    EXPECT_EQ(outcome(directory.rename_exclusive("from", "dangling")), "file_exists");
    EXPECT_EQ(read("to"), "old");
    EXPECT_EQ(outcome(directory.rename_exclusive("from", "free")), "ok");
    EXPECT_EQ(read("free"), "new");
    EXPECT_EQ(read("from"), caused("file_read_error", ENOENT));
    EXPECT_EQ(outcome(directory.rename_exclusive("from", "again")),
              caused("file_write_error", ENOENT));
}

TEST_P(EnvContract, RemovesFilesAndLinksThemselves) {
    write("file", "x");
    folder().put_symlink(at("link"), "file");
    EXPECT_EQ(outcome(remove_at(env(), at("link"))), "ok");
    EXPECT_EQ(read("file"), "x");
    EXPECT_EQ(outcome(remove_at(env(), at("file"))), "ok");
    EXPECT_EQ(outcome(remove_at(env(), at("file"))), "file_not_found");
    EXPECT_EQ(outcome(env().create_directories(at("folder"), 0700)), "ok");
    EXPECT_EQ(outcome(remove_at(env(), at("folder"))), caused("file_write_error", EISDIR));
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

TEST_P(EnvContract, MakesFoldersBehindLinksThatAreThere) {
    ASSERT_EQ(outcome(env().create_directories(at("real"), 0700)), "ok");
    folder().put_symlink(at("link"), "real");
    const auto made = env().create_directories(at("link/below"), 0700);
    ASSERT_EQ(outcome(made), "ok");
    ASSERT_EQ(outcome((*made)->create_exclusive("file", 0600)), "ok");
    EXPECT_EQ(list_at(env(), at("real/below")), std::vector<std::string>{"file"});
}

TEST_P(EnvContract, SyncsFolders) {
    EXPECT_EQ(outcome(sync_at(env(), at(""))), "ok");
    EXPECT_EQ(outcome(sync_at(env(), "")), "ok");
    EXPECT_EQ(outcome(sync_file_system(**env().open_directory(at("")))), "ok");
}

// --- Locks --------------------------------------------------------------------------------

TEST_P(EnvContract, ALockKeepsOthersOutUntilItIsGone) {
    write("file", "x");
    auto first = lock_at(env(), at("file"), 0);
    ASSERT_EQ(outcome(first), "ok");
    EXPECT_EQ(outcome(lock_at(env(), at("file"), 0)), "conflict");
    EXPECT_EQ(outcome(lock_at(env(), at("file"), 20)), "conflict");
    first->reset();
    EXPECT_EQ(outcome(lock_at(env(), at("file"), 0)), "ok");
    EXPECT_EQ(outcome(lock_at(env(), at("missing"), 0)), caused("file_read_error", ENOENT));
}

TEST_P(EnvContract, ALockIsTakenAsSoonAsItIsFree) {
    write("file", "x");
    auto first = lock_at(env(), at("file"), 0);
    ASSERT_EQ(outcome(first), "ok");
    std::string second;
    std::thread waiter([&] { second = outcome(lock_at(env(), at("file"), 10'000)); });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    first->reset();
    waiter.join();
    EXPECT_EQ(second, "ok");
}

TEST_P(EnvContract, ALockFollowsTheNameAndNotTheOldFile) {
    write("file", "old");
    auto first = lock_at(env(), at("file"), 0);
    ASSERT_EQ(outcome(first), "ok");
    FileInfo::Identity locked;
    std::thread waiter([&] {
        const auto lock = lock_at(env(), at("file"), 10'000);
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
    const auto lock = lock_at(env(), at("file"), 0);
    ASSERT_EQ(outcome(lock), "ok");
    const auto before = (*lock)->info();
    ASSERT_EQ(outcome(before), "ok");
    EXPECT_EQ(before->size, 4U);
    EXPECT_EQ((*lock)->access()->info.identity, before->identity);
    EXPECT_EQ(outcome((*lock)->read(3)), "resource_exhausted");
    const auto content = (*lock)->read(4);
    ASSERT_EQ(outcome(content), "ok");
    EXPECT_EQ(as_text((*content)->bytes()), "1234");
    EXPECT_EQ((*content)->info().identity, before->identity);
    folder().overwrite(at("file"), "12345");
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
                const auto lock = lock_at(env(), at("counter"), 60'000);
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
        EXPECT_FALSE(id->text.empty());
        EXPECT_EQ(env().machine_id(), *id);
    } else {
        EXPECT_EQ(id.error().code(), ErrorCode::invalid_private_key);
    }
}

}  // namespace
}  // namespace aion::test
