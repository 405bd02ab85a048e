// SPDX-License-Identifier: MIT OR Apache-2.0
#include <poll.h>

#include <algorithm>
#include <climits>

#include "aion/base/spool.hpp"
#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Content = std::shared_ptr<const FileContent>;

/// Opens without waiting: a FIFO that nobody writes to would hold open(2) for ever.
Descriptor open_without_waiting(int directory, const std::filesystem::path& path,
                                int follow) noexcept {
    Descriptor file = open_at(directory, path, O_RDONLY | O_NONBLOCK | follow);
    if (!file.is_open() && errno == EWOULDBLOCK) {
        // Somebody holds a lease on it and is being asked to give it up.
        file = open_at(directory, path, O_RDONLY | follow);
    }
    return file;
}

Descriptor open_for_reading(const std::filesystem::path& path) noexcept {
    if (path == "/dev/stdin") {
        // Opening it again would fail for a socket, and for a pipe that another user made.
        return Descriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    }
    return open_without_waiting(AT_FDCWD, path, 0);
}

Error too_large(const std::filesystem::path& path, std::uint64_t limit) {
    return error_because(
        ErrorCode::resource_exhausted,
        path.string() + " is larger than the limit of " + std::to_string(limit) + " bytes");
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

/// What a pipe or device gave, with the facts of what gave it.
class ReadStream final : public ReadableFile {
  public:
    ReadStream(std::unique_ptr<ReadableFile> spooled, const FileInfo& info)
        : spooled_(std::move(spooled)), info_(info) {
        info_.size = spooled_->info().size;
    }

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        return spooled_->read_at(offset, out);
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    std::unique_ptr<ReadableFile> spooled_;
    FileInfo info_;
};

/// The same to be read by position. A device may never end; a pipe ends when its writer does, and
/// what it gives costs disk, not memory.
Result<std::unique_ptr<ReadableFile>> spool_stream(const Descriptor& file, const FileInfo& info,
                                                   bool is_pipe, std::uint64_t most,
                                                   const std::filesystem::path& path) {
    constexpr std::size_t piece = std::size_t{64} << 10U;
    const std::uint64_t limit = is_pipe ? most : std::min(most, max_stream_size);
    Spool spool(Env::system());
    const Buffer buffer = make_buffer(piece);
    for (;;) {
        AION_TRY_ASSIGN(const std::size_t got, read_some(file.get(), {buffer.get(), piece}, path));
        if (got == 0) {
            return std::make_unique<ReadStream>(spool.finish(path), info);
        }
        if (got > limit - spool.size()) {
            return fail(too_large(path, limit));
        }
        AION_TRY(spool.append({buffer.get(), got}));
    }
}

/// Files of /proc say that they are empty and are not.
bool is_regular(const FileInfo& info) noexcept {
    return info.kind == FileKind::regular && info.size != 0;
}

Error not_regular(const std::filesystem::path& path) {
    return read_error(path, EINVAL).in_context("not a regular file: " + path.string());
}

/// Why a file could not be opened; a socket, or a device that nothing drives, for what it is.
Error cannot_open(const ReadOptions& options, const std::filesystem::path& path) {
    return errno == ENXIO && options.regular_only ? not_regular(path) : read_error(path);
}

/// Refuses what is not to be read at all.
Result<> require_readable(const FileInfo& info, const ReadOptions& options,
                          const std::filesystem::path& path) {
    if (info.kind == FileKind::directory) {
        return fail(read_error(path, EISDIR));
    }
    if (info.kind != FileKind::regular && options.regular_only) {
        return fail(not_regular(path));
    }
    if (info.kind == FileKind::regular && (info.size > options.max_size || info.size > SIZE_MAX)) {
        return fail(too_large(path, options.max_size));
    }
    return {};
}

/// A regular file that is held open as long as this object lives, by whomever.
class OpenedFile : public ReadableFile {
  public:
    OpenedFile(int file, const FileInfo& info, std::filesystem::path path)
        : file_(file), info_(info), path_(std::move(path)) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        AION_TRY_ASSIGN(const std::size_t got, read_from(file_, offset, out, path_));
        if (got != out.size()) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override {
        AION_TRY_ASSIGN(const FileInfo now, info_of(file_, path_));
        if (now.identity != info_.identity) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        return {};
    }

  private:
    int file_;
    FileInfo info_;
    std::filesystem::path path_;
};

class RegularFile final : public OpenedFile {
  public:
    RegularFile(Descriptor file, const FileInfo& info, std::filesystem::path path)
        : OpenedFile(file.get(), info, std::move(path)), owned_(std::move(file)) {}

  private:
    Descriptor owned_;
};

Result<std::unique_ptr<ReadableFile>> open_descriptor(Descriptor file, const ReadOptions& options,
                                                      const std::filesystem::path& path) {
    if (!file.is_open()) {
        return fail(cannot_open(options, path));
    }
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return fail(read_error(path));
    }
    const FileInfo info = to_file_info(facts);
    AION_TRY(require_readable(info, options, path));
    if (is_regular(info)) {
        return std::make_unique<RegularFile>(std::move(file), info, path);
    }
    const bool is_pipe = S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode);
    return spool_stream(file, info, is_pipe, options.max_size, path);
}

}  // namespace

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

Result<Content> read(const std::filesystem::path& path, const ReadOptions& options) {
    const Descriptor file = open_for_reading(path);
    if (!file.is_open()) {
        return fail(cannot_open(options, path));
    }
    return read_opened(file, options, path);
}

Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                           const ReadOptions& options) {
    return open_descriptor(open_for_reading(path), options, path);
}

Result<std::unique_ptr<ReadableFile>> open_to_read_at(int directory, const std::string& name,
                                                      const ReadOptions& options,
                                                      const std::filesystem::path& shown) {
    return open_descriptor(open_without_waiting(directory, name, O_NOFOLLOW), options, shown);
}

Result<std::unique_ptr<ReadableFile>> borrow_opened(const Descriptor& file,
                                                    const std::filesystem::path& shown) {
    AION_TRY_ASSIGN(const FileInfo info, info_of(file.get(), shown));
    return std::make_unique<OpenedFile>(file.get(), info, shown);
}

Result<Content> read_at(int directory, const std::string& name, const ReadOptions& options,
                        const std::filesystem::path& shown) {
    const Descriptor file = open_without_waiting(directory, name, O_NOFOLLOW);
    if (!file.is_open()) {
        return fail(read_error(shown));
    }
    return read_opened(file, options, shown);
}

Result<Content> read_opened(const Descriptor& file, const ReadOptions& options,
                            const std::filesystem::path& shown) {
    AION_TRY_ASSIGN(const FileInfo info, info_of(file.get(), shown));
    AION_TRY(require_readable(info, options, shown));
    return is_regular(info) ? copy_regular(file, info, shown)
                            : copy_stream(file, info, options.max_size, shown);
}

}  // namespace aion::posix
