// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>

#include "aion/base/hex.hpp"
#include "base/try.hpp"

namespace aion {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t longest_name = 255;  // bytes, on every file system we know
constexpr std::size_t random_digits = 16;
constexpr std::string_view suffix = ".tmp";
/// How much of the target's name fits into `.{name}.{16 hex}.tmp`.
constexpr std::size_t longest_kept_name = longest_name - 2 - random_digits - suffix.size();

Error cannot_write(const Path& path, int cause) {
    return error_at_path(ErrorCode::file_write_error, path.string(), cause);
}

/// Callers know the path they gave, not that of a temporary file or of a link's target.
Error naming(const Path& path, Error error) {
    if (error.code() == ErrorCode::file_write_error || error.code() == ErrorCode::file_exists) {
        return error_at_path(error.code(), path.string(), error.os_error());
    }
    return error;
}

/// As much of `name` as a temporary name has room for, cut between characters: some file systems
/// refuse names that are not UTF-8.
std::string_view kept_name(std::string_view name) noexcept {
    if (name.size() <= longest_kept_name) {
        return name;
    }
    std::size_t length = longest_kept_name;
    while (length > 0 && (static_cast<std::uint8_t>(name[length]) & 0xc0U) == 0x80) {
        --length;
    }
    return name.substr(0, length);
}

Result<Path> temporary_beside(Env& env, const Path& target) {
    std::array<std::uint8_t, random_digits / 2> random{};
    AION_TRY(env.random(random));
    std::string name = ".";
    name += kept_name(target.filename().native());
    name += '.';
    name += to_hex(random);
    name += suffix;
    return target.parent_path() / name;
}

/// Where the write goes, and what is there now.
struct Destination {
    Path target;
    std::optional<FileInfo> existing;
};

/// Refuses what a rename would wrongly replace.
Result<Destination> choose_destination(Env& env, const Path& path, const WriteOptions& options) {
    AION_TRY_ASSIGN(Path target, env.resolve_link(path));
    AION_TRY_ASSIGN(const std::optional<FileInfo> existing, env.info(target));
    if (existing && options.replace == Replace::never) {
        return fail(error_at_path(ErrorCode::file_exists, path.string()));
    }
    if (!target.has_filename() || (existing && existing->kind == FileKind::directory)) {
        return fail(cannot_write(path, EISDIR));
    }
    if (existing && existing->kind != FileKind::regular) {
        // Renaming over /dev/null would put a file there.
        return fail(cannot_write(path, EINVAL).in_context("not a regular file: " + path.string()));
    }
    return Destination{std::move(target), existing};
}

std::uint64_t total_size(std::span<const ByteView> pieces) noexcept {
    std::uint64_t total = 0;
    for (const ByteView piece : pieces) {
        total += piece.size();
    }
    return total;
}

Result<> fill(WritableFile& file, std::span<const ByteView> pieces, bool sync) {
    // A full disk is then known at once. And ext4 writes a file whose place is not chosen yet to
    // the disk when it is renamed over another, synced or not; with a place, measured, a write
    // of 1 KiB is a quarter faster and one of 1 MiB takes a third of the time.
    if (const std::uint64_t total = total_size(pieces); total > 0) {
        AION_TRY(file.reserve(total));
    }
    for (const ByteView piece : pieces) {
        if (!piece.empty()) {
            AION_TRY(file.append(piece));
        }
    }
    if (sync) {
        AION_TRY(file.sync());
    }
    return file.close();
}

/// Creates the temporary file. What replaces a file first belongs to us alone and then gets that
/// file's owner and mode: whoever may not read it must not hold it open before it is filled.
Result<std::unique_ptr<WritableFile>> create_temporary(Env& env, const Path& temporary,
                                                       const std::optional<FileInfo>& existing,
                                                       std::optional<std::uint32_t> mode) {
    if (!existing) {
        return env.create_exclusive(temporary, mode);
    }
    FileInfo like = *existing;
    like.mode = mode.value_or(like.mode) & 0777U;  // data is never set-user-id
    AION_TRY_ASSIGN(auto file, env.create_exclusive(temporary, like.mode & 0700U));
    if (auto copied = file->copy_access(like); !copied) {
        file.reset();
        std::ignore = env.remove(temporary);
        return fail(std::move(copied).error());
    }
    return file;
}

/// True when another created the file meanwhile and took our temporary one for a leftover.
bool was_swept(Env& env, const Path& target, const Error& error) {
    if (error.os_error() != ENOENT) {
        return false;
    }
    const auto info = env.info(target);
    return info && info->has_value();
}

/// Everything between the creation of the temporary file and the moment it is the target.
Result<> fill_and_rename(Env& env, const Path& path, const Path& temporary, const Path& target,
                         std::span<const ByteView> pieces, const WriteOptions& options,
                         WritableFile& file) {
    if (auto filled = fill(file, pieces, options.sync); !filled) {
        return fail(naming(path, std::move(filled).error()));
    }
    if (options.before_rename) {
        AION_TRY(options.before_rename());
    }
    auto renamed = options.replace == Replace::never ? env.rename_exclusive(temporary, target)
                                                     : env.rename(temporary, target);
    if (!renamed) {
        if (options.replace == Replace::never && was_swept(env, target, renamed.error())) {
            return fail(error_at_path(ErrorCode::file_exists, path.string()));
        }
        return fail(naming(path, std::move(renamed).error()));
    }
    return {};
}

/// Whether `candidate` is `.{name}.{16 lower-case hex digits}.tmp`.
bool is_temporary_of(std::string_view name, std::string_view candidate) noexcept {
    if (candidate.size() != name.size() + 2 + random_digits + suffix.size() ||
        !candidate.starts_with('.') || !candidate.ends_with(suffix) ||
        candidate.substr(1, name.size()) != name || candidate[name.size() + 1] != '.') {
        return false;
    }
    return std::ranges::all_of(candidate.substr(name.size() + 2, random_digits), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

}  // namespace

Result<> write_file_atomically(Env& env, const std::filesystem::path& path,
                               std::span<const ByteView> pieces, const WriteOptions& options) {
    AION_TRY_ASSIGN(const Destination destination, choose_destination(env, path, options));
    const Path& target = destination.target;
    AION_TRY_ASSIGN(const Path temporary, temporary_beside(env, target));
    auto file = create_temporary(env, temporary, destination.existing, options.mode);
    if (!file) {
        return fail(naming(path, std::move(file).error()));
    }
    auto done = fill_and_rename(env, path, temporary, target, pieces, options, **file);
    if (!done) {
        file->reset();                        // some file systems keep what is open
        std::ignore = env.remove(temporary);  // the first error is the one to report
        return done;
    }
    if (options.sync) {
        if (auto synced = env.sync_directory(target.parent_path()); !synced) {
            return fail(naming(path, std::move(synced).error())
                            .in_context("the new content is in place, but its directory could not "
                                        "be synced: a power cut may undo the write"));
        }
    }
    return {};
}

Result<std::size_t> remove_stale_temporaries(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const Path target, env.resolve_link(path));
    const std::string name = target.filename().string();
    if (name.empty() || name.size() > longest_kept_name) {
        return 0;  // shortened: another file's temporaries may look the same
    }
    AION_TRY_ASSIGN(const std::vector<std::string> names, env.list(target.parent_path()));
    std::size_t removed = 0;
    for (const std::string& candidate : names) {
        if (is_temporary_of(name, candidate) && env.remove(target.parent_path() / candidate)) {
            ++removed;
        }
    }
    return removed;
}

Result<Bytes> read_file(Env& env, const std::filesystem::path& path, std::uint64_t max_size) {
    AION_TRY_ASSIGN(const auto content,
                    env.read(path, {.max_size = max_size, .map_from_size = UINT64_MAX}));
    const ByteView bytes = content->bytes();
    return Bytes(bytes.begin(), bytes.end());
}

}  // namespace aion
