// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include <array>

#include "aion/base/hex.hpp"
#include "aion/report/archive_report.hpp"
#include "base/try.hpp"
#include "report/markdown.hpp"
#include "report/markdown_page.hpp"
#include "report/statements.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

std::string code_cell(std::string_view text) {
    return markdown_code(text, Place::cell);
}

std::string path_code(const std::filesystem::path& path) {
    return markdown_code(path.native(), Place::line);
}

void write_gates(MarkdownPage& page, const ArchiveReport& report) {
    page.heading("Verification Summary");
    constexpr auto columns =
        std::to_array<std::string_view>({"Check", "Passed", "Failed", "Not checked", "Not asked"});
    page.table(columns);
    for (const policy::Gate gate : policy::all_gates) {
        const GateTally& tally = report.rows->gates()[static_cast<std::size_t>(gate)];
        const std::array<std::string, 5> cells = {
            std::string(words_of(gate).name), std::to_string(tally.passed),
            std::to_string(tally.failed), std::to_string(tally.skipped),
            std::to_string(tally.not_asked)};
        page.row(cells);
    }
    page.rule();
}

std::string verdict_of(const ArchiveRow& row, policy::Profile profile) {
    if (!row.valid) {
        return "⚪ no verdict";
    }
    if (!*row.valid) {
        return "❌ INVALID";
    }
    return asserts(true, profile) ? "✅ VALID" : "⚪ VALID (reference profile)";
}

void write_row(MarkdownPage& page, const ArchiveRow& row, policy::Profile profile) {
    const std::array<std::string, 8> cells = {
        code_cell(row.path.native()),
        verdict_of(row, profile),
        markdown_text(row.reason, Place::cell),
        row.file_id ? code_cell(to_string(*row.file_id)) : std::string(),
        row.file_id ? std::to_string(row.versions) : std::string(),
        std::to_string(row.size),
        markdown_text(names_of(row.signers), Place::cell),
        row.integrity_hash ? code_cell(to_hex(*row.integrity_hash)) : std::string()};
    page.row(cells);
}

Result<> write_rows(MarkdownPage& page, const ArchiveReport& report) {
    page.heading("Files");
    constexpr auto columns =
        std::to_array<std::string_view>({"File", "Verdict", "Why not", "File ID", "Versions",
                                         "Bytes", "Signed by", "Integrity hash"});
    page.table(columns);
    AION_TRY(report.rows->for_each([&](const ArchiveRow& row) {
        write_row(page, row, report.profile);
        return policy::Next::go_on;
    }));
    page.line();
    return {};
}

Result<> write_relations(MarkdownPage& page, const archive::Ledger& ledger) {
    page.heading("What the files are to each other");
    bool is_any = false;
    AION_TRY(ledger.for_each_relation([&](const archive::Relation& relation) {
        page.line(
            fmt::format("- {}: {}", name_of(relation.kind), sentence_on(relation, path_code)));
        is_any = true;
    }));
    if (!is_any) {
        page.line("Nothing: no two VALID files are of one history.");
    }
    page.line();
    return {};
}

void write_signers(MarkdownPage& page, const archive::Ledger& ledger) {
    page.heading("Signers");
    constexpr auto columns =
        std::to_array<std::string_view>({"Author", "Epoch", "Files", "Last versions", "Key"});
    page.table(columns);
    for (const archive::SignerFiles& signer : ledger.signers()) {
        const std::array<std::string, 5> cells = {
            to_string(signer.author), to_string(signer.epoch), std::to_string(signer.files),
            std::to_string(signer.heads), code_cell(to_hex(signer.key))};
        page.row(cells);
    }
    page.line();
}

}  // namespace

Result<> write_markdown(const TextSink& sink, const ArchiveReport& report) {
    MarkdownPage page(sink);
    page.title(report.title);
    page.line(fmt::format("**{}**", report.summary()));
    page.line();
    page.heading_facts(heading_of(report));
    page.line();
    page.fact_table(evidence_of(report));
    page.rule();
    write_gates(page, report);
    for (const Section& section : report.sections) {
        page.heading(section.title);
        page.statements(section);
        page.line();
    }
    AION_TRY(write_rows(page, report));
    AION_TRY(write_relations(page, *report.ledger));
    write_signers(page, *report.ledger);
    page.line("---");
    page.line();
    page.end();
    return {};
}

}  // namespace aion::report
