// SPDX-License-Identifier: MIT OR Apache-2.0
// Eight 64-bit lanes of AVX-512 with IFMA. Include only where those instruction
// sets are enabled.
//
// A lane type names a vector `U` of unsigned 64-bit integers and a `Mask` with
// one flag a lane, and gives the operations below; lanes_avx2.hpp and
// lanes_portable.hpp are its siblings. All functions are forced inline, so that
// nothing compiled for one instruction set can be picked by the linker for
// another.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "crypto/ed25519/inline.hpp"
#include "crypto/ed25519/lanes_portable.hpp"

namespace aion::crypto::ed25519 {

struct Avx512 {
    static constexpr unsigned lanes = 8;
    using U = __m512i;
    using OneLane = Portable<2>;
    using Mask = __mmask8;

    AION_INLINE static U zero() { return _mm512_setzero_si512(); }

    AION_INLINE static U set(std::uint64_t value) {
        return _mm512_set1_epi64(static_cast<long long>(value));
    }

    /// `lanes` consecutive integers, any alignment.
    AION_INLINE static U load(const void* from) { return _mm512_loadu_si512(from); }

    AION_INLINE static void store(void* to, U a) { _mm512_storeu_si512(to, a); }

    /// The integer at the address that each lane of `address` holds, plus
    /// `offset` bytes.
    AION_INLINE static U gather(U address, std::ptrdiff_t offset) {
        return _mm512_i64gather_epi64(address, reinterpret_cast<const void*>(offset),
                                      1);  // NOLINT(*-no-int-to-ptr)
    }

    /// Four consecutive integers from each lane's address plus `Offset`, word i of all lanes in
    /// `out[i]`.
    template <std::size_t Offset>
    AION_INLINE static void load_four(const std::uint64_t (&address)[lanes], U (&out)[4]) {
        const U a = pair(address[0] + Offset, address[4] + Offset);
        const U b = pair(address[1] + Offset, address[5] + Offset);
        const U c = pair(address[2] + Offset, address[6] + Offset);
        const U d = pair(address[3] + Offset, address[7] + Offset);
        const U even_low = _mm512_unpacklo_epi64(a, b);
        const U odd_low = _mm512_unpackhi_epi64(a, b);
        const U even_high = _mm512_unpacklo_epi64(c, d);
        const U odd_high = _mm512_unpackhi_epi64(c, d);
        const U first = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
        const U second = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
        out[0] = _mm512_permutex2var_epi64(even_low, first, even_high);
        out[1] = _mm512_permutex2var_epi64(odd_low, first, odd_high);
        out[2] = _mm512_permutex2var_epi64(even_low, second, even_high);
        out[3] = _mm512_permutex2var_epi64(odd_low, second, odd_high);
    }

    AION_INLINE static U add(U a, U b) { return _mm512_add_epi64(a, b); }

    AION_INLINE static U sub(U a, U b) { return _mm512_sub_epi64(a, b); }

    /// a + 19 b for b below 2^32.
    AION_INLINE static U add_times19(U a, U b) { return _mm512_madd52lo_epu64(a, b, set(19)); }

    AION_INLINE static U bit_and(U a, U b) { return _mm512_and_si512(a, b); }

    AION_INLINE static U bit_or(U a, U b) { return _mm512_or_si512(a, b); }

    AION_INLINE static U bit_xor(U a, U b) { return _mm512_xor_si512(a, b); }

    template <unsigned N>
    AION_INLINE static U shl(U a) {
        return _mm512_slli_epi64(a, N);
    }

    template <unsigned N>
    AION_INLINE static U shr(U a) {
        return _mm512_srli_epi64(a, N);
    }

    /// Shifts by a run-time count; 64 and more give zero.
    AION_INLINE static U shl_by(U a, unsigned n) {
        return _mm512_sll_epi64(a, _mm_cvtsi32_si128(static_cast<int>(n)));
    }

    AION_INLINE static U shr_by(U a, unsigned n) {
        return _mm512_srl_epi64(a, _mm_cvtsi32_si128(static_cast<int>(n)));
    }

    template <unsigned N>
    AION_INLINE static U ror(U a) {
        return _mm512_ror_epi64(a, N);
    }

    AION_INLINE static U xor3(U a, U b, U c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }

    /// Bits of `b` where `a` has ones, else of `c`.
    AION_INLINE static U choose(U a, U b, U c) { return _mm512_ternarylogic_epi64(a, b, c, 0xca); }

    AION_INLINE static U majority(U a, U b, U c) {
        return _mm512_ternarylogic_epi64(a, b, c, 0xe8);
    }

    AION_INLINE static Mask equal(U a, U b) { return _mm512_cmpeq_epi64_mask(a, b); }

    /// Lanes whose top bit is set.
    AION_INLINE static Mask negative(U a) { return _mm512_movepi64_mask(a); }

    AION_INLINE static Mask both(Mask a, Mask b) { return static_cast<Mask>(a & b); }

    AION_INLINE static Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }

    /// One bit a lane, lane 0 lowest; and back.
    AION_INLINE static unsigned bits(Mask a) { return a; }

    AION_INLINE static Mask mask(unsigned bits) { return static_cast<Mask>(bits); }

    /// `a` in the lanes of `m`, else `b`.
    AION_INLINE static U select(Mask m, U a, U b) { return _mm512_mask_blend_epi64(m, b, a); }

  private:
    /// Four integers at each of two addresses.
    AION_INLINE static U pair(std::uint64_t low, std::uint64_t high) {
        const __m256i a = _mm256_load_si256(reinterpret_cast<const __m256i*>(low));
        const __m256i b = _mm256_load_si256(reinterpret_cast<const __m256i*>(high));
        return _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
    }
};

}  // namespace aion::crypto::ed25519
