// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of documents, by value.
#pragma once

#include <string>
#include <string_view>

namespace aion::report {

/// The same text for all ways to write the same value, e.g. `15e-1` for 1.5, 1.50 and 15E-1.
/// `text`: a number as JSON or YAML's core schema has it. What is beyond any reason (exponents of
/// more than 18 digits, hexadecimal numbers of more than 64 bits) is compared as written.
[[nodiscard]] std::string canonical_number(std::string_view text);

}  // namespace aion::report
