// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a log in a folder is what its checkpoint says: everything is made anew from the entries.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/tlog/log_store.hpp"

namespace aion::tlog {

/// What is wrong with a file of a log.
enum class LogFinding : std::uint8_t {
    missing,        ///< It is not there.
    cut,            ///< It has another size, or other entries, than the log needs.
    other_content,  ///< It is not of the log that the checkpoint commits to.
    unreadable,     ///< The system does not let us read it.
    bad_entry,      ///< An entry in it is none of ours, so that the reference's tree has no root.
    bad_index,      ///< The index says something else than the log; nobody believes it.
    // What does no harm:
    superfluous,  ///< Left over, or of a tile that is full by now.
    foreign,      ///< No file of a log.
};

/// `missing`, `cut`, …: stable.
[[nodiscard]] std::string_view name_of(LogFinding finding) noexcept;

/// Whether a log with this is still all right.
[[nodiscard]] constexpr bool is_harmless(LogFinding finding) noexcept {
    return finding == LogFinding::superfluous || finding == LogFinding::foreign;
}

struct LogProblem {
    std::string file;  ///< Below the log's folder, e.g. `tile/0/x001/000`.
    LogFinding finding = LogFinding::missing;
    std::string what;        ///< For people: which entry, which system error; may be empty.
    bool is_mended = false;  ///< By this check.
    /// The log is all right with it: what is so by its kind, and an index that is only behind, as
    /// a writer leaves it that is killed. The next one brings it up to date.
    bool is_harmless = false;
};

struct LogReport {
    Checkpoint checkpoint;
    NoteKey key;                         ///< Who signed it.
    Sha256Tree::Digest root;             ///< As the entries make it.
    std::optional<Hash> reference_root;  ///< Likewise: of the reference's tree.
    std::uint64_t bytes = 0;             ///< Of entries and hashes that were read.
    /// In the order of the files, at most `max_log_problems`.
    std::vector<LogProblem> problems;
    std::uint64_t more_problems = 0;  ///< How many there are beyond those.

    /// Whether the entries make the root that the checkpoint has.
    [[nodiscard]] bool is_root_right() const noexcept { return root == checkpoint.root; }

    /// Whether they do, and nothing is left that is more than harmless.
    [[nodiscard]] bool is_valid() const noexcept;
};

inline constexpr std::size_t max_log_problems = 1000;

struct LogCheckOptions {
    /// One of the log's keys; without it its own first one is believed.
    std::optional<NoteKey> key;
    LogIndexing indexing = LogIndexing::kept;
    /// Whether to write what the entries make: hash tiles and the index; and to remove what is
    /// superfluous. Entries, checkpoint and keys are never written, and nothing at all unless the
    /// entries make the root of the checkpoint.
    bool repair = false;
    unsigned threads = 0;                 ///< At most; 0: one a core.
    std::uint32_t lock_wait_ms = 10'000;  ///< Of a repair.
    /// Is told how many entries were looked at, now and then; on the caller's thread.
    std::function<void(std::uint64_t entries)> progress;
};

/// Checks all of a log. Memory does not grow with it.
/// Errors: those of `LogStore::open`; with `repair` also `conflict` and those of writing. What is
/// wrong with a single file is a problem in the report.
[[nodiscard]] Result<LogReport> check_log(Env& env, const std::filesystem::path& folder,
                                          const LogCheckOptions& options = {});

}  // namespace aion::tlog
