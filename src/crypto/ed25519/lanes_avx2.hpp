// SPDX-License-Identifier: MIT OR Apache-2.0
// Four 64-bit lanes of AVX2. Include only where AVX2 and FMA are enabled. The
// operations are described in lanes_avx512.hpp.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "crypto/ed25519/inline.hpp"
#include "crypto/ed25519/lanes_portable.hpp"
#include "crypto/ed25519/words256.hpp"

namespace aion::crypto::ed25519 {

struct Avx2 : Words256 {
    using OneLane = Portable<1>;
    using Mask = __m256i;  // All ones or all zeros a lane.

    AION_INLINE static U gather(U address, std::ptrdiff_t offset) {
        return _mm256_i64gather_epi64(reinterpret_cast<const long long*>(offset), address,
                                      1);  // NOLINT(*-no-int-to-ptr)
    }

    template <std::size_t Offset>
    AION_INLINE static void load_four(const std::uint64_t (&address)[lanes], U (&out)[4]) {
        U row[4];
        for (unsigned i = 0; i < 4; ++i) {
            row[i] = _mm256_load_si256(reinterpret_cast<const __m256i*>(address[i] + Offset));
        }
        const U even_low = _mm256_unpacklo_epi64(row[0], row[1]);
        const U odd_low = _mm256_unpackhi_epi64(row[0], row[1]);
        const U even_high = _mm256_unpacklo_epi64(row[2], row[3]);
        const U odd_high = _mm256_unpackhi_epi64(row[2], row[3]);
        out[0] = _mm256_permute2x128_si256(even_low, even_high, 0x20);
        out[1] = _mm256_permute2x128_si256(odd_low, odd_high, 0x20);
        out[2] = _mm256_permute2x128_si256(even_low, even_high, 0x31);
        out[3] = _mm256_permute2x128_si256(odd_low, odd_high, 0x31);
    }

    AION_INLINE static U add_times19(U a, U b) { return add(a, _mm256_mul_epu32(b, set(19))); }

    AION_INLINE static U shl_by(U a, unsigned n) {
        return _mm256_sll_epi64(a, _mm_cvtsi32_si128(static_cast<int>(n)));
    }

    AION_INLINE static U shr_by(U a, unsigned n) {
        return _mm256_srl_epi64(a, _mm_cvtsi32_si128(static_cast<int>(n)));
    }

    template <unsigned N>
    AION_INLINE static U ror(U a) {
        return bit_or(shr<N>(a), shl<64 - N>(a));
    }

    AION_INLINE static U xor3(U a, U b, U c) { return bit_xor(bit_xor(a, b), c); }

    AION_INLINE static U choose(U a, U b, U c) { return bit_xor(c, bit_and(a, bit_xor(b, c))); }

    AION_INLINE static U majority(U a, U b, U c) {
        return bit_or(bit_and(a, b), bit_and(c, bit_or(a, b)));
    }

    AION_INLINE static Mask equal(U a, U b) { return _mm256_cmpeq_epi64(a, b); }

    AION_INLINE static Mask negative(U a) { return _mm256_cmpgt_epi64(zero(), a); }

    AION_INLINE static Mask both(Mask a, Mask b) { return bit_and(a, b); }

    AION_INLINE static Mask either(Mask a, Mask b) { return bit_or(a, b); }

    AION_INLINE static unsigned bits(Mask a) {
        return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(a)));
    }

    AION_INLINE static Mask mask(unsigned bits) {
        const U lane_bit = _mm256_set_epi64x(8, 4, 2, 1);
        return equal(bit_and(set(bits), lane_bit), lane_bit);
    }

    AION_INLINE static U select(Mask m, U a, U b) { return _mm256_blendv_epi8(b, a, m); }
};

}  // namespace aion::crypto::ed25519
