// SPDX-License-Identifier: MIT OR Apache-2.0
// Multiples of the base point, constant data of the program: computed by the compiler, so that a
// process that judges a signature or two builds nothing first. Few pages are touched, those of
// the entries that a signature selects.
#pragma once

#include <cstdint>

#include "crypto/ed25519/jobs.hpp"

namespace aion::crypto::ed25519 {

/// One multiple of a point for one signature at a time: limb i of y - x, y + x, 2dxy (times Z where
/// Z is not 1) and 2 (2Z), which four lanes load together.
struct alignas(32) Multiple {
    std::uint64_t limb[5][4];
};

/// Odd multiples 1, 3, ... of a point that signed digits of so many bits select.
inline constexpr unsigned base_digit_width = 8;
inline constexpr unsigned base_odd_multiples = 1U << (base_digit_width - 2);

struct OddMultiples {
    Multiple at[base_odd_multiples];
};

/// Of B and of 2^128 B.
extern const OddMultiples odd_multiples_of_base;
extern const OddMultiples odd_multiples_of_base_128;

/// The table of B in windows of 5 bits, as `KeyTable::build` makes one.
inline constexpr unsigned base_table_width = 5;

struct BaseRows {
    static constexpr unsigned rows = 51;
    static constexpr unsigned row_entries = (1U << (base_table_width - 1)) + 1;

    TableEntry entry[rows * row_entries];
};

extern const BaseRows base_table;

}  // namespace aion::crypto::ed25519
