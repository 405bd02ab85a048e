// SPDX-License-Identifier: MIT OR Apache-2.0
// The engine in plain C++, one signature at a time.
#include "crypto/ed25519/multiply_portable.hpp"
#include "crypto/ed25519/path_impl.hpp"

namespace aion::crypto::ed25519 {

const Path portable_path{
    .lanes = 1,
    .group = max_vectors,
    .with_tables = &Kernel<Portable<0>>::with_tables,
    .without_tables = &Kernel<Portable<0>>::without_tables,
    .few_with_tables = &Kernel<Portable<0>>::with_tables,
    .hash = &Halved<Portable<0>>::hash,
    .halved = &verify_one_portable,
    .halved_two = nullptr,
    .whole = &verify_whole_portable,
    .lanes_from = 2,
    .lanes_from_with_tables = 1,
    .cost_without_table = 24,
    .cost_with_table = 7,
    .widths = {{13, 4}, {24, 5}, {80, 6}, {270, 8}, {20000, 10}},
    .build = &PathOf<Portable<0>>::build,
    .build_scratch = &PathOf<Portable<0>>::build_scratch,
    .is_point = &PathOf<Portable<0>>::is_point,
    .are_points = &PathOf<Portable<0>>::are_points,
};

}  // namespace aion::crypto::ed25519
