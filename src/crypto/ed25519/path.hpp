// SPDX-License-Identifier: MIT OR Apache-2.0
// The engine's functions for one instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/ed25519/halve.hpp"
#include "crypto/ed25519/jobs.hpp"

namespace aion::crypto::ed25519 {

/// From how many uses of a key on its table pays, by width; ascending.
/// Measured by the rows tuning/*/uses of bench/crypto_verify_bench.cpp, see
/// docs/performance.md; the last step is later than where the time breaks even,
/// since three times the memory has to pay as well.
struct WidthStep {
    std::size_t uses;
    unsigned width;
};

struct Path {
    using WithTables = void (*)(const Job* jobs, std::size_t count, const Table& base,
                                const Windows& key_windows, std::uint8_t* verdicts);
    using WithoutTables = void (*)(const Job* jobs, std::size_t count, const Table& base,
                                   std::uint8_t* verdicts);

    /// Jobs that are verified side by side.
    unsigned lanes;
    /// Most jobs of one call of `with_tables` or `without_tables`; they share an
    /// inversion.
    unsigned group;
    /// Verdicts (1 or 0) of `count` jobs, 1 to `group`, that have tables cut by
    /// `key_windows`.
    WithTables with_tables;
    /// The same without tables of keys.
    WithoutTables without_tables;
    /// The same for 1 to `few_group` jobs one after the other: faster than lanes
    /// for very few.
    WithTables few_with_tables;
    /// k = SHA-512(R || A || M) mod L of one job.
    void (*hash)(const Job& job, std::uint64_t (&k)[4]);
    /// The verdict on one job without a table: that of `whole`, sooner.
    bool (*halved)(const Job& job, const HalvedScalars& scalars);
    /// The same for two jobs at once; null where that saves nothing.
    void (*halved_two)(const Job* const (&jobs)[2], const HalvedScalars (&scalars)[2],
                       bool (&verdicts)[2]);
    /// The same by [S]B - [k]A, for a k that cannot be halved.
    bool (*whole)(const Job& job, const std::uint64_t (&k)[4], const Table& base);
    /// Fewest jobs for which a vector wins, without tables of keys and with; none do where that is
    /// more than `lanes`.
    unsigned lanes_from;
    unsigned lanes_from_with_tables;
    /// Microseconds that a signature takes without and with a table, roughly:
    /// whether to use threads is decided on them.
    unsigned cost_without_table;
    unsigned cost_with_table;
    WidthStep widths[5];

    /// Writes the rows of the table of the point that `encoding` (canonical)
    /// stands for, negated if `minus`. False when there is no such point.
    /// `scratch`: 64-byte aligned.
    bool (*build)(const unsigned char* encoding, bool minus, const Windows& windows,
                  TableEntry* out, void* scratch);
    /// Bytes that `build` needs as scratch.
    std::size_t (*build_scratch)(const Windows& windows);
    /// True when a canonical encoding stands for a point.
    bool (*is_point)(const unsigned char* encoding);
    /// The same (1 or 0) of `count` encodings, 1 or more, 32 bytes each.
    void (*are_points)(const unsigned char* encodings, std::size_t count, std::uint8_t* verdicts);
};

inline constexpr std::size_t few_group = 32;

/// Verdicts (1 or 0) on jobs without tables, not in lanes.
void verify_few(const Path& path, const Job* jobs, std::size_t count, const Table& base,
                std::uint8_t* verdicts);

extern const Path portable_path;
extern const Path avx2_path;
extern const Path avx512_path;

}  // namespace aion::crypto::ed25519
