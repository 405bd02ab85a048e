// SPDX-License-Identifier: MIT OR Apache-2.0
// What only the real Env meets: pipes, devices, umask, other users' links, limits, signals.
#include "base/env_posix.hpp"

#include <gmock/gmock.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "every_env.hpp"

namespace aion::test {
namespace {

using posix::Descriptor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PosixEnvTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return folder_->at(name);
    }

    void write(const std::string& name, std::string_view text) {
        folder_->overwrite(at(name), text);
    }

    [[nodiscard]] std::string fifo(const std::string& name) const {
        EXPECT_EQ(::mkfifo(at(name).c_str(), 0600), 0);
        return at(name).string();
    }

    static std::string read(const std::string& path, const ReadOptions& options = {}) {
        const auto content = Env::system().read(path, options);
        return content ? std::string(as_text((*content)->bytes())) : outcome(content);
    }

    [[nodiscard]] std::vector<std::string> names() const {
        return list_at(Env::system(), folder_->root()).value_or(std::vector<std::string>{});
    }

    [[nodiscard]] std::uint32_t mode_of(const std::string& name) const {
        const auto info = Env::system().info(at(name));
        return info.value_or(std::nullopt).value_or(FileInfo{}).mode;
    }

  private:
    std::unique_ptr<EnvFolder> folder_ = make_system_folder();
};

/// A pipe with `text` in it and nobody left to write more.
Descriptor filled_pipe(std::string_view text) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    return Descriptor(ends[0]);
}

// --- Reading what is no regular file --------------------------------------------------------

TEST_F(PosixEnvTest, ReadsAPipeToItsEnd) {
    const std::string path = fifo("fifo");
    const std::string text(300'000, 'x');  // more than a pipe holds, and than one buffer
    std::thread writer([&] { std::ofstream(path) << text; });
    EXPECT_EQ(read(path), text);
    writer.join();
}

TEST_F(PosixEnvTest, OpensAPipeOfAnyLengthToReadItByPosition) {
    for (const std::size_t size : {std::size_t{5}, std::size_t{5} << 20U}) {
        const std::string path = fifo("fifo" + std::to_string(size));
        std::string text(size, 'x');
        text.back() = 'y';
        std::thread writer([&] { std::ofstream(path) << text; });
        const auto opened = Env::system().open(path, {});
        writer.join();
        ASSERT_EQ(outcome(opened), "ok");
        EXPECT_EQ((*opened)->info().kind, FileKind::other);
        ASSERT_EQ((*opened)->info().size, size);
        Bytes end(2);
        ASSERT_EQ(outcome((*opened)->read_at(size - 2, end)), "ok");
        EXPECT_EQ(as_text(end), "xy");
        EXPECT_EQ(outcome((*opened)->read_at(size - 1, end)), "file_changed");
        EXPECT_EQ(outcome((*opened)->check_unchanged()), "ok");
    }
}

TEST_F(PosixEnvTest, OpensNoMoreOfAPipeThanIsAllowed) {
    const Descriptor pipe = filled_pipe("substituted");
    const std::string path = "/dev/fd/" + std::to_string(pipe.get());
    EXPECT_EQ(outcome(Env::system().open(path, {.max_size = 10})), "resource_exhausted");
}

TEST_F(PosixEnvTest, AnUnnamedFileIsInTheFolderThatIsNamedAndHasNoName) {
    const auto unnamed = posix::create_unnamed(at("x").parent_path());
    ASSERT_EQ(outcome(unnamed), "ok");
    ASSERT_EQ(outcome((*unnamed)->append(as_bytes("kept"))), "ok");
    EXPECT_THAT(names(), IsEmpty());
    Bytes read(4);
    ASSERT_EQ(outcome((*unnamed)->read_at(0, read)), "ok");
    EXPECT_EQ(as_text(read), "kept");
    EXPECT_EQ((*unnamed)->info().size, 4U);
    const auto refused = posix::create_unnamed(at("no such folder"));
    EXPECT_EQ(outcome(refused), caused("file_write_error", ENOENT));
    EXPECT_THAT(refused.error().full_message(), HasSubstr("TMPDIR names another folder"));
}

TEST_F(PosixEnvTest, WaitsForTheFirstWriterOfAPipe) {
    const std::string path = fifo("fifo");
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        std::ofstream(path) << "late";
    });
    EXPECT_EQ(read(path), "late");
    writer.join();
}

TEST_F(PosixEnvTest, ReadsProcessSubstitution) {
    const Descriptor pipe = filled_pipe("substituted");
    EXPECT_EQ(read("/dev/fd/" + std::to_string(pipe.get())), "substituted");
}

TEST_F(PosixEnvTest, ReadsStandardInput) {
    const Descriptor saved(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    const Descriptor pipe = filled_pipe("piped in");
    ASSERT_EQ(::dup2(pipe.get(), STDIN_FILENO), STDIN_FILENO);
    EXPECT_EQ(read("/dev/stdin"), "piped in");
    EXPECT_EQ(read("/dev/stdin"), "");
    write("file", "redirected");
    const Descriptor file = posix::open(at("file"), O_RDONLY);
    ASSERT_EQ(::dup2(file.get(), STDIN_FILENO), STDIN_FILENO);
    EXPECT_EQ(read("/dev/stdin"), "redirected");
    if (saved.is_open()) {
        ::dup2(saved.get(), STDIN_FILENO);
    }
}

TEST_F(PosixEnvTest, WhatHasNoEndIsBounded) {
    EXPECT_EQ(read("/dev/zero", {.max_size = 100'000}), "resource_exhausted");
    const Descriptor pipe = filled_pipe("12345");
    EXPECT_EQ(read("/dev/fd/" + std::to_string(pipe.get()), {.max_size = 4}), "resource_exhausted");
    EXPECT_EQ(read("/dev/null"), "");
}

TEST_F(PosixEnvTest, ReadsFilesThatClaimToBeEmpty) {
    EXPECT_THAT(read("/proc/self/status"), HasSubstr("Name:"));
}

TEST_F(PosixEnvTest, OnRequestDoesNotWaitForAPipe) {
    const auto refused = Env::system().read(fifo("fifo"), {.regular_only = true});
    ASSERT_EQ(outcome(refused), caused("file_read_error", EINVAL));
    EXPECT_THAT(refused.error().message(), HasSubstr("not a regular file"));
    EXPECT_EQ(read("/dev/null", {.regular_only = true}), caused("file_read_error", EINVAL));
}

TEST_F(PosixEnvTest, SignalsDoNotCutReadsShort) {
    const std::string path = fifo("fifo");
    struct sigaction interrupt{};
    struct sigaction before{};
    interrupt.sa_handler = [](int) {};  // without SA_RESTART
    ASSERT_EQ(::sigaction(SIGALRM, &interrupt, &before), 0);
    const itimerval often{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    const itimerval never{};
    ASSERT_EQ(::setitimer(ITIMER_REAL, &often, nullptr), 0);
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        std::ofstream(path) << "whole";
    });
    EXPECT_EQ(read(path), "whole");
    writer.join();
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
}

// --- Writing --------------------------------------------------------------------------------

TEST_F(PosixEnvTest, OnlyAnUnstatedModeObeysTheUmask) {
    const mode_t before = ::umask(0077);
    EXPECT_EQ(outcome(create_at(Env::system(), at("default"), std::nullopt)), "ok");
    EXPECT_EQ(outcome(create_at(Env::system(), at("stated"), 0664)), "ok");
    EXPECT_EQ(outcome(Env::system().create_directories(at("folder/below"), 0755)), "ok");
    ::umask(before);
    EXPECT_EQ(mode_of("default"), 0600U);
    EXPECT_EQ(mode_of("stated"), 0664U);
    EXPECT_EQ(mode_of("folder") & 0777U, 0755U);
    EXPECT_EQ(mode_of("folder/below") & 0777U, 0755U);
}

TEST_F(PosixEnvTest, PipesAndDevicesAreNeverReplaced) {
    const std::string path = fifo("fifo");
    WriteOptions options;
    options.replace = Replace::always;
    for (const std::string& target : {path, std::string("/dev/null")}) {
        const auto refused = write_file_atomically(Env::system(), target, {}, options);
        EXPECT_EQ(outcome(refused), caused("file_write_error", EINVAL));
        EXPECT_THAT(refused.error().message(), HasSubstr("not a regular file"));
    }
    EXPECT_THAT(names(), ElementsAre("fifo"));
}

TEST_F(PosixEnvTest, ExclusiveRenameByLinkIsExclusiveToo) {
    write("from", "new");
    write("to", "old");
    const Descriptor folder = posix::open(at(""), O_RDONLY | O_DIRECTORY);
    EXPECT_FALSE(posix::rename_by_link(folder.get(), "from", "to"));
    EXPECT_EQ(errno, EEXIST);
    EXPECT_EQ(read(at("to")), "old");
    EXPECT_TRUE(posix::rename_by_link(folder.get(), "from", "free"));
    EXPECT_EQ(read(at("free")), "new");
    EXPECT_THAT(names(), ElementsAre("free", "to"));
    EXPECT_FALSE(posix::rename_by_link(folder.get(), "from", "again"));
    EXPECT_EQ(errno, ENOENT);
}

TEST_F(PosixEnvTest, AStrangersLinkInASharedFolderIsNotFollowed) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can make another user's link";
    }
    constexpr uid_t stranger = 54321;
    ASSERT_EQ(outcome(Env::system().create_directories(at("shared"), 0777)), "ok");
    ASSERT_EQ(::chmod(at("shared").c_str(), 01777), 0);
    ASSERT_EQ(::symlink("../victim", at("shared/link").c_str()), 0);
    EXPECT_EQ(Env::system().locate(at("shared/link"))->name, "victim");
    ASSERT_EQ(::lchown(at("shared/link").c_str(), stranger, stranger), 0);
    EXPECT_EQ(outcome(Env::system().locate(at("shared/link"))), caused("file_read_error", EACCES));
    WriteOptions options;
    options.replace = Replace::always;
    EXPECT_EQ(outcome(write_file_atomically(Env::system(), at("shared/link"), {}, options)),
              caused("file_read_error", EACCES));
    ASSERT_EQ(::chown(at("shared").c_str(), stranger, stranger), 0);
    EXPECT_EQ(outcome(Env::system().locate(at("shared/link"))), "ok");
}

constexpr uid_t service = 54321;

struct stat facts_of(const std::filesystem::path& path) {
    struct stat facts{};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0);
    return facts;
}

WriteOptions replacing() {
    WriteOptions options;
    options.replace = Replace::always;
    return options;
}

TEST_F(PosixEnvTest, RootLeavesAFileWithItsOwner) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can replace another user's file for them";
    }
    for (const mode_t mode : {0600U, 0640U}) {
        write("file", "old");
        ASSERT_EQ(::chmod(at("file").c_str(), mode), 0);
        ASSERT_EQ(::chown(at("file").c_str(), service, service + 1), 0);
        ASSERT_EQ(outcome(write_file_atomically(Env::system(), at("file"), {}, replacing())), "ok");
        const struct stat after = facts_of(at("file"));
        EXPECT_EQ(after.st_uid, service);
        EXPECT_EQ(after.st_gid, service + 1);
        EXPECT_EQ(after.st_mode & 07777U, mode);
    }
}

/// Replaces somebody else's file without being root. Exit status 0: it could.
[[noreturn]] void replace_as_service(const std::filesystem::path& path) {
    const bool dropped =
        ::setgroups(0, nullptr) == 0 && ::setgid(service) == 0 && ::setuid(service) == 0;
    const bool done =
        dropped && write_file_atomically(Env::system(), path, {}, replacing()).has_value();
    ::_exit(done ? 0 : 1);
}

TEST_F(PosixEnvTest, AnotherGroupMayOnlyDoWhatEverybodyMay) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs two users";
    }
    ASSERT_EQ(::chmod(at("").c_str(), 0777), 0);
    for (const auto& [before, after] : {std::pair<mode_t, mode_t>{0660, 0600}, {0664, 0644}}) {
        write("file", "old");
        ASSERT_EQ(::chown(at("file").c_str(), 0, 0), 0);
        ASSERT_EQ(::chmod(at("file").c_str(), before), 0);
        EXPECT_EXIT(replace_as_service(at("file")), ::testing::ExitedWithCode(0), "");
        EXPECT_EQ(facts_of(at("file")).st_gid, service);
        EXPECT_EQ(facts_of(at("file")).st_mode & 07777U, after);
    }
}

/// Writes a little more than the system allows. Exit status 0: refused, and nothing left.
[[noreturn]] void write_beyond(rlim_t limit, const std::filesystem::path& path) {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, nullptr);
    const rlimit limits{.rlim_cur = limit, .rlim_max = limit};
    ::setrlimit(RLIMIT_FSIZE, &limits);
    const Bytes most(limit - 1000);
    const std::array<ByteView, 2> pieces{most, ByteView(most).first(2000)};
    const auto refused = write_file_atomically(Env::system(), path, pieces, {});
    const auto left = list_at(Env::system(), path.parent_path());
    const bool as_promised =
        outcome(refused) == caused("file_write_error", EFBIG) && left && left->empty();
    ::_exit(as_promised ? 0 : 1);
}

TEST_F(PosixEnvTest, AFullFileSystemLeavesNothingBehind) {
    EXPECT_EXIT(write_beyond(100'000, at("file")), ::testing::ExitedWithCode(0), "");
    EXPECT_EXIT(write_beyond(3'000'000, at("file")), ::testing::ExitedWithCode(0), "");
}

// --- Descriptors ----------------------------------------------------------------------------

TEST_F(PosixEnvTest, NothingOpenLeaksIntoOtherPrograms) {
    write("file", "x");
    const auto lock = lock_at(Env::system(), at("file"), 0);
    const auto opened = Env::system().open(at("file"), {});
    const auto written = create_at(Env::system(), at("new"), 0600);
    int ours = 0;
    for (int number = 0; number < 256; ++number) {
        std::error_code none;
        const auto named =
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(number), none);
        if (named == at("file") || named == at("new")) {
            ++ours;
            EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0) << named;
        }
    }
    EXPECT_EQ(ours, 3);
}

TEST_F(PosixEnvTest, AnotherProcesssLockKeepsUsOut) {
    write("file", "x");
    const auto lock = lock_at(Env::system(), at("file"), 0);
    ASSERT_EQ(outcome(lock), "ok");
    EXPECT_EXIT(::_exit(outcome(lock_at(Env::system(), at("file"), 30)) == "conflict" ? 0 : 1),
                ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace aion::test
