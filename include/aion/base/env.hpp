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
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/buffer.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"

namespace aion {

class Interrupt;

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
    /// Names that the file has (hard links). Replacing one name leaves the others with the old
    /// content.
    std::uint64_t links = 1;
    /// When content or facts changed last (ctime), nanoseconds since the epoch: nobody can set it,
    /// but the clock. No part of `identity`, as a new name of the file moves it, too.
    std::uint64_t changed_ns = 0;
};

/// Who may do what with a file, and what else is noted about it: what a replacement takes over.
struct FileAccess {
    FileInfo info;  ///< Of the very file that the rest is about.

    struct Attribute {
        std::string name;  ///< E.g. `user.origin`, `system.posix_acl_access`.
        Bytes value;
    };

    /// Access list and extended attributes, but not those that describe the content or grant the
    /// file itself a privilege (`security.capability`, `security.ima`, `security.evm`).
    std::vector<Attribute> attributes;
    /// False when they could not be read: the file may have an access list that nobody here knows.
    bool attributes_known = true;
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

/// A file that no name leads to, for what comes in once and is too large to be held: nobody else
/// can open it, and it is gone with this object, or with the process. Not thread-safe.
class UnnamedFile : public ReadableFile {
  public:
    /// Appends all of `bytes`, whereby `info().size` grows. Error: `file_write_error`.
    [[nodiscard]] virtual Result<> append(ByteView bytes) = 0;
};

/// A new file being written. One that was created with a name is locked until destruction.
/// Destroying it closes it without syncing and reports nothing.
class WritableFile {
  public:
    virtual ~WritableFile() = default;
    WritableFile(const WritableFile&) = delete;
    WritableFile& operator=(const WritableFile&) = delete;
    WritableFile(WritableFile&&) = delete;
    WritableFile& operator=(WritableFile&&) = delete;

    /// Appends all of `bytes` (retries short writes and EINTR). Error: `file_write_error`.
    [[nodiscard]] virtual Result<> append(ByteView bytes) = 0;
    /// Gives the file the access of `like`: permission bits, access list, extended attributes, and
    /// owner and group as far as the system lets us, so that root replaces a service's file
    /// without taking it away from the service. What cannot be kept takes rights away and never
    /// adds any: without its access list, group and others may do only what every entry allowed;
    /// another group may do only what everybody may. For a file created with a stated mode, before
    /// anything is written.
    /// Returns what could not be kept, e.g. `access list`, each fit for a list in a sentence.
    /// Error: `file_write_error`.
    [[nodiscard]] virtual Result<std::vector<std::string>> copy_access(const FileAccess& like) = 0;
    /// Reserves `size` bytes of space without changing the length, where the file system can;
    /// succeeds without effect where it cannot. Error: `file_write_error` when space is short.
    [[nodiscard]] virtual Result<> reserve(std::uint64_t size) = 0;
    /// Forces content to stable storage (fsync). Error: `file_write_error`.
    [[nodiscard]] virtual Result<> sync() = 0;
    /// Ends writing and reports what close(2) says; what is left is `link`, `read_at` and `sync`.
    /// Error: `file_write_error`.
    [[nodiscard]] virtual Result<> close() = 0;
    /// Gives a file that has no name (`Directory::create_unlinked`) one in its directory,
    /// atomically and only if nothing is there. It may be closed by then. Some file systems note in
    /// the file itself that it has a name: what must last is synced again, as its directory is.
    /// Errors: `file_exists`; `file_write_error` naming it (EINVAL for a file that has a name;
    /// EPERM or EACCES where a security module lets nobody do this, which it may say only now:
    /// `read_at` gives what there is to whoever writes it in another way).
    [[nodiscard]] virtual Result<> link(const std::string& name) = 0;
    /// Fills `out` with what was written from `offset` on, of a file that was created without a
    /// name; also when it is closed. Returns how much that is: less than all only at the end.
    /// Error: `file_read_error` (EBADF for a file that was created with a name).
    [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset,
                                                      MutableByteView out) = 0;

  protected:
    WritableFile() = default;
};

/// An advisory lock among writers, held until destruction, on the file that the name had when the
/// lock was taken. Holding it keeps that file open, so its identity cannot be reused meanwhile.
///
/// It is an open file description lock (fcntl(2)) for writing, which only those can take who may
/// write the file. Those who may only read it can keep nobody out: where their locks are in the
/// way, writers agree by a file `.{name}.aion-lock` beside it, which goes away with the lock.
class FileLock {
  public:
    virtual ~FileLock() = default;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    FileLock(FileLock&&) = delete;
    FileLock& operator=(FileLock&&) = delete;

    /// Reads all of the locked file, whatever its name has come to mean, into a private copy.
    /// Errors: as `Env::read`, with `max_size` in place of `ReadOptions::max_size`.
    [[nodiscard]] virtual Result<std::shared_ptr<const FileContent>> read(
        std::uint64_t max_size) const = 0;

    /// The locked file, whatever its name has come to mean, to be read by position. It must not
    /// outlive the lock. Error: `file_read_error`.
    [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open() const = 0;

    /// The facts of the locked file as they are now. Error: `file_read_error`.
    [[nodiscard]] virtual Result<FileInfo> info() const = 0;

    /// The access of the locked file as it is now. Error: `file_read_error`.
    [[nodiscard]] virtual Result<FileAccess> access() const = 0;

  protected:
    FileLock() = default;
};

/// The most that `Env::read` takes from something that does not say how long it is (a pipe, a
/// device), whatever `ReadOptions::max_size` allows, and `Env::open` from a device: /dev/zero never
/// ends. 1 GiB.
inline constexpr std::uint64_t max_stream_size = std::uint64_t{1} << 30U;

/// What `Env::read` and `Env::open` accept.
struct ReadOptions {
    /// Refuse a larger file before reading it (`resource_exhausted`).
    std::uint64_t max_size = UINT64_MAX;
    /// Refuse pipes, sockets and devices (`file_read_error`, EINVAL), not waiting for what they may
    /// say. For paths that a stranger may have chosen or replaced, e.g. when scanning a folder.
    bool regular_only = false;
};

/// Is told of one name in a directory, and of what has it where the file system says so beside the
/// name: not all do. The view is valid during the call.
using EntrySink = std::function<void(std::string_view name, std::optional<FileKind> kind)>;

/// A directory held open: whatever its path comes to name, this stays the same directory.
///
/// Every `name` is a plain file name, never a path; a symbolic link of that name is never followed.
/// Errors name the file by the path under which the directory was opened. Thread-safe.
class Directory {
  public:
    virtual ~Directory() = default;
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    Directory(Directory&&) = delete;
    Directory& operator=(Directory&&) = delete;

    /// As `Env::read`; a link is `file_read_error` (ELOOP).
    [[nodiscard]] virtual Result<std::shared_ptr<const FileContent>> read(
        const std::string& name, const ReadOptions& options) = 0;

    /// As `Env::open`; a link is `file_read_error` (ELOOP).
    [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open(
        const std::string& name, const ReadOptions& options) = 0;

    /// What is there, a link itself included, or nothing. Error: `file_read_error`.
    [[nodiscard]] virtual Result<std::optional<FileInfo>> info(const std::string& name) = 0;

    /// The access of what is there, all of it about the one file that `info` in it describes, or
    /// nothing when nothing is there. Error: `file_read_error`.
    [[nodiscard]] virtual Result<std::optional<FileAccess>> access(const std::string& name) = 0;

    /// Locks a regular file exclusively against other lockers, waiting at most `wait_ms`
    /// milliseconds. If the name is renamed over while waiting, the new file is locked instead:
    /// on return the lock is on the file that has the name.
    /// Errors: `conflict` when another holds it all that time; `file_write_error` (EACCES, EPERM,
    /// EROFS) when we may not write the file; `file_read_error` otherwise (also on file systems
    /// without locks).
    [[nodiscard]] virtual Result<std::unique_ptr<FileLock>> lock(const std::string& name,
                                                                 std::uint32_t wait_ms) = 0;

    /// Creates a new file that nobody had before (O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC), and holds
    /// its lock (see `lock`) as long as the returned object lives: whoever gets the lock of a
    /// temporary file knows that nobody is writing it any more.
    /// `mode`: exact permission bits, without any access that the directory passes on; or nothing
    /// for 0666 less the umask.
    /// Error: `file_write_error` with the OS cause (EEXIST, ENOENT, EACCES, ENOSPC, …; EBUSY when
    /// another took the lock first, who may remove the new file as one that was left behind).
    [[nodiscard]] virtual Result<std::unique_ptr<WritableFile>> create_exclusive(
        const std::string& name, std::optional<std::uint32_t> mode) = 0;

    /// Creates a new file without a name (O_TMPFILE): nobody finds it, and nothing of it is left
    /// when the returned object, or the process, ends before `WritableFile::link`. `mode` as in
    /// `create_exclusive`. Error: `file_write_error` naming the directory (EOPNOTSUPP or EISDIR
    /// where there is no such thing, EOPNOTSUPP also where it could not be given a name).
    [[nodiscard]] virtual Result<std::unique_ptr<WritableFile>> create_unlinked(
        std::optional<std::uint32_t> mode) = 0;

    /// Renames atomically, replacing `to`. Error: `file_write_error` naming `to`.
    [[nodiscard]] virtual Result<> rename(const std::string& from, const std::string& to) = 0;

    /// Renames atomically and only if nothing is at `to` (RENAME_NOREPLACE, or link and unlink
    /// where the file system lacks it). Errors: `file_exists`; `file_write_error` naming `to`.
    [[nodiscard]] virtual Result<> rename_exclusive(const std::string& from,
                                                    const std::string& to) = 0;

    /// Removes a file or a link itself. Errors: `file_not_found`; `file_write_error`.
    [[nodiscard]] virtual Result<> remove(const std::string& name) = 0;

    /// Tells `sink` of every name but `.` and `..`, in no order, and keeps none: a directory may
    /// have more than memory should hold. `sink` must not use this directory; what it throws comes
    /// out. Error: `file_read_error`; what was told by then is there.
    [[nodiscard]] virtual Result<> each_entry(const EntrySink& sink) = 0;

    /// All names, sorted bytewise, without `.` and `..`. Error: `file_read_error`.
    [[nodiscard]] Result<std::vector<std::string>> list();

    /// The directory's own facts. Error: `file_read_error`.
    [[nodiscard]] virtual Result<FileInfo> own_info() = 0;

    /// Forces the entries to stable storage. Error: `file_write_error`.
    [[nodiscard]] virtual Result<> sync() = 0;

    /// False for a directory that we may use and not read, which no system lets us sync: whoever
    /// must not lose a write finds out before writing.
    [[nodiscard]] virtual bool can_sync() const noexcept { return true; }

  protected:
    Directory() = default;
};

/// Where a path led when it was resolved, once: an open directory and a name in it. Whoever locks,
/// reads, compares, replaces and syncs through one place means one file, whatever links and
/// folders others put where the path went.
struct Place {
    std::shared_ptr<Directory> directory;
    std::string name;             ///< Empty for a path that ends in a slash.
    std::filesystem::path shown;  ///< The path as it was given, for messages.
};

/// Tells when something may have changed where some paths lead. What it tells of, a look at the
/// paths has to confirm; what it does not, only a look now and then finds: a file that is stored
/// into through a mapping or not yet closed, one of a network file system, and folders that are
/// exchanged above those that hold the files or links.
class Watch {
  public:
    virtual ~Watch() = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    Watch(Watch&&) = delete;
    Watch& operator=(Watch&&) = delete;

    /// Returns when something may have changed since the last call (or since the watch was made),
    /// when `wake` was called since then, after `most_ms` milliseconds, or for no reason. By one
    /// thread at a time. From then on it is watched where the paths lead now.
    virtual void wait(std::uint32_t most_ms) = 0;

    /// Ends a `wait` that is under way, or else the next. By any thread, or a signal handler.
    virtual void wake() noexcept = 0;

    /// False where some of what the paths lead over cannot be watched, e.g. a folder that we may
    /// use and not read. As of the last `wait`.
    [[nodiscard]] virtual bool is_complete() const noexcept = 0;

  protected:
    Watch() = default;
};

/// What stored keys are bound to (docs/keys.md#the-machine-identifier).
struct MachineId {
    enum class Source : std::uint8_t {
        file,          ///< /etc/machine-id.
        user_at_host,  ///< There is no such file: names, which change more easily.
    };

    std::string text;
    Source source = Source::file;
    std::string user = {};  ///< Of `user_at_host`.
    std::string host = {};  ///< Of `user_at_host`.

    /// False for what an image has in its file until the first boot, and for anything else that is
    /// not 32 hex digits: the next boot may replace it.
    [[nodiscard]] bool is_lasting() const;

    friend bool operator==(const MachineId&, const MachineId&) = default;
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
    /// read to its end at once, and what it gave is kept as `Spool` does (base/spool.hpp): a pipe
    /// may give as much as `options.max_size` and the disk allow, a device `max_stream_size`.
    /// Errors: as `read`, but for `file_changed`; those of `create_unnamed` and of writing to it.
    [[nodiscard]] virtual Result<std::unique_ptr<ReadableFile>> open(
        const std::filesystem::path& path, const ReadOptions& options) = 0;

    /// A new file without a name, in the folder that TMPDIR names if it is an absolute path, else
    /// in /tmp. Error: `file_write_error` naming the folder.
    [[nodiscard]] virtual Result<std::unique_ptr<UnnamedFile>> create_unnamed() = 0;

    /// Facts about what `path` names, after following symbolic links, or nothing when nothing is
    /// there (ENOENT, ENOTDIR). Error: `file_read_error`.
    [[nodiscard]] virtual Result<std::optional<FileInfo>> info(
        const std::filesystem::path& path) = 0;

    /// Opens a directory, following symbolic links, but none of those that the kernel makes up for
    /// open files (`/proc/self/fd/3`). An empty path is the current directory.
    /// Error: `file_read_error` (ENOENT, ENOTDIR, EACCES, ELOOP, …).
    [[nodiscard]] virtual Result<std::shared_ptr<Directory>> open_directory(
        const std::filesystem::path& path) = 0;

    /// Resolves `path` once: opens its directory and follows symbolic links of the last component,
    /// also to a target that does not exist, each from the directory that holds it. As the kernel
    /// does when a file is opened, refuses another user's link in a sticky, world-writable
    /// directory; and a link that the kernel makes up for an open file (`/dev/stdout`,
    /// `/proc/self/fd/3`), which says no path (`file_write_error`, EINVAL).
    /// Error: `file_read_error` (no such directory, loops, unreadable links, strangers' links).
    [[nodiscard]] virtual Result<Place> locate(const std::filesystem::path& path) = 0;

    /// Creates a directory and missing parents with exactly `mode`, syncing each parent, and opens
    /// it. One that is there is opened as it is; what is made is never reached through a link.
    /// Error: `file_write_error`.
    [[nodiscard]] virtual Result<std::shared_ptr<Directory>> create_directories(
        const std::filesystem::path& directory, std::uint32_t mode) = 0;

    /// Watches where `paths` lead, links followed: the directories in which a file is replaced or a
    /// link changed, so that a new file under the name is seen, too (inotify(7)). A path that leads
    /// nowhere yet is watched as far as it goes. Nothing is watched here unless an environment says
    /// otherwise. Errors: `file_read_error` (EOPNOTSUPP where there is no such thing; EMFILE).
    [[nodiscard]] virtual Result<std::unique_ptr<Watch>> watch(
        std::vector<std::filesystem::path> paths);

    /// Real time, nanoseconds since the Unix epoch; 0 for a clock set before it.
    [[nodiscard]] virtual Timestamp now() = 0;

    /// Fills `out` from the operating system's secure generator.
    /// Error: `entropy_unavailable`; `out` is then unspecified.
    [[nodiscard]] virtual Result<> random(MutableByteView out) = 0;

    /// The machine identifier that protects stored keys (docs/keys.md#the-machine-identifier).
    /// Error: `invalid_private_key` when /etc/machine-id is empty, no text or cannot be read (only
    /// one that is not there has a substitute), naming the remedy or the system's reason.
    [[nodiscard]] virtual Result<MachineId> machine_id() = 0;

    /// Who may ask changes through this environment to stop; nobody, unless it is an
    /// `InterruptibleEnv` (base/interrupt.hpp). No call to the outside.
    [[nodiscard]] virtual Interrupt* interrupt() noexcept { return nullptr; }

  protected:
    Env() = default;
};

}  // namespace aion
