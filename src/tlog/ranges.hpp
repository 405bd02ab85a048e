// SPDX-License-Identifier: MIT OR Apache-2.0
// Which parts of a tree a root or a proof is made of. A part is a range of leaves that begins where
// a complete subtree of at least its length would; its root is that of its complete subtrees.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "aion/base/result.hpp"
#include "base/try.hpp"

namespace aion::tlog {

struct LeafRange {
    std::uint64_t begin;
    std::uint64_t end;
};

/// The complete subtree of 2^level leaves from `index << level` on.
struct Complete {
    unsigned level;
    std::uint64_t index;
};

/// The last complete subtree of a range which is not empty: its smallest.
[[nodiscard]] constexpr Complete last_complete(LeafRange range) noexcept {
    const auto level = static_cast<unsigned>(std::countr_zero(range.end - range.begin));
    return {level, (range.end - 1) >> level};
}

/// The range without its last subtree.
[[nodiscard]] constexpr LeafRange without_last(LeafRange range) noexcept {
    const std::uint64_t size = range.end - range.begin;
    return {range.begin, range.begin + (size & (size - 1))};
}

/// Tells of what stands beside the way from `node` on `level` up to the root of a tree of `size`
/// leaves, innermost first. `take` returns a Result.
template <class Take>
Result<> each_beside(std::uint64_t node, unsigned level, std::uint64_t size, const Take& take) {
    std::uint64_t last = (size - 1) >> level;
    for (; last > 0; node >>= 1U, last >>= 1U, ++level) {
        if ((node & 1U) != 0) {
            AION_TRY(take(LeafRange{(node - 1) << level, node << level}));
        } else if (node + 1 < last) {
            AION_TRY(take(LeafRange{(node + 1) << level, (node + 2) << level}));
        } else if (node + 1 == last) {
            AION_TRY(take(LeafRange{last << level, std::min((last + 1) << level, size)}));
        }
    }
    return {};
}

/// The parts of an inclusion proof. `index < size`.
template <class Take>
Result<> each_of_inclusion(std::uint64_t index, std::uint64_t size, const Take& take) {
    return each_beside(index, 0, size, take);
}

/// The parts of a consistency proof. `old_size <= new_size`.
template <class Take>
Result<> each_of_consistency(std::uint64_t old_size, std::uint64_t new_size, const Take& take) {
    if (old_size == 0 || old_size == new_size) {
        return {};
    }
    const Complete last = last_complete({0, old_size});
    if (last.index != 0) {
        AION_TRY(take(LeafRange{last.index << last.level, old_size}));
    }
    return each_beside(last.index, last.level, new_size, take);
}

}  // namespace aion::tlog
