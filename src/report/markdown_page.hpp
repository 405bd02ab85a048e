// SPDX-License-Identifier: MIT OR Apache-2.0
// A report as Markdown, as the reference lays it out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/json_writer.hpp"
#include "aion/report/compliance.hpp"
#include "report/words.hpp"

namespace aion::report {

class MarkdownPage {
  public:
    explicit MarkdownPage(const TextSink& sink) : sink_(sink) {}

    /// A line as it is: untrusted text in it must be escaped.
    void line(std::string_view text = {});
    void title(std::string_view title);
    void heading(std::string_view title);
    /// A line across, between empty ones.
    void rule();
    /// A paragraph, or an item of a list.
    void text(std::string_view mark, std::string_view text);
    /// `**label**: value`, with line breaks between.
    void heading_facts(std::span<const Fact> facts);
    /// The same as a table.
    void fact_table(std::span<const Fact> facts);
    void table(std::span<const std::string_view> columns);
    /// Cells that are escaped.
    void row(std::span<const std::string> cells);
    void statements(const Section& section);
    void end();

  private:
    const TextSink& sink_;
};

/// `✅`, `❌`, `⚪ not checked`.
[[nodiscard]] std::string mark_of(const Check& check);

}  // namespace aion::report
