// SPDX-License-Identifier: MIT OR Apache-2.0
// The files of a log in its folder, and what of them counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/tlog/log_store.hpp"

namespace aion::tlog {

inline constexpr std::string_view checkpoint_name = "checkpoint";
inline constexpr std::string_view tiles_name = "tile";
inline constexpr std::string_view keys_name = "keys";
inline constexpr std::string_view own_name = ".aion";  ///< A folder that is nobody else's business.
inline constexpr std::string_view index_name = "index";

/// The checkpoint's file. Errors: `log_no_log` where there is none.
[[nodiscard]] Result<std::shared_ptr<const FileContent>> read_checkpoint_file(
    Env& env, const std::filesystem::path& folder);

/// A checkpoint and who signed it.
struct JudgedCheckpoint {
    std::string note;
    Checkpoint checkpoint;
    NoteKey key;
};

/// Judges a note by those of a log's keys which may sign a checkpoint of that size: the one that
/// had taken over by then, and at the very size of a rotation the former, too. `trusted`: where
/// one begins; nothing for the first.
[[nodiscard]] Result<JudgedCheckpoint> judge_checkpoint(std::string note,
                                                        std::span<const LogKey> keys,
                                                        const std::optional<NoteKey>& trusted);

/// Keeps other writers out as long as it lives. Error: `conflict`.
[[nodiscard]] Result<std::unique_ptr<FileLock>> lock_log(Env& env,
                                                         const std::filesystem::path& folder,
                                                         std::uint32_t wait_ms);

/// Puts tiles into their places, none of which lasts before `flush`.
class TileWriter {
  public:
    TileWriter(Env& env, std::filesystem::path folder) : env_(&env), folder_(std::move(folder)) {}

    [[nodiscard]] Result<> write(const TileName& name, ByteView bytes);
    [[nodiscard]] Result<> flush();

  private:
    Env* env_;
    std::filesystem::path folder_;
    std::map<std::string, std::shared_ptr<Directory>> folders_;
};

/// Replaces a file of a log, or makes it, durably.
[[nodiscard]] Result<> write_log_file(Env& env, const std::filesystem::path& path,
                                      std::string_view text, const WriteOptions& options);

/// The record of a key that takes over (`keys/N`), to be signed by it and by the one before.
[[nodiscard]] std::string key_record(std::uint64_t number, std::uint64_t size, const NoteKey& key);

/// The note of one in a folder; nothing where there is none.
[[nodiscard]] Result<std::optional<std::string>> read_key_record(
    Env& env, const std::filesystem::path& folder, std::uint64_t number);

/// All of them from wherever they are, as `read_log_keys` of a folder.
using ReadKeyRecord = std::function<Result<std::optional<std::string>>(std::uint64_t number)>;
[[nodiscard]] Result<std::vector<LogKey>> read_log_keys(const ReadKeyRecord& record_of);

}  // namespace aion::tlog
