// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/utf8.hpp"
#include "report/export_details.hpp"

namespace aion::report {
namespace {

constexpr std::size_t piece_size = std::size_t{16} << 10U;

bool begins_formula(char32_t c) noexcept {
    switch (c) {
        case U'=':
        case U'+':
        case U'-':
        case U'@':
        case U'\t':
        case U'\r':
        case U'\n':
        case 0xff1d:  // full width
        case 0xff0b:
        case 0xff0d:
        case 0xff20:
        case 0xfe66:  // small
        case 0xfe62:
        case 0xfe63:
        case 0xfe6b:
            return true;
        default:
            return false;
    }
}

bool is_passed_over(std::string_view character, char32_t c) noexcept {
    return is_unseen(c) || trim_white_space(character).empty();
}

bool begins_like_formula(std::string_view text) noexcept {
    while (!text.empty()) {
        const Utf8Character next = first_character(text);
        const char32_t c = next.point.value_or(0xfffd);
        if (begins_formula(c)) {
            return true;
        }
        if (!is_passed_over(text.substr(0, next.length), c)) {
            return false;
        }
        text.remove_prefix(next.length);
    }
    return false;
}

// At which a part of a cell ends for some spreadsheet.
constexpr std::string_view part_ends = ";\t\r\n";

// Only the reference leaves cells bare.
bool needs_quotes(std::string_view text, CsvStyle style) noexcept {
    return style != CsvStyle::reference || text.find_first_of(",\"\n") != std::string_view::npos;
}

// Each part with a mark more or fewer. Of the first part the whole text counts: there a tab or a
// line end begins a formula, too.
template <class Change>
std::string with_parts_changed(std::string_view text, Change change) {
    std::string changed;
    for (std::size_t begin = 0;;) {
        const std::size_t end = std::min(text.find_first_of(part_ends, begin), text.size());
        const std::string_view part = text.substr(begin, end - begin);
        change(changed, part, begin == 0 ? text : part);
        if (end == text.size()) {
            return changed;
        }
        changed += text[end];
        begin = end + 1;
    }
}

}  // namespace

bool looks_like_formula(std::string_view text) noexcept {
    const std::size_t behind = std::min(text.find_first_not_of('\''), text.size());
    return begins_like_formula(text.substr(behind));
}

std::string with_marks(std::string_view text) {
    return with_parts_changed(
        text, [](std::string& changed, std::string_view part, std::string_view counts) {
            changed += looks_like_formula(counts) ? "'" : "";
            changed += part;
        });
}

std::string without_marks(std::string_view cell) {
    return with_parts_changed(
        cell, [](std::string& changed, std::string_view part, std::string_view counts) {
            const bool is_marked = part.starts_with('\'') && looks_like_formula(counts.substr(1));
            changed += part.substr(is_marked ? 1 : 0);
        });
}

CsvWriter& CsvWriter::cell(std::string_view text) {
    if (!is_first_) {
        pending_ += ',';
    }
    is_first_ = false;
    const std::string marked = style_ == CsvStyle::safe ? with_marks(text) : std::string();
    std::string_view rest = style_ == CsvStyle::safe ? marked : text;
    if (!needs_quotes(rest, style_)) {
        pending_ += rest;
        return *this;
    }
    pending_ += '"';
    while (!rest.empty()) {
        const std::size_t length = std::min(rest.find('"'), rest.size() - 1) + 1;
        pending_ += rest.substr(0, length);
        pending_ += rest[length - 1] == '"' ? "\"" : "";
        rest.remove_prefix(length);
    }
    pending_ += '"';
    return *this;
}

void CsvWriter::end_row() {
    pending_ += style_ == CsvStyle::reference ? "\n" : "\r\n";
    is_first_ = true;
    if (pending_.size() >= piece_size) {
        end();
    }
}

void CsvWriter::end() {
    sink_(pending_);
    pending_.clear();
}

CsvReader::CsvReader(std::string_view text, std::size_t most_cells) noexcept
    : text_(without_byte_order_mark(text)), most_cells_(most_cells) {}

Result<bool> CsvReader::next(std::vector<std::string>& cells) {
    cells.clear();
    line_ = next_line_;
    if (at_ >= text_.size()) {
        return false;
    }
    while (true) {
        if (cells.size() == most_cells_) {
            return fail(invalid<ExportDetail::csv_syntax>(
                fmt::format("more than {} cells", most_cells_), line_));
        }
        if (at_ < text_.size() && text_[at_] == '"') {
            auto cell = quoted_cell();
            if (!cell) {
                return fail(std::move(cell).error());
            }
            cells.push_back(*std::move(cell));
        } else {
            cells.push_back(plain_cell());
        }
        if (at_ >= text_.size() || pass_line_end()) {
            return true;
        }
        if (text_[at_] != ',') {
            return fail(invalid<ExportDetail::csv_syntax>("text behind a quotation mark", line_));
        }
        ++at_;
    }
}

Result<std::string> CsvReader::quoted_cell() {
    std::string cell;
    for (++at_; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '"') {
            if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
                ++at_;
                return cell;
            }
            ++at_;
        }
        next_line_ += c == '\n' ? 1 : 0;
        cell += c;
    }
    return fail(invalid<ExportDetail::csv_syntax>("a quotation mark that is not closed", line_));
}

std::string CsvReader::plain_cell() {
    const std::size_t begin = at_;
    const std::size_t end = std::min(text_.find_first_of(",\n", begin), text_.size());
    at_ = end;
    const bool ends_line = end < text_.size() && text_[end] == '\n';
    if (ends_line && end > begin && text_[end - 1] == '\r') {
        at_ = end - 1;
    }
    return std::string(text_.substr(begin, at_ - begin));
}

bool CsvReader::pass_line_end() noexcept {
    const std::string_view rest = text_.substr(at_);
    const std::size_t begin = rest.starts_with("\r\n") ? 1 : 0;
    if (begin >= rest.size() || rest[begin] != '\n') {
        return false;
    }
    at_ += begin + 1;
    ++next_line_;
    return true;
}

}  // namespace aion::report
