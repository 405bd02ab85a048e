// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/text_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"

namespace aion::report {

namespace {

// Characters, which is columns for what is written here; wide ones of others make a line longer.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string_view sign_of(Standing standing) noexcept {
    switch (standing) {
        case Standing::holds:
            return "[+] ";
        case Standing::fails:
            return "[-] ";
        case Standing::unknown:
            return "[?] ";
        case Standing::text:
            break;
    }
    return "    ";
}

}  // namespace

void TextPage::begin(std::string_view title) {
    line(std::string(width, '='));
    centred(title);
    line(std::string(width, '='));
    line();
}

void TextPage::end() {
    line(std::string(width, '='));
    centred("END OF REPORT");
    line(std::string(width, '='));
}

void TextPage::line(std::string_view text) {
    sink_(text);
    sink_("\n");
}

void TextPage::rule() {
    line();
    line(std::string(width, '-'));
    line();
}

void TextPage::heading(std::string_view title) {
    line(in_capitals(title));
    line();
}

void TextPage::paragraph(std::string_view first, std::string_view text) {
    const std::string escaped = escape_controls(text);
    const std::size_t indent = columns_of(first);
    std::string current(first);
    std::size_t used = indent;
    bool is_begun = false;
    std::string_view left = escaped;
    while (!left.empty()) {
        const std::size_t space = std::min(left.find(' '), left.size());
        const std::string_view word = left.substr(0, space);
        left.remove_prefix(std::min(space + 1, left.size()));
        const std::size_t columns = columns_of(word);
        if (is_begun && used + 1 + columns > width) {
            line(current);
            current.assign(indent, ' ');
            used = indent;
            is_begun = false;
        }
        if (is_begun) {
            current += ' ';
            ++used;
        }
        current += word;
        used += columns;
        is_begun = true;
    }
    line(current);
}

void TextPage::facts(std::span<const Fact> facts, std::string_view indent) {
    for (const Fact& fact : facts) {
        const std::string value = escape_controls(fact.value);
        const std::string label = fmt::format("{}{}:", indent, fact.label);
        if (columns_of(label) + 1 + columns_of(value) <= width || fact.form == Form::words) {
            line(fmt::format("{} {}", label, value));
        } else {
            line(label);
            line(fmt::format("{}  {}", indent, value));
        }
    }
}

void TextPage::heading_facts(std::span<const Fact> facts) {
    for (const Fact& fact : facts) {
        line(fmt::format("{}: {}", fact.label, escape_controls(fact.value)));
    }
}

void TextPage::statements(const Section& section) {
    for (const Statement& statement : section.statements) {
        paragraph(sign_of(statement.standing),
                  statement.basis.empty()
                      ? statement.text
                      : fmt::format("{} [{}]", statement.text, statement.basis));
    }
}

void TextPage::centred(std::string_view text) {
    const std::size_t columns = std::min(columns_of(text), width);
    const std::size_t left = (width - columns) / 2;
    line(fmt::format("{}{}{}", std::string(left, ' '), text,
                     std::string(width - columns - left, ' ')));
}

std::string word_of(const Check& check) {
    switch (check.mark) {
        case Mark::good:
            return "OK";
        case Mark::bad:
            return "FAILED";
        case Mark::open:
            break;
    }
    return in_capitals(check.why_open);
}

std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    std::ranges::transform(capitals, capitals.begin(), ascii_upper);
    return capitals;
}

}  // namespace aion::report
