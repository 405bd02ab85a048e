// SPDX-License-Identifier: MIT OR Apache-2.0
// The engine for AVX-512 IFMA. Compiled with flags of its own; see
// src/crypto/CMakeLists.txt.
#include "crypto/ed25519/alone.hpp"
#include "crypto/ed25519/multiply_avx512.hpp"
#include "crypto/ed25519/multiply_portable.hpp"
#include "crypto/ed25519/path_impl.hpp"

namespace aion::crypto::ed25519 {
namespace {

/// Halving takes as long as it saves in so many lanes, but saves the inversion, too, which few
/// vectors share.
void without_tables(const Job* jobs, std::size_t count, const Table& base, std::uint8_t* verdicts) {
    constexpr std::size_t whole_from = std::size_t{4} * Avx512::lanes;
    const auto run = count < whole_from ? &Kernel<Avx512>::without_tables_halved
                                        : &Kernel<Avx512>::without_tables;
    run(jobs, count, base, verdicts);
}

}  // namespace

const Path avx512_path{
    .lanes = Avx512::lanes,
    .group = Avx512::lanes * max_vectors,
    .with_tables = &Kernel<Avx512>::with_tables,
    .without_tables = &without_tables,
    .few_with_tables = &Kernel<Avx512::OneLane>::with_tables,
    .hash = &Halved<Avx512::OneLane>::hash,
    .halved = &verify_one_ifma,
    .halved_two = &verify_two_ifma,
    .whole = &Kernel<Avx512::OneLane>::whole,
    .lanes_from = 4,
    .lanes_from_with_tables = 2,
    .cost_without_table = 6,
    .cost_with_table = 1,
    .widths = {{11, 4}, {70, 5}, {190, 6}, {600, 8}, {20000, 10}},
    .build = &PathOf<Avx512>::build,
    .build_scratch = &PathOf<Avx512>::build_scratch,
    .is_point = &PathOf<Avx512>::is_point,
    .are_points = &PathOf<Avx512>::are_points,
};

}  // namespace aion::crypto::ed25519
