// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/report/archive_report.hpp"
#include "base/try.hpp"
#include "report/statements.hpp"
#include "report/text_page.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

std::string path_text(const std::filesystem::path& path) {
    return path.native();  // whoever writes the sentence escapes it
}

void write_gates(TextPage& page, const ArchiveReport& report) {
    page.line("VERIFICATION SUMMARY");
    page.line(fmt::format("  Overall Status: {}", report.is_valid() ? "VALID" : "NOT VALID"));
    for (const policy::Gate gate : policy::all_gates) {
        const GateTally& tally = report.rows->gates()[static_cast<std::size_t>(gate)];
        page.line(fmt::format("  {}: {} OK, {} FAILED, {} NOT CHECKED, {} NOT ASKED",
                              words_of(gate).name, tally.passed, tally.failed, tally.skipped,
                              tally.not_asked));
    }
    page.rule();
}

std::string_view verdict_of(const ArchiveRow& row) {
    if (!row.valid) {
        return "NONE";
    }
    return *row.valid ? "VALID" : "INVALID";
}

void write_row(TextPage& page, const ArchiveRow& row) {
    page.paragraph(fmt::format("  {:<8} ", verdict_of(row)), row.path.native());
    constexpr std::string_view indent = "           ";
    if (!row.reason.empty()) {
        page.paragraph(indent, row.reason);
    }
    if (row.file_id) {
        page.paragraph(indent, fmt::format("{}, {}, {} bytes{}", to_string(*row.file_id),
                                           counted(row.versions, "version"), row.size,
                                           row.valid.value_or(false) ? "" : ", as it says"));
    }
    if (!row.signers.empty()) {
        page.paragraph(indent, "signed by " + names_of(row.signers));
    }
    if (row.integrity_hash) {
        page.line("      " + to_hex(*row.integrity_hash));
    }
}

Result<> write_rows(TextPage& page, const ArchiveReport& report) {
    page.heading("Files");
    AION_TRY(report.rows->for_each([&](const ArchiveRow& row) {
        write_row(page, row);
        return policy::Next::go_on;
    }));
    page.rule();
    return {};
}

Result<> write_relations(TextPage& page, const archive::Ledger& ledger) {
    page.heading("What the files are to each other");
    bool is_any = false;
    AION_TRY(ledger.for_each_relation([&](const archive::Relation& relation) {
        page.paragraph("  - ", fmt::format("{}: {}", name_of(relation.kind),
                                           sentence_on(relation, path_text)));
        is_any = true;
    }));
    if (!is_any) {
        page.line("  Nothing: no two VALID files are of one history.");
    }
    page.rule();
    return {};
}

void write_signers(TextPage& page, const archive::Ledger& ledger) {
    page.heading("Signers");
    for (const archive::SignerFiles& signer : ledger.signers()) {
        page.paragraph("  ", fmt::format("Author {}, epoch {}: {}, the last version of {}",
                                         to_string(signer.author), to_string(signer.epoch),
                                         counted(signer.files, "file"), signer.heads));
        page.line(fmt::format("    {}", to_hex(signer.key)));
    }
    if (ledger.signers().empty()) {
        page.line("  No file is VALID.");
    }
    page.rule();
}

}  // namespace

Result<> write_text(const TextSink& sink, const ArchiveReport& report) {
    TextPage page(sink);
    page.begin(report.title);
    page.paragraph({}, report.summary());
    page.line();
    page.heading_facts(heading_of(report));
    page.facts(evidence_of(report));
    page.rule();
    write_gates(page, report);
    for (const Section& section : report.sections) {
        page.heading(section.title);
        page.statements(section);
        page.rule();
    }
    AION_TRY(write_rows(page, report));
    AION_TRY(write_relations(page, *report.ledger));
    write_signers(page, *report.ledger);
    page.end();
    return {};
}

}  // namespace aion::report
