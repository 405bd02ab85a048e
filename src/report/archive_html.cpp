// SPDX-License-Identifier: MIT OR Apache-2.0
// The report on an archive as a page. What is not VALID comes first, so that no file of a million
// is overlooked.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/report/archive_report.hpp"
#include "base/try.hpp"
#include "report/html_parts.hpp"
#include "report/statements.hpp"
#include "report/words.hpp"

namespace aion::report {
namespace {

// What a page lists at most of one kind: docs/reports.md#the-page.
constexpr std::uint64_t most_rows = 500;
constexpr std::size_t most_text = 1000;  // Bytes of a path, a reason or a list of signers.

constexpr std::array contents{
    Entry{"run", "This run"}, Entry{"gates", "Gates"},         Entry{"statements", "Statements"},
    Entry{"files", "Files"},  Entry{"relations", "Relations"}, Entry{"signers", "Signers"},
};

void write_verdict(Page& page, const ArchiveReport& report) {
    const bool is_strict = report.profile == policy::Profile::strict;
    begin_banner(page, tone_of(report.is_valid(), report.profile), report.title,
                 report.is_valid() ? "VALID" : "NOT VALID");
    page.mark("<p class=\"reason\">").text(report.summary()).mark("</p>\n");
    if (!report.is_valid()) {
        page.mark(
            "<p class=\"caution\">Nothing is asserted of the archive. Each file has a "
            "verdict of its own.</p>\n");
    } else if (!is_strict) {
        page.mark(
            "<p class=\"caution\">Judged by the rules of the reference only, which accept "
            "files that are not genuine.</p>\n");
    }
    page.mark("<dl class=\"glance\">\n");
    glance(page, "Files").text(grouped(report.tally.files())).mark("</dd></div>\n");
    glance(page, "VALID").text(grouped(report.tally.valid)).mark("</dd></div>\n");
    glance(page, "INVALID").text(grouped(report.tally.invalid)).mark("</dd></div>\n");
    glance(page, "Without a verdict").text(grouped(report.tally.unreadable));
    page.mark("</dd></div>\n</dl>\n");
    end_banner(page);
}

void write_run(Page& page, const ArchiveReport& report) {
    begin_section(page, "run", "This run");
    page.mark("<dl class=\"facts\">\n");
    write_facts(page, std::to_array<Fact>({generated_at(report.run)}));
    fact(page, "Archive");
    const std::size_t shown = std::min(report.operands.size(), std::size_t{most_rows});
    for (std::size_t i = 0; i < shown; ++i) {
        page.mark(i == 0 ? Markup("") : Markup("<br />")).foreign(report.operands[i], most_text);
    }
    if (shown < report.operands.size()) {
        page.mark("<br />… and ").text(many(report.operands.size() - shown, "more name"));
    }
    end_fact(page);
    if (report.tally.remembered != 0) {
        fact(page, "Remembered").text(many(report.tally.remembered, "verdict"));
        page.mark("<span class=\"soft\">of files that did not change since</span>");
        end_fact(page);
    }
    write_facts(page, evidence_of(report));
    page.mark("</dl>\n");
    end_section(page);
}

void write_gates(Page& page, const ArchiveReport& report) {
    begin_section(page, "gates", "Gates");
    constexpr std::array columns{Column{"Gate", "narrow"},          Column{"Makes sure that"},
                                 Column{"Passed", "number"},        Column{"Failed", "number"},
                                 Column{"Not evaluated", "number"}, Column{"Not asked", "number"}};
    Table table(page,
                "How many files passed each gate. A file is VALID if it passes every one "
                "that is asked.",
                columns);
    for (const policy::Gate gate : policy::all_gates) {
        const GateTally& tally = report.rows->gates()[static_cast<std::size_t>(gate)];
        table.row();
        table.cell().text(name_of(gate));
        table.cell().text(words_of(gate).purpose);
        table.cell().text(grouped(tally.passed));
        table.cell();
        page.mark(tally.failed == 0 ? Markup("<span>") : Markup("<span class=\"bad\">✗ "));
        page.text(grouped(tally.failed)).mark("</span>");
        table.cell().text(grouped(tally.skipped));
        table.cell().text(grouped(tally.not_asked));
    }
    table.end();
    end_section(page);
}

void write_row_verdict(Page& page, const ArchiveRow& row, policy::Profile profile) {
    if (!row.valid) {
        page.mark(
            "<span class=\"open\"><span class=\"sign\" aria-hidden=\"true\">?</span>"
            "no verdict</span>");
    } else if (*row.valid && profile != policy::Profile::strict) {
        page.mark(
            "<span class=\"open\"><span class=\"sign\" aria-hidden=\"true\">○</span>"
            "VALID</span><small>by the reference profile</small>");
    } else if (*row.valid) {
        page.mark(
            "<span class=\"good\"><span class=\"sign\" aria-hidden=\"true\">✓</span>"
            "VALID</span>");
    } else {
        page.mark(
            "<span class=\"bad\"><span class=\"sign\" aria-hidden=\"true\">✗</span>"
            "INVALID</span>");
    }
    if (row.remembered) {
        page.mark("<small>remembered</small>");
    }
}

void write_row(Page& page, Table& table, const ArchiveRow& row, policy::Profile profile) {
    const bool is_valid = row.valid.value_or(false);
    table.row();
    table.cell().foreign(row.path.native(), most_text);
    table.cell();
    write_row_verdict(page, row, profile);
    table.cell();
    if (row.file_id) {
        page.text(grouped(row.versions));
    } else {
        page.mark("–");
    }
    table.cell();
    if (is_valid) {
        page.foreign(names_of(row.signers), most_text);
        if (row.head) {
            page.mark("<small>head ").code(to_hex(*row.head)).mark("</small>");
        }
    } else {
        page.foreign(row.reason, most_text);
    }
    if (row.file_id) {
        page.mark("<small>file id ").code(to_string(*row.file_id));
        page.mark(is_valid ? Markup("</small>") : Markup(", as it says</small>"));
    }
}

/// Files that are VALID, or all others, as far as there is room for them.
Result<> write_rows(Page& page, const ArchiveReport& report, bool of_valid, std::uint64_t count) {
    if (count == 0) {
        return {};
    }
    constexpr std::array columns{Column{"File", "wide"}, Column{"Verdict", "time"},
                                 Column{"Versions", "number"},
                                 Column{"Signed by, or why not", "wide"}};
    std::uint64_t listed = 0;
    page.mark(of_valid ? Markup("<h3>VALID</h3>\n") : Markup("<h3>Not VALID</h3>\n"));
    Table table(page,
                count > most_rows ? fmt::format("The first {} of {}, in the order in which "
                                                "they were found.",
                                                grouped(most_rows), grouped(count))
                                  : std::string("In the order in which they were found."),
                columns);
    AION_TRY(report.rows->for_each([&](const ArchiveRow& row) {
        if (row.valid.value_or(false) == of_valid) {
            write_row(page, table, row, report.profile);
            ++listed;
        }
        return listed == most_rows ? policy::Next::stop : policy::Next::go_on;
    }));
    table.end();
    if (count > listed) {
        page.mark("<p class=\"note\">").text(many(count - listed, "more file"));
        page.mark(
            " are not listed here, but were judged all the same. "
            "<code>aion report --format json</code> lists every one.</p>\n");
    }
    return {};
}

Result<> write_files(Page& page, const ArchiveReport& report) {
    begin_section(page, "files", "Files");
    if (report.rows->count() == 0) {
        page.mark("<p>There is no file.</p>\n");
    }
    const std::uint64_t valid = std::min(report.tally.valid, report.rows->count());
    AION_TRY(write_rows(page, report, false, report.rows->count() - valid));
    AION_TRY(write_rows(page, report, true, valid));
    end_section(page);
    return {};
}

// A name may look like the words around it.
std::string in_quotes(const std::filesystem::path& path) {
    return "“" + path.native() + "”";
}

Result<> write_relations(Page& page, const archive::Ledger& ledger) {
    begin_section(page, "relations", "What the files are to each other");
    std::uint64_t count = 0;
    AION_TRY(ledger.for_each_relation([&](const archive::Relation& relation) {
        if (++count > most_rows) {
            return;
        }
        page.mark(count == 1 ? Markup("<dl class=\"facts\">\n<dt>") : Markup("<dt>"));
        page.text(name_of(relation.kind)).mark("</dt><dd>");
        page.foreign(sentence_on(relation, in_quotes), 4 * most_text).mark("</dd>\n");
    }));
    page.mark(count == 0 ? Markup("<p>Nothing: no two VALID files are of one history.</p>\n")
                         : Markup("</dl>\n"));
    if (count > most_rows) {
        page.mark("<p class=\"note\">… and ").text(many(count - most_rows, "more relation"));
        page.mark(".</p>\n");
    }
    end_section(page);
    return {};
}

void write_signers(Page& page, const archive::Ledger& ledger) {
    begin_section(page, "signers", "Signers");
    if (ledger.signers().empty()) {
        page.mark("<p>No file is VALID.</p>\n");
        end_section(page);
        return;
    }
    constexpr std::array columns{Column{"Author", "narrow"}, Column{"Epoch", "number"},
                                 Column{"Key", "wide"}, Column{"Signed in", "number"},
                                 Column{"Last version of", "number"}};
    Table table(page, "Whose keys signed versions of the VALID files.", columns);
    const std::size_t shown = std::min(ledger.signers().size(), std::size_t{most_rows});
    for (std::size_t i = 0; i < shown; ++i) {
        const archive::SignerFiles& signer = ledger.signers()[i];
        table.row();
        table.cell().text(to_string(signer.author));
        table.cell().number(signer.epoch.value);
        table.cell().code(to_hex(signer.key));
        table.cell().text(many(signer.files, "file"));
        table.cell().text(grouped(signer.heads));
    }
    table.end();
    if (shown < ledger.signers().size()) {
        page.mark("<p class=\"note\">… and ")
            .text(many(ledger.signers().size() - shown, "more key"));
        page.mark(".</p>\n");
    }
    end_section(page);
}

}  // namespace

Result<> write_html(const TextSink& sink, const ArchiveReport& report) {
    Page page(sink);
    page.begin(report.summary() + ", " + report.title);
    write_verdict(page, report);
    write_contents(page, contents);
    write_run(page, report);
    write_gates(page, report);
    begin_section(page, "statements", "What follows");
    write_statements(page, report.sections, {"files", "Which files, and who signed them"});
    end_section(page);
    AION_TRY(write_files(page, report));
    AION_TRY(write_relations(page, *report.ledger));
    write_signers(page, *report.ledger);
    begin_footer(page, report.run);
    page.mark("<code>aion archive verify FOLDER --registry REGISTRY</code>");
    end_footer(page);
    return {};
}

}  // namespace aion::report
