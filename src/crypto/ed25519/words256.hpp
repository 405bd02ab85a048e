// SPDX-License-Identifier: MIT OR Apache-2.0
// Four 64-bit words in a 256-bit register: what AVX2 has for them, for every set of lanes of that
// width. Include only where AVX2 is enabled. The operations are described in lanes_avx512.hpp.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "crypto/ed25519/inline.hpp"

namespace aion::crypto::ed25519 {

struct Words256 {
    static constexpr unsigned lanes = 4;
    using U = __m256i;

    AION_INLINE static U zero() { return _mm256_setzero_si256(); }

    AION_INLINE static U set(std::uint64_t value) {
        return _mm256_set1_epi64x(static_cast<long long>(value));
    }

    AION_INLINE static U load(const void* from) {
        return _mm256_loadu_si256(static_cast<const __m256i*>(from));
    }

    AION_INLINE static void store(void* to, U a) {
        _mm256_storeu_si256(static_cast<__m256i*>(to), a);
    }

    AION_INLINE static U add(U a, U b) { return _mm256_add_epi64(a, b); }

    AION_INLINE static U sub(U a, U b) { return _mm256_sub_epi64(a, b); }

    AION_INLINE static U bit_and(U a, U b) { return _mm256_and_si256(a, b); }

    AION_INLINE static U bit_or(U a, U b) { return _mm256_or_si256(a, b); }

    AION_INLINE static U bit_xor(U a, U b) { return _mm256_xor_si256(a, b); }

    template <unsigned N>
    AION_INLINE static U shl(U a) {
        return _mm256_slli_epi64(a, N);
    }

    template <unsigned N>
    AION_INLINE static U shr(U a) {
        return _mm256_srli_epi64(a, N);
    }
};

}  // namespace aion::crypto::ed25519
