// SPDX-License-Identifier: MIT OR Apache-2.0
// What came of an archive, for people: a line a file that is not VALID, and what they are to each
// other; or as aion-context 1.0.0 prints it. For programs: views/archive_view.hpp.
#pragma once

#include <string_view>
#include <vector>

#include "aion/base/spool.hpp"
#include "shell/console.hpp"
#include "views/archive_view.hpp"

namespace aion::cli {

/// `FAIL path gate reason version`, `NONE path why`, `PASS path versions head`.
void write_file(Stream& out, std::string_view path, const ArchiveFileView& view);

/// What the files are to each other, a line each, then the counts. `verbose`: also of copies and
/// earlier states. Error: what was kept cannot be read any more.
[[nodiscard]] Outcome<> write_conclusions(Stream& out, const ArchiveView& view, bool verbose);

/// `--format reference-text`.
class ReferenceArchiveText {
  public:
    ReferenceArchiveText(Env& env, Stream& out) : out_(out), failed_(env) {}

    void begin(std::string_view directory);
    /// Error: there is no room to keep the name of one that failed.
    [[nodiscard]] Result<> file(const ArchiveFileView& view);
    [[nodiscard]] Result<> end(const ArchiveView& view);

  private:
    [[nodiscard]] Result<> write_signers(const ArchiveView& view);
    [[nodiscard]] Result<> write_failed();

    Stream& out_;
    Spool failed_;  ///< The lines that name them.
};

}  // namespace aion::cli
