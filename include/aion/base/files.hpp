// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole-file writing on top of Env: atomic, durable, never through a stranger's link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

#include "aion/base/env.hpp"

namespace aion {

/// What may be at the target of an atomic write.
enum class Replace : std::uint8_t {
    never,   ///< Something already there is `file_exists`, decided atomically.
    always,  ///< Whatever regular file is there is replaced.
};

struct WriteOptions {
    Replace replace = Replace::never;
    /// Permission bits of the new file. Nothing: those of the file it replaces, else 0666 less
    /// the umask. Secrets pass 0600: it holds from the first byte. Owner and group are always
    /// those of the file it replaces, as far as the system lets us (`WritableFile::copy_access`).
    std::optional<std::uint32_t> mode = std::nullopt;
    /// False skips fsync of file and directory: faster, atomic for readers, but a power cut may
    /// lose the write or leave an empty file.
    bool sync = true;
    /// Called once, after the new content is complete and synced and right before the rename;
    /// an error abandons the write. This is where a writer compares before it swaps.
    std::function<Result<>()> before_rename = nullptr;
};

/// Replaces or creates the file at `path` with the concatenation of `pieces`: unique temporary
/// file in the same directory (`.{name}.{16 hex}.tmp`, O_EXCL|O_NOFOLLOW), write, fsync, rename,
/// fsync of the directory. A symbolic link at `path` is followed to the real file, which is what
/// gets replaced. On any failure before the rename the temporary file is removed and the target is
/// untouched. A file name too long to be kept whole in the temporary name is shortened there.
/// Errors: `file_exists` (Replace::never), `file_write_error` naming `path` (EISDIR for a
/// directory, EINVAL for a device or pipe, which are never replaced), `file_read_error`
/// (unreadable link), `entropy_unavailable`, and whatever `before_rename` returns. A
/// `file_write_error` whose context says that the directory could not be synced means that the
/// new content is in place but may not survive a power cut.
[[nodiscard]] Result<> write_file_atomically(Env& env, const std::filesystem::path& path,
                                             std::span<const ByteView> pieces,
                                             const WriteOptions& options);

/// Removes temporary files that an interrupted `write_file_atomically` to `path` left behind.
/// Only call it while holding the lock on `path`, or where every writer uses `Replace::never` and
/// the file is there: whoever else is creating it then gets `file_exists`, as would anyway. Returns
/// how many were removed; those of a name longer than 233 bytes are left, because they cannot be
/// told from another file's. Error: `file_read_error` when the directory cannot be listed.
[[nodiscard]] Result<std::size_t> remove_stale_temporaries(Env& env,
                                                           const std::filesystem::path& path);

/// Reads a whole file into a private copy, refusing more than `max_size` bytes.
/// Errors: as `Env::read`.
[[nodiscard]] Result<Bytes> read_file(Env& env, const std::filesystem::path& path,
                                      std::uint64_t max_size = UINT64_MAX);

}  // namespace aion
