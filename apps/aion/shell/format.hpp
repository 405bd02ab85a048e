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
    reference_text,  ///< The text that aion-context 1.0.0 prints; `verify` only.
};

/// Whether programs read it: exactly one document, whatever happens.
[[nodiscard]] constexpr bool is_document(Format format) noexcept {
    return format == Format::json || format == Format::yaml;
}

}  // namespace aion::cli
