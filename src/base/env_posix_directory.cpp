// SPDX-License-Identifier: MIT OR Apache-2.0
// Directories held open, and paths resolved once.
#include <dirent.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "base/env_posix.hpp"
#include "base/file_system.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Path = std::filesystem::path;
using Content = std::shared_ptr<const FileContent>;

/// What the listing says of an entry, where it does: some file systems never do.
std::optional<FileKind> kind_of(std::uint8_t type) noexcept {
    switch (type) {
        case DT_REG:
            return FileKind::regular;
        case DT_DIR:
            return FileKind::directory;
        case DT_LNK:
            return FileKind::symlink;
        case DT_UNKNOWN:
            return std::nullopt;
        default:
            return FileKind::other;
    }
}

/// Tells of the entries that `records` has, as getdents64(2) wrote them.
void tell_entries(ByteView records, const EntrySink& sink) {
    constexpr std::size_t length_offset = offsetof(dirent64, d_reclen);
    constexpr std::size_t type_offset = offsetof(dirent64, d_type);
    constexpr std::size_t name_offset = offsetof(dirent64, d_name);
    while (records.size() > name_offset) {
        std::uint16_t length = 0;
        std::memcpy(&length, records.data() + length_offset, sizeof length);
        const ByteView record = records.first(std::min<std::size_t>(length, records.size()));
        const ByteView padded = record.subspan(std::min(name_offset, record.size()));
        const std::string_view text = as_text(padded);
        const std::string_view name = text.substr(0, text.find('\0'));
        if (!name.empty() && name != "." && name != "..") {
            sink(name, kind_of(record[type_offset]));
        }
        records = records.subspan(std::max<std::size_t>(record.size(), 1));
    }
}

/// Tells of all entries, from the start. Moves the descriptor's position.
Result<> tell_all_entries(const Descriptor& directory, const EntrySink& sink, const Path& shown) {
    constexpr std::size_t size = std::size_t{32} << 10U;
    const auto buffer = std::make_unique_for_overwrite<std::uint8_t[]>(size);
    ssize_t got = ::lseek(directory.get(), 0, SEEK_SET);
    while (got >= 0) {
        got = ::getdents64(directory.get(), buffer.get(), size);
        if (got == 0) {
            return {};
        }
        if (got > 0) {
            tell_entries({buffer.get(), static_cast<std::size_t>(got)}, sink);
        }
    }
    // EBADF: see sync_directory.
    return fail(read_error(shown, errno == EBADF ? EACCES : errno));
}

/// Renames, or fails with EEXIST if something is at `to`; check errno.
bool rename_without_replacing(int directory, const char* from, const char* to) noexcept {
#ifdef RENAME_NOREPLACE
    if (::renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0) {
        return true;
    }
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) {
        return false;
    }
#endif
    return rename_by_link(directory, from, to);
}

class PosixDirectory final : public Directory,
                             public FileSystem,
                             public std::enable_shared_from_this<PosixDirectory> {
  public:
    PosixDirectory(Descriptor directory, Path shown)
        : directory_(std::move(directory)), shown_(std::move(shown)) {}

    [[nodiscard]] bool can_sync() const noexcept override {
        const int flags = ::fcntl(directory_.get(), F_GETFL);
        return flags == -1 || (flags & O_PATH) == 0;
    }

    Result<Content> read(const std::string& name, const ReadOptions& options) override {
        return read_at(directory_.get(), name, options, shown_ / name);
    }

    Result<std::unique_ptr<ReadableFile>> open(const std::string& name,
                                               const ReadOptions& options) override {
        return open_to_read_at(directory_.get(), name, options, shown_ / name);
    }

    Result<std::optional<FileInfo>> info(const std::string& name) override {
        return info_at(directory_.get(), name, shown_ / name);
    }

    Result<std::optional<FileAccess>> access(const std::string& name) override {
        return access_at(directory_.get(), name, shown_ / name);
    }

    Result<std::unique_ptr<FileLock>> lock(const std::string& name,
                                           std::uint32_t wait_ms) override {
        return lock_at(directory_, name, wait_ms, shown_ / name);
    }

    Result<std::unique_ptr<WritableFile>> create_exclusive(
        const std::string& name, std::optional<std::uint32_t> mode) override {
        return create_at(directory_.get(), name, mode, shown_ / name);
    }

    Result<std::unique_ptr<WritableFile>> create_unlinked(
        std::optional<std::uint32_t> mode) override {
        return create_unlinked_at(directory_.get(), shared_from_this(), mode, shown_);
    }

    Result<> rename(const std::string& from, const std::string& to) override {
        const int directory = directory_.get();
        if (::renameat(directory, from.c_str(), directory, to.c_str()) != 0) {
            return fail(write_error(shown_ / to));
        }
        return {};
    }

    Result<> rename_exclusive(const std::string& from, const std::string& to) override {
        if (rename_without_replacing(directory_.get(), from.c_str(), to.c_str())) {
            return {};
        }
        if (errno == EEXIST) {
            return fail(error_at_path(ErrorCode::file_exists, (shown_ / to).string()));
        }
        return fail(write_error(shown_ / to));
    }

    Result<> remove(const std::string& name) override {
        if (::unlinkat(directory_.get(), name.c_str(), 0) == 0) {
            return {};
        }
        if (errno == ENOENT) {
            return fail(error_at_path(ErrorCode::file_not_found, (shown_ / name).string()));
        }
        return fail(write_error(shown_ / name));
    }

    Result<> each_entry(const EntrySink& sink) override {
        const std::scoped_lock one_at_a_time(position_);
        return tell_all_entries(directory_, sink, shown_);
    }

    Result<FileInfo> own_info() override { return info_of(directory_.get(), shown_); }

    Result<> sync() override { return sync_directory(directory_, shown_); }

    Result<> sync_all() override {
        if (retry([&] { return ::syncfs(directory_.get()); }) != 0) {
            // EBADF: see sync_directory.
            return fail(write_error(shown_, errno == EBADF ? EACCES : errno));
        }
        return {};
    }

  private:
    Descriptor directory_;
    std::mutex position_;  // the descriptor has one, and a listing needs it
    Path shown_;
};

/// openat(2) that refuses the links that the kernel makes up for open files, where it can.
Descriptor open_plainly(int from, const char* path, int flags) noexcept {
#ifdef SYS_openat2
    open_how how{};
    how.flags = static_cast<decltype(how.flags)>(flags) | O_CLOEXEC;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    const auto opened = retry([&] { return ::syscall(SYS_openat2, from, path, &how, sizeof how); });
    // EPERM: what sandboxes that do not know a call make of it.
    if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) {
        return Descriptor(static_cast<int>(opened));
    }
#endif
    return open_at(from, path, flags);
}

/// What a symbolic link says, opened so that what is judged and what is read are one link.
struct Link {
    std::string text;
    uid_t owner = 0;
};

/// The link of that name, or nothing when it is none or is gone.
Result<std::optional<Link>> read_link(const Descriptor& directory, const std::string& name,
                                      const Path& shown) {
    std::array<char, PATH_MAX> text{};
    if (::readlinkat(directory.get(), name.c_str(), text.data(), text.size()) < 0) {
        if (errno == EINVAL || errno == ENOENT) {
            return std::nullopt;
        }
        return fail(read_error(shown));
    }
    const Descriptor link = open_at(directory.get(), name, O_PATH | O_NOFOLLOW);
    struct stat facts{};
    if (!link.is_open() || ::fstat(link.get(), &facts) != 0) {
        return fail(read_error(shown));
    }
    const auto length = ::readlinkat(link.get(), "", text.data(), text.size());
    if (length < 0) {
        return fail(read_error(shown));  // it is no link any more: somebody plays with it
    }
    if (static_cast<std::size_t>(length) == text.size()) {
        return fail(read_error(shown, ENAMETOOLONG));
    }
    return Link{std::string(text.data(), static_cast<std::size_t>(length)), facts.st_uid};
}

/// Whether we may follow `link`. We follow links by hand, so we must keep by hand the kernel's rule
/// about them (protected_symlinks in proc_sys_fs(5)), or anyone could aim our writes by a link in
/// /tmp.
Result<> check_link(const Descriptor& directory, const Link& link, const Path& shown) {
    struct statfs system{};
    if (::fstatfs(directory.get(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC) {
        return fail(write_error(shown, EINVAL)
                        .in_context(shown.string() + " names an open descriptor, not a file"));
    }
    struct stat around{};
    if (::fstat(directory.get(), &around) != 0) {
        return fail(read_error(shown));
    }
    const bool open_to_all = (around.st_mode & S_ISVTX) != 0 && (around.st_mode & S_IWOTH) != 0;
    if (open_to_all && link.owner != ::geteuid() && link.owner != around.st_uid) {
        return fail(read_error(shown, EACCES));
    }
    return {};
}

Result<Descriptor> open_directory_at(const Descriptor& from, const Path& path, const Path& shown) {
    const int base = from.is_open() ? from.get() : AT_FDCWD;
    const char* const name = path.empty() ? "." : path.c_str();
    Descriptor directory = open_plainly(base, name, O_RDONLY | O_DIRECTORY);
    if (!directory.is_open() && errno == EACCES) {
        // A folder that we may use and not list.
        directory = open_plainly(base, name, O_PATH | O_DIRECTORY);
    }
    if (!directory.is_open()) {
        return fail(read_error(shown));
    }
    return directory;
}

/// Opens the directory of that name in `parent`, making it if nothing is there.
Result<Descriptor> enter_or_create(const Descriptor& parent, const Path& name, std::uint32_t mode,
                                   const Path& shown) {
    auto there = open_directory_at(parent, name, shown);
    if (there || there.error().os_error() != ENOENT) {
        return there;
    }
    const int base = parent.is_open() ? parent.get() : AT_FDCWD;
    const bool is_ours = ::mkdirat(base, name.c_str(), mode & 0777U) == 0;
    if (!is_ours && errno != EEXIST) {
        return fail(write_error(shown));
    }
    Descriptor made = open_at(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!made.is_open()) {
        return fail(write_error(shown));
    }
    if (!is_ours) {
        return made;  // somebody else was faster
    }
    AION_TRY(set_mode(made.get(), mode, shown));
    if (parent.is_open()) {
        AION_TRY(sync_directory(parent, shown));
    } else {
        AION_TRY(sync_directory(open_at(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY), shown));
    }
    return made;
}

}  // namespace

bool rename_by_link(int directory, const char* from, const char* to) noexcept {
    if (::linkat(directory, from, directory, to, 0) != 0) {
        return false;
    }
    // The file is in place under its new name whatever becomes of the old one, so a failure here
    // is not one of the rename.
    (void)::unlinkat(directory, from, 0);
    return true;
}

Result<> sync_directory(const Descriptor& directory, const Path& shown) {
    // EINVAL: this file system has nothing to sync in a directory.
    if (retry([&] { return ::fsync(directory.get()); }) != 0 && errno != EINVAL) {
        // EBADF: a folder that we may not list could be opened as a path only.
        return fail(write_error(shown, errno == EBADF ? EACCES : errno));
    }
    return {};
}

Result<std::shared_ptr<Directory>> open_directory(const Path& path) {
    AION_TRY_ASSIGN(Descriptor directory, open_directory_at(Descriptor(), path, path));
    return std::make_shared<PosixDirectory>(std::move(directory), path);
}

Result<Place> locate(const Path& path) {
    constexpr int most_links = 40;  // as many as Linux follows
    Descriptor from;                // closed: the current directory
    Path step = path;
    Path shown = path;
    for (int links = 0; links <= most_links; ++links) {
        AION_TRY_ASSIGN(Descriptor directory, open_directory_at(from, step.parent_path(), shown));
        std::string name = step.filename().string();
        std::optional<Link> link;
        if (!name.empty()) {
            AION_TRY_ASSIGN(link, read_link(directory, name, shown));
        }
        if (!link) {
            return Place{
                std::make_shared<PosixDirectory>(std::move(directory), shown.parent_path()),
                std::move(name), path};
        }
        AION_TRY(check_link(directory, *link, shown));
        step = link->text;
        shown = shown.parent_path() / step;
        from = std::move(directory);
    }
    return fail(read_error(path, ELOOP));
}

Result<std::shared_ptr<Directory>> create_directories(const Path& directory, std::uint32_t mode) {
    Descriptor at;
    Path shown;
    for (const Path& part : directory) {
        if (part.empty()) {
            continue;  // behind a trailing slash
        }
        shown /= part;
        auto next = enter_or_create(at, part, mode, shown);
        if (!next) {
            return fail(write_error(shown, next.error().os_error()));
        }
        at = *std::move(next);
    }
    if (!at.is_open()) {
        return open_directory(directory);
    }
    return std::make_shared<PosixDirectory>(std::move(at), directory);
}

}  // namespace aion::posix
