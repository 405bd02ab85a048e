// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

class PosixWritableFile final : public WritableFile {
  public:
    PosixWritableFile(Descriptor file, Descriptor lock, std::filesystem::path path)
        : file_(std::move(file)), lock_(std::move(lock)), path_(std::move(path)) {}

    Result<> append(ByteView bytes) override {
        return write_all(file_.get(), bytes) ? Result<>{} : fail(write_error(path_));
    }

    Result<std::vector<std::string>> copy_access(const FileAccess& like) override {
        return posix::copy_access(file_.get(), like, path_);
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
    if (const int cause = take_write_lock(file); cause != 0) {
        return cause == EAGAIN ? EBUSY : 0;
    }
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return errno;
    }
    return facts.st_nlink == 0 ? EBUSY : 0;
}

}  // namespace

bool write_all(int file, ByteView bytes) noexcept {
    while (!bytes.empty()) {
        const auto wrote = retry([&] { return ::write(file, bytes.data(), bytes.size()); });
        if (wrote < 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    return true;
}

Result<> set_mode(int descriptor, std::uint32_t mode, const std::filesystem::path& shown) {
    // Only where it differs, as when the umask took bits away: file systems without modes refuse
    // fchmod, and are right as they are when the mode already fits.
    constexpr mode_t permissions = 0777;
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) {
        return fail(write_error(shown));
    }
    if ((facts.st_mode & permissions) == (mode & permissions)) {
        return {};
    }
    // A directory's inherited set-group-id bit stays.
    const mode_t wanted = (facts.st_mode & 07000U) | (mode & permissions);
    if (::fchmod(descriptor, wanted) != 0) {
        return fail(write_error(shown));
    }
    return {};
}

Result<std::unique_ptr<WritableFile>> create_at(int directory, const std::string& name,
                                                std::optional<std::uint32_t> mode,
                                                const std::filesystem::path& shown) {
    // A stated mode begins with the owner: the mask of what the directory passes on comes from the
    // mode, and whoever opens the file now can read it later.
    Descriptor file = open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                              mode ? *mode & 0700U : 0666U);
    if (!file.is_open()) {
        return fail(write_error(shown));
    }
    int cause = lock_new(file);
    Descriptor lock;
    if (cause == 0) {
        lock = Descriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, 3));
        cause = lock.is_open() ? 0 : errno;
    }
    auto ready = cause == 0 ? Result<>{} : fail(write_error(shown, cause));
    if (ready && mode) {
        ready = drop_inherited_access(file.get(), shown);
    }
    if (ready && mode) {
        ready = set_mode(file.get(), *mode, shown);
    }
    if (!ready) {
        (void)::unlinkat(directory, name.c_str(), 0);
        return fail(std::move(ready).error());
    }
    return std::make_unique<PosixWritableFile>(std::move(file), std::move(lock), shown);
}

}  // namespace aion::posix
