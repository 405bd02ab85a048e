// SPDX-License-Identifier: MIT OR Apache-2.0
// BLAKE3 hashes a large input by halves, and leaves to its users which threads do them: its sources
// ask this function to hash two neighbouring subtrees. Its own answer to that uses oneTBB, which
// ends the process where no thread can be had.
#include <blake3.h>
#include <blake3_impl.h>

#include <cstddef>
#include <cstdint>

#include "base/threads.hpp"

namespace {

/// A smaller half is hashed sooner than it is handed over.
constexpr std::size_t smallest_shared = std::size_t{32} << 10U;

}  // namespace

extern "C" void blake3_compress_subtree_wide_join_tbb(
    const std::uint32_t key[8], std::uint8_t flags, bool use_tbb, const std::uint8_t* l_input,
    std::size_t l_input_len, std::uint64_t l_chunk_counter, std::uint8_t* l_cvs, std::size_t* l_n,
    const std::uint8_t* r_input, std::size_t r_input_len, std::uint64_t r_chunk_counter,
    std::uint8_t* r_cvs, std::size_t* r_n) noexcept {
    const auto left = [=] {
        *l_n = blake3_compress_subtree_wide(l_input, l_input_len, key, l_chunk_counter, flags,
                                            l_cvs, use_tbb);
    };
    const auto right = [=] {
        *r_n = blake3_compress_subtree_wide(r_input, r_input_len, key, r_chunk_counter, flags,
                                            r_cvs, use_tbb);
    };
    if (use_tbb && r_input_len >= smallest_shared) {
        aion::together(2, left, right);
    } else {
        left();
        right();
    }
}
