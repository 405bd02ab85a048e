// SPDX-License-Identifier: MIT OR Apache-2.0
#include <poll.h>

#include <algorithm>
#include <climits>

#include "base/env_posix.hpp"
#include "base/mapping_guard.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Content = std::shared_ptr<const FileContent>;

/// Bytes on the heap; not `Bytes`, because they need not be zeroed first.
struct Buffer {
    std::unique_ptr<std::uint8_t[]> data;
    std::size_t size = 0;

    explicit Buffer(std::size_t bytes)
        : data(std::make_unique_for_overwrite<std::uint8_t[]>(bytes)), size(bytes) {}

    [[nodiscard]] MutableByteView view() const noexcept { return {data.get(), size}; }
};

/// The bytes of a file or pipe, ours alone: the first `size` of `buffer`.
class CopiedContent final : public FileContent {
  public:
    CopiedContent(Buffer buffer, std::size_t size, const FileInfo& info)
        : buffer_(std::move(buffer)), size_(size), info_(info) {}

    [[nodiscard]] ByteView bytes() const noexcept override { return buffer_.view().first(size_); }

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    Buffer buffer_;
    std::size_t size_;
    FileInfo info_;
};

class MappedContent final : public FileContent {
  public:
    MappedContent(std::unique_ptr<GuardedMapping> mapping, Descriptor file, const FileInfo& info,
                  std::filesystem::path path)
        : mapping_(std::move(mapping)),
          file_(std::move(file)),
          info_(info),
          path_(std::move(path)) {}

    [[nodiscard]] ByteView bytes() const noexcept override { return mapping_->bytes(); }

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> check_unchanged() const override {
        AION_TRY_ASSIGN(const FileInfo now, info_of(file_.get(), path_));
        if (mapping_->damaged() || now.identity != info_.identity) {
            return fail(error_at_path(ErrorCode::file_changed, path_.string()));
        }
        return {};
    }

  private:
    std::unique_ptr<GuardedMapping> mapping_;
    Descriptor file_;
    FileInfo info_;
    std::filesystem::path path_;
};

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

/// Reads from the start of a regular file until `out` is full or the file ends.
Result<std::size_t> read_at_start(int file, MutableByteView out,
                                  const std::filesystem::path& path) {
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got = retry([&] {
            return ::pread(file, out.data() + done,
                           std::min<std::size_t>(out.size() - done, SSIZE_MAX),
                           static_cast<off_t>(done));
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
    const auto size = static_cast<std::size_t>(info.size);
    Buffer buffer(size);
    AION_TRY_ASSIGN(const std::size_t got, read_at_start(file.get(), buffer.view(), path));
    AION_TRY_ASSIGN(const FileInfo after, info_of(file.get(), path));
    if (got != size || after.identity != info.identity) {
        return fail(error_at_path(ErrorCode::file_changed, path.string()));
    }
    return std::make_shared<CopiedContent>(std::move(buffer), size, info);
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
Result<Content> copy_stream(const Descriptor& file, FileInfo info, std::uint64_t limit,
                            const std::filesystem::path& path) {
    Buffer buffer(std::size_t{64} << 10U);
    std::size_t used = 0;
    for (;;) {
        if (used == buffer.size) {
            Buffer larger(2 * buffer.size);
            std::ranges::copy(buffer.view(), larger.view().begin());
            buffer = std::move(larger);
        }
        AION_TRY_ASSIGN(const std::size_t got,
                        read_some(file.get(), buffer.view().subspan(used), path));
        if (got == 0) {
            break;
        }
        used += got;
        if (used > limit) {
            return fail(too_large(path, limit));
        }
    }
    info.size = used;
    return std::make_shared<CopiedContent>(std::move(buffer), used, info);
}

/// A private copy of whatever is open.
Result<Content> copy(const Descriptor& file, const FileInfo& info, const ReadOptions& options,
                     const std::filesystem::path& path) {
    if (info.kind == FileKind::directory) {
        return fail(read_error(path, EISDIR));
    }
    if (info.kind != FileKind::regular && options.regular_only) {
        return fail(read_error(path, EINVAL).in_context("not a regular file: " + path.string()));
    }
    if (info.kind != FileKind::regular || info.size == 0) {
        return copy_stream(file, info, std::min(options.max_size, max_stream_size), path);
    }
    if (info.size > options.max_size || info.size > SIZE_MAX) {
        return fail(too_large(path, options.max_size));
    }
    return copy_regular(file, info, path);
}

}  // namespace

Result<Content> read(const std::filesystem::path& path, const ReadOptions& options) {
    Descriptor file = open_for_reading(path);
    if (!file.is_open()) {
        return fail(read_error(path));
    }
    AION_TRY_ASSIGN(const FileInfo info, info_of(file.get(), path));
    const bool may_map = info.kind == FileKind::regular && info.size > 0 &&
                         info.size <= options.max_size && info.size <= SIZE_MAX;
    if (may_map && info.size >= options.map_from_size) {
        if (auto mapping = GuardedMapping::map(file.get(), static_cast<std::size_t>(info.size))) {
            return std::make_shared<MappedContent>(std::move(mapping), std::move(file), info, path);
        }
    }
    return copy(file, info, options, path);
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
    return copy(file, info, options, shown);
}

}  // namespace aion::posix
