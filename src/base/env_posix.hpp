// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of Env::system() on POSIX, one function per promise of base/env.hpp, which says what
// each does and which errors it gives.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "aion/base/env.hpp"

namespace aion::posix {

/// An open file descriptor, closed on destruction.
class Descriptor {
  public:
    Descriptor() = default;

    explicit Descriptor(int number) noexcept : number_(number) {}

    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}

    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor() {
        if (is_open()) {
            ::close(number_);
        }
    }

    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

    [[nodiscard]] int get() const noexcept { return number_; }

    /// Gives up the descriptor without closing it.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

  private:
    int number_ = -1;
};

/// Repeats a system call while signals interrupt it.
template <class Call>
auto retry(Call call) noexcept {
    auto result = call();
    while (result == -1 && errno == EINTR) {
        result = call();
    }
    return result;
}

/// openat(2) with O_CLOEXEC and O_NOCTTY; check `is_open`, the cause is in errno.
[[nodiscard]] inline Descriptor open_at(int directory, const std::filesystem::path& path, int flags,
                                        mode_t mode = 0) noexcept {
    return Descriptor(retry(
        [&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode); }));
}

/// The same from the current directory.
[[nodiscard]] inline Descriptor open(const std::filesystem::path& path, int flags,
                                     mode_t mode = 0) noexcept {
    return open_at(AT_FDCWD, path, flags, mode);
}

[[nodiscard]] FileInfo to_file_info(const struct stat& facts) noexcept;
/// fstat(2). Error: `file_read_error`.
[[nodiscard]] Result<FileInfo> info_of(int descriptor, const std::filesystem::path& path);
/// stat(2); nothing when nothing is there. Error: `file_read_error`.
[[nodiscard]] Result<std::optional<FileInfo>> info_at(const std::filesystem::path& path);
/// fstatat(2) of the name itself. In this and what follows, `shown` is for messages.
[[nodiscard]] Result<std::optional<FileInfo>> info_at(int directory, const std::string& name,
                                                      const std::filesystem::path& shown);
/// Gives what was just created exactly `mode`, unless it has that.
[[nodiscard]] Result<> set_mode(int descriptor, std::uint32_t mode,
                                const std::filesystem::path& shown);
/// The same for one whose facts are known, and keeps them so.
[[nodiscard]] Result<> set_mode(int descriptor, struct stat& facts, std::uint32_t mode,
                                const std::filesystem::path& shown);

/// `file_read_error` or `file_write_error` with errno, or another number, as its cause.
[[nodiscard]] Error read_error(const std::filesystem::path& path, int cause = errno);
[[nodiscard]] Error write_error(const std::filesystem::path& path, int cause = errno);

/// Reads a regular file from `offset` on until `out` is full or the file ends.
[[nodiscard]] Result<std::size_t> read_from(int file, std::uint64_t offset, MutableByteView out,
                                            const std::filesystem::path& path);

[[nodiscard]] Result<std::shared_ptr<const FileContent>> read(const std::filesystem::path& path,
                                                              const ReadOptions& options);
[[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                                         const ReadOptions& options);
/// Both in a directory, no link followed.
[[nodiscard]] Result<std::shared_ptr<const FileContent>> read_at(
    int directory, const std::string& name, const ReadOptions& options,
    const std::filesystem::path& shown);
[[nodiscard]] Result<std::unique_ptr<ReadableFile>> open_to_read_at(
    int directory, const std::string& name, const ReadOptions& options,
    const std::filesystem::path& shown);
/// Copies an open file from its start, wherever its position is.
[[nodiscard]] Result<std::shared_ptr<const FileContent>> read_opened(
    const Descriptor& file, const ReadOptions& options, const std::filesystem::path& shown);

/// To read a regular file by position that somebody else holds open for longer than that.
[[nodiscard]] Result<std::unique_ptr<ReadableFile>> borrow_opened(
    const Descriptor& file, const std::filesystem::path& shown);

[[nodiscard]] Result<std::unique_ptr<UnnamedFile>> create_unnamed(
    const std::filesystem::path& folder);

[[nodiscard]] Result<std::shared_ptr<Directory>> open_directory(const std::filesystem::path& path);
[[nodiscard]] Result<Place> locate(const std::filesystem::path& path);
[[nodiscard]] Result<std::unique_ptr<Watch>> watch(std::vector<std::filesystem::path> paths);
[[nodiscard]] Result<std::shared_ptr<Directory>> create_directories(
    const std::filesystem::path& directory, std::uint32_t mode);
[[nodiscard]] Result<> sync_directory(const Descriptor& directory,
                                      const std::filesystem::path& shown);
/// What an exclusive rename is on file systems without RENAME_NOREPLACE (NFS): link(2) is as
/// exclusive; only the source lives on for a moment. False: the cause is in errno.
[[nodiscard]] bool rename_by_link(int directory, const char* from, const char* to) noexcept;

[[nodiscard]] Result<std::optional<FileAccess>> access_at(int directory, const std::string& name,
                                                          const std::filesystem::path& shown);
[[nodiscard]] Result<FileAccess> access_of(const Descriptor& file,
                                           const std::filesystem::path& shown);
/// `WritableFile::copy_access` to a file with these facts.
[[nodiscard]] Result<std::vector<std::string>> copy_access(int file, struct stat& facts,
                                                           const FileAccess& like,
                                                           const std::filesystem::path& shown);
/// Takes away the access list that a file got from its directory when it was created.
[[nodiscard]] Result<> drop_inherited_access(int file, const std::filesystem::path& shown);

[[nodiscard]] Result<std::unique_ptr<WritableFile>> create_at(int directory,
                                                              const std::string& name,
                                                              std::optional<std::uint32_t> mode,
                                                              const std::filesystem::path& shown);
/// `directory` must stay open as long as `owner` exists, which the file keeps.
[[nodiscard]] Result<std::unique_ptr<WritableFile>> create_unlinked_at(
    int directory, std::shared_ptr<const void> owner, std::optional<std::uint32_t> mode,
    const std::filesystem::path& shown);
/// `directory` is duplicated where the lock needs it later.
[[nodiscard]] Result<std::unique_ptr<FileLock>> lock_at(const Descriptor& directory,
                                                        const std::string& name,
                                                        std::uint32_t wait_ms,
                                                        const std::filesystem::path& shown);
/// Takes the lock of an open file for writing, without waiting: 0, or the errno of fcntl(2), which
/// is EAGAIN when somebody has one of any kind.
[[nodiscard]] int take_write_lock(const Descriptor& file) noexcept;

}  // namespace aion::posix
