// SPDX-License-Identifier: MIT OR Apache-2.0
// What reports in every form say alike: the run, the checks, signers, places, windows.
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

/// Something with a name. Not escaped yet.
struct Fact {
    std::string label;
    std::string value;
    bool exact = false;  ///< A path, a hash: shown as it is, letter by letter.
};

/// What a check came to, as a reader sees it.
enum class Mark : std::uint8_t { good, bad, open };

struct Check {
    std::string_view label;  ///< `Hash Chain`
    Mark mark = Mark::open;
    std::string_view why_open;  ///< `not checked`, `not asked`; of open ones.
};

/// Title of a report: `SOX Compliance Report`.
[[nodiscard]] std::string title_of(Framework framework);

/// What stands below the title, in the order of the reference: generated, file, file id.
[[nodiscard]] std::vector<Fact> heading_of(const Report& report);
/// What else there is to say of the run and of the file, but for the verdict.
[[nodiscard]] std::vector<Fact> evidence_of(const Report& report);
[[nodiscard]] std::vector<Fact> heading_of(const ArchiveReport& report);
[[nodiscard]] std::vector<Fact> evidence_of(const ArchiveReport& report);
/// Of those, what is of the run and the registry alone.
void append_registry(std::vector<Fact>& facts, const Run& run, const Hash& fingerprint);
void append_rules(std::vector<Fact>& facts, const Run& run, policy::Profile profile,
                  const policy::Pins& pins);

/// A gate's name for people: `Hash Chain`.
[[nodiscard]] std::string_view label_of(policy::Gate gate) noexcept;
/// The gates, those that the reference lists first, in its order.
[[nodiscard]] std::vector<Check> checks_of(const policy::VerificationReport& report);

/// `VALID` or `INVALID`, with the rules behind it if they are not ours: `VALID (reference profile)`.
[[nodiscard]] std::string verdict_word(const policy::VerificationReport& report);

/// The verdict in one line; one by other rules than ours says so: `VALID (reference profile)`.
[[nodiscard]] std::string verdict_on(const policy::VerificationReport& report);

/// `versions 3 to 9`, `version 3 and later`, `no version`: which ones an epoch may sign.
[[nodiscard]] std::string window_of(const trust::EpochRecord& epoch);
/// ` (version 2, offset 417)`, as far as there is something to say.
[[nodiscard]] std::string place_of(const policy::Finding& finding);
/// The first 16 digits of a key.
[[nodiscard]] std::string short_key(const PublicKey& key);
/// `1 version`, `2 versions`.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view what);

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

}  // namespace aion::report
