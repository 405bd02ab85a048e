// SPDX-License-Identifier: MIT OR Apache-2.0
// The one door to the outside world: files, directory sync, locks, clock, entropy, machine id.
//
// Everything this library reads, writes, renames, syncs, draws at random or asks the clock goes
// through an `Env`. `Env::system()` is the real one; `MemoryEnv` (base/memory_env.hpp) is the one
// that tests use to fail any call, cut the power and forget unsynced writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/buffer.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"

namespace aion {

/// What a path names.
enum class FileKind : std::uint8_t { regular, directory, symlink, other };

/// Facts about a file. Two equal `identity` values taken while the file was held open mean that
/// it is the same, unmodified file.
struct FileInfo {
    FileKind kind = FileKind::other;
    std::uint64_t size = 0;  ///< Bytes.
    std::uint32_t mode = 0;  ///< Permission bits, e.g. 0644.

    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::uint64_t modified_ns = 0;
        friend bool operator==(const Identity&, const Identity&) = default;
    } identity;

    std::uint32_t user = 0;   ///< Numeric id of the owner.
    std::uint32_t group = 0;  ///< Numeric id of the group.
};

/// The bytes of one file, read once into memory that belongs to this object alone: no other
/// process can change them, whatever it does to the file. Nothing in this library is memory-mapped.
/// Thread-safe to read.
class FileContent {
  public:
    /// Takes over the first `size` bytes of `buffer`.
    FileContent(Buffer buffer, std::size_t size, const FileInfo& info) noexcept
        : buffer_(std::move(buffer)), size_(size), info_(info) {}

    ~FileContent() = default;
    FileContent(const FileContent&) = delete;
    FileContent& operator=(const FileContent&) = delete;
    FileContent(FileContent&&) = delete;
    FileContent& operator=(FileContent&&) = delete;

    /// All bytes; valid as long as this object.
    [[nodiscard]] ByteView bytes() const noexcept { return {buffer_.get(), size_}; }

    /// The file's facts when it was opened.
    [[nodiscard]] const FileInfo& info() const noexcept { return info_; }

  private:
    Buffer buffer_;
    std::size_t size_;
    FileInfo info_;
};

/// A file opened for reading by position, for one too large to be held in memory. It is the same
/// file however often its path is renamed or linked anew, but its bytes may change at any time:
/// whoever reads the same place twice may find two contents. Not thread-safe.
class ReadableFile {
  public:
    virtual ~ReadableFile() = default;
    ReadableFile(const ReadableFile&) = delete;
    ReadableFile& operator=(const ReadableFile&) = delete;
    ReadableFile(ReadableFile&&) = delete;
    ReadableFile& operator=(ReadableFile&&) = delete;

    /// The file's facts when it was opened; for a pipe, `size` is how much it gave.
    [[nodiscard]] virtual const FileInfo& info() const noexcept = 0;

    /// Fills `out` from `offset` on. Errors: `file_read_error`; `file_changed` when the file ends
    /// before `out` is full.
    [[nodiscard]] virtual Result<> read_at(std::uint64_t offset, MutableByteView out) = 0;

    /// Errors: `file_changed` when its size or modification time is no longer what it was at
    /// opening. A store through a shared mapping moves neither: this tells why a file may have
    /// been found damaged, never that it was not.
    [[nodiscard]] virtual Result<> check_unchanged() const = 0;

  protected:
    ReadableFile() = default;
};

/// A new file being written, locked until destruction. Destroying it closes it without syncing
/// and reports nothing.
class WritableFile {
  public:
    virtual ~WritableFile() = default;
    WritableFile(const WritableFile&) = delete;
    WritableFile& operator=(const WritableFile&) = delete;
    WritableFile(WritableFile&&) = delete;
    WritableFile& operator=(WritableFile&&) = delete;

    /// Appends all of `bytes` (retries short writes and EINTR). Error: `file_write_error`.
    [[nodiscard]] virtual Result<> append(ByteView bytes) = 0;
    /// Gives the file the permission bits of `like`, and its owner and group as far as the system
    /// lets us: root replaces a service's file without taking it away from the service. Where
    /// the group cannot be set, the group may do only what everybody may, because it is a
    /// different group. Access lists and extended attributes are not copied.
    /// Error: `file_write_error`.
    [[nodiscard]] virtual Result<> copy_access(const FileInfo& like) = 0;
    /// Reserves `size` bytes of space without changing the length, where the file system can;
    /// succeeds without effect where it cannot. Error: `file_write_error` when space is short.
    [[nodiscard]] virtual Result<> reserve(std::uint64_t size) = 0;
    /// Forces content to stable storage (fsync). Error: `file_write_error`.
    [[nodiscard]] virtual Result<> sync() = 0;
    /// Closes and reports what close(2) says. Error: `file_write_error`.
    [[nodiscard]] virtual Result<> close() = 0;

  protected:
    WritableFile() = default;
};

/// An advisory lock (flock(2)) held until destruction, on the file that the path named when the
/// lock was taken. Holding it keeps that file open, so its identity cannot be reused meanwhile.
class FileLock {
  public:
    virtual ~FileLock() = default;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    FileLock(FileLock&&) = delete;
    FileLock& operator=(FileLock&&) = delete;

    /// The facts of the locked file as they are now. Error: `file_read_error`.
    [[nodiscard]] virtual Result<FileInfo> info() const = 0;

  protected:
    FileLock() = default;
};

/// The most that `Env::read` takes from something that does not say how long it is (a pipe, a
/// device), whatever `ReadOptions::max_size` allows: /dev/zero never ends. 1 GiB.
inline constexpr std::uint64_t max_stream_size = std::uint64_t{1} << 30U;

/// What `Env::read` and `Env::open` accept.
struct ReadOptions {
    /// Refuse a larger file before reading it (`resource_exhausted`).
    std::uint64_t max_size = UINT64_MAX;
    /// Refuse pipes and devices (`file_read_error`, EINVAL) instead of waiting for what they may
    /// say. For paths that a stranger may have chosen or replaced, e.g. when scanning a folder.
    bool regular_only = false;
};

/// See the top of this file. Implementations are thread-safe. Every path is used as given,
/// relative to the current directory. Every call is one point where a fault can be injected.
class Env {
  public:
    /// The real world. Lives forever.
    [[nodiscard]] static Env& system();

    virtual ~Env() = default;
    Env(const Env&) = delete;
    Env& operator=(const Env&) = delete;
    Env(Env&&) = delete;
    Env& operator=(Env&&) = delete;

    /// Opens `path` once (following symbolic links) and copies all of it. A pipe (also
    /// /dev/stdin and process substitution) is read to its end, waiting for its writer.
    /// Errors: `file_read_error` with the OS cause (ENOENT, EISDIR, EACCES, …);
    /// `resource_exhausted` beyond `options.max_size` or, for a pipe, `max_stream_size`;
    /// `file_changed` if it changed while it was copied.
    [[nodiscard]] virtual Result<std::shared_ptr<const FileContent>> read(
        const std::filesystem::path& path, const ReadOptions& options) = 0;

    /// Opens `path` once (following symbolic links) to read it piece by piece. A pipe or device is
    /// read to its end at once. Errors: as `read`, but for `file_changed`.
    [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open(
        const std::filesystem::path& path, const ReadOptions& options) = 0;

    /// Facts about what `path` names, after following symbolic links, or nothing when nothing is
    /// there (ENOENT, ENOTDIR). Error: `file_read_error`.
    [[nodiscard]] virtual Result<std::optional<FileInfo>> info(
        const std::filesystem::path& path) = 0;

    /// Where a write to `path` must go: follows symbolic links of the last component, also to a
    /// target that does not exist; a path without one is returned unchanged. As the kernel does
    /// when a file is opened, refuses another user's link in a sticky, world-writable directory.
    /// Error: `file_read_error` (loops, unreadable links, strangers' links).
    [[nodiscard]] virtual Result<std::filesystem::path> resolve_link(
        const std::filesystem::path& path) = 0;

    /// Creates a new file that nobody had before (O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC), and holds
    /// its lock (see `lock`) as long as the returned object lives: whoever gets the lock of a
    /// temporary file knows that nobody is writing it any more.
    /// `mode`: exact permission bits, or nothing for 0666 less the umask.
    /// Error: `file_write_error` with the OS cause (EEXIST, ENOENT, EACCES, ENOSPC, …; EBUSY when
    /// another took the lock first, and the new file is gone again).
    [[nodiscard]] virtual Result<std::unique_ptr<WritableFile>> create_exclusive(
        const std::filesystem::path& path, std::optional<std::uint32_t> mode) = 0;

    /// Renames atomically, replacing `to`. Error: `file_write_error` naming `to`.
    [[nodiscard]] virtual Result<> rename(const std::filesystem::path& from,
                                          const std::filesystem::path& to) = 0;

    /// Renames atomically and only if nothing is at `to` (RENAME_NOREPLACE, or link and unlink
    /// where the file system lacks it). Errors: `file_exists`; `file_write_error` naming `to`.
    [[nodiscard]] virtual Result<> rename_exclusive(const std::filesystem::path& from,
                                                    const std::filesystem::path& to) = 0;

    /// Removes a file. Errors: `file_not_found`; `file_write_error`.
    [[nodiscard]] virtual Result<> remove(const std::filesystem::path& path) = 0;

    /// Forces the directory's entries to stable storage; an empty path is the current directory.
    /// Error: `file_write_error`.
    [[nodiscard]] virtual Result<> sync_directory(const std::filesystem::path& directory) = 0;

    /// Creates `directory` and missing parents with exactly `mode`, syncing each parent.
    /// An existing directory is left as it is. Error: `file_write_error`.
    [[nodiscard]] virtual Result<> create_directories(const std::filesystem::path& directory,
                                                      std::uint32_t mode) = 0;

    /// File names in `directory`, sorted bytewise, without `.` and `..`; empty when the directory
    /// does not exist. Error: `file_read_error`.
    [[nodiscard]] virtual Result<std::vector<std::string>> list(
        const std::filesystem::path& directory) = 0;

    /// Locks the file at `path` exclusively against other lockers, waiting at most `wait_ms`
    /// milliseconds. If the path is renamed over while waiting, the new file is locked instead:
    /// on return the lock is on the file that `path` names.
    /// Errors: `conflict` when another holds it all that time; `file_read_error`.
    [[nodiscard]] virtual Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& path,
                                                                 std::uint32_t wait_ms) = 0;

    /// Real time, nanoseconds since the Unix epoch; 0 for a clock set before it.
    [[nodiscard]] virtual Timestamp now() = 0;

    /// Fills `out` from the operating system's secure generator.
    /// Error: `entropy_unavailable`; `out` is then unspecified.
    [[nodiscard]] virtual Result<> random(MutableByteView out) = 0;

    /// The machine identifier that protects stored keys (spec 04 section 6).
    /// Error: `invalid_private_key` when it is empty, naming the remedy.
    [[nodiscard]] virtual Result<std::string> machine_id() = 0;

  protected:
    Env() = default;
};

}  // namespace aion
