// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>

#include "aion/base/hex.hpp"
#include "base/change.hpp"
#include "base/conflict.hpp"
#include "base/file_names.hpp"
#include "base/try.hpp"

namespace aion {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t random_digits = 16;
constexpr std::string_view suffix = ".tmp";
/// How much of the target's name fits into `.{name}.{16 hex}.tmp`.
constexpr std::size_t longest_kept_name = longest_name - 2 - random_digits - suffix.size();

Error cannot_write(const Path& path, int cause) {
    return error_at_path(ErrorCode::file_write_error, path.string(), cause);
}

/// Callers know the path they gave, not that of a temporary file or of a link's target.
Error naming(const Path& path, Error error) {
    if (error.code() == ErrorCode::file_write_error) {
        return error_at_path(ErrorCode::file_write_error, path.string(), error.os_error());
    }
    if (error.code() == ErrorCode::file_exists) {
        return error_at_path(ErrorCode::file_exists, path.string(), error.os_error());
    }
    return error;
}

Result<> named(const Place& place, Result<> written) {
    return written ? written : fail(naming(place.shown, std::move(written).error()));
}

std::string_view kept_name(std::string_view name) noexcept {
    return shortened(name, longest_kept_name);
}

using Digits = std::array<std::uint8_t, random_digits / 2>;

std::string temporary_name(std::string_view target, const Digits& digits) {
    std::string name = ".";
    name += kept_name(target);
    name += '.';
    name += to_hex(digits);
    name += suffix;
    return name;
}

/// The name that is tried first, always the same for a target: so a later writer finds what a
/// killed one left without looking through the directory. The digits are a hash (FNV-1a) of all of
/// the target's name, of which only a part may be kept.
std::string usual_name(std::string_view target) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : target) {
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    }
    Digits digits{};
    for (std::uint8_t& digit : digits) {
        digit = static_cast<std::uint8_t>(hash >> 56U);
        hash <<= 8U;
    }
    return temporary_name(target, digits);
}

/// For when the usual name is another's.
Result<std::string> random_name(Env& env, std::string_view target) {
    Digits digits{};
    AION_TRY(env.random(digits));
    return temporary_name(target, digits);
}

/// What is at the target now, if a rename may replace it. Whoever must replace nothing need not
/// look: the moment decides when the new file gets its name.
Result<std::optional<FileAccess>> replaceable(const Place& place, const WriteOptions& options) {
    std::optional<FileAccess> existing;
    if (options.lock != nullptr) {
        AION_TRY_ASSIGN(existing, options.lock->access());
    } else if (!place.name.empty() && (options.replace == Replace::always || options.expected)) {
        AION_TRY_ASSIGN(existing, place.directory->access(place.name));
    }
    if (existing && options.replace == Replace::never) {
        return fail(error_at_path(ErrorCode::file_exists, place.shown.string()));
    }
    if (place.name.empty() || (existing && existing->info.kind == FileKind::directory)) {
        return fail(cannot_write(place.shown, EISDIR));
    }
    if (existing && existing->info.kind != FileKind::regular) {
        // Renaming over /dev/null would put a file there.
        return fail(cannot_write(place.shown, EINVAL)
                        .in_context("not a regular file: " + place.shown.string()));
    }
    if (options.expected && (!existing || existing->info.identity != *options.expected)) {
        return fail(changed_by_another_writer(place, "read it"));
    }
    if (options.sync && !place.directory->can_sync()) {
        return fail(cannot_write(place.shown, EACCES)
                        .in_context("the folder of " + place.shown.string() +
                                    " may not be read, so that nobody could make sure that a "
                                    "write to it lasts; nothing was written: chmod u+r it"));
    }
    return existing;
}

std::uint64_t total_size(std::span<const ByteView> pieces) noexcept {
    std::uint64_t total = 0;
    for (const ByteView piece : pieces) {
        total += piece.size();
    }
    return total;
}

/// How much is written between two looks at whether to stop: some 10 ms on a disk of today, and
/// beyond measuring what the looks cost.
constexpr std::size_t longest_append = std::size_t{8} << 20U;

Result<> append(WritableFile& file, ByteView bytes, const Place& place, Change& change) {
    while (!bytes.empty()) {
        AION_TRY(change.may_go_on(place.shown));
        const ByteView part = bytes.first(std::min(bytes.size(), longest_append));
        AION_TRY(named(place, file.append(part)));
        change.wrote(part.size());
        bytes = bytes.subspan(part.size());
    }
    return {};
}

Result<> fill(WritableFile& file, const ProducedContent& content, const Place& place, bool sync,
              Change& change, const ProducedContent::Ready& ready) {
    // A full disk is then known at once. And ext4 writes a file whose place is not chosen yet to
    // the disk when it is renamed over another, synced or not; with a place, measured, a write
    // of 1 KiB is a quarter faster and one of 1 MiB takes a third of the time.
    if (content.size > 0) {
        AION_TRY(named(place, file.reserve(content.size)));
        change.will_write(content.size);
    }
    AION_TRY(
        content.produce([&](ByteView bytes) { return append(file, bytes, place, change); }, ready));
    if (sync) {
        AION_TRY(named(place, file.sync()));
    }
    return named(place, file.close());
}

/// A temporary file, removed when destroyed unless it became the target.
class Temporary {
  public:
    Temporary(std::shared_ptr<Directory> directory, std::string name,
              std::unique_ptr<WritableFile> file)
        : directory_(std::move(directory)), name_(std::move(name)), file_(std::move(file)) {}

    Temporary(Temporary&&) = default;
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    Temporary& operator=(Temporary&&) = delete;

    ~Temporary() {
        if (file_ == nullptr || is_target_) {
            return;
        }
        try {
            // While it is locked the name is ours. Some file systems keep what is open. The first
            // error is the one to report.
            if (!directory_->remove(name_)) {
                file_.reset();
                std::ignore = directory_->remove(name_);
            }
        } catch (const std::bad_alloc&) {
            // The next write to the same target removes it.
            return;
        }
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] WritableFile& file() noexcept { return *file_; }

    void became_target() noexcept { is_target_ = true; }

  private:
    std::shared_ptr<Directory> directory_;
    std::string name_;
    std::unique_ptr<WritableFile> file_;
    bool is_target_ = false;
};

constexpr std::uint32_t secret_mode = 0600;

/// What replaces a file first belongs to us alone and then gets that file's access: whoever may not
/// read it must not hold it open before it is filled.
std::optional<std::uint32_t> first_mode(bool replaces, const WriteOptions& options) {
    return replaces || options.secret ? secret_mode : options.mode;
}

/// Which step it was: a file that may be written is not always one that may be replaced.
Error not_created(const Place& place, Error error) {
    const int cause = error.os_error();
    Error named = naming(place.shown, std::move(error));
    if (cause != EACCES && cause != EPERM && cause != EROFS) {
        return named;
    }
    const std::string folder = place.shown.parent_path().string();
    return std::move(named).in_context("cannot create a file in " +
                                       (folder.empty() ? std::string("this directory") : folder) +
                                       ", which an atomic write needs");
}

/// The same for the step that puts the new content into its place.
Error not_replaced(const Place& place, Error error, const WriteOptions& options) {
    if (error.code() == ErrorCode::file_exists && options.replace != Replace::never) {
        return changed_by_another_writer(place, "look at it");
    }
    const int cause = error.os_error();
    Error named = naming(place.shown, std::move(error));
    const std::string name = place.shown.string();
    if (cause == EBUSY) {
        return std::move(named).in_context(
            name + " is a mount point of its own and cannot be replaced: mount its directory");
    }
    if (cause == EPERM || cause == EACCES) {
        return std::move(named).in_context(
            name +
            " cannot be replaced: it is immutable, append-only, or another user's in a "
            "folder where all may write");
    }
    return named;
}

/// True when a temporary file that nobody is writing had the name and is gone. Whoever writes one
/// holds its lock, and only under that is it removed.
bool remove_unused(Directory& directory, const std::string& name) {
    const auto unused = directory.lock(name, 0);
    return unused && directory.remove(name);
}

Result<Temporary> create_temporary(Env& env, const Place& place,
                                   std::optional<std::uint32_t> mode) {
    Directory& directory = *place.directory;
    std::string name = usual_name(place.name);
    auto file = directory.create_exclusive(name, mode);
    const auto is_taken = [&file] {
        return !file && (file.error().os_error() == EEXIST || file.error().os_error() == EBUSY);
    };
    if (is_taken() && remove_unused(directory, name)) {
        file = directory.create_exclusive(name, mode);
    }
    // Another writer has the name, or takes the new file for a leftover in the moment before it is
    // locked; or, where everybody may create files, somebody keeps something else there.
    for (int attempt = 1; is_taken() && attempt < 100; ++attempt) {
        AION_TRY_ASSIGN(name, random_name(env, place.name));
        file = directory.create_exclusive(name, mode);
    }
    if (!file) {
        return fail(not_created(place, std::move(file).error()));
    }
    return Temporary(place.directory, std::move(name), *std::move(file));
}

/// Another user, who may have put the file there to be given what comes, reads it by right.
Result<> refuse_foreign(const Place& place, const FileInfo& existing, const Temporary& temporary) {
    AION_TRY_ASSIGN(const auto ours, place.directory->info(temporary.name()));
    if (ours && ours->user == existing.user) {
        return {};
    }
    return fail(cannot_write(place.shown, EPERM)
                    .in_context(place.shown.string() + " belongs to another user (" +
                                std::to_string(existing.user) +
                                "), and a secret is never written over somebody else's file: "
                                "remove it, or choose another name"));
}

/// Gives the temporary file what the file it replaces had. Returns what could not be kept.
Result<std::vector<std::string>> take_over(const Place& place, FileAccess existing,
                                           Temporary& temporary, const WriteOptions& options) {
    if (options.secret) {
        AION_TRY(refuse_foreign(place, existing.info, temporary));
        return {};
    }
    if (options.mode) {
        existing.info.mode = *options.mode;
        existing.attributes.clear();
        existing.attributes_known = true;
    }
    auto lost = temporary.file().copy_access(existing);
    if (!lost) {
        return fail(naming(place.shown, std::move(lost).error()));
    }
    return lost;
}

Result<> require_expected(const Place& place, const WriteOptions& options) {
    if (!options.expected) {
        return {};
    }
    AION_TRY_ASSIGN(const auto now, place.directory->info(place.name));
    return now && now->identity == *options.expected
               ? Result<>{}
               : fail(changed_by_another_writer(place, "read it"));
}

/// The name that a new file is to get decides by itself whether it is free; this tells sooner.
Result<> require_free(const Place& place, const WriteOptions& options) {
    AION_TRY_ASSIGN(const auto now, place.directory->info(place.name));
    if (!now) {
        return {};
    }
    return fail(
        not_replaced(place, error_at_path(ErrorCode::file_exists, place.shown.string()), options));
}

/// Everything between the creation of the new file and the moment it becomes the target, which for
/// one that `is_new` must not be there.
Result<> complete(WritableFile& file, const Place& place, const ProducedContent& content,
                  const WriteOptions& options, bool is_new, Change& change) {
    const auto ready = [&]() -> Result<> {
        AION_TRY(require_expected(place, options));
        if (is_new) {
            AION_TRY(require_free(place, options));
        }
        return change.may_go_on(place.shown);
    };
    AION_TRY(fill(file, content, place, options.sync, change, ready));
    if (options.before_rename) {
        AION_TRY(options.before_rename());
    }
    AION_TRY(require_expected(place, options));
    return change.may_go_on(place.shown);
}

Result<> require_lasting(Result<> synced, std::string_view what, const Place& place) {
    if (synced) {
        return synced;
    }
    return fail(naming(place.shown, std::move(synced).error())
                    .in_context(fmt::format("the new content is in place, but its {} could not be "
                                            "synced: a power cut may undo the write",
                                            what)));
}

/// Where there was nothing nothing is replaced: what came there meanwhile is another writer's.
Result<> become_target(Temporary& temporary, const Place& place, bool replaces,
                       const WriteOptions& options, Change& change) {
    Directory& directory = *place.directory;
    auto renamed = replaces ? directory.rename(temporary.name(), place.name)
                            : directory.rename_exclusive(temporary.name(), place.name);
    if (!renamed) {
        return fail(not_replaced(place, std::move(renamed).error(), options));
    }
    temporary.became_target();
    change.done();
    return {};
}

/// Appends all that was written to a file.
Result<> read_back(WritableFile& file, const ProducedContent::Append& append, const Place& place) {
    Bytes buffer(std::size_t{256} << 10U);
    std::uint64_t offset = 0;
    for (std::size_t got = buffer.size(); got == buffer.size(); offset += got) {
        const auto read = file.read_at(offset, buffer);
        if (!read) {
            return fail(cannot_write(place.shown, read.error().os_error()));
        }
        got = *read;
        AION_TRY(append(ByteView(buffer).first(got)));
    }
    return {};
}

/// What asks whether a file may be given a name may say yes and mean no: a security module judges
/// the act. Content is made only once, a signer asked only once, so what there is gets copied.
Result<> rename_copy(Env& env, const Place& place, WritableFile& file, std::uint64_t size,
                     const WriteOptions& options, Change& change) {
    AION_TRY_ASSIGN(Temporary temporary, create_temporary(env, place, first_mode(false, options)));
    const ProducedContent copied{
        size, [&](const ProducedContent::Append& append, const ProducedContent::Ready& /*ready*/) {
            return read_back(file, append, place);
        }};
    const ProducedContent::Ready ready = [] { return Result<>(); };
    AION_TRY(fill(temporary.file(), copied, place, options.sync, change, ready));
    AION_TRY(change.may_go_on(place.shown));
    return become_target(temporary, place, false, options, change);
}

/// Where nothing is to be replaced, the new file has no name before it is complete: a process that
/// is killed leaves nothing. False, before anything was written, where that cannot be done.
Result<bool> write_unlinked(Env& env, const Place& place, const ProducedContent& content,
                            const WriteOptions& options, Change& change) {
    const auto file = place.directory->create_unlinked(first_mode(false, options));
    if (!file) {
        return false;
    }
    AION_TRY(complete(**file, place, content, options, true, change));
    auto linked = (*file)->link(place.name);
    if (!linked && linked.error().code() != ErrorCode::file_exists) {
        AION_TRY(rename_copy(env, place, **file, content.size, options, change));
        return true;
    }
    if (!linked) {
        return fail(not_replaced(place, std::move(linked).error(), options));
    }
    change.done();
    if (options.sync) {
        // Without a journal, the disk still knows of a file without a name, which is as good as
        // none. With one, this is what the sync of the directory has then done.
        AION_TRY(require_lasting((*file)->sync(), "name", place));
    }
    return true;
}

Result<WriteReport> write_and_rename(Env& env, const Place& place,
                                     std::optional<FileAccess> existing,
                                     const ProducedContent& content, const WriteOptions& options,
                                     Change& change) {
    const bool replaces = existing.has_value();
    AION_TRY_ASSIGN(Temporary temporary,
                    create_temporary(env, place, first_mode(replaces, options)));
    WriteReport report;
    if (existing) {
        report.links = existing->info.links;
        AION_TRY_ASSIGN(report.lost, take_over(place, *std::move(existing), temporary, options));
    }
    AION_TRY(complete(temporary.file(), place, content, options, !replaces, change));
    AION_TRY(become_target(temporary, place, replaces, options, change));
    return report;
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

/// How many temporary files of the place were removed.
Result<std::size_t> remove_stale_beside(const Place& place) {
    const std::string_view name = kept_name(place.name);
    AION_TRY_ASSIGN(const std::vector<std::string> names, place.directory->list());
    std::size_t removed = 0;
    for (const std::string& candidate : names) {
        if (name.empty() || !is_temporary_of(name, candidate)) {
            continue;
        }
        removed += remove_unused(*place.directory, candidate) ? 1U : 0U;
    }
    return removed;
}

}  // namespace

Error changed_by_another_writer(const Place& place, std::string_view advice) {
    return error_because(ErrorCode::conflict,
                         fmt::format("{} was changed by another writer: {} again and repeat the "
                                     "change; nothing was written",
                                     place.shown.string(), advice));
}

std::vector<std::string> WriteReport::warnings(const std::filesystem::path& path) const {
    std::vector<std::string> all;
    if (links > 1) {
        all.push_back(path.string() + " was one of " + std::to_string(links) +
                      " names of a file (hard links): the others keep the old content, and go on "
                      "from it");
    }
    if (!lost.empty()) {
        std::string list = lost.front();
        for (std::size_t i = 1; i < lost.size(); ++i) {
            list += ", " + lost[i];
        }
        all.push_back(path.string() + " could not keep all that the replaced file had: " + list);
    }
    return all;
}

Result<Place> locate_to_write(Env& env, const std::filesystem::path& path) {
    auto place = env.locate(path);
    const int cause = place ? 0 : place.error().os_error();
    if (cause == ENOENT || cause == ENOTDIR || cause == ENAMETOOLONG) {
        return fail(cannot_write(path, path.has_filename() ? cause : EISDIR));
    }
    return place;
}

Result<std::size_t> remove_stale_temporaries(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const Place place, env.locate(path));
    return remove_stale_beside(place);
}

Result<WriteReport> write_file_atomically(Env& env, const Place& place,
                                          const ProducedContent& content,
                                          const WriteOptions& options) {
    AION_TRY_ASSIGN(std::optional<FileAccess> existing, replaceable(place, options));
    Change change(env, options.may_be_interrupted ? Change::Kind::of_its_own
                                                  : Change::Kind::finishes_another);
    WriteReport report;
    bool is_done = false;
    if (!existing) {
        AION_TRY_ASSIGN(is_done, write_unlinked(env, place, content, options, change));
    }
    if (!is_done) {
        AION_TRY_ASSIGN(
            report, write_and_rename(env, place, std::move(existing), content, options, change));
    }
    if (options.sync) {
        AION_TRY(require_lasting(place.directory->sync(), "directory", place));
    }
    return report;
}

Result<WriteReport> write_file_atomically(Env& env, const Place& place,
                                          std::span<const ByteView> pieces,
                                          const WriteOptions& options) {
    const auto produce = [pieces](const ProducedContent::Append& append,
                                  const ProducedContent::Ready& /*ready*/) -> Result<> {
        for (const ByteView piece : pieces) {
            AION_TRY(append(piece));
        }
        return {};
    };
    return write_file_atomically(env, place, {total_size(pieces), produce}, options);
}

Result<WriteReport> write_file_atomically(Env& env, const std::filesystem::path& path,
                                          std::span<const ByteView> pieces,
                                          const WriteOptions& options) {
    AION_TRY_ASSIGN(const Place place, locate_to_write(env, path));
    return write_file_atomically(env, place, pieces, options);
}

Result<Bytes> read_file(Env& env, const std::filesystem::path& path, std::uint64_t max_size) {
    AION_TRY_ASSIGN(const auto content, env.read(path, {.max_size = max_size}));
    const ByteView bytes = content->bytes();
    return Bytes(bytes.begin(), bytes.end());
}

Result<> read_pieces(ReadableFile& file, std::uint64_t begin, std::uint64_t end,
                     const std::function<void(ByteView)>& take) {
    constexpr std::uint64_t piece_size = std::uint64_t{256} << 10U;
    Bytes piece(static_cast<std::size_t>(std::min(end - begin, piece_size)));
    for (std::uint64_t at = begin; at < end; at += piece.size()) {
        const MutableByteView part = MutableByteView(piece).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(end - at, piece.size())));
        AION_TRY(file.read_at(at, part));
        take(part);
    }
    return {};
}

Result<> copy_pieces(ReadableFile& file, std::uint64_t begin, std::uint64_t end,
                     const ProducedContent::Append& append) {
    Result<> appended;
    AION_TRY(read_pieces(file, begin, end, [&](ByteView piece) {
        if (appended) {
            appended = append(piece);
        }
    }));
    return appended;
}

ProducedContent content_of(ReadableFile& file) {
    return {
        .size = file.info().size,
        .produce = [&file](const ProducedContent::Append& append, const ProducedContent::Ready&) {
            return copy_pieces(file, 0, file.info().size, append);
        }};
}

Result<Bytes> read_all(ReadableFile& file) {
    Bytes bytes(file.info().size);
    AION_TRY(file.read_at(0, bytes));
    AION_TRY(file.check_unchanged());
    return bytes;
}

}  // namespace aion
