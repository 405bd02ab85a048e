// SPDX-License-Identifier: MIT OR Apache-2.0
// The real Env over a kernel that is never in the mood: reads and writes that move a byte at a
// time, calls that signals interrupt, calls that fail. This program defines the functions of the
// C library that src/base calls, so they come here first.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/files.hpp"
#include "base/env_posix.hpp"
#include "support/places.hpp"

namespace {

enum class Mood : std::uint8_t { fair, short_counts, interrupted, failing, short_then_failing };

struct Kernel {
    Mood mood = Mood::fair;
    int cause = 0;  // when failing
    long until_failure = 0;
    long calls = 0;  // of all the functions below since the mood was set
    bool interrupt_next = true;
    int without_unnamed = 0;     // what O_TMPFILE fails with, if it does
    bool only_by_proc = false;   // AT_EMPTY_PATH is for the privileged
    int without_links = 0;       // what linkat fails with, if it does
    bool says_it_links = false;  // until it is to do so
    long links = 0;              // that were asked for, not only asked about
};

Kernel kernel;

/// Whether the call must not happen; errno is then set.
bool refuses(bool can_be_interrupted = true) noexcept {
    ++kernel.calls;
    if (kernel.mood == Mood::interrupted && can_be_interrupted) {
        kernel.interrupt_next = !kernel.interrupt_next;
        if (!kernel.interrupt_next) {
            errno = EINTR;
            return true;
        }
    }
    if ((kernel.mood == Mood::failing || kernel.mood == Mood::short_then_failing) &&
        kernel.until_failure-- == 0) {
        errno = kernel.cause;
        return true;
    }
    return false;
}

std::size_t allowed(std::size_t size) noexcept {
    constexpr std::size_t most = 7;
    return kernel.mood == Mood::short_counts || kernel.mood == Mood::short_then_failing
               ? std::min(size, most)
               : size;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, std::size_t size) {
    return refuses() ? -1 : ::syscall(SYS_write, file, data, allowed(size));
}

ssize_t pwrite(int file, const void* data, std::size_t size, off_t offset) {
    return refuses() ? -1 : ::syscall(SYS_pwrite64, file, data, allowed(size), offset);
}

/// As an access list of NFS: what it says shows in the mode.
int fsetxattr(int file, const char* name, const void* value, std::size_t size, int flags) noexcept {
    if (std::string_view(name) == "system.nfs4_acl") {
        return ::fchmod(file, 0644);
    }
    return static_cast<int>(::syscall(SYS_fsetxattr, file, name, value, size, flags));
}

ssize_t read(int file, void* data, std::size_t size) {
    return refuses() ? -1 : ::syscall(SYS_read, file, data, allowed(size));
}

ssize_t pread(int file, void* data, std::size_t size, off_t offset) {
    return refuses() ? -1 : ::syscall(SYS_pread64, file, data, allowed(size), offset);
}

int fsync(int file) {
    return refuses() ? -1 : static_cast<int>(::syscall(SYS_fsync, file));
}

/// Only the locks are refused: what else fcntl does here cannot be.
int fcntl(int file, int operation, ...) {
    va_list arguments;
    va_start(arguments, operation);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    const bool locks = operation == F_OFD_SETLK || operation == F_OFD_GETLK;
    return locks && refuses() ? -1
                              : static_cast<int>(::syscall(SYS_fcntl, file, operation, argument));
}

int fallocate(int file, int mode, off_t offset, off_t size) {
    return refuses() ? -1 : static_cast<int>(::syscall(SYS_fallocate, file, mode, offset, size));
}

int linkat(int from_directory, const char* from, int to_directory, const char* to,
           int flags) noexcept {
    if (kernel.only_by_proc && (flags & AT_EMPTY_PATH) != 0) {
        errno = ENOENT;
        return -1;
    }
    const bool is_a_question = std::string_view(to) == ".";
    kernel.links += is_a_question ? 0 : 1;
    if (kernel.without_links != 0 && !(kernel.says_it_links && is_a_question)) {
        errno = kernel.without_links;
        return -1;
    }
    return refuses(false) ? -1
                          : static_cast<int>(::syscall(SYS_linkat, from_directory, from,
                                                       to_directory, to, flags));
}

int openat(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = va_arg(arguments, unsigned);
    va_end(arguments);
    if (kernel.without_unnamed != 0 && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = kernel.without_unnamed;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    return refuses(false) ? -1
                          : static_cast<int>(::syscall(SYS_renameat2, from_directory, from,
                                                       to_directory, to, 0));
}
}

namespace aion::test {
namespace {

class Syscalls : public ::testing::Test {
  protected:
    Syscalls() {
        std::string name = testing::TempDir() + "/aion-syscalls-XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }

    ~Syscalls() override {
        kernel = {};
        std::filesystem::remove_all(folder_);
    }

    Syscalls(const Syscalls&) = delete;
    Syscalls& operator=(const Syscalls&) = delete;
    Syscalls(Syscalls&&) = delete;
    Syscalls& operator=(Syscalls&&) = delete;

    [[nodiscard]] Result<WriteReport> write_text(std::string_view text) const {
        const std::array pieces{as_bytes(text)};
        return write_file_atomically(Env::system(), folder_ / "file", pieces,
                                     {.replace = Replace::always});
    }

    [[nodiscard]] Result<WriteReport> create_text(std::string_view text) const {
        const std::array pieces{as_bytes(text)};
        return write_file_atomically(Env::system(), folder_ / "file", pieces, {});
    }

    /// The same; who makes the content must be asked once.
    [[nodiscard]] Result<WriteReport> produce_text(std::string_view text) const {
        int asked = 0;
        const ProducedContent content{text.size(), [&](const ProducedContent::Append& append,
                                                       const ProducedContent::Ready& /*ready*/) {
                                          ++asked;
                                          return append(as_bytes(text));
                                      }};
        const Place place = locate_to_write(Env::system(), folder_ / "file").value();
        auto written = write_file_atomically(Env::system(), place, content, {});
        EXPECT_EQ(asked, 1);
        return written;
    }

    [[nodiscard]] std::string text() const {
        const auto bytes = read_file(Env::system(), folder_ / "file");
        return bytes ? std::string(as_text(*bytes)) : bytes.error().full_message();
    }

    [[nodiscard]] std::size_t names() const {
        return list_at(Env::system(), folder_).value().size();
    }

    std::filesystem::path folder_;
};

std::string long_text() {
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        all += std::to_string(i) + '\n';
    }
    return all;
}

TEST_F(Syscalls, WriteAndReadAFewBytesAtATime) {
    kernel = {.mood = Mood::short_counts};
    ASSERT_TRUE(write_text(long_text()));
    EXPECT_EQ(text(), long_text());
    EXPECT_GT(kernel.calls, 1000);
}

TEST_F(Syscalls, AreTakenUpAgainAfterASignal) {
    kernel = {.mood = Mood::interrupted};
    ASSERT_TRUE(write_text(long_text()));
    const auto lock = lock_at(Env::system(), folder_ / "file", 0);
    EXPECT_TRUE(lock) << lock.error().full_message();
    EXPECT_EQ(text(), long_text());
    EXPECT_GT(kernel.calls, 8);
}

TEST_F(Syscalls, StreamsComeAFewBytesAtATimeOrInterrupted) {
    for (const Mood mood : {Mood::short_counts, Mood::interrupted}) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        ASSERT_EQ(::write(ends[1], "hello, reader", 13), 13);
        ::close(ends[1]);
        kernel = {.mood = mood};
        const auto bytes = read_file(Env::system(), "/proc/self/fd/" + std::to_string(ends[0]));
        EXPECT_GT(kernel.calls, 1);
        kernel = {};
        ::close(ends[0]);
        ASSERT_TRUE(bytes) << bytes.error().full_message();
        EXPECT_EQ(as_text(*bytes), "hello, reader");
    }
}

TEST_F(Syscalls, AnyOneMayFail) {
    ASSERT_TRUE(write_text("old"));
    for (const int cause : {EIO, ENOSPC, EACCES, EDQUOT}) {
        long failing = 0;
        for (bool reached = true; reached; ++failing) {
            SCOPED_TRACE("call " + std::to_string(failing) + ", cause " + std::to_string(cause));
            kernel = {.mood = Mood::failing, .cause = cause, .until_failure = failing};
            const auto result = write_text("new");
            reached = kernel.until_failure < 0;
            kernel = {};
            const std::string now = text();
            EXPECT_TRUE(now == "old" || now == "new") << now;
            EXPECT_TRUE(!result || now == "new");
            if (!result) {
                EXPECT_EQ(result.error().os_error(), cause) << result.error().full_message();
            }
            EXPECT_EQ(names(), 1U);
            ASSERT_TRUE(write_text("old"));
        }
        EXPECT_GE(failing, 5);
    }
}

TEST_F(Syscalls, FileSystemsWithoutLocksAndReservationsWillDo) {
    for (const int cause : {EOPNOTSUPP, ENOLCK}) {
        ASSERT_TRUE(write_text("old"));
        for (long failing = 0; failing < 2; ++failing) {  // the lock and fallocate come first
            kernel = {.mood = Mood::failing, .cause = cause, .until_failure = failing};
            const auto result = write_text("new");
            kernel = {};
            EXPECT_TRUE(result) << result.error().full_message();
            EXPECT_EQ(text(), "new");
        }
    }
}

TEST_F(Syscalls, FileSystemsWithoutUnnamedFilesWillDo) {
    // The two of Linux itself, and what one of FUSE or an emulation may say.
    for (const int cause : {EOPNOTSUPP, EISDIR, EINVAL, ENOSYS}) {
        kernel = {.without_unnamed = cause};
        const auto result = create_text("new");
        kernel = {};
        EXPECT_TRUE(result) << result.error().full_message();
        EXPECT_EQ(text(), "new");
        EXPECT_EQ(names(), 1U);
        std::filesystem::remove(folder_ / "file");
    }
}

TEST_F(Syscalls, WhatComesInIsKeptOnAnyFileSystem) {
    for (const int cause : {0, EOPNOTSUPP, EISDIR, EINVAL, ENOSYS, EPERM}) {
        SCOPED_TRACE(cause);
        kernel = {.without_unnamed = cause};
        const auto file = posix::create_unnamed(folder_);
        kernel = {.mood = Mood::short_then_failing, .cause = ENOSPC, .until_failure = 1};
        ASSERT_TRUE(file) << file.error().full_message();
        EXPECT_EQ((*file)->append(as_bytes("first, more than 7")).error().os_error(), ENOSPC);
        kernel = {};
        EXPECT_EQ((*file)->info().size, 0U);
        EXPECT_TRUE((*file)->append(as_bytes("again")));
        EXPECT_TRUE((*file)->append(as_bytes(" and on")));
        Bytes all((*file)->info().size);
        EXPECT_TRUE((*file)->read_at(0, all));
        EXPECT_EQ(as_text(all), "again and on");
        EXPECT_EQ(names(), 0U);
    }
}

TEST_F(Syscalls, AnAttributeThatChangesTheModeLeavesItAsItWasToBe) {
    const auto file = create_at(Env::system(), folder_ / "file", 0600);
    ASSERT_TRUE(file);
    FileAccess like;
    like.info = Env::system().info(folder_ / "file").value().value();
    like.attributes = {{"system.nfs4_acl", Bytes{1}}};
    like.attributes_known = true;
    EXPECT_EQ((*file)->copy_access(like), std::vector<std::string>{});
    EXPECT_EQ(Env::system().info(folder_ / "file").value()->mode, 0600U);
}

TEST_F(Syscalls, AnUnnamedFileGetsItsNameThroughProcToo) {
    kernel = {.only_by_proc = true};
    const auto result = create_text("new");
    kernel = {.only_by_proc = true};
    const auto refused = create_text("newer");
    kernel = {};
    EXPECT_TRUE(result) << result.error().full_message();
    ASSERT_FALSE(refused);
    EXPECT_EQ(name_of(refused.error().code()), "file_exists");
    EXPECT_EQ(text(), "new");
    EXPECT_EQ(names(), 1U);
}

/// Where linkat(2) fails with `cause`, at once or only when it matters.
std::vector<Kernel> without_links(int cause) {
    return {{.without_links = cause},
            {.only_by_proc = true, .without_links = cause},
            {.without_links = cause, .says_it_links = true},
            {.mood = Mood::short_counts, .without_links = cause, .says_it_links = true},
            {.only_by_proc = true, .without_links = cause, .says_it_links = true}};
}

// By seccomp(2), a security module or the file system.
TEST_F(Syscalls, WhereNobodyMayLinkANewFileIsRenamed) {
    for (const int cause : {EPERM, EACCES, ENOSYS, ENOENT, EOPNOTSUPP}) {
        for (const Kernel& without : without_links(cause)) {
            SCOPED_TRACE(std::to_string(cause) + (without.says_it_links ? ", says so late" : ""));
            kernel = without;
            const auto result = produce_text(long_text());
            const long links = std::exchange(kernel, {}).links;
            EXPECT_TRUE(result) << result.error().full_message();
            EXPECT_EQ(text(), long_text());
            EXPECT_EQ(names(), 1U);
            EXPECT_EQ(links, without.says_it_links ? 1 : 0);
            kernel = without;
            const auto refused = produce_text("newer");
            kernel = {};
            ASSERT_FALSE(refused);
            EXPECT_EQ(name_of(refused.error().code()), "file_exists");
            EXPECT_EQ(text(), long_text());
            EXPECT_EQ(names(), 1U);
            std::filesystem::remove(folder_ / "file");
        }
    }
}

TEST_F(Syscalls, ANewFileIsThereWholeOrNotAtAll) {
    for (const int cause : {EIO, ENOSPC, EACCES, EPERM, ENOENT, EXDEV, EMLINK}) {
        long failing = 0;
        for (bool reached = true; reached; ++failing) {
            SCOPED_TRACE("call " + std::to_string(failing) + ", cause " + std::to_string(cause));
            kernel = {.mood = Mood::failing, .cause = cause, .until_failure = failing};
            const auto result = create_text("new");
            reached = kernel.until_failure < 0;
            kernel = {};
            const bool is_there = names() == 1;
            EXPECT_TRUE(is_there ? text() == "new" : names() == 0) << text();
            EXPECT_TRUE(!result || is_there);
            if (!result) {
                EXPECT_EQ(result.error().os_error(), cause) << result.error().full_message();
            }
            std::filesystem::remove(folder_ / "file");
        }
        EXPECT_GE(failing, 5);
    }
}

TEST_F(Syscalls, ButNoWriterReplacesAFileThatItCannotLock) {
    ASSERT_TRUE(write_text("old"));
    for (const int cause : {EINVAL, ENOLCK, EOPNOTSUPP}) {
        kernel = {.mood = Mood::failing, .cause = cause, .until_failure = 0};
        const auto refused = lock_at(Env::system(), folder_ / "file", 0);
        kernel = {};
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().os_error(), cause);
        EXPECT_THAT(refused.error().message(), testing::HasSubstr("does not lock files"));
    }
}

}  // namespace
}  // namespace aion::test
