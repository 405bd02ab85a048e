// SPDX-License-Identifier: MIT OR Apache-2.0
// Structured results: one ordered tree, printed as JSON or YAML (spec 05 section 10).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "shell/console.hpp"
#include "shell/format.hpp"

namespace aion::cli {

using Json = nlohmann::ordered_json;

/// Pretty-printed with two spaces, or block-style YAML; ends with one newline either way.
/// Format::text is treated as JSON.
void print_document(Stream& out, const Json& document, Format format);

[[nodiscard]] std::string to_yaml(const Json& document);

/// Text from outside as a JSON string: bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string utf8(std::string_view text);

}  // namespace aion::cli
