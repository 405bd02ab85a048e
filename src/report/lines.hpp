// SPDX-License-Identifier: MIT OR Apache-2.0
// The lines of two texts, as elements of sequences.
#pragma once

#include <string_view>
#include <vector>

#include "report/sequence_diff.hpp"

namespace aion::report {

/// The lines of a text, each with its line feed; the last one may have none.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// Where the lines of two texts differ.
[[nodiscard]] std::vector<Region> differing_lines(const std::vector<std::string_view>& a,
                                                  const std::vector<std::string_view>& b);

}  // namespace aion::report
