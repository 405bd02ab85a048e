// SPDX-License-Identifier: MIT OR Apache-2.0
// What reports in every form say alike: the run, the checks, signers, places.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/archive/ledger.hpp"
#include "aion/policy/examine.hpp"
#include "aion/policy/report.hpp"
#include "aion/report/archive_report.hpp"
#include "aion/report/compliance.hpp"

namespace aion::report {

/// Findings and rows that a text for people lists of one kind; documents list all.
inline constexpr std::size_t most_listed = 100;

/// How the value of a fact is shown: paths and digits letter by letter.
enum class Form : std::uint8_t { words, path, digits };

/// Something with a name. Not escaped yet.
struct Fact {
    std::string label;
    std::string value;
    Form form = Form::words;
    std::string note = {};  ///< What it means, where there is room for that: on pages.
};

/// What a check came to, as a reader sees it.
enum class Mark : std::uint8_t { good, bad, open };

struct Check {
    std::string_view label;  ///< `Hash Chain`
    Mark mark = Mark::open;
    std::string_view why_open;  ///< `not checked`, `not asked`; of open ones.
};

/// `any 2 of 7, 8`: by ids.
[[nodiscard]] std::string text_of(const policy::Requirement& require);

/// Title of a report: `SOX Compliance Report`.
[[nodiscard]] std::string title_of(Framework framework);

/// When: stands first in every heading.
[[nodiscard]] Fact generated_at(const Run& run);
/// What stands below the title, in the order of the reference: generated, file, file id.
[[nodiscard]] std::vector<Fact> heading_of(const Report& report);
/// What else there is to say of the run and of the file, but for the verdict.
[[nodiscard]] std::vector<Fact> evidence_of(const Report& report);
[[nodiscard]] std::vector<Fact> heading_of(const ArchiveReport& report);
[[nodiscard]] std::vector<Fact> evidence_of(const ArchiveReport& report);

/// The gates, those that the reference lists first, in its order.
[[nodiscard]] std::vector<Check> checks_of(const policy::VerificationReport& report);

/// `VALID`, `INVALID`; by other rules than ours it says so: `VALID (reference profile)`.
[[nodiscard]] std::string word_on(const policy::VerificationReport& verdict);
/// The verdict in one line, with the reason.
[[nodiscard]] std::string verdict_on(const policy::VerificationReport& verdict);

/// What came of the signature of a version. It proves something only in a file that is proven.
enum class Seal : std::uint8_t { proven, unproven, refused, not_judged };

struct SignatureWords {
    Seal seal = Seal::not_judged;
    std::string_view word;  ///< `valid`, `verifies`, `refused`, `not judged`.
    std::string note;       ///< What there is to add; not escaped yet.

    /// Both, in one line.
    [[nodiscard]] std::string line() const;
};

/// `is_proven`: whether statements on the file may assert anything.
[[nodiscard]] SignatureWords words_on(const policy::ExaminedVersion& version, bool is_proven);

/// Something that nobody vouches for: a stable name, and a sentence.
struct OpenPoint {
    std::string_view what;
    std::string_view explanation;
};

[[nodiscard]] std::vector<OpenPoint> points_of(std::span<const policy::Unauthenticated> open);
/// What nobody authenticates: of a file that is not proven, `everything`.
[[nodiscard]] std::vector<OpenPoint> open_points(const policy::VerificationReport& verdict);
/// The same of the files of an archive; what of them is INVALID comes first.
[[nodiscard]] std::vector<OpenPoint> open_points(const ArchiveReport& report);

/// How many remarks on times there are, or `not checked` where there was no version to look at.
[[nodiscard]] std::string warnings_on(const policy::Examination& file);

/// ` (version 2, offset 417)`, as far as there is something to say.
[[nodiscard]] std::string place_of(const policy::Finding& finding);

/// What the file calls itself, if it has a readable header.
[[nodiscard]] std::optional<FileId> file_id_of(const policy::Examination& file);

/// Whose signatures verify, and for how many versions: by author, then epoch.
[[nodiscard]] std::vector<policy::SignerUse> signers_of(const policy::Examination& file);

/// How a path stands in a sentence.
using PathText = std::function<std::string(const std::filesystem::path&)>;

/// What two or more files of an archive are to each other, in one sentence.
[[nodiscard]] std::string sentence_on(const archive::Relation& relation, const PathText& shown);
/// `author 1001 with epochs 0 and 1`, as far as `signers` go.
[[nodiscard]] std::string names_of(std::span<const policy::SignerUse> signers);

/// Whether statements on a verdict may assert anything: VALID by the rules that decide, and not by
/// the reference's, which let pass what is not genuine.
[[nodiscard]] bool asserts(bool is_valid, policy::Profile profile) noexcept;
[[nodiscard]] bool asserts(const policy::VerificationReport& verdict) noexcept;

}  // namespace aion::report
