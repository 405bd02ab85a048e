// SPDX-License-Identifier: MIT OR Apache-2.0
// Who can keep a writer out: other writers, and nobody else.
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/file.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/env_posix.hpp"
#include "every_env.hpp"

namespace aion::test {
namespace {

using posix::Descriptor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PosixLock : public ::testing::Test {
  protected:
    PosixLock() { folder_->overwrite(file(), "0"); }

    [[nodiscard]] std::filesystem::path file() const { return folder_->at("file"); }

    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return folder_->at(name);
    }

    [[nodiscard]] Result<std::unique_ptr<FileLock>> lock(std::uint32_t wait_ms = 0) const {
        return lock_at(Env::system(), file(), wait_ms);
    }

    [[nodiscard]] std::vector<std::string> names() const {
        return list_at(Env::system(), folder_->root()).value_or(std::vector<std::string>{});
    }

  private:
    std::unique_ptr<EnvFolder> folder_ = make_system_folder();
};

/// Locks a file as a reader can, in every way there is.
Descriptor lock_as_reader(const std::filesystem::path& path) {
    Descriptor reader = posix::open(path, O_RDONLY);
    struct flock shared{};
    shared.l_type = F_RDLCK;
    shared.l_whence = SEEK_SET;
    EXPECT_EQ(::fcntl(reader.get(), F_OFD_SETLK, &shared), 0);
    EXPECT_EQ(::flock(reader.get(), LOCK_EX | LOCK_NB), 0);
    return reader;
}

TEST_F(PosixLock, AReaderKeepsNobodyOut) {
    const Descriptor reader = lock_as_reader(file());
    EXPECT_EQ(outcome(lock()), "ok");
    EXPECT_THAT(names(), ElementsAre("file"));  // the note is gone with the lock
}

TEST_F(PosixLock, BesideAReaderWritersStillKeepEachOtherOut) {
    Descriptor reader = lock_as_reader(file());
    auto first = lock();
    ASSERT_EQ(outcome(first), "ok");
    EXPECT_THAT(names(), ElementsAre(".file.aion-lock", "file"));
    EXPECT_EQ(outcome(lock()), "conflict");
    EXPECT_EQ(outcome(lock(20)), "conflict");
    reader = Descriptor();  // and now the file's own lock is free
    EXPECT_EQ(outcome(lock()), "conflict");
    EXPECT_THAT(names(), ElementsAre(".file.aion-lock", "file"));
    first->reset();
    EXPECT_EQ(outcome(lock()), "ok");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(PosixLock, AWriterWithTheFilesOwnLockKeepsOutOneWhoMeetsAReader) {
    auto first = lock();
    ASSERT_EQ(outcome(first), "ok");
    const Descriptor reader = posix::open(file(), O_RDONLY);
    struct flock shared{};
    shared.l_type = F_RDLCK;
    shared.l_whence = SEEK_SET;
    EXPECT_NE(::fcntl(reader.get(), F_OFD_SETLK, &shared), 0);
    EXPECT_EQ(outcome(lock(20)), "conflict");
}

TEST_F(PosixLock, ANoteThatWasLeftBehindIsTidiedUp) {
    std::ignore = create_at(Env::system(), at(".file.aion-lock"), 0600);
    EXPECT_EQ(outcome(lock()), "ok");
    EXPECT_THAT(names(), ElementsAre("file"));
    std::ignore = create_at(Env::system(), at(".file.aion-lock"), 0600);
    const Descriptor reader = lock_as_reader(file());
    EXPECT_EQ(outcome(lock(1000)), "ok");
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(PosixLock, SomebodysFileOfThatNameIsLeftAlone) {
    std::ofstream(at(".file.aion-lock")) << "mine";
    EXPECT_EQ(outcome(lock()), "ok");  // it is no note of ours, and holds up nobody
    const Descriptor reader = lock_as_reader(file());
    const auto refused = lock();
    ASSERT_EQ(outcome(refused), "conflict");
    EXPECT_THAT(refused.error().message(), HasSubstr(at(".file.aion-lock").string()));
    EXPECT_THAT(names(), ElementsAre(".file.aion-lock", "file"));
}

TEST_F(PosixLock, WritersLoseNothingWhileReadersComeAndGo) {
    constexpr int writers = 4;
    constexpr int rounds = 50;
    std::atomic<bool> stop = false;
    std::atomic<int> failures = 0;
    std::jthread readers([&] {
        while (!stop) {
            const Descriptor reader = posix::open(file(), O_RDONLY);
            struct flock shared{};
            shared.l_type = F_RDLCK;
            shared.l_whence = SEEK_SET;
            std::ignore = ::fcntl(reader.get(), F_OFD_SETLK, &shared);
            std::this_thread::yield();
        }
    });
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < writers; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < rounds; ++round) {
                    const auto held = lock(60'000);
                    const auto content = held ? (*held)->read(100) : fail(held.error());
                    if (!content) {
                        ++failures;
                        continue;
                    }
                    const std::string next =
                        std::to_string(std::stoi(std::string(as_text((*content)->bytes()))) + 1);
                    const std::array pieces{as_bytes(next)};
                    WriteOptions options;
                    options.replace = Replace::always;
                    options.sync = false;
                    options.expected = (*content)->info().identity;
                    failures +=
                        write_file_atomically(Env::system(), file(), pieces, options) ? 0 : 1;
                }
            });
        }
    }
    stop = true;
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(as_text(*read_file(Env::system(), file())), std::to_string(writers * rounds));
    EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(PosixLock, OnlyRegularFilesAreLocked) {
    ASSERT_EQ(outcome(Env::system().create_directories(at("folder"), 0700)), "ok");
    EXPECT_EQ(outcome(lock_at(Env::system(), at("folder"), 0)), caused("file_read_error", EISDIR));
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    EXPECT_EQ(outcome(lock_at(Env::system(), at("fifo"), 0)), caused("file_read_error", EINVAL));
}

/// Tries to lock a file that this user may only read. Exit status 0: it is told so.
[[noreturn]] void lock_as_stranger(const std::filesystem::path& path) {
    constexpr uid_t stranger = 54321;
    const bool dropped =
        ::setgroups(0, nullptr) == 0 && ::setgid(stranger) == 0 && ::setuid(stranger) == 0;
    const auto refused = lock_at(Env::system(), path, 0);
    const bool told = outcome(refused) == caused("file_write_error", EACCES) &&
                      refused.error().full_message().find("chmod u+w") != std::string::npos;
    ::_exit(dropped && told ? 0 : 1);
}

TEST_F(PosixLock, WhoMayNotWriteAFileIsToldSo) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs two users";
    }
    ASSERT_EQ(::chmod(at("").c_str(), 0777), 0);
    ASSERT_EQ(::chmod(file().c_str(), 0644), 0);
    EXPECT_EXIT(lock_as_stranger(file()), ::testing::ExitedWithCode(0), "");
}

// In a folder like /tmp anybody may create a file of the name that writers' notes have.
TEST_F(PosixLock, AStrangersNoteDoesNotCount) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs two users";
    }
    constexpr uid_t stranger = 54321;
    ASSERT_EQ(::chmod(at("").c_str(), 01777), 0);
    ASSERT_EQ(::chmod(file().c_str(), 0660), 0);
    const auto note = at("." + file().filename().string() + ".aion-lock");
    for (const char* const content : {"", "x"}) {
        std::ofstream(note) << content;
        ASSERT_EQ(::chown(note.c_str(), stranger, stranger), 0);
        ASSERT_EQ(::chmod(note.c_str(), 0600), 0);
        EXPECT_EQ(outcome(lock()), "ok") << '"' << content << '"';
    }
}

TEST_F(PosixLock, RootLocksReadOnlyFiles) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs to be root";
    }
    ASSERT_EQ(::chmod(file().c_str(), 0400), 0);
    EXPECT_EQ(outcome(lock()), "ok");
}

}  // namespace
}  // namespace aion::test
