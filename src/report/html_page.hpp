// SPDX-License-Identifier: MIT OR Apache-2.0
// The one way in which pages are written. Markup is what stands in our sources, decided by the
// compiler; whatever is known only when the program runs goes through `html_text`.
//
// A page is well-formed XML as well, so that any XML parser can check it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/counted.hpp"
#include "aion/base/json_writer.hpp"

namespace aion::report {

/// Markup of ours. Can only be made of a literal.
class Markup {
  public:
    template <std::size_t size>
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is markup.
    consteval Markup(const char (&literal)[size]) : text_(literal, size - 1) {}

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

  private:
    std::string_view text_;
};

/// `counted`, as a page writes numbers: `1,000 versions`.
[[nodiscard]] inline std::string many(std::uint64_t count, std::string_view thing) {
    return counted(count, thing, Digits::grouped);
}

/// Hands what is written to a sink, in pieces of some kilobytes.
class Page {
  public:
    explicit Page(const TextSink& sink) : sink_(sink) {}

    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;
    Page(Page&&) = delete;
    Page& operator=(Page&&) = delete;
    ~Page() = default;

    Page& mark(Markup markup) { return put(markup.text()); }

    /// ` class="css"`, or nothing for no class.
    Page& css(Markup css);

    /// Text of this program's making: escaped, like all text.
    Page& text(std::string_view text);
    /// Text of a file, a path or a registry: its direction is its own affair.
    Page& foreign(std::string_view text);
    /// The same, of which at most `most` bytes are shown; what is left out is said.
    Page& foreign(std::string_view text, std::size_t most);
    /// A long run of digits or letters, which may be broken anywhere.
    Page& code(std::string_view text);
    Page& number(std::uint64_t number);
    /// A length or place in a drawing, with one decimal.
    Page& place(double value);

    /// What begins every page, up to and with `<body>`.
    void begin(std::string_view title);
    /// What ends it. Hands over what is pending.
    void end();

  private:
    Page& put(std::string_view markup);

    const TextSink& sink_;
    std::string pending_;
};

/// A column of a table: its heading, and the class of its cells.
struct Column {
    Markup name;
    Markup css = "";
};

/// A table whose rows become blocks on narrow screens, each cell with its heading before it. What
/// is written to the page behind `cell` stands in that cell.
class Table {
  public:
    /// `caption` is escaped; it may be empty only if `columns` are not.
    Table(Page& page, std::string_view caption, std::span<const Column> columns);
    ~Table() = default;

    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    Table(Table&&) = delete;
    Table& operator=(Table&&) = delete;

    /// The next row, of this class.
    void row(Markup css = "");
    /// The next cell of the row; the first one is its heading.
    Page& cell();
    /// What ends the table.
    void end();

  private:
    void end_cell();
    void end_row();

    Page& page_;
    std::span<const Column> columns_;
    std::size_t next_ = 0;
    bool in_cell_ = false;
    bool in_row_ = false;
};

}  // namespace aion::report
