// SPDX-License-Identifier: MIT OR Apache-2.0
// How wide text is on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aion::cli {

/// Columns that `text` takes: two of what East Asian scripts and emoji are made of (UAX #11,
/// Unicode 15), none of marks that stand above or below what is before them. Text without control
/// characters, as `shown` makes it; a byte that is no UTF-8 counts as one.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// `painted` and as many spaces as `plain`, which is the same without colours, leaves of `width`.
[[nodiscard]] std::string padded(const std::string& painted, std::string_view plain,
                                 std::size_t width);

/// `text`, or as much of its beginning as there is room for in `width` columns with `ellipsis`
/// behind it. Not in the middle of a character, nor of what `shown` made of one.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t width,
                                 std::string_view ellipsis);

}  // namespace aion::cli
