// SPDX-License-Identifier: MIT OR Apache-2.0
// Four 64-bit lanes of AVX-512 with IFMA, in registers half as wide: where one signature is all
// there is, these start at twice the rate of whole ones on processors with 256-bit data paths, and
// at the same rate on others. What arithmetic in the field needs, no more; the operations are
// described in lanes_avx512.hpp.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "crypto/ed25519/inline.hpp"
#include "crypto/ed25519/words256.hpp"

namespace aion::crypto::ed25519 {

/// `Quick`: 64-bit products are one operation of three cycles, as on AMD's processors; on Intel's
/// they are three operations of fifteen.
template <bool Quick>
struct Ifma4 : Words256 {
    using Mask = __mmask8;

    AION_INLINE static U add_times19(U a, U b) { return _mm256_madd52lo_epu64(a, b, set(19)); }

    template <unsigned Factor>
    AION_INLINE static U times(U a) {
        static_assert(Factor == 19 || Factor == 38);
        if constexpr (Quick) {
            // Not the intrinsic, which GCC takes apart into shifts and additions.
            U out;
            asm("vpmullq %2, %1, %0" : "=v"(out) : "v"(a), "v"(set(Factor)));
            return out;
        } else if constexpr (Factor == 19) {
            return add(shl<4>(a), add(add(a, a), a));
        } else {
            return add(shl<5>(a), add(shl<2>(a), add(a, a)));
        }
    }

    AION_INLINE static Mask equal(U a, U b) { return _mm256_cmpeq_epi64_mask(a, b); }

    AION_INLINE static Mask negative(U a) { return _mm256_movepi64_mask(a); }

    AION_INLINE static Mask both(Mask a, Mask b) { return static_cast<Mask>(a & b); }

    AION_INLINE static Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }

    AION_INLINE static unsigned bits(Mask a) { return a; }

    AION_INLINE static Mask mask(unsigned bits) { return static_cast<Mask>(bits); }

    AION_INLINE static U select(Mask m, U a, U b) { return _mm256_mask_blend_epi64(m, b, a); }
};

}  // namespace aion::crypto::ed25519
