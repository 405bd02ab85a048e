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
    .halved = &Halved<Portable<0>>::verify,
    .halved_two = nullptr,
    .whole = &Kernel<Portable<0>>::whole,
    .lanes_from = 2,
    .lanes_from_with_tables = 1,
    .cost_without_table = 24,
    .cost_with_table = 7,
    .widths = {{16, 4}, {28, 5}, {200, 6}, {500, 8}, {20000, 10}},
    .build = &PathOf<Portable<0>>::build,
    .build_scratch = &PathOf<Portable<0>>::build_scratch,
    .is_point = &PathOf<Portable<0>>::is_point,
};

}  // namespace aion::crypto::ed25519
