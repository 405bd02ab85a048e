// SPDX-License-Identifier: MIT OR Apache-2.0
// What the engine's code for one instruction set is asked to do. Plain data and
// no templates of the standard library: these types cross into files compiled
// for newer instruction sets, whose out-of-line copies of shared templates must
// never reach other CPUs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aion::crypto::ed25519 {

struct Piece {
    const unsigned char* data = nullptr;
    std::size_t size = 0;
};

/// One multiple of a point in a table, two cache lines: y + x, y - x, 2dxy as limbs of 51 bits,
/// the four lower ones of each together and the three top ones together, because vectors fetch
/// them by fours.
struct alignas(128) TableEntry {
    std::uint64_t lower[3][4];
    std::uint64_t top[4];  // The last one is unused.
};

static_assert(sizeof(TableEntry) == 128);

/// How scalars below L are cut into signed digits of `width` bits. Adding
/// `offset`, half a digit in every place but the top one, makes all digits
/// unsigned with no carry left to pass on: digit i is ((k + offset) >> (width
/// i)) mod 2^width, minus 2^(width - 1) except at the top.
///
/// Row i of a table holds 0 to 2^(width - 1) times 2^(width i) times the point.
/// The top digit of k + offset is at most 2^(252 - width (rows - 1)) + 1,
/// within a row because width * rows >= 254.
struct Windows {
    unsigned width;
    unsigned rows;
    unsigned row_entries;
    std::uint64_t offset[4];
};

inline constexpr unsigned min_width = 4;
inline constexpr unsigned max_width = 12;
/// Rows at the narrowest width.
inline constexpr unsigned max_rows = 64;

/// One signature whose S is below L and whose R and A are canonical encodings
/// not of small order. Key and signature were checked, and the arithmetic relies
/// on it, so they must be copies that nobody else can change. Two cache lines.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): make_job fills what it makes room for.
struct Job {
    Piece message[3];  ///< In the caller's memory; it is hashed, and nothing else.
    const unsigned char* key = nullptr;
    unsigned char signature[64];
    const TableEntry* table = nullptr;  ///< Multiples of -A; null when verifying without tables.
};

static_assert(sizeof(Job) == 128);

/// A table and how it is cut.
struct Table {
    const TableEntry* entries = nullptr;
    const Windows* windows = nullptr;
};

}  // namespace aion::crypto::ed25519
