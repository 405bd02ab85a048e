// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_page.hpp"

#include <fmt/format.h>

#include "aion/base/base64.hpp"
#include "aion/base/bytes.hpp"
#include "aion/crypto/sha256.hpp"
#include "report/html_escape.hpp"
#include "report/html_style.hpp"

namespace aion::report {
namespace {

constexpr std::size_t piece_size = std::size_t{16} << 10U;

}  // namespace

Page& Page::put(std::string_view markup) {
    pending_ += markup;
    if (pending_.size() >= piece_size) {
        sink_(pending_);
        pending_.clear();
    }
    return *this;
}

Page& Page::css(Markup css) {
    return css.text().empty() ? *this : mark(" class=\"").mark(css).mark("\"");
}

Page& Page::text(std::string_view text) {
    return put(html_text(text));
}

Page& Page::foreign(std::string_view text) {
    return mark("<bdi>").text(text).mark("</bdi>");
}

Page& Page::foreign(std::string_view text, std::size_t most) {
    const std::string_view shown = beginning_of(text, most);
    foreign(shown);
    if (shown.size() < text.size()) {
        mark(" <span class=\"cut\">… and ")
            .text(many(text.size() - shown.size(), "more byte"))
            .mark("</span>");
    }
    return *this;
}

Page& Page::code(std::string_view text) {
    return mark("<code>").text(text).mark("</code>");
}

Page& Page::number(std::uint64_t number) {
    return put(std::to_string(number));
}

Page& Page::place(double value) {
    return put(fmt::format("{:.1f}", value));
}

void Page::begin(std::string_view title) {
    // Only the one style sheet may have an effect, whatever else ever came to stand here.
    const std::string digest = to_base64(crypto::sha256(as_bytes(style_sheet)).view());
    mark(
        "<!DOCTYPE html>\n"
        "<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
        "<meta charset=\"utf-8\" />\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'sha256-")
        .text(digest)
        .mark(
            "'; base-uri 'none'; form-action 'none'\" />\n"
            "<meta name=\"referrer\" content=\"no-referrer\" />\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
            "<meta name=\"color-scheme\" content=\"light dark\" />\n<title>")
        .text(title)
        .mark("</title>\n<style>");
    put(style_sheet);
    mark("</style>\n</head>\n<body>\n");
}

void Page::end() {
    mark("</body>\n</html>\n");
    sink_(pending_);
    pending_.clear();
}

Table::Table(Page& page, std::string_view caption, std::span<const Column> columns)
    : page_(page), columns_(columns) {
    page_.mark("<table role=\"table\">\n<caption>")
        .text(caption)
        .mark("</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
    for (const Column& column : columns_) {
        page_.mark(R"(<th role="columnheader" scope="col")")
            .css(column.css)
            .mark(">")
            .mark(column.name)
            .mark("</th>");
    }
    page_.mark("</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

void Table::end_cell() {
    if (in_cell_) {
        page_.mark(next_ == 1 ? Markup("</th>") : Markup("</td>"));
        in_cell_ = false;
    }
}

void Table::end_row() {
    end_cell();
    if (in_row_) {
        page_.mark("</tr>\n");
        in_row_ = false;
    }
}

void Table::row(Markup css) {
    end_row();
    page_.mark("<tr role=\"row\"").css(css).mark(">");
    in_row_ = true;
    next_ = 0;
}

Page& Table::cell() {
    end_cell();
    const Column& column = columns_[next_ % columns_.size()];
    page_
        .mark(next_ == 0 ? Markup(R"(<th role="rowheader" scope="row" data-label=")")
                         : Markup(R"(<td role="cell" data-label=")"))
        .mark(column.name)
        .mark("\"")
        .css(column.css)
        .mark(">");
    ++next_;
    in_cell_ = true;
    return page_;
}

void Table::end() {
    end_row();
    page_.mark("</tbody>\n</table>\n");
}

}  // namespace aion::report
