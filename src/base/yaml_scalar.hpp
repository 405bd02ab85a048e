// SPDX-License-Identifier: MIT OR Apache-2.0
// How a text has to be written in YAML so that it is read back as the same text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aion::yaml {

/// What a plain scalar is by the core schema of YAML 1.2.2, by which documents of
/// others are read. What is written for others has rules of its own below, made of the same words.
enum class CoreType : std::uint8_t { null, boolean, integer, floating, text };
[[nodiscard]] CoreType core_type(std::string_view text) noexcept;

/// Of a `CoreType::boolean`.
[[nodiscard]] bool core_truth(std::string_view text) noexcept;

/// True for text that every reader of YAML 1.1 and 1.2 takes for a string without quotes.
[[nodiscard]] bool is_string_everywhere(std::string_view text) noexcept;

/// Space to `~` and nothing else.
[[nodiscard]] bool is_printed_ascii(std::string_view text) noexcept;

/// With every character escaped that nobody sees. `text` is UTF-8.
void append_double_quoted(std::string& out, std::string_view text);

enum class Form : std::uint8_t { plain, single_quoted, double_quoted, literal };

/// The form in which aion-context 1.0.0 writes a text. A key is never a literal block. `text` is
/// UTF-8.
[[nodiscard]] Form reference_form(std::string_view text, bool is_key) noexcept;

/// Escaped as aion-context 1.0.0 does. `text` is UTF-8.
void append_double_quoted_like_reference(std::string& out, std::string_view text);

}  // namespace aion::yaml
