// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/export_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/report/export.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "report/comparing_writer.hpp"
#include "report/csv.hpp"
#include "report/export_details.hpp"
#include "report/export_form.hpp"
#include "report/export_tree.hpp"
#include "report/export_verdict.hpp"

namespace aion::report {
namespace {

using policy::Examination;

constexpr NameTable relations(std::to_array<Named<ExportRelation>>({
    {ExportRelation::same_state, "same_state"},
    {ExportRelation::earlier, "earlier"},
    {ExportRelation::later, "later"},
    {ExportRelation::other_file, "other_file"},
}));

ExportRelation relation_of(const ExportCheck& check) noexcept {
    if (check.versions_stated == check.versions_found) {
        return ExportRelation::same_state;
    }
    return check.versions_stated < check.versions_found ? ExportRelation::earlier
                                                        : ExportRelation::later;
}

void add(ExportCheck& check, ExportDifference difference) {
    ++check.difference_count;
    if (check.differences.size() < max_differences) {
        check.differences.push_back(std::move(difference));
    }
}

const Value* at(const Value* from, std::string_view name) {
    return from == nullptr ? nullptr : from->find(name);
}

const Value* first_version(const Value& root) {
    const Value* const versions = root.find("versions");
    return versions == nullptr || versions->items.empty() ? nullptr : &versions->items.front();
}

// Tells the two things that make it the export of another file, if it is.
bool is_of_another_file(const Value& root, const Examination& file, ExportCheck& check) {
    const Value* const id = at(root.find("file_info"), "file_id");
    const Value* const first = first_version(root);
    if (id == nullptr || first == nullptr || file.header() == nullptr ||
        file.version_count() == 0) {
        return false;
    }
    const policy::ExaminedVersion begins = file.version(0);
    const std::string_view name = check.is_ours ? "version_hash" : "rules_hash";
    const Value* const hash = first->find(name);
    const std::string own_id = to_string(file.report().file_id);
    const std::string own_hash = to_hex(check.is_ours ? begins.version_hash : begins.rules_hash);
    if (hash == nullptr || id->text == own_id || hash->text == own_hash) {
        return false;
    }
    check.relation = ExportRelation::other_file;
    add(check, {"file_info.file_id", in_words(*id), own_id});
    add(check, {fmt::format("versions[0].{}", name), in_words(*hash), own_hash});
    return true;
}

constexpr std::string_view verification_key = "verification";
constexpr std::string_view pinned_key = "run.pinned";

bool says_valid(const Value& root) {
    const Value* const verification = root.find(verification_key);
    const Value* const verdict = at(verification, "verdict");
    const Value* const is_valid = at(verification, "is_valid");
    return (verdict != nullptr && verdict->text == "VALID") ||
           (is_valid != nullptr && is_valid->truth);
}

// The verdict of an earlier state, as far as the file still tells it: whichever state of a file
// VALID was said of, all of it held. The rest stands as it is stated, so only its form is compared.
StatedVerdict verdict_on_earlier(const Value& root, const Examination& file, std::uint64_t count) {
    StatedVerdict stated = verdict_from(root);
    policy::VerificationReport& report = stated.report;
    if (count > 0 && (report.head || says_valid(root))) {
        report.head = file.version(count - 1).version_hash;
    }
    if (says_valid(root)) {
        for (const policy::Gate gate : policy::all_gates) {
            report.gates[static_cast<std::size_t>(gate)] =
                report.asked(gate) ? policy::GateState::passed : policy::GateState::skipped;
        }
        report.findings.clear();
        report.finding_counts = {};
        report.signatures_valid = count;
    }
    return stated;
}

// The verdict of this run, as it is with the pins that the export says it had. What pins that were
// not asked now would say, only that run can know: they are a difference, and their gate and what
// they leave open are taken as they must be where a verdict is what it is.
StatedVerdict verdict_on_same(const Value& root, const Export& expected) {
    StatedVerdict now{expected.file->report(), judged_of(expected)};
    const bool had_pins = stated_pinned(root).value_or(now.report.pinned);
    if (now.report.pinned && !had_pins) {
        now.report = without_pins(std::move(now.report));
    } else if (!now.report.pinned && had_pins) {
        const StatedVerdict stated = verdict_from(root);
        now.report.pinned = true;
        now.report.gates[static_cast<std::size_t>(policy::Gate::pin)] = policy::GateState::passed;
        if (!now.report.unauthenticated.empty()) {
            now.report.unauthenticated = stated.report.unauthenticated;
        }
    }
    return now;
}

void compare_pinned(const Value& root, const Examination& file, ExportCheck& check) {
    const Value* const stated = at(root.find("run"), "pinned");
    const std::optional<bool> pinned = stated_pinned(root);
    const bool is_pinned = file.report().pinned;
    if (stated != nullptr && !pinned) {
        add(check, {std::string(pinned_key), in_words(*stated), is_pinned ? "true" : "false"});
    } else if (pinned.value_or(false) && !is_pinned) {
        add(check, {std::string(pinned_key), "true",
                    "false: without pins in this run, nothing says what they came to"});
    } else if (!pinned.value_or(true) && is_pinned) {
        check.not_compared.emplace_back(pinned_key);
    }
}

// An export that states no version agrees with anything.
void find_vacuous(ExportCheck& check) {
    if (check.versions_stated == 0 && check.versions_found != 0) {
        add(check, {"versions", "no version", fmt::format("{} of them", check.versions_found)});
    }
}

Result<ExportCheck> check_tree(std::string_view text, ExportFormat format, const Examination& file,
                               const Run& now, const ReadOptions& options) {
    AION_TRY_ASSIGN(const Value root, parse_export(text, format, options));
    ExportCheck check;
    check.format = format;
    check.is_ours = is_ours(root);
    check.not_compared = {"source_file", "run"};
    const Value* const versions = root.find("versions");
    check.versions_stated = versions == nullptr ? 0 : versions->items.size();
    check.versions_found = file.version_count();
    check.relation = relation_of(check);
    if (is_of_another_file(root, file, check)) {
        return check;
    }
    Export expected{.file = &file, .run = now, .like_reference = !check.is_ours};
    const bool is_earlier = check.relation == ExportRelation::earlier;
    if (is_earlier) {
        expected.as_of = check.versions_stated;
    }
    find_vacuous(check);
    if (check.is_ours) {
        compare_pinned(root, file, check);
        if (is_earlier) {
            check.not_compared.emplace_back(verification_key);
        }
    }
    ComparingWriter comparing(
        root, {"source_file", "run"}, format == ExportFormat::yaml,
        [&check](ExportDifference difference) { add(check, std::move(difference)); });
    report::write(comparing, expected, [&] {
        const StatedVerdict verdict = is_earlier
                                          ? verdict_on_earlier(root, file, check.versions_stated)
                                          : verdict_on_same(root, expected);
        write_verification(comparing, verdict.report, verdict.judged);
    });
    return check;
}

// Of a table only the rows can say whose it is.
bool shares_no_row(const ExportCheck& check, std::uint64_t hashes_that_differ) noexcept {
    const std::uint64_t compared = std::min(check.versions_stated, check.versions_found);
    return compared > 1 && hashes_that_differ == compared;
}

class TableCheck {
  public:
    TableCheck(const Examination& file, std::span<const std::string_view> columns,
               ExportCheck& check)
        : file_(file), columns_(columns), check_(check) {}

    Result<> compare(CsvReader& stated, const std::vector<std::string>& cells) {
        if (cells.size() != columns_.size()) {
            return fail(invalid<ExportDetail::csv_syntax>(
                fmt::format("{} cells instead of {}", cells.size(), columns_.size()),
                stated.line()));
        }
        if (check_.versions_stated >= file_.version_count()) {
            differ(0, cells.front(), std::nullopt);
        } else {
            compare_with_version(cells);
        }
        ++check_.versions_stated;
        return {};
    }

    void end() {
        check_.relation = relation_of(check_);
        find_vacuous(check_);
        if (shares_no_row(check_, hashes_that_differ_)) {
            check_.relation = ExportRelation::other_file;
            std::erase_if(check_.differences, [](const ExportDifference& difference) {
                return difference.place != "versions[0].rules_hash";
            });
        }
    }

  private:
    void compare_with_version(const std::vector<std::string>& cells) {
        const std::vector<std::string> expected =
            row_of(file_, check_.versions_stated, check_.is_ours);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (cells[i] == expected[i] ||
                (check_.is_ours && without_marks(cells[i]) == expected[i])) {
                continue;
            }
            hashes_that_differ_ += columns_[i] == "rules_hash" ? 1U : 0U;
            differ(i, cells[i], expected[i]);
        }
    }

    void differ(std::size_t column, std::optional<std::string> stated,
                std::optional<std::string> found) {
        add(check_, {fmt::format("versions[{}].{}", check_.versions_stated, columns_[column]),
                     std::move(stated), std::move(found)});
    }

    const Examination& file_;
    std::span<const std::string_view> columns_;
    ExportCheck& check_;
    std::uint64_t hashes_that_differ_ = 0;
};

Result<ExportCheck> check_table(std::string_view text, const Examination& file,
                                const ReadOptions& options) {
    if (text.size() > options.max_size) {
        return fail(invalid<ExportDetail::export_too_large>(text.size(), options.max_size));
    }
    CsvReader stated(text, all_columns().size());
    std::vector<std::string> cells;
    AION_TRY_ASSIGN(const bool has_columns, stated.next(cells));
    const bool is_ours = has_columns && std::ranges::equal(cells, all_columns());
    if (!is_ours && !std::ranges::equal(cells, reference_columns())) {
        return fail(invalid<ExportDetail::export_unknown_form>("other columns"));
    }
    ExportCheck check;
    check.format = ExportFormat::csv;
    check.is_ours = is_ours;
    check.versions_found = file.version_count();
    TableCheck table(file, is_ours ? all_columns() : reference_columns(), check);
    while (true) {
        AION_TRY_ASSIGN(const bool has_row, stated.next(cells));
        if (!has_row) {
            break;
        }
        // The reference's program puts a line end behind what it prints.
        const bool is_line_end = cells.size() == 1 && cells.front().empty();
        if (!is_line_end) {
            AION_TRY(table.compare(stated, cells));
        }
    }
    table.end();
    return check;
}

}  // namespace

std::string_view name_of(ExportRelation relation) noexcept {
    return relations.name(relation);
}

Result<ExportCheck> check_export(std::string_view text, ExportFormat format,
                                 const Examination& file, const Run& now,
                                 const ReadOptions& options) {
    return format == ExportFormat::csv ? check_table(text, file, options)
                                       : check_tree(text, format, file, now, options);
}

}  // namespace aion::report
