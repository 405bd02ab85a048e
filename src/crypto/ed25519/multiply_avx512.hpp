// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of eight pairs of field elements with vpmadd52luq and vpmadd52huq.
//
// The instructions split a product of two 52-bit factors at bit 52, one above
// the radix, so the high half counts twice in the next column: column k is
// sum(low(a_i b_j), i+j = k) plus twice sum(high(a_i b_j), i+j = k-1). Columns
// 5 to 9 have weight 2^255 = 19 (mod p). Bounds: a column holds at most 5 low
// halves and 2*5 high halves, each below 2^52; the result is below (13 + 19 *
// 14) 2^52 < 1.5 * 2^60.
#pragma once

#include <utility>

#include "crypto/ed25519/field.hpp"
#include "crypto/ed25519/lanes_avx512.hpp"

namespace aion::crypto::ed25519 {

struct Avx512Columns {
    using U = Avx512::U;
    using Factor = Elem<Avx512>;

    AION_INLINE static U low(U sum, U a, U b) { return _mm512_madd52lo_epu64(sum, a, b); }

    AION_INLINE static U high(U sum, U a, U b) { return _mm512_madd52hi_epu64(sum, a, b); }

    /// The products of column k pair limb i of one factor with limb k - i of the
    /// other, for `count(k)` values of i beginning with `first(k)`; the first
    /// half of them, without the square in the middle of an even column, are its
    /// cross products.
    static constexpr int first(int k) { return k < 5 ? 0 : k - 4; }

    static constexpr int count(int k) {
        if (k < 0 || k > 8) {
            return 0;
        }
        return k < 5 ? k + 1 : 9 - k;
    }

    template <int N>
    using Indices = std::make_integer_sequence<int, N>;

    // Fold expressions, because GCC 12 does not always unroll loops over limbs.
    template <int K, int... I>
    AION_INLINE static U add_low(U sum, const Factor& a, const Factor& b,
                                 std::integer_sequence<int, I...> /*indices*/) {
        ((sum = low(sum, a.limb[first(K) + I], b.limb[K - first(K) - I])), ...);
        return sum;
    }

    template <int K, int... I>
    AION_INLINE static U add_high(U sum, const Factor& a, const Factor& b,
                                  std::integer_sequence<int, I...> /*indices*/) {
        ((sum = high(sum, a.limb[first(K) + I], b.limb[K - first(K) - I])), ...);
        return sum;
    }

    /// Column K of a * b, plus `raised` times what raises a limb. The sum of the high halves
    /// starts with half of that, so that raising costs nothing.
    template <int K>
    AION_INLINE static U product(const Factor& a, const Factor& b, bool raised) {
        constexpr std::uint64_t raise = raise_limb<Avx512>(K) / (K == 0 ? 1 : 2);
        U sum = raised ? Avx512::set(raise) : Avx512::zero();
        if constexpr (K > 0) {
            sum = add_high<K - 1>(sum, a, b, Indices<count(K - 1)>{});
            sum = Avx512::add(sum, sum);
        }
        return add_low<K>(sum, a, b, Indices<count(K)>{});
    }

    /// The same for a = b: each cross product once, doubled in the sum.
    template <int K>
    AION_INLINE static U square(const Factor& a) {
        U sum = Avx512::zero();
        if constexpr (K >= 2) {
            sum = add_high<K - 1>(sum, a, a, Indices<count(K - 1) / 2>{});
            sum = Avx512::add(sum, sum);
        }
        if constexpr (K % 2 == 1) {
            sum = high(sum, a.limb[(K - 1) / 2], a.limb[(K - 1) / 2]);
        }
        if constexpr (K > 0) {
            sum = add_low<K>(sum, a, a, Indices<count(K) / 2>{});
            sum = Avx512::add(sum, sum);
        }
        if constexpr (K % 2 == 0) {
            sum = low(sum, a.limb[K / 2], a.limb[K / 2]);
        }
        return sum;
    }

    AION_INLINE static U fold(U column, U column_above) {
        const U r = Avx512::add(column, times19<Avx512>(column_above));
        check_below<Avx512>(r, std::uint64_t{1} << 62U);
        return r;
    }
};

AION_INLINE Wide<Avx512> mul(const Elem<Avx512>& a, const Elem<Avx512>& b, bool raised = false) {
    using C = Avx512Columns;
    for (int i = 0; i < 5; ++i) {
        check_below<Avx512>(a.limb[i], tight_bound);
        check_below<Avx512>(b.limb[i], tight_bound);
    }
    return {{C::fold(C::product<0>(a, b, raised), C::product<5>(a, b, false)),
             C::fold(C::product<1>(a, b, raised), C::product<6>(a, b, false)),
             C::fold(C::product<2>(a, b, raised), C::product<7>(a, b, false)),
             C::fold(C::product<3>(a, b, raised), C::product<8>(a, b, false)),
             C::fold(C::product<4>(a, b, raised), C::product<9>(a, b, false))}};
}

/// A product plus a multiple of p that makes it good for `sub_raised`.
AION_INLINE Wide<Avx512> mul_raised(const Elem<Avx512>& a, const Elem<Avx512>& b) {
    return mul(a, b, true);
}

AION_INLINE Wide<Avx512> sqr(const Elem<Avx512>& a) {
    using C = Avx512Columns;
    for (const auto& limb : a.limb) {
        check_below<Avx512>(limb, tight_bound);
    }
    return {{C::fold(C::square<0>(a), C::square<5>(a)), C::fold(C::square<1>(a), C::square<6>(a)),
             C::fold(C::square<2>(a), C::square<7>(a)), C::fold(C::square<3>(a), C::square<8>(a)),
             C::fold(C::square<4>(a), C::square<9>(a))}};
}

}  // namespace aion::crypto::ed25519
