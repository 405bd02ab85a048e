// SPDX-License-Identifier: MIT OR Apache-2.0
// What a check of a log finds of its files, and what a repair writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aion/tlog/log_check.hpp"
#include "tlog/log_folder.hpp"
#include "tlog/log_index.hpp"

namespace aion::tlog {

/// `read`, `look`, `compare` and `problem` may be called in several threads.
class LogAudit {
  public:
    LogAudit(Env& env, std::filesystem::path folder, std::uint64_t size)
        : env_(&env), folder_(std::move(folder)), size_(size), writer_(env, folder_) {}

    /// A tile's bytes, or nothing, which is a problem.
    [[nodiscard]] std::optional<Bytes> read(const TileName& name);
    /// A tile's bytes, or nothing.
    [[nodiscard]] std::optional<Bytes> look(const TileName& name);
    /// Whether the tile is what it should be; if not, that is a problem, which a repair mends.
    [[nodiscard]] Result<> compare(const TileName& name, ByteView expected);

    void problem(std::string file, LogFinding finding, std::string what, bool is_mended = false);
    /// Tiles of level 0 that are not what the entries below them make.
    [[nodiscard]] std::vector<TileName> unlike_tiles() const;
    /// There is nothing wrong with that file after all.
    void forgive(const std::string& file);

    /// Looks for files that should not be there, which a repair removes if they are left over.
    void walk();
    /// `fingerprint`: what as many entries come to as the index has.
    void check_index(const Result<LogIndex::Survey>& survey, std::uint64_t fingerprint);

    /// From now on what is wrong is mended, and all problems are to be found anew.
    void begin_repair();
    [[nodiscard]] Result<> finish_repair(LogStore& log, LogIndexing indexing,
                                         std::uint64_t fingerprint);

    void tell(LogReport& report) const;

  private:
    /// Nothing is there, or why it cannot be read.
    [[nodiscard]] std::optional<Bytes> read_file(const TileName& name, std::optional<Error>& why);
    void walk_folder(const std::filesystem::path& below, unsigned depth);
    void judge_name(Directory& folder, const std::filesystem::path& below, const std::string& name);
    void judge_partial(const TileName& name, unsigned width);
    [[nodiscard]] bool has_problem(const std::string& file) const;
    void left_over(Directory& folder, const std::filesystem::path& file, std::string what);

    Env* env_;
    std::filesystem::path folder_;
    std::uint64_t size_;
    TileWriter writer_;
    bool is_repairing_ = false;
    std::mutex mutex_;  // Of all below.
    std::uint64_t bytes_ = 0;
    std::map<std::string, LogProblem> problems_;
    std::uint64_t more_ = 0;
};

}  // namespace aion::tlog
