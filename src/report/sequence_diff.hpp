// SPDX-License-Identifier: MIT OR Apache-2.0
// Which elements of two sequences differ, in time that is bounded whatever they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace aion::report {

/// An element: equal elements have equal numbers. Numbers are below `ids` of the call.
using ElementId = std::uint32_t;

/// What stays when the marked elements of both sides are left out is the same on both sides.
struct SequenceDiff {
    std::vector<bool> removed;  ///< Of each element of `a`, whether it is not in `b`.
    std::vector<bool> added;    ///< Of each element of `b`, whether it is not in `a`.
};

/// What a search may still cost, in steps of some nanoseconds: about a second's worth. For several
/// searches that belong together.
struct SearchBudget {
    std::int64_t steps = 400'000'000;
};

/// Elements that are on one side only are marked at once; among the others, the fewest that can be
/// (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, in linear space), as long as
/// the search is worth its time. Beyond that, more than needed: still right, but coarser.
/// Memory: some 40 bytes an element.
[[nodiscard]] SequenceDiff sequence_diff(std::span<const ElementId> a, std::span<const ElementId> b,
                                         std::size_t ids, SearchBudget& budget);

/// A stretch where the sides differ: `a_begin` to `a_end` became `b_begin` to `b_end`.
struct Region {
    std::size_t a_begin = 0;
    std::size_t a_end = 0;
    std::size_t b_begin = 0;
    std::size_t b_end = 0;
};

/// The stretches, in order, none touching the next.
[[nodiscard]] std::vector<Region> regions_of(const SequenceDiff& diff);

}  // namespace aion::report
