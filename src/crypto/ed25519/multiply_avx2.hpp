// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of four pairs of field elements with double-precision fused
// multiply-add.
//
// AVX2 has no wide integer multiplication, but an FMA computes a 106-bit
// product exactly before it rounds once (the technique of Emmart, Zheng, Weems,
// "Faster Modular Exponentiation using Double Precision Floating Point
// Arithmetic on the GPU", ARITH 2018). With factors below 2^51.5:
//
//   high = fma(a, b, 2^103)                    has a unit of 2^51: bits(high) -
//   bits(2^103) is
//                                              the product divided by 2^51,
//                                              rounded to nearest;
//   low  = fma(a, b, 2^103 + 1.5*2^52 - high)  is exact: bits(low) -
//   bits(1.5*2^52) is the rest,
//                                              between -2^50 and 2^50.
//
// The bit patterns are summed as integers and the constants taken off once a
// column. Rounding must be to nearest: the entry points of path_avx2.cpp set
// it. Bounds: |column| <= 5*2^50 + 5*2^52, result between 2^57 - 2^56.7
// and 1.5*2^60.
#pragma once

#include <utility>

#include "crypto/ed25519/field.hpp"
#include "crypto/ed25519/lanes_avx2.hpp"

namespace aion::crypto::ed25519 {

struct Avx2Columns {
    using U = Avx2::U;

    static constexpr std::uint64_t high_zero = std::uint64_t{1023 + 103} << 52U;  // bits(2^103)
    static constexpr std::uint64_t low_zero = std::uint64_t{0x4338} << 48U;  // bits(1.5 * 2^52)

    struct Factor {
        __m256d limb[5];
    };

    /// Integers below 2^52 as doubles: set the exponent of 2^52, take 2^52 off.
    AION_INLINE static Factor factor(const Elem<Avx2>& a) {
        const U exponent = Avx2::set(std::uint64_t{0x433} << 52U);
        Factor out;
        for (int i = 0; i < 5; ++i) {
            check_below<Avx2>(a.limb[i], tight_bound);
            out.limb[i] = _mm256_sub_pd(_mm256_castsi256_pd(Avx2::bit_or(a.limb[i], exponent)),
                                        _mm256_castsi256_pd(exponent));
        }
        return out;
    }

    AION_INLINE static void multiply_add(U& low, U& high, __m256d a, __m256d b) {
        const __m256d shift = _mm256_set1_pd(0x1p103);
        const __m256d both = _mm256_set1_pd(0x1p103 + 0x1.8p52);
        const __m256d upper = _mm256_fmadd_pd(a, b, shift);
        const __m256d lower = _mm256_fmadd_pd(a, b, _mm256_sub_pd(both, upper));
        high = Avx2::add(high, _mm256_castpd_si256(upper));
        low = Avx2::add(low, _mm256_castpd_si256(lower));
    }

    /// Products of column k: limb i of one factor by limb k - i of the other,
    /// `count(k)` values of i from `first(k)` on. The first half, rounded down,
    /// are the cross products of a square.
    static constexpr int first(int k) { return k < 5 ? 0 : k - 4; }

    static constexpr int count(int k) {
        if (k < 0 || k > 8) {
            return 0;
        }
        return k < 5 ? k + 1 : 9 - k;
    }

    template <int N>
    using Indices = std::make_integer_sequence<int, N>;

    /// What takes the constants out of columns k and k + 5, and keeps the result
    /// positive by adding 2^6 p.
    static constexpr std::uint64_t correction(int k, bool raised) {
        const std::uint64_t bias =
            ((k == 0 ? limb_mask - 18 : limb_mask) << 6U) + (raised ? raise_limb<Avx2>(k) : 0);
        const int low_products = count(k) + (19 * count(k + 5));
        const int high_products = count(k - 1) + (19 * count(k + 4));
        const auto lows = static_cast<std::uint64_t>(low_products);
        const auto highs = static_cast<std::uint64_t>(high_products);
        return bias - (lows * low_zero) - (highs * high_zero);
    }

    template <int K, int... I>
    AION_INLINE static void add_products(U& low, U& high, const Factor& a, const Factor& b,
                                         std::integer_sequence<int, I...> /*indices*/) {
        (multiply_add(low, high, a.limb[first(K) + I], b.limb[K - first(K) - I]), ...);
    }

    /// Adds column K of a * b: its low halves to `low`, its high halves, due one
    /// column up, to `high`.
    template <int K>
    AION_INLINE static void product(U& low, U& high, const Factor& a, const Factor& b) {
        add_products<K>(low, high, a, b, Indices<count(K)>{});
    }

    template <int K>
    AION_INLINE static void square(U& low, U& high, const Factor& a) {
        U cross_low = Avx2::zero();
        U cross_high = Avx2::zero();
        add_products<K>(cross_low, cross_high, a, a, Indices<count(K) / 2>{});
        low = Avx2::add(low, Avx2::add(cross_low, cross_low));
        high = Avx2::add(high, Avx2::add(cross_high, cross_high));
        if constexpr (K % 2 == 0) {
            multiply_add(low, high, a.limb[K / 2], a.limb[K / 2]);
        }
    }

    template <int K>
    AION_INLINE static U fold(U column, U column_above, bool raised) {
        const U r = Avx2::add(
            Avx2::add(column, Avx2::set(raised ? correction(K, true) : correction(K, false))),
            times19<Avx2>(column_above));
        check_below<Avx2>(r, std::uint64_t{1} << 62U);
        return r;
    }

    AION_INLINE static Wide<Avx2> fold_all(const U (&c)[10], bool raised) {
        return {{fold<0>(c[0], c[5], raised), fold<1>(c[1], c[6], raised),
                 fold<2>(c[2], c[7], raised), fold<3>(c[3], c[8], raised),
                 fold<4>(c[4], c[9], raised)}};
    }
};

AION_INLINE Wide<Avx2> mul(const Elem<Avx2>& a, const Elem<Avx2>& b, bool raised = false) {
    using C = Avx2Columns;
    const C::Factor f = C::factor(a);
    const C::Factor g = C::factor(b);
    Avx2::U c[10] = {Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero(),
                     Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero()};
    C::product<0>(c[0], c[1], f, g);
    C::product<1>(c[1], c[2], f, g);
    C::product<2>(c[2], c[3], f, g);
    C::product<3>(c[3], c[4], f, g);
    C::product<4>(c[4], c[5], f, g);
    C::product<5>(c[5], c[6], f, g);
    C::product<6>(c[6], c[7], f, g);
    C::product<7>(c[7], c[8], f, g);
    C::product<8>(c[8], c[9], f, g);
    return C::fold_all(c, raised);
}

/// A product plus a multiple of p that makes it good for `sub_raised`.
AION_INLINE Wide<Avx2> mul_raised(const Elem<Avx2>& a, const Elem<Avx2>& b) {
    return mul(a, b, true);
}

AION_INLINE Wide<Avx2> sqr(const Elem<Avx2>& a) {
    using C = Avx2Columns;
    const C::Factor f = C::factor(a);
    Avx2::U c[10] = {Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero(),
                     Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero(), Avx2::zero()};
    C::square<0>(c[0], c[1], f);
    C::square<1>(c[1], c[2], f);
    C::square<2>(c[2], c[3], f);
    C::square<3>(c[3], c[4], f);
    C::square<4>(c[4], c[5], f);
    C::square<5>(c[5], c[6], f);
    C::square<6>(c[6], c[7], f);
    C::square<7>(c[7], c[8], f);
    C::square<8>(c[8], c[9], f);
    return C::fold_all(c, false);
}

}  // namespace aion::crypto::ed25519
