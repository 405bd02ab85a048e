// SPDX-License-Identifier: MIT OR Apache-2.0
// What came of an archive, for programs: the reference's keys first, in its order, then ours
// (docs/cli.md#aion-archive-verify). For people: views/archive_text_view.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/archive/ledger.hpp"
#include "aion/archive/names.hpp"
#include "aion/archive/verify.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/policy/report.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// One file.
struct ArchiveFileView {
    const policy::VerificationReport* report;  ///< Or null, and:
    const Failure* failure;                    ///< why there is no verdict.
    std::string path;                          ///< As documents name it (`ArchiveView::name_of`).
    std::uint64_t size = 0;
    bool remembered = false;
    std::uint64_t position = 0;     ///< Of a part: among all names, from 1. Else 0.
    bool is_in_every_part = false;  ///< What could not be looked into.
    /// Say what others may compare the file by: the hashes of its versions, and who signed them.
    bool comparable = false;
};

/// All of it.
struct ArchiveView {
    std::optional<std::string> directory;   ///< The only operand, if it is a folder.
    std::vector<std::string> operands;      ///< As given.
    std::optional<std::string> files_from;  ///< The list, as given.
    std::optional<archive::Shard> shard;
    std::optional<Hash> expectations;  ///< Of a shard (`archive::digest_of_expectations`).
    Hash registry;                     ///< Its fingerprint.
    policy::Profile profile = policy::Profile::strict;
    archive::Tally tally;
    const archive::Ledger* ledger = nullptr;  ///< Finished.
    std::uint64_t elapsed_ns = 0;

    /// The path below the folder if there is one, `.` for that itself, else as it was found.
    [[nodiscard]] std::string name_of(const std::filesystem::path& path) const;

    /// What was asked for: the operands and the list.
    [[nodiscard]] std::vector<std::string> sources() const;
};

/// The members of the object that stands for the file.
void write_members(DocumentWriter& out, const ArchiveFileView& view);

/// The members of the document in front of the files, which are known only behind them: see
/// `DocumentWriter::flush`.
void write_directory(DocumentWriter& out, const ArchiveView& view);
void write_counts(DocumentWriter& out, const ArchiveView& view);

/// The members behind the files. What cannot be read of the ledger any more is not listed; the
/// failure is the member `error` then, and is returned.
[[nodiscard]] Outcome<> write_conclusions(DocumentWriter& out, const ArchiveView& view);

/// The same for lists of lines: one object a relation, and the summary.
[[nodiscard]] Outcome<> write_lines(DocumentWriter& out, const ArchiveView& view);

}  // namespace aion::cli
