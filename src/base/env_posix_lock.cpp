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

/// Opens and locks whatever is at `path` now; gives a closed descriptor if another holds it.
Result<Descriptor> try_lock(const std::filesystem::path& path) {
    // For reading, so that those who watch for writers see none; but NFS makes a write lock of
    // this one and wants the file open for that.
    for (const int access : {O_RDONLY, O_RDWR}) {
        Descriptor file = open(path, access | O_NONBLOCK);
        if (!file.is_open()) {
            return fail(read_error(path));
        }
        if (retry([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) == 0) {
            return file;
        }
        if (errno == EWOULDBLOCK) {
            return Descriptor();
        }
        if (errno != EBADF) {
            break;
        }
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
        AION_TRY_ASSIGN(Descriptor file, try_lock(path));
        bool ours = false;
        if (file.is_open()) {
            AION_TRY_ASSIGN(ours, still_names(path, file));
        }
        if (ours) {
            return std::make_unique<PosixFileLock>(std::move(file), path);
        }
        if (Clock::now() >= deadline) {
            return fail(
                error_because(ErrorCode::conflict, path.string() + " is locked by another writer"));
        }
        // A blocking flock could only be bounded by a signal, and signals are the program's.
        if (!file.is_open()) {
            std::this_thread::sleep_for(nap);
            nap = std::min(2 * nap, longest_nap);
        }
    }
}

}  // namespace aion::posix
