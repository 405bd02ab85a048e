// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/utf8.hpp"
#include "aion/report/compliance.hpp"
#include "report/text_page.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

using policy::ExaminedVersion;

void write_summary(TextPage& page, const policy::Examination& file) {
    const policy::VerificationReport& verdict = file.report();
    page.line("VERIFICATION SUMMARY");
    page.line(fmt::format("  Overall Status: {}", word_on(verdict)));
    for (const Check& check : checks_of(verdict)) {
        page.line(fmt::format("  {}: {}", check.label, word_of(check)));
    }
    page.line(fmt::format("  Temporal Warnings: {}", in_capitals(warnings_on(file))));
    page.rule();
}

void write_findings(TextPage& page, const policy::VerificationReport& verdict) {
    if (verdict.finding_count() == 0) {
        return;
    }
    page.heading("Findings");
    const std::size_t listed = std::min(verdict.findings.size(), most_listed);
    for (std::size_t i = 0; i < listed; ++i) {
        const policy::Finding& finding = verdict.findings[i];
        page.paragraph("  - ",
                       fmt::format("{}: {}: {}{}", name_of(finding.gate), name_of(finding.reason),
                                   finding.message, place_of(finding)));
    }
    if (const std::uint64_t more = verdict.finding_count() - listed; more != 0) {
        page.line(fmt::format("  and {} more", more));
    }
    page.rule();
}

std::string right_of(const ExaminedVersion& version) {
    return version.epoch == nullptr
               ? std::string("no epoch")
               : fmt::format("epoch {}, which may sign {}", to_string(version.epoch->epoch),
                             trust::in_words(version.epoch->window()));
}

// The reference's two lines, and ours.
void write_versions(TextPage& page, const policy::Examination& file) {
    const bool is_proven = asserts(file.report());
    page.heading("Version History");
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const ExaminedVersion version = file.version(i);
        page.line(fmt::format("  Version {}: {} (Author {})", to_string(version.number),
                              escape_controls(version.message), to_string(version.author)));
        page.line(fmt::format("    Timestamp: {}", rfc3339_seconds(version.timestamp)));
        page.paragraph("    Signature: ", fmt::format("{}; {}", words_on(version, is_proven).line(),
                                                      right_of(version)));
        page.line();
    }
    if (file.version_count() != 0) {
        page.paragraph("  ", "Messages are not authenticated: format v2 does not sign them.");
        page.line();
    }
    page.line(std::string(TextPage::width, '-'));
    page.line();
}

// Who changed what and when, with key and epoch.
void write_changes(TextPage& page, const policy::Examination& file) {
    const bool is_proven = asserts(file.report());
    for (std::uint64_t i = 0; i < file.version_count(); ++i) {
        const ExaminedVersion version = file.version(i);
        page.line(fmt::format("  {}. {} by author {}", to_string(version.number),
                              rfc3339_seconds(version.timestamp), to_string(version.author)));
        page.paragraph("     signed: ",
                       fmt::format("{}{}; {}", words_on(version, is_proven).line(),
                                   version.key ? ", key " + short_hex(version.key->view()) : "",
                                   right_of(version)));
        page.line(fmt::format("     content (rules hash):\n     {}", to_hex(version.rules_hash)));
    }
}

void write_section(TextPage& page, const Report& report, const Section& section) {
    page.heading(section.title);
    page.statements(section);
    if (section.lists_versions && report.file->version_count() != 0) {
        page.line();
        write_changes(page, *report.file);
    }
    page.rule();
}

void write_signers(TextPage& page, const policy::Examination& file) {
    page.heading("Signers");
    const std::vector<policy::SignerUse> signers = signers_of(file);
    if (signers.empty()) {
        page.line("  No signature verifies.");
    } else if (!asserts(file.report())) {
        page.paragraph("  ", "Their signatures verify, which alone proves nothing.");
        page.line();
    }
    for (const policy::SignerUse& use : signers) {
        const trust::EpochRecord* const epoch = file.seen().find(use.author, use.epoch);
        page.paragraph(
            "  ", fmt::format("Author {}, epoch {}, which may sign {}: {}, from {} to {}",
                              to_string(use.author), to_string(use.epoch),
                              epoch == nullptr ? "no version" : trust::in_words(epoch->window()),
                              counted(use.versions, "version"), to_string(use.first),
                              to_string(use.last)));
        page.line(fmt::format("    {}", to_hex(use.key)));
    }
    page.rule();
}

void write_remarks(TextPage& page, const policy::Examination& file) {
    const policy::VerificationReport& verdict = file.report();
    page.heading("What is not authenticated");
    for (const OpenPoint& point : open_points(verdict)) {
        page.paragraph("  - ", fmt::format("{}: {}", point.what, point.explanation));
    }
    page.rule();
    if (verdict.temporal_warnings.empty()) {
        return;
    }
    page.heading("Temporal warnings");
    const std::size_t listed = std::min(verdict.temporal_warnings.size(), most_listed);
    for (std::size_t i = 0; i < listed; ++i) {
        page.paragraph("  - ", verdict.temporal_warnings[i].message());
    }
    if (const std::size_t more = verdict.temporal_warnings.size() - listed; more != 0) {
        page.line(fmt::format("  and {} more", more));
    }
    page.rule();
}

}  // namespace

void write_text(const TextSink& sink, const Report& report) {
    const policy::VerificationReport& verdict = report.file->report();
    TextPage page(sink);
    page.begin(report.title);
    page.paragraph({}, verdict_on(verdict));
    page.line();
    page.heading_facts(heading_of(report));
    page.facts(evidence_of(report));
    page.rule();
    write_summary(page, *report.file);
    write_findings(page, verdict);
    write_versions(page, *report.file);
    for (const Section& section : report.sections) {
        write_section(page, report, section);
    }
    write_signers(page, *report.file);
    write_remarks(page, *report.file);
    page.end();
}

}  // namespace aion::report
