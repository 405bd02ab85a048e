// SPDX-License-Identifier: MIT OR Apache-2.0
// Remembering between runs which files were VALID, so that what is unchanged is not verified twice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/policy/report.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"

namespace aion::archive {

/// VALID verdicts in a SQLite database. An entry is about a file of a size, modification time,
/// status change time, inode and device, judged under a registry, options and a version of this
/// library; all of that and what was found is under a BLAKE3 keyed with a secret that is not in the
/// database, so an entry that somebody else wrote, changed or moved is none. What is wrong with the
/// database costs time, never a verdict, and is said by `trouble`.
///
/// What it cannot tell: a store through a shared mapping, or into a block device, that moves no
/// time; and what changed in the moment of the clock's last tick, for which a file that changed
/// less than three seconds before it was read is not remembered. `rehash` (archive/verify.hpp)
/// reads and compares contents, too.
///
/// Thread-safe.
class ResultCache {
  public:
    /// Opens or makes the database at `file` and the secret at `key` (32 bytes, mode 0600, in a
    /// folder that is made with mode 0700 if it is not there). Never fails: a database or a secret
    /// that cannot be read or made, or is none, is left alone, and so is a secret that others may
    /// read, that belongs to another user, or in whose folder others may replace it. Nothing is
    /// found and remembered then; see `trouble`.
    /// `env` must be `Env::system()` or lead to it: SQLite reads and writes the file itself, and
    /// nothing beside it. One database serves one registry and one set of options at a time:
    /// entries made under others are none, and are replaced. `options.pin_store` is no part of
    /// that: what it says is not remembered, it is for the caller to ask. With `options.log`
    /// nothing is found and remembered: another log may say otherwise. May throw `std::bad_alloc`,
    /// as may all of this.
    [[nodiscard]] static ResultCache open(Env& env, const std::filesystem::path& file,
                                          const std::filesystem::path& key,
                                          const trust::Registry& registry,
                                          const policy::VerifyOptions& options);

    /// One that finds and remembers nothing, with `why` as its trouble: for programs that keep
    /// nothing between runs.
    [[nodiscard]] static ResultCache none(std::string why);

    ~ResultCache();
    ResultCache(ResultCache&&) noexcept;
    ResultCache& operator=(ResultCache&&) noexcept;
    ResultCache(const ResultCache&) = delete;
    ResultCache& operator=(const ResultCache&) = delete;

    /// The verdict on the unchanged file with these facts, if it is remembered: VALID, with
    /// `history`, and as it was before a store of pins was asked.
    [[nodiscard]] std::optional<policy::VerificationReport> find(const FileInfo& info);

    /// Remembers a verdict on the file that had the facts `info` when it was opened: a VALID one
    /// with `history` and without remarks about times; others are not. `opened`: the time then.
    void put(const FileInfo& info, Timestamp opened, const policy::VerificationReport& judged);

    /// Writes what was put, which happens now and then anyway, and in the end. `find` and `put` go
    /// on.
    void flush();

    /// Why nothing, or nothing more, is remembered: the secret is unusable, the database is
    /// damaged, as a process that is killed while it writes may leave it, is no such database, is
    /// locked by another process, or the disk is full. One line; empty while all is well.
    [[nodiscard]] std::string trouble() const;

  private:
    struct State;
    explicit ResultCache(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace aion::archive
