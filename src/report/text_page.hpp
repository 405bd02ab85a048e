// SPDX-License-Identifier: MIT OR Apache-2.0
// A report as plain text of 70 columns, as the reference lays it out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/json_writer.hpp"
#include "aion/report/compliance.hpp"
#include "report/words.hpp"

namespace aion::report {

class TextPage {
  public:
    static constexpr std::size_t width = 70;

    explicit TextPage(const TextSink& sink) : sink_(sink) {}

    /// The title between two lines, and an empty line.
    void begin(std::string_view title);
    void end();

    /// A line as it is: untrusted text in it must be escaped.
    void line(std::string_view text = {});
    /// A line across, between empty ones.
    void rule();
    /// A heading in capitals, and an empty line.
    void heading(std::string_view title);
    /// Escaped, in lines of at most 70 columns: the first begins with `first`, others with as many
    /// spaces. A word longer than that has a line of its own.
    void paragraph(std::string_view first, std::string_view text);
    /// `label: value`, each on one line; what is longer is below its label.
    void facts(std::span<const Fact> facts, std::string_view indent = {});
    /// The same, each on one line however long: as the reference has them.
    void heading_facts(std::span<const Fact> facts);
    void statements(const Section& section);

  private:
    void centred(std::string_view text);

    const TextSink& sink_;
};

/// `OK`, `FAILED`, `NOT CHECKED`, `NOT ASKED`.
[[nodiscard]] std::string word_of(const Check& check);

/// `text` in capitals, as far as it is ASCII.
[[nodiscard]] std::string in_capitals(std::string_view text);

}  // namespace aion::report
