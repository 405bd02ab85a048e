// SPDX-License-Identifier: MIT OR Apache-2.0
// The lines of two texts, as elements of sequences.
#pragma once

#include <string_view>
#include <vector>

#include "aion/base/result.hpp"
#include "report/sequence_diff.hpp"

namespace aion::report {

/// Takes the first line, with its line feed, from a text that is not empty; the last line may have
/// none.
[[nodiscard]] std::string_view take_line(std::string_view& text) noexcept;

/// Whether two texts have no more lines than are compared. Errors: `invalid_format` with
/// `text_too_many_lines`.
[[nodiscard]] Result<> check_lines(std::string_view a, std::string_view b);

/// The lines of a text that `check_lines` allows.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// Where the lines of two texts differ.
[[nodiscard]] std::vector<Region> differing_lines(const std::vector<std::string_view>& a,
                                                  const std::vector<std::string_view>& b);

}  // namespace aion::report
