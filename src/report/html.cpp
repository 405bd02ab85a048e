// SPDX-License-Identifier: MIT OR Apache-2.0
// The report on one file as a page.
#include <fmt/format.h>

#include <array>
#include <string>

#include "aion/base/time_text.hpp"
#include "aion/base/utf8.hpp"
#include "aion/report/compliance.hpp"
#include "report/html_history.hpp"
#include "report/html_parts.hpp"
#include "report/statements.hpp"
#include "report/words.hpp"

namespace aion::report {
namespace {

using policy::Gate;
using policy::GateState;
using policy::VerificationReport;

// What a page lists at most, so that it stays usable: docs/reports.md#the-page.
constexpr std::size_t most_findings = 200;
constexpr std::size_t most_warnings = 100;
constexpr std::size_t most_text = 2000;  // Bytes of a finding.

constexpr std::array contents{
    Entry{"run", "This run"},          Entry{"gates", "Gates"},
    Entry{"timeline", "Timeline"},     Entry{"findings", "Findings"},
    Entry{"statements", "Statements"}, Entry{"keys", "Keys"},
    Entry{"versions", "Versions"},     Entry{"open", "Not authenticated"},
    Entry{"times", "Times"},           Entry{"audit", "Audit trail"},
};

void write_verdict(Page& page, const Report& report, const Overview& overview) {
    const VerificationReport& verdict = report.file->report();
    const bool is_valid = verdict.is_valid();
    const bool is_strict = verdict.profile == policy::Profile::strict;
    begin_banner(page, tone_of(is_valid, verdict.profile), report.title,
                 is_valid ? "VALID" : "INVALID");
    if (is_valid) {
        page.mark("<p class=\"reason\">Every gate that was asked passed.</p>\n");
        if (!is_strict) {
            page.mark(
                "<p class=\"caution\">Judged by the rules of the reference only, which "
                "accept files that are not genuine.</p>\n");
        }
    } else {
        page.mark("<p class=\"reason\">").foreign(verdict.reason(), most_text).mark("</p>\n");
        page.mark(
            "<p class=\"caution\">Nothing in this file is proven. What is shown of it below "
            "is what the file says.</p>\n");
    }
    page.mark("<dl class=\"glance\">\n");
    glance(page, "File").foreign(last_part(report.run.file_path)).mark("</dd></div>\n");
    glance(page, "Versions").text(grouped(overview.versions.size())).mark("</dd></div>\n");
    glance(page, "Authors").text(grouped(overview.by_author.size())).mark("</dd></div>\n");
    glance(page, "Judged on").text(day_and_time(report.run.generated_at));
    page.mark("</dd></div>\n</dl>\n");
    end_banner(page);
}

void write_run(Page& page, const Report& report) {
    begin_section(page, "run", "This run");
    page.mark("<dl class=\"facts\">\n");
    write_facts(page, heading_of(report));
    write_facts(page, evidence_of(report));
    page.mark("</dl>\n");
    end_section(page);
}

void write_gate_state(Page& page, const VerificationReport& verdict, Gate gate) {
    const std::uint64_t count = verdict.finding_counts[static_cast<std::size_t>(gate)];
    if (!verdict.asked(gate)) {
        page.mark(
            "<span class=\"soft\"><span class=\"sign\" aria-hidden=\"true\">–</span>"
            "not asked</span>");
    } else if (verdict.state(gate) == GateState::passed) {
        page.mark(
            "<span class=\"good\"><span class=\"sign\" aria-hidden=\"true\">✓</span>"
            "passed</span>");
    } else if (verdict.state(gate) == GateState::failed) {
        page.mark(
            "<span class=\"bad\"><span class=\"sign\" aria-hidden=\"true\">✗</span>"
            "failed</span><small>");
        page.text(many(count, "finding")).mark("</small>");
    } else {
        page.mark(
            "<span class=\"bad\"><span class=\"sign\" aria-hidden=\"true\">?</span>"
            "not evaluated</span><small>what it reads could not be located</small>");
    }
}

void write_gates(Page& page, const VerificationReport& verdict) {
    begin_section(page, "gates", "Gates");
    constexpr std::array columns{Column{"Gate", "narrow"}, Column{"Makes sure that"},
                                 Column{"Result", "narrow"}};
    Table table(page, "A file is VALID if it passes every gate that is asked.", columns);
    for (const Gate gate : policy::all_gates) {
        table.row();
        table.cell().text(name_of(gate));
        table.cell().text(words_of(gate).purpose);
        table.cell();
        write_gate_state(page, verdict, gate);
    }
    table.end();
    end_section(page);
}

void write_finding_row(Page& page, Table& table, const policy::Finding& finding) {
    table.row();
    table.cell().text(name_of(finding.gate));
    table.cell().code(name_of(finding.reason));
    table.cell();
    if (finding.version) {
        page.number(finding.version->value);
    } else {
        page.mark("–");
    }
    table.cell();
    if (finding.offset) {
        page.number(*finding.offset);
    } else {
        page.mark("–");
    }
    table.cell().foreign(finding.message, most_text);
}

void write_findings(Page& page, const VerificationReport& verdict) {
    begin_section(page, "findings", "Findings");
    if (verdict.findings.empty()) {
        page.mark("<p>Nothing was found wrong.</p>\n");
        end_section(page);
        return;
    }
    constexpr std::array columns{Column{"Gate", "narrow"}, Column{"Reason", "narrow"},
                                 Column{"Version", "number"}, Column{"Offset", "number"},
                                 Column{"What is wrong", "wide"}};
    Table table(page, "In the order of the gates. Offsets are in bytes of the file.", columns);
    const std::size_t shown = std::min(verdict.findings.size(), most_findings);
    for (std::size_t i = 0; i < shown; ++i) {
        write_finding_row(page, table, verdict.findings[i]);
    }
    table.end();
    if (verdict.finding_count() > shown) {
        page.mark("<p class=\"note\">… and ")
            .text(many(verdict.finding_count() - shown, "more finding"))
            .mark(". <code>aion verify -v</code> lists them.</p>\n");
    }
    end_section(page);
}

void write_open(Page& page, const VerificationReport& verdict) {
    begin_section(page, "open", "Not authenticated");
    if (asserts(verdict)) {
        page.mark(
            "<p>A VALID file leaves open what format v2 does not sign and nobody pinned:"
            "</p>\n");
    }
    page.mark("<ul class=\"plain\">\n");
    for (const OpenPoint& point : open_points(verdict)) {
        page.mark("<li>").text(point.explanation).mark("</li>\n");
    }
    page.mark("</ul>\n");
    end_section(page);
}

void write_times(Page& page, const policy::Examination& file) {
    const VerificationReport& verdict = file.report();
    begin_section(page, "times", "Times");
    if (file.version_count() == 0) {
        page.mark("<p>No version could be located, so no time was looked at.</p>\n");
        end_section(page);
        return;
    }
    page.mark(asserts(verdict)
                  ? Markup("<p>Times are what the signers' clocks said: they are signed, and "
                           "decide nothing.</p>\n")
                  : Markup("<p>Times are what the file says, and decide nothing.</p>\n"));
    if (verdict.temporal_warnings.empty()) {
        page.mark("<p>None of them is odd.</p>\n");
        end_section(page);
        return;
    }
    page.mark("<ul class=\"plain\">\n");
    const std::size_t shown = std::min(verdict.temporal_warnings.size(), most_warnings);
    for (std::size_t i = 0; i < shown; ++i) {
        page.mark("<li>").text(verdict.temporal_warnings[i].message()).mark("</li>\n");
    }
    page.mark("</ul>\n");
    if (shown < verdict.temporal_warnings.size()) {
        page.mark("<p class=\"note\">… and ")
            .text(many(verdict.temporal_warnings.size() - shown, "more warning"))
            .mark(". <code>aion verify -v</code> lists them.</p>\n");
    }
    end_section(page);
}

void write_audit(Page& page, const policy::Examination& file) {
    begin_section(page, "audit", "Audit trail");
    std::uint64_t unlinked = 0;
    for (std::uint64_t index = 0; index < file.audit_count(); ++index) {
        unlinked += file.audit_entry(index).is_linked ? 0U : 1U;
    }
    page.mark("<dl class=\"facts\">\n");
    fact(page, "Result");
    write_gate_state(page, file.report(), Gate::audit);
    end_fact(page);
    fact(page, "Entries").text(grouped(file.audit_count()));
    end_fact(page);
    fact(page, "Links");
    if (file.audit_count() == 0) {
        page.mark("not checked: no entry could be located");
    } else if (unlinked == 0) {
        page.mark("each entry names the hash of the one before");
    } else {
        page.mark("<span class=\"bad\">✗ ").text(grouped(unlinked));
        page.mark(" of them not to the entry before</span>");
    }
    end_fact(page);
    page.mark("</dl>\n");
    if (asserts(file.report())) {
        page.mark(
            "<p>The trail is not signed. It counts because it mirrors the versions, which "
            "are.</p>\n");
    }
    end_section(page);
}

}  // namespace

void write_html(const TextSink& sink, const Report& report) {
    const policy::Examination& file = *report.file;
    const VerificationReport& verdict = file.report();
    const Overview overview = look_over(file);
    Page page(sink);
    page.begin(
        fmt::format("{}: {}, {}", word_on(verdict), last_part(report.run.file_path), report.title));
    write_verdict(page, report, overview);
    write_contents(page, contents);
    write_run(page, report);
    write_gates(page, verdict);
    begin_section(page, "timeline", "Timeline");
    write_timeline(page, file, overview);
    end_section(page);
    write_findings(page, verdict);
    begin_section(page, "statements", "What follows");
    write_statements(
        page, report.sections,
        {"versions", "Who changed what and when: the versions, each with key and epoch"});
    end_section(page);
    begin_section(page, "keys", "Authors and keys");
    const KeyAnchors anchors = write_keys(page, file, overview);
    end_section(page);
    begin_section(page, "versions", "Versions");
    write_versions(page, file, anchors);
    end_section(page);
    write_open(page, verdict);
    write_times(page, file);
    write_audit(page, file);
    begin_footer(page, report.run);
    page.mark(
        "<code>b3sum FILE</code>, <code>sha256sum FILE</code>, "
        "<code>aion verify FILE --registry REGISTRY</code>");
    end_footer(page);
}

}  // namespace aion::report
