// SPDX-License-Identifier: MIT OR Apache-2.0
// Texts in Markdown (CommonMark, with the tables and links of GFM), whatever they hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aion::report {

/// Where a text stands: in a table every `|` ends a cell that is not escaped, also inside code.
enum class Place : std::uint8_t { line, cell };

/// `text` as text: after `escape_controls`, what means something in Markdown is escaped. What
/// renderers make a link of without any mark, `http:`, `www.`, addresses with `@`, becomes code,
/// in which nothing means anything.
[[nodiscard]] std::string markdown_text(std::string_view text, Place place);

/// `text` as code, after `escape_controls`. Nothing for an empty one.
[[nodiscard]] std::string markdown_code(std::string_view text, Place place);

}  // namespace aion::report
