// SPDX-License-Identifier: MIT OR Apache-2.0
// Locks among writers that readers cannot hold up.
//
// A writer opens the file for writing and takes an open file description lock of its whole length.
// A reader cannot have that lock, but one for reading, which is as much in the way. Seeing such a
// one, a writer creates the note `.{name}.aion-lock` instead, as only those can who may replace the
// file anyway. Both ways exclude each other, because each first announces itself and then looks
// for the other: with the lock one looks for a note, with the note one looks for a lock for
// writing. Of two who do both at once, at least one sees the other.
#include <algorithm>
#include <chrono>
#include <thread>

#include "base/env_posix.hpp"
#include "base/file_names.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

using Clock = std::chrono::steady_clock;
using Path = std::filesystem::path;

flock whole_file(short type) noexcept {
    flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;  // from 0 to wherever the file will end
}

/// Whether somebody else has the file's lock for writing. A lock for writing and one for reading
/// cannot be held together, so it does not matter which of several the kernel tells us about.
bool has_writer(const Descriptor& file) noexcept {
    flock lock = whole_file(F_WRLCK);
    const bool known = retry([&] { return ::fcntl(file.get(), F_OFD_GETLK, &lock); }) == 0;
    return !known || lock.l_type == F_WRLCK;
}

/// Whether `name` is still the file that was opened: between opening and locking, another writer
/// may have renamed a new one over it, and a lock on the old one keeps nobody out.
Result<bool> still_names(int directory, const std::string& name, const FileInfo& held,
                         const Path& shown) {
    AION_TRY_ASSIGN(const auto named, info_at(directory, name, shown));
    if (!named) {
        return fail(read_error(shown, ENOENT));
    }
    return named->identity.device == held.identity.device &&
           named->identity.inode == held.identity.inode;
}

std::string note_name(const std::string& name) {
    constexpr std::string_view suffix = ".aion-lock";
    std::string note = ".";
    note += shortened(name, longest_name - 1 - suffix.size());
    note += suffix;
    return note;
}

/// A note that we created, removed when destroyed. It is locked, too, from before anybody else
/// could open it: one without a lock was left behind.
class Note {
  public:
    Note(Descriptor directory, std::string name, Descriptor file)
        : directory_(std::move(directory)), name_(std::move(name)), file_(std::move(file)) {}

    Note(Note&&) = default;
    Note(const Note&) = delete;
    Note& operator=(const Note&) = delete;
    Note& operator=(Note&&) = delete;

    ~Note() {
        if (file_.is_open()) {
            (void)::unlinkat(directory_.get(), name_.c_str(), 0);
        }
    }

  private:
    Descriptor directory_;
    std::string name_;
    Descriptor file_;
};

/// Removes a note whose writer is gone. Only whoever holds its lock may, or two who find the same
/// one could remove a third's.
void remove_stale_note(int directory, const std::string& name) {
    const Descriptor file = open_at(directory, name, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
    if (!file.is_open() || take_write_lock(file) != 0) {
        return;
    }
    const auto held = info_of(file.get(), {});
    // Ours are empty; what is not is somebody's file.
    if (held && held->size == 0 && still_names(directory, name, *held, {}).value_or(false)) {
        (void)::unlinkat(directory, name.c_str(), 0);
    }
}

/// `file`: what the note is about. Whoever may write that may also find out whether the note's
/// writer still lives.
std::optional<Note> leave_note(const Descriptor& directory, const std::string& name,
                               const Descriptor& file) {
    Descriptor beside(::fcntl(directory.get(), F_DUPFD_CLOEXEC, 3));
    Descriptor note = open_at(directory.get(), name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (!note.is_open()) {
        remove_stale_note(directory.get(), name);  // the next attempt finds none
        return std::nullopt;
    }
    // Before it was locked it looked stale, and may be gone.
    struct stat facts{};
    const bool ours = take_write_lock(note) == 0 && ::fstat(note.get(), &facts) == 0 &&
                      facts.st_nlink == 1 && beside.is_open();
    struct stat about{};
    if (ours && ::fstat(file.get(), &about) == 0) {
        constexpr auto same_user = static_cast<uid_t>(-1);
        const bool same_group =
            facts.st_gid == about.st_gid || ::fchown(note.get(), same_user, about.st_gid) == 0;
        const mode_t others = same_group ? 0066U : 0006U;
        (void)::fchmod(note.get(), 0600U | (about.st_mode & others));
    }
    return ours ? std::optional<Note>(std::in_place, std::move(beside), name, std::move(note))
                : std::nullopt;
}

/// Whether another writer has left a note. Where everybody may create files, one of somebody who
/// has no say over the file or its folder does not count.
bool has_note(int directory, const std::string& name, const Descriptor& file) noexcept {
    struct stat note{};
    struct stat about{};
    struct stat folder{};
    if (::fstatat(directory, name.c_str(), &note, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno != ENOENT;
    }
    if (::fstat(file.get(), &about) != 0 || ::fstat(directory, &folder) != 0) {
        return true;
    }
    if (!S_ISREG(note.st_mode) || note.st_size != 0) {
        return false;  // ours are empty files
    }
    return (folder.st_mode & S_IWOTH) == 0 || note.st_uid == about.st_uid || note.st_uid == 0 ||
           note.st_uid == ::geteuid() || note.st_uid == folder.st_uid;
}

class PosixFileLock final : public FileLock {
  public:
    PosixFileLock(Descriptor file, std::optional<Note> note, Path path)
        : file_(std::move(file)), note_(std::move(note)), path_(std::move(path)) {}

    // Closing the last descriptor of an open file releases its lock.
    [[nodiscard]] Result<std::shared_ptr<const FileContent>> read(
        std::uint64_t max_size) const override {
        return read_opened(file_, {.max_size = max_size}, path_);
    }

    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open() const override {
        return borrow_opened(file_, path_);
    }

    [[nodiscard]] Result<FileInfo> info() const override { return info_of(file_.get(), path_); }

    [[nodiscard]] Result<FileAccess> access() const override { return access_of(file_, path_); }

  private:
    Descriptor file_;
    std::optional<Note> note_;
    Path path_;
};

/// One writer's attempts to lock what has a name.
class Attempts {
  public:
    Attempts(const Descriptor& directory, std::string name, Path shown)
        : directory_(&directory),
          name_(std::move(name)),
          note_name_(note_name(name_)),
          shown_(std::move(shown)) {}

    enum class Outcome : std::uint8_t { locked, moved_on, busy };

    Result<Outcome> try_once() {
        AION_TRY(open_file());
        if (!file_.is_open()) {
            return Outcome::busy;
        }
        AION_TRY_ASSIGN(const bool locked, lock_file());
        if (!locked) {
            file_ = Descriptor();  // a lock that we had and may not use must not hold up its owner
            return Outcome::busy;
        }
        AION_TRY_ASSIGN(const bool named, still_names(directory_->get(), name_, opened_, shown_));
        return named ? Outcome::locked : Outcome::moved_on;
    }

    std::unique_ptr<FileLock> result() {
        return std::make_unique<PosixFileLock>(std::move(file_), std::move(note_), shown_);
    }

    [[nodiscard]] Error conflict() const {
        std::string what = shown_.string() + " is locked by another writer";
        const auto note = info_at(directory_->get(), note_name_, shown_);
        if (!note_ && note && *note) {
            what += ", whose note is " + (shown_.parent_path() / note_name_).string() +
                    "; if nobody is writing, it was left behind: remove it";
        }
        return error_because(ErrorCode::conflict, what);
    }

  private:
    /// Opens what has the name now; leaves it closed when another must first give up a lease.
    Result<> open_file() {
        file_ = Descriptor();
        Descriptor file = open_at(directory_->get(), name_, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
        if (!file.is_open()) {
            return errno == EWOULDBLOCK ? Result<>{} : fail(cannot_open(errno));
        }
        AION_TRY_ASSIGN(opened_, info_of(file.get(), shown_));
        if (opened_.kind != FileKind::regular) {
            return fail(
                read_error(shown_, EINVAL).in_context("not a regular file: " + shown_.string()));
        }
        file_ = std::move(file);
        return {};
    }

    [[nodiscard]] Error cannot_open(int cause) const {
        if (cause != EACCES && cause != EPERM && cause != EROFS && cause != ETXTBSY) {
            return read_error(shown_, cause);
        }
        return write_error(shown_, cause)
            .in_context(shown_.string() +
                        " cannot be written by this user: whoever replaces a file must be allowed "
                        "to write it, because writers keep each other out by a lock that only they "
                        "can have; chmod u+w it, or let its owner do this");
    }

    Result<bool> lock_file() {
        const int cause = take_write_lock(file_);
        const int directory = directory_->get();
        if (cause == 0) {
            return note_ || !has_live_note(directory);
        }
        if (cause != EAGAIN) {
            return fail(read_error(shown_, cause)
                            .in_context("the file system of " + shown_.string() +
                                        " does not lock files, so that two writers could lose one "
                                        "another's changes; use one that does"));
        }
        if (has_writer(file_)) {
            return false;
        }
        if (!note_) {
            if (auto note = leave_note(*directory_, note_name_, file_)) {
                note_.emplace(*std::move(note));
            }
        }
        return note_ && !has_writer(file_);
    }

    [[nodiscard]] bool has_live_note(int directory) const {
        if (!has_note(directory, note_name_, file_)) {
            return false;
        }
        remove_stale_note(directory, note_name_);
        return has_note(directory, note_name_, file_);
    }

    const Descriptor* directory_;
    std::string name_;
    std::string note_name_;
    Path shown_;
    Descriptor file_;
    FileInfo opened_;           // of `file_`
    std::optional<Note> note_;  // kept from one attempt to the next
};

}  // namespace

int take_write_lock(const Descriptor& file) noexcept {
    flock lock = whole_file(F_WRLCK);
    if (retry([&] { return ::fcntl(file.get(), F_OFD_SETLK, &lock); }) == 0) {
        return 0;
    }
    return errno == EACCES ? EAGAIN : errno;  // POSIX leaves the choice
}

Result<std::unique_ptr<FileLock>> lock_at(const Descriptor& directory, const std::string& name,
                                          std::uint32_t wait_ms, const Path& shown) {
    constexpr std::chrono::milliseconds longest_nap{10};
    const auto deadline = Clock::now() + std::chrono::milliseconds(wait_ms);
    std::chrono::milliseconds nap{1};
    Attempts attempts(directory, name, shown);
    for (;;) {
        AION_TRY_ASSIGN(const Attempts::Outcome outcome, attempts.try_once());
        if (outcome == Attempts::Outcome::locked) {
            return attempts.result();
        }
        if (Clock::now() >= deadline) {
            return fail(attempts.conflict());
        }
        // Waiting in fcntl could only be bounded by a signal, and signals are the program's.
        if (outcome == Attempts::Outcome::busy) {
            std::this_thread::sleep_for(nap);
            nap = std::min(2 * nap, longest_nap);
        }
    }
}

}  // namespace aion::posix
