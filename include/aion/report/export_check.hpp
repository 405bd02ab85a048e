// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether an export says what its file says (docs/exports.md#checking-one).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/result.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/compliance.hpp"
#include "aion/report/export_import.hpp"

namespace aion::report {

/// One place at which export and file differ. Values are as a person reads them, texts of the
/// file among them: not escaped yet.
struct ExportDifference {
    std::string place;                  ///< `versions[3].rules_hash`
    std::optional<std::string> stated;  ///< By the export; nothing if it does not have the place.
    std::optional<std::string> found;   ///< By the file; nothing if it does not.
};

/// What an export is to the file.
enum class ExportRelation : std::uint8_t {
    same_state,  ///< As many versions as the file has.
    earlier,     ///< Fewer: the file went on since, or the export was cut.
    later,       ///< More: the file is an older state, or the export was added to.
    other_file,  ///< It begins with another version, under another file id.
};
/// `same_state`, `earlier`, `later`, `other_file`: stable.
[[nodiscard]] std::string_view name_of(ExportRelation relation) noexcept;

/// Differences listed at most; beyond it they are only counted.
inline constexpr std::size_t max_differences = 10'000;

struct ExportCheck {
    ExportFormat format = ExportFormat::json;
    bool is_ours = false;  ///< Ours, not the reference's.
    ExportRelation relation = ExportRelation::same_state;
    std::uint64_t versions_stated = 0;
    std::uint64_t versions_found = 0;
    /// In the order of the export. Of another file only what shows that it is another.
    std::vector<ExportDifference> differences;
    std::uint64_t difference_count = 0;  ///< All of them, listed or not.
    /// What could not be compared: of a table nothing; else `source_file` and `run`, which no file
    /// can know; `verification` of an earlier state, of which only form, head and counts are; and
    /// `run.pinned` where only this run had pins.
    std::vector<std::string> not_compared;

    [[nodiscard]] bool agrees() const noexcept { return difference_count == 0; }
};

/// Compares everything that the export `text` states with what the file says now: each key, also
/// one too many or one that is missing. `now` is this run: its registry's digests are compared.
/// Not compared is what no file can know: `source_file` and `run`, and of an earlier state what its
/// `verification` says of other bytes; see `ExportCheck::not_compared`. Pins that the export says
/// it had are a difference where this run has none, since nothing bears them out; where only this
/// run has them, the verdict is compared as it is without them. Messages and file id, which format
/// v2 does not authenticate, are compared. Cells of a table agree as they were written with
/// apostrophes against formulas or without. An export of no version does not agree with a file that
/// has some. Errors: `invalid_format` where `text` is no export: those of `import_export` about its
/// form, `csv_syntax`. Values that cannot be are no error but differences.
[[nodiscard]] Result<ExportCheck> check_export(std::string_view text, ExportFormat format,
                                               const policy::Examination& file, const Run& now,
                                               const ReadOptions& options = {});

}  // namespace aion::report
