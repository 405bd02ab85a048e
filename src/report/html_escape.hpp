// SPDX-License-Identifier: MIT OR Apache-2.0
// Texts of files, paths and registries, made safe to stand in a page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aion::report {

/// `text` as it may stand between tags and in quoted attributes, of HTML and of XML alike: no
/// markup, valid UTF-8, and what nobody sees written as `escape_controls` writes it.
[[nodiscard]] std::string html_text(std::string_view text);

/// The beginning of `text`, of at most `most` bytes; a character is not cut in two.
[[nodiscard]] std::string_view beginning_of(std::string_view text, std::size_t most) noexcept;

}  // namespace aion::report
