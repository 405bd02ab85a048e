// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole-file writing on top of Env: atomic, durable, never through a stranger's link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aion/base/env.hpp"

namespace aion {

/// What may be at the target of an atomic write.
enum class Replace : std::uint8_t {
    never,   ///< Something already there is `file_exists`, decided atomically.
    always,  ///< Whatever regular file is there is replaced.
};

struct WriteOptions {
    Replace replace = Replace::never;
    /// Permission bits of the new file, and no access list. Nothing: what the file it replaces had,
    /// with owner, group, access list and extended attributes, as far as the system lets us
    /// (`WritableFile::copy_access`); else 0666 less the umask.
    std::optional<std::uint32_t> mode = std::nullopt;
    /// The content is for whoever writes it alone: mode 0600 from the first byte, owned by the
    /// writer, nothing taken over from a file that is replaced, and that of another user never
    /// replaced (`file_write_error`, EPERM). `mode` then counts for nothing.
    bool secret = false;
    /// False skips fsync of file and directory: faster, atomic for readers, but a power cut may
    /// lose the write or leave an empty file.
    bool sync = true;
    /// What the file that is replaced must be, as it was when it was read: `conflict` if it is
    /// another, before anything is written and again right before the rename.
    std::optional<FileInfo::Identity> expected = std::nullopt;
    /// The lock that the writer holds on the file that is replaced, if any: that very file's access
    /// is then taken over.
    const FileLock* lock = nullptr;
    /// False for what belongs to something that is done already, and is then better finished:
    /// whoever asks to stop (`Interrupt::request`) is not heard, and it does not count as a change.
    bool may_be_interrupted = true;
    /// Called after the new content is complete and synced, right before it gets the target's name;
    /// an error abandons the write.
    std::function<Result<>()> before_rename = nullptr;
};

/// What a write that succeeded could not do, for a person to know.
struct WriteReport {
    /// What the new file does not have of the one that it replaced, e.g. `access list`. Rights
    /// that could not be kept are fewer now, never more.
    std::vector<std::string> lost;
    /// Names that the replaced file had. Beyond 1 the others, hard links, keep the old content,
    /// and go on from it as if nothing had happened.
    std::uint64_t links = 1;

    /// A sentence for each, naming `path`; none when all is well.
    [[nodiscard]] std::vector<std::string> warnings(const std::filesystem::path& path) const;
};

/// Replaces or creates the file at `place` with the concatenation of `pieces`. What replaces a file
/// is a temporary one in the same directory (`.{name}.{16 hex}.tmp`, O_EXCL|O_NOFOLLOW): write,
/// fsync, rename, fsync of the directory. What is new has no name before it is complete, where the
/// file system can do that (O_TMPFILE): write, fsync, link, fsync of file and directory; elsewhere
/// it comes by a temporary file, too, and so does a copy of it where the system turns out to refuse
/// the link. Nothing is replaced where nothing was. On any failure before the new file is in place
/// the target is untouched and nothing of the new file is left.
/// The temporary name is always the same for a target, so that one which a killed writer left is
/// found by it, and removed; another is drawn while somebody writes that one. A file name too long
/// to be kept whole in it is shortened there. No directory is looked through.
/// Errors: `file_exists` (Replace::never), `conflict` (`expected`; or somebody put a file where
/// there was none while this one was written), `file_write_error` naming `place.shown` (EISDIR for
/// a directory, EINVAL for a device or pipe, which are never replaced), `file_read_error`,
/// `entropy_unavailable`, `interrupted` (base/interrupt.hpp), and whatever `before_rename` returns.
/// A `file_write_error` whose context says that the directory could not be synced means that the
/// new content is in place but may not survive a power cut.
[[nodiscard]] Result<WriteReport> write_file_atomically(Env& env, const Place& place,
                                                        std::span<const ByteView> pieces,
                                                        const WriteOptions& options);

/// Content that is made while it is written, so that it is never in memory as a whole.
struct ProducedContent {
    /// Appends bytes to the new file. Errors, which whoever calls it passes on: `file_write_error`,
    /// `interrupted`.
    using Append = std::function<Result<>(ByteView bytes)>;

    /// Whether the write still would succeed, for who is about to do something that cannot be taken
    /// back, e.g. ask for a signature: nobody asked to stop, the target is what was expected, and a
    /// name that is to be new is free. Errors, which whoever calls it passes on: `interrupted`,
    /// `conflict`, `file_exists`, `file_read_error`.
    using Ready = std::function<Result<>()>;

    std::uint64_t size = 0;  ///< Bytes that are appended in all.
    /// Called once, when there is a new file with room for so much, where the file system can
    /// reserve it. An error abandons the write.
    std::function<Result<>(const Append& append, const Ready& ready)> produce;
};

/// The same with what `content` produces. Errors: also those of `produce`.
[[nodiscard]] Result<WriteReport> write_file_atomically(Env& env, const Place& place,
                                                        const ProducedContent& content,
                                                        const WriteOptions& options);

/// `Env::locate` for who is about to create or replace a file there: that its folder is missing is
/// `file_write_error` (ENOENT, ENOTDIR; EISDIR for a path that ends in a slash).
[[nodiscard]] Result<Place> locate_to_write(Env& env, const std::filesystem::path& path);

/// The same where `path` leads now: a symbolic link is followed to the real file, which is what
/// gets replaced. Errors: also those of `locate_to_write`.
[[nodiscard]] Result<WriteReport> write_file_atomically(Env& env, const std::filesystem::path& path,
                                                        std::span<const ByteView> pieces,
                                                        const WriteOptions& options);

/// Looks through the directory for temporary files that interrupted calls of
/// `write_file_atomically` to `path` left behind, under whichever of their names, and removes them;
/// those that somebody is writing are locked, and left, as are those that we may not
/// write. Returns how many were removed.
/// Errors: `file_read_error` when the directory cannot be listed, and those of `Env::locate`.
[[nodiscard]] Result<std::size_t> remove_stale_temporaries(Env& env,
                                                           const std::filesystem::path& path);

/// Reads a whole file into a private copy, refusing more than `max_size` bytes.
/// Errors: as `Env::read`.
[[nodiscard]] Result<Bytes> read_file(Env& env, const std::filesystem::path& path,
                                      std::uint64_t max_size = UINT64_MAX);

/// Gives `take` the bytes of `file` from `begin` to `end`, at most 256 KiB at a time, each read
/// once. Errors: those of `ReadableFile::read_at`.
[[nodiscard]] Result<> read_pieces(ReadableFile& file, std::uint64_t begin, std::uint64_t end,
                                   const std::function<void(ByteView)>& take);

/// The same to what can fail, until it does. Errors: also those of `append`.
[[nodiscard]] Result<> copy_pieces(ReadableFile& file, std::uint64_t begin, std::uint64_t end,
                                   const ProducedContent::Append& append);

/// All of an open file as what a new one is to hold; `file` must outlive it.
[[nodiscard]] ProducedContent content_of(ReadableFile& file);

/// Reads all of an open file into memory, once. Errors: those of `ReadableFile::read_at`;
/// `file_changed`.
[[nodiscard]] Result<Bytes> read_all(ReadableFile& file);

}  // namespace aion
