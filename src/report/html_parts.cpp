// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_parts.hpp"

#include <algorithm>

#include "aion/base/time_text.hpp"

namespace aion::report {
namespace {

void write_sign(Page& page, Markup css, Markup sign, Markup word) {
    page.mark("<span class=\"state ")
        .mark(css)
        .mark(
            "\"><span class=\"sign\" "
            "aria-hidden=\"true\">");
    page.mark(sign).mark("</span>").mark(word).mark("</span>");
}

void write_statement(Page& page, const Statement& statement) {
    if (statement.standing == Standing::text) {
        page.mark("<li><span class=\"remark\">").foreign(statement.text).mark("</span></li>\n");
        return;
    }
    page.mark("<li>");
    switch (statement.standing) {
        case Standing::holds:
            write_sign(page, "good", "✓", "Holds");
            break;
        case Standing::fails:
            write_sign(page, "bad", "✗", "Fails");
            break;
        default:
            write_sign(page, "open", "?", "Unknown");
            break;
    }
    page.mark("<span>").foreign(statement.text).mark("</span>");
    if (!statement.basis.empty()) {
        page.mark("<span class=\"basis\">by ").text(statement.basis).mark("</span>");
    }
    page.mark("</li>\n");
}

Markup css_of(Tone tone) {
    switch (tone) {
        case Tone::good:
            return " good";
        case Tone::odd:
            return " odd";
        default:
            return " bad";
    }
}

}  // namespace

std::string_view last_part(std::string_view path) noexcept {
    const std::size_t slash = path.find_last_of('/');
    const bool is_whole = slash == std::string_view::npos || slash + 1 == path.size();
    return is_whole ? path : path.substr(slash + 1);
}

Tone tone_of(bool is_valid, policy::Profile profile) noexcept {
    if (!is_valid) {
        return Tone::bad;
    }
    return profile == policy::Profile::strict ? Tone::good : Tone::odd;
}

void begin_banner(Page& page, Tone tone, std::string_view title, std::string_view word) {
    page.mark("<div class=\"banner")
        .mark(css_of(tone))
        .mark("\">\n<header>\n<h1>")
        .text(title)
        .mark(
            "</h1>\n<p class=\"word\"><svg xmlns=\"http://www.w3.org/2000/svg\" "
            "viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" "
            "stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\">")
        .mark(tone != Tone::bad ? Markup("<path d=\"M3.5 13l5.5 6L20.5 5\" />")
                                : Markup("<path d=\"M4.5 4.5l15 15m0 -15l-15 15\" />"))
        .mark("</svg>")
        .text(word)
        .mark("</p>\n");
}

Page& glance(Page& page, Markup name) {
    return page.mark("<div><dt>").mark(name).mark("</dt><dd>");
}

void end_banner(Page& page) {
    page.mark("</header>\n</div>\n");
}

std::string day_and_time(Timestamp time) {
    std::string text = rfc3339_seconds(time);
    std::ranges::replace(text, 'T', ' ');
    return text;
}

void write_contents(Page& page, std::span<const Entry> entries) {
    page.mark("<nav aria-label=\"Contents\"><ul>");
    for (const Entry& entry : entries) {
        page.mark("<li><a href=\"#").mark(entry.id).mark("\">");
        page.mark(entry.name).mark("</a></li>");
    }
    page.mark("</ul></nav>\n<main>\n");
}

void begin_section(Page& page, Markup id, Markup heading) {
    page.mark("<section aria-labelledby=\"").mark(id).mark("\">\n<h2 id=\"").mark(id).mark("\">");
    page.mark(heading).mark("</h2>\n<div>\n");
}

void end_section(Page& page) {
    page.mark("</div>\n</section>\n");
}

Page& fact(Page& page, Markup name) {
    return page.mark("<dt>").mark(name).mark("</dt><dd>");
}

void end_fact(Page& page) {
    page.mark("</dd>\n");
}

void write_facts(Page& page, std::span<const Fact> facts) {
    for (const Fact& fact : facts) {
        page.mark("<dt>").text(fact.label).mark("</dt><dd>");
        switch (fact.form) {
            case Form::words:
                page.text(fact.value);
                break;
            case Form::path:
                page.foreign(fact.value);
                break;
            case Form::digits:
                page.code(fact.value);
                break;
        }
        if (!fact.note.empty()) {
            page.mark("<span class=\"soft\">").text(fact.note).mark("</span>");
        }
        end_fact(page);
    }
}

void write_statements(Page& page, const std::vector<Section>& sections, const Entry& versions) {
    for (const Section& section : sections) {
        page.mark("<h3>").text(section.title).mark("</h3>\n");
        if (!section.statements.empty()) {
            page.mark("<ul class=\"statements\">\n");
            for (const Statement& statement : section.statements) {
                write_statement(page, statement);
            }
            page.mark("</ul>\n");
        }
        if (section.lists_versions) {
            page.mark("<p><a href=\"#").mark(versions.id).mark("\">");
            page.mark(versions.name).mark("</a></p>\n");
        }
    }
}

void begin_footer(Page& page, const Run& run) {
    page.mark("</main>\n<footer>\n<div>\n<p>Made by ").text(run.tool).mark(" on ");
    page.text(rfc3339_seconds(run.generated_at));
    page.mark(
        ". This page has no script and needs nothing from elsewhere.</p>\n"
        "<p>A page proves nothing by itself: whoever can write it can change what it says. "
        "Whoever has to rely on it compares the digests above with the files, and has them "
        "judged again:</p>\n<p>");
}

void end_footer(Page& page) {
    page.mark("</p>\n</div>\n</footer>\n");
    page.end();
}

}  // namespace aion::report
