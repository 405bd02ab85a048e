// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/report/compliance.hpp"
#include "report/markdown.hpp"
#include "report/markdown_page.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

using policy::ExaminedVersion;

std::string cell(std::string_view text) {
    return markdown_text(text, Place::cell);
}

std::string code_cell(std::string_view text) {
    return markdown_code(text, Place::cell);
}

std::string_view sign_of(const policy::VerificationReport& verdict) {
    if (!verdict.is_valid()) {
        return "❌";
    }
    return asserts(verdict) ? "✅" : "⚪";
}

void write_summary(MarkdownPage& page, const policy::Examination& file) {
    const policy::VerificationReport& verdict = file.report();
    page.heading("Verification Summary");
    // As the reference has them, dash by dash.
    page.line("| Check | Status |");
    page.line("|-------|--------|");
    page.line(fmt::format("| Overall | {} {} |", sign_of(verdict), word_on(verdict)));
    for (const Check& check : checks_of(verdict)) {
        page.line(fmt::format("| {} | {} |", check.label, mark_of(check)));
    }
    page.line(fmt::format("| Temporal Warnings | {} |", warnings_on(file)));
    page.rule();
}

void write_findings(MarkdownPage& page, const policy::VerificationReport& verdict) {
    if (verdict.finding_count() == 0) {
        return;
    }
    page.heading("Findings");
    constexpr auto columns =
        std::to_array<std::string_view>({"Gate", "Reason", "Version", "Offset", "Finding"});
    page.table(columns);
    const std::size_t listed = std::min(verdict.findings.size(), most_listed);
    for (std::size_t i = 0; i < listed; ++i) {
        const policy::Finding& finding = verdict.findings[i];
        const std::array<std::string, 5> cells = {
            std::string(name_of(finding.gate)), code_cell(name_of(finding.reason)),
            finding.version ? to_string(*finding.version) : std::string(),
            finding.offset ? std::to_string(*finding.offset) : std::string(),
            cell(finding.message)};
        page.row(cells);
    }
    if (const std::uint64_t more = verdict.finding_count() - listed; more != 0) {
        page.line();
        page.line(fmt::format("And {} more.", more));
    }
    page.rule();
}

std::string state_of(const ExaminedVersion& version, bool is_proven) {
    const SignatureWords words = words_on(version, is_proven);
    const std::string line = cell(words.line());
    switch (words.seal) {
        case Seal::proven:
            return "✅ " + line;
        case Seal::refused:
            return "❌ " + line;
        default:
            return "⚪ " + line;
    }
}

void write_versions(MarkdownPage& page, const policy::Examination& file) {
    const bool is_proven = asserts(file.report());
    page.heading("Version History");
    page.line("| Version | Author | Timestamp | Message | Signature | Epoch | Epoch may sign |");
    page.line("|---------|--------|-----------|--------|-----------|-------|----------------|");
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const ExaminedVersion version = file.version(i);
        const std::array<std::string, 7> cells = {
            to_string(version.number),
            to_string(version.author),
            rfc3339_seconds(version.timestamp),
            cell(version.message),
            state_of(version, is_proven),
            version.epoch == nullptr ? std::string() : to_string(version.epoch->epoch),
            version.epoch == nullptr ? std::string() : trust::in_words(version.epoch->window())};
        page.row(cells);
    }
    page.line();
    page.line("Messages are not authenticated: format v2 does not sign them.");
    page.rule();
}

// Who changed what and when, with key and epoch.
void write_changes(MarkdownPage& page, const policy::Examination& file) {
    const bool is_proven = asserts(file.report());
    page.line();
    constexpr auto columns = std::to_array<std::string_view>(
        {"Version", "When", "Author", "Epoch", "Key", "Signature", "Content (rules hash)"});
    page.table(columns);
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const ExaminedVersion version = file.version(i);
        const std::array<std::string, 7> cells = {
            to_string(version.number),
            rfc3339_seconds(version.timestamp),
            to_string(version.author),
            version.epoch == nullptr ? std::string() : to_string(version.epoch->epoch),
            version.key ? code_cell(short_hex(version.key->view())) : std::string(),
            state_of(version, is_proven),
            code_cell(to_hex(version.rules_hash))};
        page.row(cells);
    }
}

void write_signers(MarkdownPage& page, const policy::Examination& file) {
    page.heading("Signers");
    const std::vector<policy::SignerUse> signers = signers_of(file);
    if (signers.empty()) {
        page.line("No signature verifies.");
        page.line();
        return;
    }
    if (!asserts(file.report())) {
        page.line("Their signatures verify, which alone proves nothing.");
        page.line();
    }
    constexpr auto columns = std::to_array<std::string_view>(
        {"Author", "Epoch", "Epoch may sign", "Versions", "First", "Last", "Key"});
    page.table(columns);
    for (const policy::SignerUse& use : signers) {
        const trust::EpochRecord* const epoch = file.seen().find(use.author, use.epoch);
        const std::array<std::string, 7> cells = {
            to_string(use.author),
            to_string(use.epoch),
            epoch == nullptr ? std::string() : trust::in_words(epoch->window()),
            std::to_string(use.versions),
            to_string(use.first),
            to_string(use.last),
            code_cell(to_hex(use.key))};
        page.row(cells);
    }
    page.line();
}

void write_remarks(MarkdownPage& page, const policy::VerificationReport& verdict) {
    page.heading("What is not authenticated");
    for (const OpenPoint& point : open_points(verdict)) {
        page.line(fmt::format("- {}: {}", markdown_code(point.what, Place::line),
                              markdown_text(point.explanation, Place::line)));
    }
    page.line();
    if (verdict.temporal_warnings.empty()) {
        return;
    }
    page.heading("Temporal warnings");
    const std::size_t listed = std::min(verdict.temporal_warnings.size(), most_listed);
    for (std::size_t i = 0; i < listed; ++i) {
        page.text("- ", verdict.temporal_warnings[i].message());
    }
    if (const std::size_t more = verdict.temporal_warnings.size() - listed; more != 0) {
        page.line(fmt::format("- and {} more", more));
    }
    page.line();
}

}  // namespace

void write_markdown(const TextSink& sink, const Report& report) {
    const policy::VerificationReport& verdict = report.file->report();
    MarkdownPage page(sink);
    page.title(report.title);
    const std::string said = verdict_on(verdict);
    const std::size_t word = std::min(said.find(": "), said.size());
    page.line(fmt::format("**{}**{}", markdown_text(said.substr(0, word), Place::line),
                          markdown_text(said.substr(word), Place::line)));
    page.line();
    page.heading_facts(heading_of(report));
    page.line();
    page.fact_table(evidence_of(report));
    page.rule();
    write_summary(page, *report.file);
    write_findings(page, verdict);
    write_versions(page, *report.file);
    for (const Section& section : report.sections) {
        page.heading(section.title);
        page.statements(section);
        if (section.lists_versions && report.file->version_count() != 0) {
            write_changes(page, *report.file);
        }
        page.line();
    }
    write_signers(page, *report.file);
    write_remarks(page, verdict);
    page.line("---");
    page.line();
    page.end();
}

}  // namespace aion::report
