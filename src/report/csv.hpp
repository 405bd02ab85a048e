// SPDX-License-Identifier: MIT OR Apache-2.0
// Tables as text (RFC 4180), for spreadsheets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"

namespace aion::report {

enum class CsvStyle : std::uint8_t {
    /// RFC 4180, lines ended by CR LF, every cell quoted; what a spreadsheet would take for a
    /// formula
    /// stands behind an apostrophe.
    safe,
    /// The same without the apostrophes.
    raw,
    /// As aion-context 1.0.0 has it: LF; quoted only around a comma, a quotation mark or LF.
    reference,
};

/// Whether `text` is taken for a formula where a cell begins with it: behind white space and what
/// nobody sees it begins with `=`, `+`, `-` or `@`, also in full width or small, or with a tab or a
/// line end. And if it begins with an apostrophe in front of such a text: so one that was put can
/// be told from one that was there.
[[nodiscard]] bool looks_like_formula(std::string_view text) noexcept;

/// What a cell of `safe` holds: an apostrophe in front of each part that looks like a formula. A
/// spreadsheet that splits at semicolons or tabs, as many a locale does, does so inside of what is
/// quoted for commas, too, and takes line ends there for such: so parts begin behind those as well.
[[nodiscard]] std::string with_marks(std::string_view text);

/// What a cell of `safe` says: the text that `with_marks` was given.
[[nodiscard]] std::string without_marks(std::string_view cell);

/// Writes a table, row by row, in pieces of some kilobytes.
class CsvWriter {
  public:
    CsvWriter(const TextSink& sink, CsvStyle style) : sink_(sink), style_(style) {}

    CsvWriter& cell(std::string_view text);
    void end_row();
    /// Hands on the rest.
    void end();

  private:
    const TextSink& sink_;
    CsvStyle style_;
    std::string pending_;
    bool is_first_ = true;
};

/// Reads a table, row by row. Lines end in LF or CR LF; a byte order mark in front is passed.
class CsvReader {
  public:
    /// `most_cells`: of one row.
    CsvReader(std::string_view text, std::size_t most_cells) noexcept;

    /// The next row into `cells`; false behind the last one. Errors: `invalid_format`
    /// (`csv_syntax`), with the line: a quotation mark that is not closed, text behind one, or more
    /// cells than there may be, of which no more are read.
    [[nodiscard]] Result<bool> next(std::vector<std::string>& cells);

    /// The line on which the row that was read last begins, from 1.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

  private:
    [[nodiscard]] Result<std::string> quoted_cell();
    [[nodiscard]] std::string plain_cell();
    /// Whether a line end is next, which is passed.
    [[nodiscard]] bool pass_line_end() noexcept;

    std::string_view text_;
    std::size_t most_cells_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;
    std::size_t next_line_ = 1;
};

}  // namespace aion::report
