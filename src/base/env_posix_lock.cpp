// SPDX-License-Identifier: MIT OR Apache-2.0
#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Clock = std::chrono::steady_clock;

class PosixFileLock final : public FileLock {
  public:
    PosixFileLock(Descriptor file, std::filesystem::path path)
        : file_(std::move(file)), path_(std::move(path)) {}

    // Closing the last descriptor of an open file releases its flock.
    [[nodiscard]] Result<FileInfo> info() const override { return info_of(file_.get(), path_); }

  private:
    Descriptor file_;
    std::filesystem::path path_;
};

/// For writing where we may: NFS turns flock into a write lock, which needs that.
Descriptor open_for_locking(const std::filesystem::path& path) noexcept {
    Descriptor file = open(path, O_RDWR | O_NONBLOCK);
    if (!file.is_open() && (errno == EACCES || errno == EPERM || errno == EROFS ||
                            errno == EISDIR || errno == ETXTBSY)) {
        file = open(path, O_RDONLY | O_NONBLOCK);
    }
    return file;
}

/// Opens and locks whatever is at `path` now; nothing if another holds it.
Result<std::optional<Descriptor>> try_lock(const std::filesystem::path& path) {
    Descriptor file = open_for_locking(path);
    if (!file.is_open()) {
        return fail(read_error(path));
    }
    if (retry([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) == 0) {
        return file;
    }
    if (errno == EWOULDBLOCK) {
        return std::nullopt;
    }
    return fail(read_error(path));
}

/// Whether `path` still names the locked file: between opening and locking, its holder may have
/// renamed a new one over it, and a lock on the old one keeps nobody out.
Result<bool> still_names(const std::filesystem::path& path, const Descriptor& locked) {
    AION_TRY_ASSIGN(const FileInfo held, info_of(locked.get(), path));
    AION_TRY_ASSIGN(const auto named, info_at(path));
    if (!named) {
        return fail(read_error(path, ENOENT));
    }
    return named->identity.device == held.identity.device &&
           named->identity.inode == held.identity.inode;
}

}  // namespace

Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path, std::uint32_t wait_ms) {
    constexpr std::chrono::milliseconds longest_nap{10};
    const auto deadline = Clock::now() + std::chrono::milliseconds(wait_ms);
    std::chrono::milliseconds nap{1};
    for (;;) {
        AION_TRY_ASSIGN(std::optional<Descriptor> file, try_lock(path));
        bool ours = false;
        if (file) {
            AION_TRY_ASSIGN(ours, still_names(path, *file));
        }
        if (ours) {
            return std::make_unique<PosixFileLock>(*std::move(file), path);
        }
        if (Clock::now() >= deadline) {
            return fail(
                error_because(ErrorCode::conflict, path.string() + " is locked by another writer"));
        }
        // A blocking flock could only be bounded by a signal, and signals are the program's.
        if (!file) {
            std::this_thread::sleep_for(nap);
            nap = std::min(2 * nap, longest_nap);
        }
    }
}

}  // namespace aion::posix
