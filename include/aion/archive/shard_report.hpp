// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading what `aion archive verify --shard` wrote of a part of an archive, in JSON or JSON Lines
// (docs/cli.md#aion-archive-merge), to put the parts together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/archive/names.hpp"
#include "aion/archive/verify.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"
#include "aion/policy/verify.hpp"

namespace aion::archive {

/// What a report says of one file.
struct ReportedFile {
    std::filesystem::path path;  ///< As the report names it: below `ReportedRun::directory`.
    /// The verdict, with `history` if it is VALID; or why there is none, of which only the message
    /// and the kind of error are kept.
    Result<policy::VerificationReport> report;
    std::uint64_t size = 0;
    bool remembered = false;
    std::uint64_t position = 0;     ///< Among all names that there were, from 1; they ascend.
    bool is_in_every_part = false;  ///< What could not be looked into.
    /// Why there is no verdict, as it was told: each message, what to do, and the file.
    std::vector<std::string> causes = {};
    std::string remedy = {};
    std::string error_path = {};
};

/// What it says of all.
struct ReportedRun {
    std::optional<std::string> directory;
    std::vector<std::string> operands;
    std::optional<std::string> files_from;  ///< The list of names, `-` if it came in by itself.
    std::optional<Shard> shard;
    Hash registry;  ///< The fingerprint.
    policy::Profile profile = policy::Profile::strict;
    std::optional<Hash> expectations;  ///< `digest_of_expectations` of a part.
    Tally tally;
    std::uint64_t elapsed_ns = 0;
    /// It says that something could not be listed.
    bool is_faulty = false;
};

/// Of what files were expected to have beyond being sound: pins, authors, required signers;
/// nothing if nothing was. Parts of one archive were judged alike only if it is the same. What a
/// store of pins knows is no part of it.
[[nodiscard]] std::optional<Hash> digest_of_expectations(const policy::VerifyOptions& options);

/// Reads a report, which must stay in place, file by file. Of lines, one is held at a time; of a
/// document, all of it. Nothing in a report is proven: whoever wrote it may have written anything.
class ReportReader {
  public:
    explicit ReportReader(ReadableFile& file);
    ~ReportReader();
    ReportReader(ReportReader&& other) noexcept;
    ReportReader& operator=(ReportReader&& other) noexcept;
    ReportReader(const ReportReader&) = delete;
    ReportReader& operator=(const ReportReader&) = delete;

    /// The next file in its order; nothing behind the last. Errors: those of `read_report`; there
    /// is no sense in going on then.
    [[nodiscard]] Result<std::optional<ReportedFile>> next();

    /// What it says of all: behind the last file.
    [[nodiscard]] const ReportedRun& run() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

/// Reads all of a report; `visit` is told of each file in its order, and what it returns ends the
/// reading.
/// Errors: `invalid_format` for what is no such report, has an end too soon (no summary, or another
/// number of files than that says), or of a VALID file not the hashes of all versions; those of
/// reading `file`; `visit`'s.
[[nodiscard]] Result<ReportedRun> read_report(ReadableFile& file,
                                              const std::function<Result<>(ReportedFile)>& visit);

}  // namespace aion::archive
