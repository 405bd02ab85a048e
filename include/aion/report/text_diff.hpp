// SPDX-License-Identifier: MIT OR Apache-2.0
// What differs in two texts, line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"

namespace aion::report {

/// Whether lines of it can be shown and compared: UTF-8 without NUL.
[[nodiscard]] bool is_text(ByteView content) noexcept;

struct UnifiedDiffOptions {
    std::size_t context = 3;  ///< Equal lines around each change.
    std::string a_label;      ///< What stands behind `---`; control characters are escaped.
    std::string b_label;      ///< The same behind `+++`.
};

/// Of a difference.
struct LineCounts {
    std::uint64_t removed = 0;
    std::uint64_t added = 0;
    friend bool operator==(const LineCounts&, const LineCounts&) = default;
};

/// So many lines two texts may have together, to be compared line by line.
inline constexpr std::size_t most_lines = 8'000'000;

/// Whether `unified_diff` compares these texts, and if not, why.
[[nodiscard]] Result<> check_unified_diff(std::string_view a, std::string_view b);

/// Tells `sink` a unified diff (POSIX, diff -U) of any bytes, exactly as they are, so that patch(1)
/// makes `b` of `a` with it; a piece is one line. Tells nothing where they are equal. A last line
/// without a line feed is followed by `\ No newline at end of file`.
///
/// The fewest lines that can be, as long as the search for them takes less than about a second; of
/// texts with very many lines in another order more than needed, but applicable all the same.
/// Memory: some 50 bytes a line. Errors, before anything is told: `invalid_format`, with the detail
/// `text_too_many_lines` if there are more than `most_lines`.
[[nodiscard]] Result<LineCounts> unified_diff(std::string_view a, std::string_view b,
                                              const UnifiedDiffOptions& options,
                                              const TextSink& sink);

}  // namespace aion::report
