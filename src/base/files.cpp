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

/// A temporary file, removed when destroyed unless it became the target.
class Temporary {
  public:
    Temporary(Env& env, Path path, std::unique_ptr<WritableFile> file)
        : env_(&env), path_(std::move(path)), file_(std::move(file)) {}

    Temporary(Temporary&&) = default;
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    Temporary& operator=(Temporary&&) = delete;

    ~Temporary() {
        if (file_ == nullptr || is_target_) {
            return;
        }
        file_.reset();  // some file systems keep what is open
        try {
            std::ignore = env_->remove(path_);  // the first error is the one to report
        } catch (const std::bad_alloc&) {
            // The next write to the same target removes it.
            return;
        }
    }

    [[nodiscard]] const Path& path() const noexcept { return path_; }

    [[nodiscard]] WritableFile& file() noexcept { return *file_; }

    void became_target() noexcept { is_target_ = true; }

  private:
    Env* env_;
    Path path_;
    std::unique_ptr<WritableFile> file_;
    bool is_target_ = false;
};

/// Creates the temporary file. What replaces a file first belongs to us alone and then gets that
/// file's owner and mode: whoever may not read it must not hold it open before it is filled.
Result<Temporary> create_temporary(Env& env, const Destination& destination,
                                   std::optional<std::uint32_t> mode) {
    std::optional<FileInfo> like = destination.existing;
    if (like) {
        like->mode = mode.value_or(like->mode) & 0777U;  // data is never set-user-id
        mode = like->mode & 0700U;
    }
    AION_TRY_ASSIGN(Path path, temporary_beside(env, destination.target));
    auto file = env.create_exclusive(path, mode);
    // Another writer may take it for a leftover in the moment before it is locked.
    for (int attempt = 1; !file && file.error().os_error() == EBUSY && attempt < 100; ++attempt) {
        AION_TRY_ASSIGN(path, temporary_beside(env, destination.target));
        file = env.create_exclusive(path, mode);
    }
    if (!file) {
        return fail(std::move(file).error());
    }
    Temporary temporary(env, std::move(path), *std::move(file));
    if (like) {
        AION_TRY(temporary.file().copy_access(*like));
    }
    return temporary;
}

/// Everything between the creation of the temporary file and the moment it is the target.
Result<> fill_and_rename(Env& env, const Path& path, Temporary& temporary, const Path& target,
                         std::span<const ByteView> pieces, const WriteOptions& options) {
    if (auto filled = fill(temporary.file(), pieces, options.sync); !filled) {
        return fail(naming(path, std::move(filled).error()));
    }
    if (options.before_rename) {
        AION_TRY(options.before_rename());
    }
    auto renamed = options.replace == Replace::never
                       ? env.rename_exclusive(temporary.path(), target)
                       : env.rename(temporary.path(), target);
    if (!renamed) {
        return fail(naming(path, std::move(renamed).error()));
    }
    temporary.became_target();
    return {};
}

/// Whether `candidate` is `.{name}.{16 lower-case hex digits}.tmp`, `name` being as long as it
/// is kept.
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

/// How many temporary files of `target`, which is no link, were removed.
Result<std::size_t> remove_stale_beside(Env& env, const Path& target) {
    const std::string whole_name = target.filename().string();
    const std::string_view name = kept_name(whole_name);
    AION_TRY_ASSIGN(const std::vector<std::string> names, env.list(target.parent_path()));
    std::size_t removed = 0;
    for (const std::string& candidate : names) {
        if (name.empty() || !is_temporary_of(name, candidate)) {
            continue;
        }
        const Path temporary = target.parent_path() / candidate;
        const auto unused = env.lock(temporary, 0);
        if (unused && env.remove(temporary)) {
            ++removed;
        }
    }
    return removed;
}

}  // namespace

Result<std::size_t> remove_stale_temporaries(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const Path target, env.resolve_link(path));
    return remove_stale_beside(env, target);
}

Result<> write_file_atomically(Env& env, const std::filesystem::path& path,
                               std::span<const ByteView> pieces, const WriteOptions& options) {
    AION_TRY_ASSIGN(const Destination destination, choose_destination(env, path, options));
    const Path& target = destination.target;
    std::ignore = remove_stale_beside(env, target);  // failing to tidy up is no reason to fail
    auto temporary = create_temporary(env, destination, options.mode);
    if (!temporary) {
        return fail(naming(path, std::move(temporary).error()));
    }
    AION_TRY(fill_and_rename(env, path, *temporary, target, pieces, options));
    if (options.sync) {
        if (auto synced = env.sync_directory(target.parent_path()); !synced) {
            return fail(naming(path, std::move(synced).error())
                            .in_context("the new content is in place, but its directory could not "
                                        "be synced: a power cut may undo the write"));
        }
    }
    return {};
}

Result<Bytes> read_file(Env& env, const std::filesystem::path& path, std::uint64_t max_size) {
    AION_TRY_ASSIGN(const auto content, env.read(path, {.max_size = max_size}));
    const ByteView bytes = content->bytes();
    return Bytes(bytes.begin(), bytes.end());
}

}  // namespace aion
