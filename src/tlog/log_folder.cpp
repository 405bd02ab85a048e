// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tlog/log_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/base/sync.hpp"
#include "base/try.hpp"
#include "tlog/log_details.hpp"

namespace aion::tlog {
namespace {

constexpr std::uint32_t folder_mode = 0755;
constexpr std::uint32_t own_folder_mode = 0700;
constexpr std::string_view lock_name = "lock";

class FolderTiles final : public TileSource {
  public:
    FolderTiles(Env& env, std::filesystem::path folder) : env_(&env), folder_(std::move(folder)) {}

    Result<Bytes> tile(const TileName& name) override {
        auto read = read_tile(name);
        // One that is full has taken the place of those that were not.
        if (!read && read.error().os_error() == ENOENT && name.width < tile_width) {
            TileName full = name;
            full.width = tile_width;
            auto instead = read_tile(full);
            if (instead || instead.error().os_error() != ENOENT) {
                return instead;
            }
        }
        return read;
    }

  private:
    Result<Bytes> read_tile(const TileName& name) {
        AION_TRY_ASSIGN(
            const auto content,
            env_->read(folder_ / name.path(), {.max_size = name.max_size(), .regular_only = true}));
        return Bytes(content->bytes().begin(), content->bytes().end());
    }

    Env* env_;
    std::filesystem::path folder_;
};

// Whether `keys[at]` may sign a checkpoint of that size.
bool may_sign(std::span<const LogKey> keys, std::size_t at, std::uint64_t size) {
    return keys[at].size <= size && (at + 1 == keys.size() || size <= keys[at + 1].size);
}

}  // namespace

std::unique_ptr<TileSource> open_tiles(Env& env, const std::filesystem::path& folder) {
    return std::make_unique<FolderTiles>(env, folder);
}

Result<std::shared_ptr<const FileContent>> read_checkpoint_file(
    Env& env, const std::filesystem::path& folder) {
    auto content =
        env.read(folder / checkpoint_name, {.max_size = max_note_size, .regular_only = true});
    if (!content &&
        (content.error().os_error() == ENOENT || content.error().os_error() == ENOTDIR)) {
        return fail(
            invalid<LogDetail::log_no_log>(folder.string(), "there is no checkpoint in it"));
    }
    return content;
}

Result<JudgedCheckpoint> judge_checkpoint(std::string note, std::span<const LogKey> keys,
                                          const std::optional<NoteKey>& trusted) {
    AION_TRY_ASSIGN(const Checkpoint claimed, Checkpoint::of_note(note));
    std::size_t first = 0;
    if (trusted) {
        const auto known = std::ranges::find(keys, *trusted, &LogKey::key);
        if (known == keys.end()) {
            AION_TRY_ASSIGN(Checkpoint checkpoint, open_checkpoint(note, *trusted));
            return JudgedCheckpoint{std::move(note), std::move(checkpoint), *trusted};
        }
        first = static_cast<std::size_t>(known - keys.begin());
    } else if (keys.empty()) {
        return fail(invalid<LogDetail::log_bad_keys>("there is no keys/0: name the log's key"));
    }
    std::optional<Error> why;
    for (std::size_t at = keys.size(); at-- > first;) {
        if (!may_sign(keys, at, claimed.size)) {
            continue;
        }
        auto opened = open_checkpoint(note, keys[at].key);
        if (opened) {
            return JudgedCheckpoint{std::move(note), *std::move(opened), keys[at].key};
        }
        if (!why) {
            why = std::move(opened).error();
        }
    }
    if (why) {
        return fail(*std::move(why));
    }
    return fail(invalid<LogDetail::log_bad_keys>(
        "the key that is trusted took over at a later size than the checkpoint's"));
}

Result<std::unique_ptr<FileLock>> lock_log(Env& env, const std::filesystem::path& folder,
                                           std::uint32_t wait_ms) {
    const auto path = folder / own_name;
    AION_TRY_ASSIGN(const auto own, env.create_directories(path, own_folder_mode));
    const std::string name(lock_name);
    AION_TRY_ASSIGN(const auto there, own->info(name));
    if (!there) {
        const auto made =
            write_file_atomically(env, Place{own, name, path / name}, std::span<const ByteView>(),
                                  {.sync = false, .may_be_interrupted = false});
        // Whoever came first made the same.
        if (!made && made.error().code() != ErrorCode::file_exists &&
            made.error().code() != ErrorCode::conflict) {
            return fail(made.error());
        }
    }
    return own->lock(name, wait_ms);
}

Result<> TileWriter::write(const TileName& name, ByteView bytes) {
    const std::filesystem::path path = folder_ / name.path();
    std::shared_ptr<Directory>& directory = folders_[path.parent_path().string()];
    if (directory == nullptr) {
        AION_TRY_ASSIGN(directory, env_->create_directories(path.parent_path(), folder_mode));
    }
    AION_TRY(write_file_atomically(
        *env_, Place{directory, path.filename().string(), path}, {&bytes, 1},
        {.replace = Replace::always, .sync = false, .may_be_interrupted = false}));
    return {};
}

Result<> TileWriter::flush() {
    folders_.clear();
    AION_TRY_ASSIGN(const auto folder, env_->open_directory(folder_));
    return sync_file_system(*folder);
}

Result<> write_log_file(Env& env, const std::filesystem::path& path, std::string_view text,
                        const WriteOptions& options) {
    AION_TRY_ASSIGN(auto folder, env.create_directories(path.parent_path(), folder_mode));
    const ByteView piece = as_bytes(text);
    AION_TRY(write_file_atomically(env, Place{std::move(folder), path.filename().string(), path},
                                   {&piece, 1}, options));
    return {};
}

}  // namespace aion::tlog
