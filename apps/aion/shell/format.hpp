// SPDX-License-Identifier: MIT OR Apache-2.0
// The forms that a result can have.
#pragma once

#include <cstdint>

namespace aion::cli {

/// `--format`.
enum class Format : std::uint8_t {
    text,            ///< For people.
    json,            ///< A document.
    yaml,            ///< The same document.
    reference_text,  ///< The text that aion-context 1.0.0 prints; where files are verified only.
    jsonl,           ///< The same as a value a line, each as soon as it is known; `archive` only.
    markdown,        ///< For people, of what they keep: reports.
    html,            ///< The same as a page.
    csv,             ///< For spreadsheets: exports.
};

/// Whether programs read it: exactly one document, whatever happens, or lines that each are one. A
/// table has no way to say what went wrong.
[[nodiscard]] constexpr bool is_document(Format format) noexcept {
    return format == Format::json || format == Format::yaml || format == Format::jsonl;
}

}  // namespace aion::cli
