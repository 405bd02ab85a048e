// SPDX-License-Identifier: MIT OR Apache-2.0
// A report on many files for people who keep it: one row a file, and what they are to each other
// (docs/reports.md#of-an-archive).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/archive/ledger.hpp"
#include "aion/archive/verify.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/base/env.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/pins.hpp"
#include "aion/policy/report.hpp"
#include "aion/policy/verify_many.hpp"
#include "aion/report/compliance.hpp"

namespace aion::report {

/// One file. What is not known of it is empty: a file that is not VALID says nothing that could be
/// believed, so of its content there is its file id at most.
struct ArchiveRow {
    std::filesystem::path path;     ///< As it was found; not necessarily UTF-8.
    std::optional<bool> valid;      ///< Nothing: there is no verdict.
    std::string reason;             ///< Why not VALID, or why no verdict, in one line; else empty.
    std::uint64_t size = 0;         ///< Bytes; 0 if unknown.
    bool remembered = false;        ///< The verdict is a cache's.
    std::optional<FileId> file_id;  ///< Of a readable header.
    std::uint64_t versions = 0;     ///< By the header; what a VALID file proves.
    std::optional<Hash> head;       ///< Of a VALID file: the version hash of its last version.
    std::vector<policy::SignerUse> signers;  ///< Of a VALID file, by author, then epoch.
    /// Of a VALID file: its last 32 bytes, BLAKE3 of those before.
    std::optional<Hash> integrity_hash;
};

/// How the files fared at one gate.
struct GateTally {
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t skipped = 0;    ///< What it reads could not be located.
    std::uint64_t not_asked = 0;  ///< It took no part in the verdict.
    friend bool operator==(const GateTally&, const GateTally&) = default;
};

/// The rows of an archive, of which there may be a million: kept as `Spool` does
/// (base/spool.hpp). Not thread-safe.
class ArchiveRows {
  public:
    explicit ArchiveRows(Env& env);
    ~ArchiveRows();
    ArchiveRows(ArchiveRows&&) noexcept;
    ArchiveRows& operator=(ArchiveRows&&) noexcept;
    ArchiveRows(const ArchiveRows&) = delete;
    ArchiveRows& operator=(const ArchiveRows&) = delete;

    /// One more, as `archive::verify` tells of it. Errors: those of `Spool::append`.
    [[nodiscard]] Result<> add(const archive::Row& row);
    /// No more come. To be called once, before any is read.
    void finish();

    [[nodiscard]] std::uint64_t count() const noexcept;

    [[nodiscard]] const std::array<GateTally, policy::gate_count>& gates() const noexcept;

    /// In the order added. `visit` may stop. Errors: those of reading what was kept.
    [[nodiscard]] Result<> for_each(
        const std::function<policy::Next(const ArchiveRow&)>& visit) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A report on an archive. Borrows rows and ledger, both finished.
struct ArchiveReport {
    Framework framework = Framework::generic;
    std::string title;                  ///< `SOX Compliance Report`
    Run run;                            ///< `file_path` is empty.
    std::vector<std::string> operands;  ///< What was asked for, as given.
    RegistryFacts registry;
    policy::Profile profile = policy::Profile::strict;
    policy::Pins pins;
    archive::Tally tally;
    const ArchiveRows* rows = nullptr;
    const archive::Ledger* ledger = nullptr;
    /// Three. Each statement is on all files; unless every file is VALID none asserts anything.
    std::vector<Section> sections;

    /// Whether each file that there is is VALID, and there is one.
    [[nodiscard]] bool is_valid() const noexcept {
        return tally.valid != 0 && tally.valid == tally.files() && !tally.stopped;
    }

    /// `VALID: 12 files` or `NOT VALID: 12 files: 10 valid, 1 invalid, 1 unreadable`.
    [[nodiscard]] std::string summary() const;
};

/// Titles and sections of `report`, whose other members are there.
void complete(ArchiveReport& report);

/// Each as that of one file (report/compliance.hpp): verdict, run, a row a file, relations,
/// signers. A sink that throws ends it. Errors: those of reading rows and ledger; what was written
/// by then is a beginning.
[[nodiscard]] Result<> write_text(const TextSink& sink, const ArchiveReport& report);
[[nodiscard]] Result<> write_markdown(const TextSink& sink, const ArchiveReport& report);
[[nodiscard]] Result<> write_html(const TextSink& sink, const ArchiveReport& report);
/// A value is complete all the same, with the member `error` behind the others.
[[nodiscard]] Result<> write(DocumentWriter& out, const ArchiveReport& report);

}  // namespace aion::report
