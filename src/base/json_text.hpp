// SPDX-License-Identifier: MIT OR Apache-2.0
// Strings as JSON writes them.
#pragma once

#include <string>
#include <string_view>

namespace aion {

/// Appends `text`, which is UTF-8, in quotation marks and with nothing escaped but what RFC 8259
/// requires: what RFC 8785 calls for.
void append_json_string(std::string& out, std::string_view text);

}  // namespace aion
