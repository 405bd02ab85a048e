// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include <array>

#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

/// How an open file is given a name, if at all: it was created with one, or nobody may.
enum class Naming : std::uint8_t { none, by_descriptor, by_proc };

bool link_open_file(Naming naming, int file, int directory, const char* name) {
    if (naming == Naming::by_descriptor) {
        return ::linkat(file, "", directory, name, AT_EMPTY_PATH) == 0;
    }
    std::array<char, 32> path{};
    fmt::format_to(path.data(), "/proc/self/fd/{}", file);
    return ::linkat(AT_FDCWD, path.data(), directory, name, AT_SYMLINK_FOLLOW) == 0;
}

/// The way that works: what is written without one would be written in vain. Asking for a name that
/// is there changes nothing.
Naming find_naming(int file, int directory) {
    // Before Linux 6.10 the first was for the privileged, and the second needs /proc.
    for (const Naming naming : {Naming::by_descriptor, Naming::by_proc}) {
        if (!link_open_file(naming, file, directory, ".") && errno == EEXIST) {
            return naming;
        }
        if (errno != ENOENT) {
            break;
        }
    }
    return Naming::none;
}

class PosixWritableFile final : public WritableFile {
  public:
    /// Created in `directory`, which is open as long as `owner` exists.
    PosixWritableFile(Descriptor file, const std::optional<struct stat>& facts, int directory,
                      std::shared_ptr<const void> owner, Naming naming, std::filesystem::path path)
        : file_(std::move(file)),
          facts_(facts),
          directory_(directory),
          owner_(std::move(owner)),
          naming_(naming),
          path_(std::move(path)) {}

    Result<> append(ByteView bytes) override {
        if (is_closed_) {
            return fail(write_error(path_, EBADF));
        }
        is_synced_ = false;
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

    Result<std::vector<std::string>> copy_access(const FileAccess& like) override {
        struct stat facts{};
        if (!facts_ && ::fstat(file_.get(), &facts) != 0) {
            return fail(write_error(path_));
        }
        return posix::copy_access(file_.get(), facts_ ? *facts_ : facts, like, path_);
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
        is_synced_ = true;
        return {};
    }

    Result<> close() override {
        is_closed_ = true;
        if (is_synced_) {
            return {};  // fsync(2) has said what there was to say
        }
        // Closing any descriptor of an open file reports errors; the one that stays keeps the lock,
        // or the file itself when it has no name yet.
        Descriptor another(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 3));
        // After EINTR the descriptor is closed on Linux; closing again could hit a stranger's.
        if (!another.is_open() || (::close(another.release()) != 0 && errno != EINTR)) {
            return fail(write_error(path_));
        }
        return {};
    }

    Result<> link(const std::string& name) override {
        const auto shown = path_ / name;
        if (naming_ == Naming::none) {
            return fail(write_error(shown, EINVAL));
        }
        if (link_open_file(naming_, file_.get(), directory_, name.c_str())) {
            naming_ = Naming::none;
            return {};
        }
        if (errno == EEXIST) {
            return fail(error_at_path(ErrorCode::file_exists, shown.string()));
        }
        return fail(write_error(shown));
    }

    Result<std::size_t> read_at(std::uint64_t offset, MutableByteView out) override {
        return read_from(file_.get(), offset, out, path_);
    }

  private:
    Descriptor file_;
    std::optional<struct stat> facts_;
    int directory_;
    std::shared_ptr<const void> owner_;
    Naming naming_;
    std::filesystem::path path_;  // of the file; without a name, of its directory
    bool is_synced_ = false;
    bool is_closed_ = false;
};

/// Locks a file that was just created. File systems without locks need none to work.
/// EBUSY: somebody who removes what interrupted writers left took it for such, and removes it.
int lock_new(const Descriptor& file, struct stat& facts) noexcept {
    const int cause = take_write_lock(file);
    if (cause == EAGAIN) {
        return EBUSY;
    }
    if (::fstat(file.get(), &facts) != 0) {
        return errno;
    }
    return facts.st_nlink == 0 ? EBUSY : 0;
}

/// A stated mode begins with the owner: the mask of what the directory passes on comes from the
/// mode, and whoever opens the file now can read it later.
mode_t mode_to_begin_with(std::optional<std::uint32_t> mode) noexcept {
    return mode ? *mode & 0700U : 0666U;
}

/// Gives a new file exactly this mode.
Result<> restrict_access(const Descriptor& file, struct stat& facts, std::uint32_t mode,
                         const std::filesystem::path& shown) {
    AION_TRY(drop_inherited_access(file.get(), shown));
    return set_mode(file.get(), facts, mode, shown);
}

}  // namespace

Result<> set_mode(int descriptor, std::uint32_t mode, const std::filesystem::path& shown) {
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) {
        return fail(write_error(shown));
    }
    return set_mode(descriptor, facts, mode, shown);
}

Result<> set_mode(int descriptor, struct stat& facts, std::uint32_t mode,
                  const std::filesystem::path& shown) {
    // Only where it differs, as when the umask took bits away: file systems without modes refuse
    // fchmod, and are right as they are when the mode already fits.
    constexpr mode_t permissions = 0777;
    if ((facts.st_mode & permissions) == (mode & permissions)) {
        return {};
    }
    // A directory's inherited set-group-id bit stays.
    const mode_t wanted = (facts.st_mode & 07000U) | (mode & permissions);
    if (::fchmod(descriptor, wanted) != 0) {
        return fail(write_error(shown));
    }
    facts.st_mode = (facts.st_mode & ~static_cast<mode_t>(07777)) | wanted;
    return {};
}

Result<std::unique_ptr<WritableFile>> create_at(int directory, const std::string& name,
                                                std::optional<std::uint32_t> mode,
                                                const std::filesystem::path& shown) {
    Descriptor file = open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                              mode_to_begin_with(mode));
    if (!file.is_open()) {
        return fail(write_error(shown));
    }
    struct stat facts{};
    if (const int cause = lock_new(file, facts); cause != 0) {
        if (cause != EBUSY) {
            (void)::unlinkat(directory, name.c_str(), 0);
        }  // else the name may be another writer's by now
        return fail(write_error(shown, cause));
    }
    auto ready = mode ? restrict_access(file, facts, *mode, shown) : Result<>{};
    if (!ready) {
        (void)::unlinkat(directory, name.c_str(), 0);
        return fail(std::move(ready).error());
    }
    return std::make_unique<PosixWritableFile>(std::move(file), facts, directory, nullptr,
                                               Naming::none, shown);
}

Result<std::unique_ptr<WritableFile>> create_unlinked_at(int directory,
                                                         std::shared_ptr<const void> owner,
                                                         std::optional<std::uint32_t> mode,
                                                         const std::filesystem::path& shown) {
#ifdef O_TMPFILE
    Descriptor file = open_at(directory, ".", O_RDWR | O_TMPFILE, mode_to_begin_with(mode));
    if (!file.is_open()) {
        return fail(write_error(shown));
    }
    const Naming naming = find_naming(file.get(), directory);
    if (naming == Naming::none) {
        return fail(write_error(shown, EOPNOTSUPP));
    }
    std::optional<struct stat> facts;
    if (mode) {
        if (::fstat(file.get(), &facts.emplace()) != 0) {
            return fail(write_error(shown));
        }
        AION_TRY(restrict_access(file, *facts, *mode, shown));
    }
    return std::make_unique<PosixWritableFile>(std::move(file), facts, directory, std::move(owner),
                                               naming, shown);
#else
    return fail(write_error(shown, EOPNOTSUPP));
#endif
}

}  // namespace aion::posix
