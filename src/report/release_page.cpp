// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/release_page.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "aion/base/hex.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace aion::report {
namespace {

using policy::GateState;
using release::GateResult;
using release::ReleaseReport;

// What a page lists at most of one kind: docs/reports.md#the-page.
constexpr std::size_t most_rows = 500;
constexpr std::size_t most_text = 1000;  // Bytes of a name or a reason.

constexpr std::array contents{Entry{"run", "This run"}, Entry{"gates", "Gates"},
                              Entry{"files", "Files"}};

void write_verdict(Page& page, const ReleasePage& about) {
    const ReleaseReport& report = about.release;
    begin_banner(page, tone_of(report.is_valid(), policy::Profile::strict), "Release",
                 report.is_valid() ? "VALID" : "INVALID");
    if (!report.is_valid()) {
        page.mark("<p class=\"reason\">").text(many(report.failed().size(), "gate"));
        page.mark(" failed.</p>\n<p class=\"caution\">Nothing is asserted of the release.</p>\n");
        end_banner(page);
        return;
    }
    page.mark("<dl class=\"glance\">\n");
    glance(page, "Model").foreign(report.model.name, most_text);
    page.mark("</dd></div>\n");
    glance(page, "Version").foreign(report.model.version, most_text);
    page.mark("</dd></div>\n");
    glance(page, "Files").text(grouped(report.files));
    page.mark("</dd></div>\n");
    glance(page, "Signed by").text(to_string(report.signer));
    page.mark("</dd></div>\n</dl>\n");
    end_banner(page);
}

void write_run(Page& page, const ReleasePage& about) {
    const ReleaseReport& report = about.release;
    begin_section(page, "run", "This run");
    page.mark("<dl class=\"facts\">\n");
    write_facts(page, std::to_array<Fact>({generated_at(about.run)}));
    fact(page, "Release").foreign(about.run.file_path, most_text);
    end_fact(page);
    fact(page, "Registry").foreign(about.run.registry_path, most_text);
    page.mark("<br />").code(to_hex(about.registry.fingerprint()));
    end_fact(page);
    if (report.is_valid()) {
        fact(page, "Signer").text(to_string(report.signer)).mark(" ");
        page.foreign(about.registry.author_name(report.signer), most_text);
        page.mark("<br />at version ").text(grouped(report.version.value));
        page.mark(report.leans_on_log ? Markup(", as a log shows: the key was ended since")
                                      : Markup(""));
        end_fact(page);
        fact(page, "Manifest").code(to_hex(report.manifest_id));
        end_fact(page);
        fact(page, "Provenance").code("sha256:" + to_hex(report.provenance_digest));
        end_fact(page);
    }
    page.mark("</dl>\n");
    end_section(page);
}

Markup sign_of(GateState state) {
    switch (state) {
        case GateState::passed:
            return "<span class=\"good\">✓ ";
        case GateState::failed:
            return "<span class=\"bad\">✗ ";
        case GateState::skipped:
            break;
    }
    return "<span class=\"open\">– ";
}

std::string_view word_of(GateState state) {
    switch (state) {
        case GateState::passed:
            return "passed";
        case GateState::failed:
            return "failed";
        case GateState::skipped:
            break;
    }
    return "not asked";
}

void write_gates(Page& page, const ReleaseReport& report) {
    begin_section(page, "gates", "Gates");
    constexpr std::array columns{Column{"Gate", "narrow"}, Column{"Result", "narrow"},
                                 Column{"Why", "wide"}};
    Table table(page, "A release is VALID if no gate failed and its files were compared.", columns);
    for (const GateResult& gate : report.gates) {
        table.row();
        table.cell().text(words_for(gate.gate));
        table.cell();
        page.mark(sign_of(gate.state)).text(word_of(gate.state)).mark("</span>");
        table.cell().foreign(gate.reason, most_text);
    }
    table.end();
    end_section(page);
}

void write_files(Page& page, const ReleaseReport& report) {
    begin_section(page, "files", "Files");
    page.mark("<p>").text(many(report.files, "file")).mark(" as the manifest says.</p>\n");
    const std::size_t shown = std::min(report.differences.size(), most_rows);
    if (shown != 0) {
        constexpr std::array columns{Column{"File", "wide"}, Column{"What was found", "narrow"}};
        Table table(page, "Files that are not as the manifest says.", columns);
        for (std::size_t i = 0; i < shown; ++i) {
            table.row();
            table.cell().foreign(report.differences[i].name, most_text);
            table.cell().text(supply::name_of(report.differences[i].finding));
        }
        table.end();
    }
    if (shown < report.differences.size()) {
        page.mark("<p class=\"note\">… and ")
            .text(many(report.differences.size() - shown, "more file"))
            .mark(".</p>\n");
    }
    end_section(page);
}

}  // namespace

void write_html(const TextSink& sink, const ReleasePage& about) {
    Page page(sink);
    page.begin(about.release.is_valid() ? "VALID, release" : "INVALID, release");
    write_verdict(page, about);
    write_contents(page, contents);
    write_run(page, about);
    write_gates(page, about.release);
    write_files(page, about.release);
    begin_footer(page, about.run);
    page.mark("<code>aion release verify --bundle DIR --registry REGISTRY</code>");
    end_footer(page);
}

}  // namespace aion::report
