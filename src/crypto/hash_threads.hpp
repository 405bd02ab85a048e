// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "aion/crypto/hash.hpp"
#include "base/threads.hpp"

namespace aion::crypto {

/// How many threads hashing `size` bytes is worth, if they have to be started for it; at most what
/// `thread_limit` makes of `requested`. 0 or 1: none.
[[nodiscard]] inline unsigned hash_threads(unsigned requested, std::size_t size) noexcept {
    constexpr std::size_t worth_a_thread = std::size_t{512} << 10U;
    return static_cast<unsigned>(
        std::min<std::size_t>(thread_limit(requested), size / worth_a_thread));
}

/// Calls `hashing` of `size` bytes with the `Parallelism` that they are worth, in as many threads
/// as the caller allows: by itself, hashing takes what AION_THREADS does.
template <class Hashing>
void hash_in_threads(unsigned requested, std::size_t size, const Hashing& hashing) {
    const unsigned threads = hash_threads(requested, size);
    together(threads,
             [&] { hashing(threads > 1 ? Parallelism::all_cores : Parallelism::one_thread); });
}

}  // namespace aion::crypto
