// SPDX-License-Identifier: MIT OR Apache-2.0
#include <sys/file.h>

#include <cstdio>
#include <ranges>

#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

/// Gives what was just created exactly `mode`, where the umask took bits away. Only then: file
/// systems without modes refuse fchmod, and are right as they are when the mode already fits.
Result<> set_mode(int descriptor, std::uint32_t mode, const std::filesystem::path& path) {
    constexpr mode_t permissions = 0777;
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) {
        return fail(write_error(path));
    }
    if ((facts.st_mode & permissions) == (mode & permissions)) {
        return {};
    }
    // A directory's inherited set-group-id bit stays.
    const mode_t wanted = (facts.st_mode & 07000U) | (mode & permissions);
    if (::fchmod(descriptor, wanted) != 0) {
        return fail(write_error(path));
    }
    return {};
}

/// Makes `descriptor` belong to the user and group of `like` where we may. Returns whether the
/// group fits in the end.
bool set_owner(int descriptor, const struct stat& now, const FileInfo& like) noexcept {
    if (now.st_uid == like.user && now.st_gid == like.group) {
        return true;
    }
    // Only root gives files away, but everybody may choose among their own groups.
    constexpr auto same_user = static_cast<uid_t>(-1);
    return ::fchown(descriptor, like.user, like.group) == 0 || now.st_gid == like.group ||
           ::fchown(descriptor, same_user, like.group) == 0;
}

class PosixWritableFile final : public WritableFile {
  public:
    PosixWritableFile(Descriptor file, Descriptor lock, std::filesystem::path path)
        : file_(std::move(file)), lock_(std::move(lock)), path_(std::move(path)) {}

    Result<> append(ByteView bytes) override {
        // write(2) takes at most 2^31 - 4096 bytes and says how many it took.
        while (!bytes.empty()) {
            const auto wrote =
                retry([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
            if (wrote < 0) {
                return fail(write_error(path_));
            }
            bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        }
        return {};
    }

    Result<> copy_access(const FileInfo& like) override {
        struct stat now{};
        if (::fstat(file_.get(), &now) != 0) {
            return fail(write_error(path_));
        }
        std::uint32_t mode = like.mode & 0777U;
        if (!set_owner(file_.get(), now, like)) {
            const std::uint32_t everybody = mode & 0007U;
            mode &= 0707U | everybody << 3U;
        }
        return set_mode(file_.get(), mode, path_);
    }

    Result<> reserve(std::uint64_t size) override {
#ifdef FALLOC_FL_KEEP_SIZE
        // Not posix_fallocate: it changes the length, and writes zeros where the file system
        // cannot reserve.
        const int result = retry([&] {
            return ::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
        });
        if (result != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
            return fail(write_error(path_));
        }
#else
        (void)size;
#endif
        return {};
    }

    Result<> sync() override {
        if (retry([&] { return ::fsync(file_.get()); }) != 0) {
            return fail(write_error(path_));
        }
        return {};
    }

    Result<> close() override {
        // After EINTR the descriptor is closed on Linux; closing again could hit a stranger's.
        if (::close(file_.release()) != 0 && errno != EINTR) {
            return fail(write_error(path_));
        }
        return {};
    }

  private:
    Descriptor file_;
    Descriptor lock_;  // the same open file: closing `file_` reports errors and keeps the lock
    std::filesystem::path path_;
};

/// Locks a file that was just created. File systems without locks need none to work.
/// EBUSY: somebody who removes what interrupted writers left took it for such, and removes it.
int lock_new(const Descriptor& file) noexcept {
    if (retry([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) != 0) {
        return errno == EWOULDBLOCK ? EBUSY : 0;
    }
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return errno;
    }
    return facts.st_nlink == 0 ? EBUSY : 0;
}

/// Makes one directory whose parent exists.
Result<> create_directory(const std::filesystem::path& directory, std::uint32_t mode) {
    if (::mkdir(directory.c_str(), mode & 0777U) != 0) {
        const int cause = errno;
        AION_TRY_ASSIGN(const auto found, info_at(directory));
        if (cause == EEXIST && found && found->kind == FileKind::directory) {
            return {};  // somebody else was faster
        }
        return fail(write_error(directory, cause));
    }
    const Descriptor made = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!made.is_open()) {
        return fail(write_error(directory));
    }
    AION_TRY(set_mode(made.get(), mode, directory));
    return sync_directory(directory.parent_path());
}

}  // namespace

Result<std::unique_ptr<WritableFile>> create_exclusive(const std::filesystem::path& path,
                                                       std::optional<std::uint32_t> mode) {
    Descriptor file =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode.value_or(0666U) & 0777U);
    if (!file.is_open()) {
        return fail(write_error(path));
    }
    int cause = lock_new(file);
    Descriptor lock;
    if (cause == 0) {
        lock = Descriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, 3));
        cause = lock.is_open() ? 0 : errno;
    }
    auto ready = cause == 0 ? Result<>{} : fail(write_error(path, cause));
    if (ready && mode) {
        ready = set_mode(file.get(), *mode, path);
    }
    if (!ready) {
        (void)::unlink(path.c_str());
        return fail(std::move(ready).error());
    }
    return std::make_unique<PosixWritableFile>(std::move(file), std::move(lock), path);
}

Result<> rename(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return fail(write_error(to));
    }
    return {};
}

Result<> rename_exclusive(const std::filesystem::path& from, const std::filesystem::path& to) {
#ifdef RENAME_NOREPLACE
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return {};
    }
    if (errno == EEXIST) {
        return fail(error_at_path(ErrorCode::file_exists, to.string()));
    }
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) {
        return fail(write_error(to));
    }
#endif
    return rename_by_link(from, to);
}

Result<> rename_by_link(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::link(from.c_str(), to.c_str()) != 0) {
        if (errno == EEXIST) {
            return fail(error_at_path(ErrorCode::file_exists, to.string()));
        }
        return fail(write_error(to));
    }
    // The file is in place under its new name whatever becomes of the old one, so a failure here
    // is not one of the rename.
    (void)::unlink(from.c_str());
    return {};
}

Result<> remove(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) == 0) {
        return {};
    }
    if (errno == ENOENT) {
        return fail(error_at_path(ErrorCode::file_not_found, path.string()));
    }
    return fail(write_error(path));
}

Result<> sync_directory(const std::filesystem::path& directory) {
    const Descriptor opened = open(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
    if (!opened.is_open()) {
        return fail(write_error(directory));
    }
    // EINVAL: this file system has nothing to sync in a directory.
    if (retry([&] { return ::fsync(opened.get()); }) != 0 && errno != EINVAL) {
        return fail(write_error(directory));
    }
    return {};
}

Result<> create_directories(const std::filesystem::path& directory, std::uint32_t mode) {
    std::vector<std::filesystem::path> missing;
    std::filesystem::path at = directory.has_filename() ? directory : directory.parent_path();
    while (!at.empty()) {
        AION_TRY_ASSIGN(const auto found, info_at(at));
        if (found && found->kind == FileKind::directory) {
            break;
        }
        missing.push_back(at);
        at = at.parent_path();
    }
    for (const auto& next : missing | std::views::reverse) {
        AION_TRY(create_directory(next, mode));
    }
    return {};
}

}  // namespace aion::posix
