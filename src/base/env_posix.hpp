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

/// open(2) with O_CLOEXEC and O_NOCTTY; check `is_open`, the cause is in errno.
[[nodiscard]] inline Descriptor open(const std::filesystem::path& path, int flags,
                                     mode_t mode = 0) noexcept {
    return Descriptor(
        retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode); }));
}

[[nodiscard]] FileInfo to_file_info(const struct stat& facts) noexcept;
/// fstat(2). Error: `file_read_error`.
[[nodiscard]] Result<FileInfo> info_of(int descriptor, const std::filesystem::path& path);
/// stat(2); nothing when nothing is there. Error: `file_read_error`.
[[nodiscard]] Result<std::optional<FileInfo>> info_at(const std::filesystem::path& path);

/// `file_read_error` or `file_write_error` with errno, or another number, as its cause.
[[nodiscard]] Error read_error(const std::filesystem::path& path, int cause = errno);
[[nodiscard]] Error write_error(const std::filesystem::path& path, int cause = errno);

[[nodiscard]] Result<std::shared_ptr<const FileContent>> read(const std::filesystem::path& path,
                                                              const ReadOptions& options);
[[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                                         const ReadOptions& options);
[[nodiscard]] Result<std::filesystem::path> resolve_link(std::filesystem::path path);
[[nodiscard]] Result<std::vector<std::string>> list(const std::filesystem::path& directory);
[[nodiscard]] Result<std::unique_ptr<WritableFile>> create_exclusive(
    const std::filesystem::path& path, std::optional<std::uint32_t> mode);
[[nodiscard]] Result<> rename(const std::filesystem::path& from, const std::filesystem::path& to);
[[nodiscard]] Result<> rename_exclusive(const std::filesystem::path& from,
                                        const std::filesystem::path& to);
/// What `rename_exclusive` does on file systems without RENAME_NOREPLACE (NFS): link(2) is as
/// exclusive; only the source lives on for a moment.
[[nodiscard]] Result<> rename_by_link(const std::filesystem::path& from,
                                      const std::filesystem::path& to);
[[nodiscard]] Result<> remove(const std::filesystem::path& path);
[[nodiscard]] Result<> sync_directory(const std::filesystem::path& directory);
[[nodiscard]] Result<> create_directories(const std::filesystem::path& directory,
                                          std::uint32_t mode);
[[nodiscard]] Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path,
                                                     std::uint32_t wait_ms);

}  // namespace aion::posix
