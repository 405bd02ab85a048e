// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON in its canonical form in one go: read and written at once, without an index of what is
// where. It does what most documents need, and leaves the rest to the reader of base/.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "aion/supply/canonical_json.hpp"

namespace aion::supply {

/// The longest text that it takes: places in what is written are 32 bits.
inline constexpr std::size_t most_copied = (std::size_t{1} << 31U) - 1;

/// Bytes that `copy_canonical` needs room for. What it writes may be longer than the text, by
/// numbers such as 1e20; where that is much, it does not go on.
[[nodiscard]] constexpr std::size_t canonical_room(std::size_t text_size) noexcept {
    return text_size + (text_size / 8) + 64;
}

/// Writes the canonical form of `text` into `room`, and returns its size. Nothing: the text is not
/// canonical JSON's, breaks a limit, or is unusual (names with escapes, numbers that get much
/// longer, objects out of order inside each other); `room` holds anything then. Time is
/// O(n log n). Throws std::bad_alloc.
[[nodiscard]] std::optional<std::size_t> copy_canonical(std::string_view text,
                                                        const CanonicalJsonLimits& limits,
                                                        std::span<char> room);

}  // namespace aion::supply
