// SPDX-License-Identifier: MIT OR Apache-2.0
#include <dirent.h>
#include <poll.h>

#include <algorithm>
#include <climits>

#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Content = std::shared_ptr<const FileContent>;

/// Opens without waiting: a FIFO that nobody writes to would hold open(2) for ever.
Descriptor open_for_reading(const std::filesystem::path& path) noexcept {
    if (path == "/dev/stdin") {
        // Opening it again would fail for a socket, and for a pipe that another user made.
        return Descriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    }
    Descriptor file = open(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open() && errno == EWOULDBLOCK) {
        // Somebody holds a lease on it and is being asked to give it up.
        file = open(path, O_RDONLY);
    }
    return file;
}

Error too_large(const std::filesystem::path& path, std::uint64_t limit) {
    return error_because(
        ErrorCode::resource_exhausted,
        path.string() + " is larger than the limit of " + std::to_string(limit) + " bytes");
}

/// Reads a regular file from `offset` on until `out` is full or the file ends.
Result<std::size_t> read_from(int file, std::uint64_t offset, MutableByteView out,
                              const std::filesystem::path& path) {
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got = retry([&] {
            return ::pread(file, out.data() + done,
                           std::min<std::size_t>(out.size() - done, SSIZE_MAX),
                           static_cast<off_t>(offset + done));
        });
        if (got < 0) {
            return fail(read_error(path));
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<Content> copy_regular(const Descriptor& file, const FileInfo& info,
                             const std::filesystem::path& path) {
    Buffer buffer = make_buffer(info.size);
    AION_TRY_ASSIGN(const std::size_t got,
                    read_from(file.get(), 0, {buffer.get(), info.size}, path));
    AION_TRY_ASSIGN(const FileInfo after, info_of(file.get(), path));
    if (got != info.size || after.identity != info.identity) {
        return fail(error_at_path(ErrorCode::file_changed, path.string()));
    }
    return std::make_shared<const FileContent>(std::move(buffer), info.size, info);
}

/// Reads what is there, waiting for more until every writer has gone. Returns 0 at the end.
Result<std::size_t> read_some(int file, MutableByteView out, const std::filesystem::path& path) {
    for (;;) {
        // First poll: before its first writer comes, a FIFO opened without waiting reads as ended.
        pollfd wait{.fd = file, .events = POLLIN, .revents = 0};
        if (retry([&] { return ::poll(&wait, 1, -1); }) < 0) {
            return fail(read_error(path));
        }
        const auto got = retry([&] { return ::read(file, out.data(), out.size()); });
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EAGAIN) {
            return fail(read_error(path));
        }
    }
}

/// For what does not know its size: pipes, devices, and files of /proc, whose size is 0.
Result<Content> copy_stream(const Descriptor& file, FileInfo info, std::uint64_t most,
                            const std::filesystem::path& path) {
    const std::uint64_t limit = std::min(most, max_stream_size);
    std::size_t room = std::size_t{64} << 10U;
    Buffer buffer = make_buffer(room);
    std::size_t used = 0;
    for (;;) {
        if (used == room) {
            Buffer larger = make_buffer(2 * room);
            std::ranges::copy(std::span(buffer.get(), room), larger.get());
            buffer = std::move(larger);
            room *= 2;
        }
        AION_TRY_ASSIGN(const std::size_t got,
                        read_some(file.get(), {buffer.get() + used, room - used}, path));
        if (got == 0) {
            break;
        }
        used += got;
        if (used > limit) {
            return fail(too_large(path, limit));
        }
    }
    info.size = used;
    return std::make_shared<const FileContent>(std::move(buffer), used, info);
}

/// A file opened and found to be one that may be read.
struct Opened {
    Descriptor file;
    FileInfo info;

    /// Files of /proc say that they are empty and are not.
    [[nodiscard]] bool is_regular() const noexcept {
        return info.kind == FileKind::regular && info.size != 0;
    }
};

Result<Opened> open_to_read(const std::filesystem::path& path, const ReadOptions& options) {
    Descriptor file = open_for_reading(path);
    if (!file.is_open()) {
        return fail(read_error(path));
    }
    AION_TRY_ASSIGN(const FileInfo info, info_of(file.get(), path));
    if (info.kind == FileKind::directory) {
        return fail(read_error(path, EISDIR));
    }
    if (info.kind != FileKind::regular && options.regular_only) {
        return fail(read_error(path, EINVAL).in_context("not a regular file: " + path.string()));
    }
    if (info.kind == FileKind::regular && (info.size > options.max_size || info.size > SIZE_MAX)) {
        return fail(too_large(path, options.max_size));
    }
    return Opened{std::move(file), info};
}

class RegularFile final : public ReadableFile {
  public:
    RegularFile(Descriptor file, const FileInfo& info, std::filesystem::path path)
        : file_(std::move(file)), info_(info), path_(std::move(path)) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        AION_TRY_ASSIGN(const std::size_t got, read_from(file_.get(), offset, out, path_));
        if (got != out.size()) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override {
        AION_TRY_ASSIGN(const FileInfo now, info_of(file_.get(), path_));
        if (now.identity != info_.identity) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        return {};
    }

  private:
    Descriptor file_;
    FileInfo info_;
    std::filesystem::path path_;
};

/// What a pipe or device gave, all of it in memory.
class ReadStream final : public ReadableFile {
  public:
    ReadStream(Content content, std::filesystem::path path)
        : content_(std::move(content)), path_(std::move(path)) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return content_->info(); }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        const ByteView all = content_->bytes();
        if (offset > all.size() || out.size() > all.size() - offset) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        std::ranges::copy(all.subspan(offset, out.size()), out.begin());
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    Content content_;
    std::filesystem::path path_;
};

/// What a symbolic link says, or nothing when `path` is none.
Result<std::optional<std::filesystem::path>> link_target(const std::filesystem::path& path) {
    std::array<char, PATH_MAX> target{};
    const auto length = ::readlink(path.c_str(), target.data(), target.size());
    if (length < 0) {
        if (errno == EINVAL || errno == ENOENT || errno == ENOTDIR) {
            return std::nullopt;
        }
        return fail(read_error(path));
    }
    if (static_cast<std::size_t>(length) == target.size()) {
        return fail(read_error(path, ENAMETOOLONG));
    }
    return std::filesystem::path(std::string(target.data(), static_cast<std::size_t>(length)));
}

/// The kernel's rule for following links (protected_symlinks in proc_sys_fs(5)): we follow them
/// by hand, so we must keep it by hand, or anyone could aim our writes by a link in /tmp.
Result<> refuse_strangers_link(const std::filesystem::path& link) {
    const std::filesystem::path parent = link.parent_path();
    struct stat own{};
    struct stat around{};
    if (::lstat(link.c_str(), &own) != 0 ||
        ::stat(parent.empty() ? "." : parent.c_str(), &around) != 0) {
        return fail(read_error(link));
    }
    const bool open_to_all = (around.st_mode & S_ISVTX) != 0 && (around.st_mode & S_IWOTH) != 0;
    if (open_to_all && own.st_uid != ::geteuid() && own.st_uid != around.st_uid) {
        return fail(read_error(link, EACCES));
    }
    return {};
}

struct CloseDirectory {
    void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};

}  // namespace

Result<Content> read(const std::filesystem::path& path, const ReadOptions& options) {
    AION_TRY_ASSIGN(const Opened opened, open_to_read(path, options));
    return opened.is_regular() ? copy_regular(opened.file, opened.info, path)
                               : copy_stream(opened.file, opened.info, options.max_size, path);
}

Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                           const ReadOptions& options) {
    AION_TRY_ASSIGN(Opened opened, open_to_read(path, options));
    if (opened.is_regular()) {
        return std::make_unique<RegularFile>(std::move(opened.file), opened.info, path);
    }
    AION_TRY_ASSIGN(Content content, copy_stream(opened.file, opened.info, options.max_size, path));
    return std::make_unique<ReadStream>(std::move(content), path);
}

Result<std::filesystem::path> resolve_link(std::filesystem::path path) {
    constexpr int most_links = 40;  // as many as Linux follows
    for (int i = 0; i < most_links; ++i) {
        AION_TRY_ASSIGN(const auto target, link_target(path));
        if (!target) {
            return path;
        }
        AION_TRY(refuse_strangers_link(path));
        path = path.parent_path() / *target;
    }
    return fail(read_error(path, ELOOP));
}

Result<std::vector<std::string>> list(const std::filesystem::path& directory) {
    const std::unique_ptr<DIR, CloseDirectory> stream(
        ::opendir(directory.empty() ? "." : directory.c_str()));
    if (stream == nullptr) {
        if (errno == ENOENT) {
            return {};
        }
        return fail(read_error(directory));
    }
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        // NOLINTNEXTLINE(concurrency-mt-unsafe): this stream is ours alone.
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr) {
            break;
        }
        std::string name(static_cast<const char*>(entry->d_name));
        if (name != "." && name != "..") {
            names.push_back(std::move(name));
        }
    }
    if (errno != 0) {
        return fail(read_error(directory));
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace aion::posix
