// SPDX-License-Identifier: MIT OR Apache-2.0
// Telling of an archive in the form that was asked for, while it is looked at.
#pragma once

#include <memory>

#include "aion/base/env.hpp"
#include "shell/console.hpp"
#include "shell/format.hpp"
#include "shell/outcome.hpp"
#include "views/archive_view.hpp"

namespace aion::cli {

/// Is told of each file, then of all. Memory does not grow with the number of files.
class ArchiveReport {
  public:
    ArchiveReport() = default;
    virtual ~ArchiveReport() = default;
    ArchiveReport(const ArchiveReport&) = delete;
    ArchiveReport& operator=(const ArchiveReport&) = delete;
    ArchiveReport(ArchiveReport&&) = delete;
    ArchiveReport& operator=(ArchiveReport&&) = delete;

    /// `path`: as it was found; `view.path` is how documents name it. Error: there is no room to
    /// keep what is to be told later.
    [[nodiscard]] virtual Result<> file(std::string_view path, const ArchiveFileView& view) = 0;

    /// Once, behind the files. If it fails, what could be told was told.
    [[nodiscard]] virtual Outcome<> end(const ArchiveView& view) = 0;
};

/// `about`: what is known by now. It, `env` and `console` must outlive the report.
[[nodiscard]] std::unique_ptr<ArchiveReport> make_archive_report(Env& env, Console& console,
                                                                 Format format, bool verbose,
                                                                 const ArchiveView& about);

/// An archive of which nothing was looked at is not one that is fine.
[[nodiscard]] std::unexpected<Failure> no_files_in(const ArchiveView& view);

/// As `aion verify` of several files ends.
[[nodiscard]] Ending ending_of(const archive::Tally& tally) noexcept;

}  // namespace aion::cli
