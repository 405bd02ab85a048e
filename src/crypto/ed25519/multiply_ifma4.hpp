// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of four pairs of field elements with vpmadd52luq and vpmadd52huq, for one signature,
// where the time until a product is there counts, not how many there are in a time. Columns are
// those of multiply_avx512.hpp, and so are the bounds. Here they are summed in chains that are
// short and do not wait for each other: those that count 19 times first, folded while the others
// are still being multiplied, which then start from what was folded.
#pragma once

#include "crypto/ed25519/field.hpp"
#include "crypto/ed25519/lanes_ifma4.hpp"

namespace aion::crypto::ed25519 {

template <bool Quick>
struct Ifma4Columns {
    using V = Ifma4<Quick>;
    using U = typename V::U;

    AION_INLINE static U low(U sum, U a, U b) { return _mm256_madd52lo_epu64(sum, a, b); }

    AION_INLINE static U high(U sum, U a, U b) { return _mm256_madd52hi_epu64(sum, a, b); }

    AION_INLINE static U plus(U a, U b) { return _mm256_add_epi64(a, b); }

    AION_INLINE static U twice(U a) { return _mm256_add_epi64(a, a); }

    /// low + 2 high
    AION_INLINE static U column(U low_sum, U high_sum) { return plus(low_sum, twice(high_sum)); }

    /// start + 19 (low + 2 high)
    AION_INLINE static U fold(U start, U low_sum, U high_sum) {
        return plus(start, V::template times<19>(column(low_sum, high_sum)));
    }

    /// start + 19 c
    AION_INLINE static U fold(U start, U c) { return plus(start, V::template times<19>(c)); }

    /// start + 38 c
    AION_INLINE static U fold_twice(U start, U c) { return plus(start, V::template times<38>(c)); }
};

/// The numbers that a product starts from, so that adding them costs nothing.
template <bool Quick>
using Start = Wide<Ifma4<Quick>>;

template <bool Quick>
AION_INLINE Start<Quick> start_zero() {
    const auto zero = Ifma4<Quick>::zero();
    return {{zero, zero, zero, zero, zero}};
}

/// a b + start.
template <bool Quick>
AION_INLINE Wide<Ifma4<Quick>> mul_from(const Start<Quick>& start, const Elem<Ifma4<Quick>>& a,
                                        const Elem<Ifma4<Quick>>& b) {
    using C = Ifma4Columns<Quick>;
    using U = typename C::U;
    for (int i = 0; i < 5; ++i) {
        check_below<Ifma4<Quick>>(a.limb[i], tight_bound);
        check_below<Ifma4<Quick>>(b.limb[i], tight_bound);
    }
    const U zero = Ifma4<Quick>::zero();
    const U* const x = a.limb;
    const U* const y = b.limb;
    // Columns 5 to 9, those with most to do afterwards first.
    U h5 = C::high(C::high(zero, x[1], y[3]), x[2], y[2]);
    h5 = C::high(C::high(C::high(h5, x[3], y[1]), x[4], y[0]), x[0], y[4]);
    U h6 = C::high(C::high(zero, x[1], y[4]), x[2], y[3]);
    h6 = C::high(C::high(h6, x[3], y[2]), x[4], y[1]);
    U l5 = C::low(C::low(zero, x[1], y[4]), x[2], y[3]);
    l5 = C::low(C::low(l5, x[3], y[2]), x[4], y[1]);
    const U l6 = C::low(C::low(C::low(zero, x[2], y[4]), x[3], y[3]), x[4], y[2]);
    const U h7 = C::high(C::high(C::high(zero, x[2], y[4]), x[3], y[3]), x[4], y[2]);
    const U h8 = C::high(C::high(zero, x[3], y[4]), x[4], y[3]);
    const U h9 = C::high(zero, x[4], y[4]);
    // Columns 0 to 4.
    U h4 = C::high(C::high(zero, x[1], y[2]), x[2], y[1]);
    h4 = C::high(C::high(h4, x[3], y[0]), x[0], y[3]);
    const U h3 = C::high(C::high(C::high(zero, x[1], y[1]), x[2], y[0]), x[0], y[2]);
    const U h2 = C::high(C::high(zero, x[1], y[0]), x[0], y[1]);
    const U h1 = C::high(zero, x[0], y[0]);
    const U c7 = C::low(C::low(C::twice(h7), x[3], y[4]), x[4], y[3]);
    const U c8 = C::low(C::twice(h8), x[4], y[4]);
    U l4 = C::low(C::low(start.limb[4], x[1], y[3]), x[2], y[2]);
    l4 = C::low(C::low(C::low(l4, x[3], y[1]), x[4], y[0]), x[0], y[4]);
    U l3 = C::low(C::low(start.limb[3], x[1], y[2]), x[2], y[1]);
    l3 = C::low(C::low(l3, x[3], y[0]), x[0], y[3]);
    const U l2 = C::low(C::low(C::low(start.limb[2], x[1], y[1]), x[2], y[0]), x[0], y[2]);
    const U l1 = C::low(C::low(start.limb[1], x[1], y[0]), x[0], y[1]);
    const U l0 = C::low(start.limb[0], x[0], y[0]);
    return {{C::fold(l0, l5, h5), C::fold(C::column(l1, h1), l6, h6),
             C::fold(C::column(l2, h2), c7), C::fold(C::column(l3, h3), c8),
             C::fold(C::column(l4, h4), C::twice(h9))}};
}

/// a^2 + start.
template <bool Quick>
AION_INLINE Wide<Ifma4<Quick>> sqr_from(const Start<Quick>& start, const Elem<Ifma4<Quick>>& a) {
    using C = Ifma4Columns<Quick>;
    using U = typename C::U;
    for (const auto& limb : a.limb) {
        check_below<Ifma4<Quick>>(limb, tight_bound);
    }
    const U zero = Ifma4<Quick>::zero();
    const U* const x = a.limb;
    // Products of different limbs count twice. Columns 5 to 9, half of them.
    const U h5 = C::high(C::high(zero, x[1], x[3]), x[0], x[4]);
    const U l5 = C::low(C::low(zero, x[1], x[4]), x[2], x[3]);
    const U g5 = C::high(zero, x[2], x[2]);
    const U h6 = C::high(C::high(zero, x[1], x[4]), x[2], x[3]);
    const U l6 = C::low(zero, x[2], x[4]);
    const U s6 = C::low(zero, x[3], x[3]);
    const U h7 = C::high(zero, x[2], x[4]);
    const U l7 = C::high(C::low(zero, x[3], x[4]), x[3], x[3]);
    const U h8 = C::high(zero, x[3], x[4]);
    const U s8 = C::low(zero, x[4], x[4]);
    const U h9 = C::high(zero, x[4], x[4]);
    // Columns 0 to 4.
    const U h4 = C::high(C::high(zero, x[1], x[2]), x[0], x[3]);
    const U l4 = C::low(C::low(zero, x[1], x[3]), x[0], x[4]);
    const U s4 = C::low(start.limb[4], x[2], x[2]);
    const U h3 = C::high(zero, x[0], x[2]);
    const U g3 = C::high(zero, x[1], x[1]);
    const U l3 = C::low(C::low(zero, x[1], x[2]), x[0], x[3]);
    const U h2 = C::high(zero, x[0], x[1]);
    const U l2 = C::low(zero, x[0], x[2]);
    const U s2 = C::low(start.limb[2], x[1], x[1]);
    const U l1 = C::low(C::high(zero, x[0], x[0]), x[0], x[1]);
    const U s0 = C::low(start.limb[0], x[0], x[0]);
    return {{C::fold_twice(s0, C::column(C::plus(l5, g5), h5)),
             C::fold(C::column(start.limb[1], l1), s6, C::column(l6, h6)),
             C::fold_twice(C::column(s2, C::column(l2, h2)), C::column(l7, h7)),
             C::fold(C::column(start.limb[3], C::column(C::plus(l3, g3), h3)), s8, C::twice(h8)),
             C::fold_twice(C::column(s4, C::column(l4, h4)), h9)}};
}

template <bool Quick>
AION_INLINE Wide<Ifma4<Quick>> mul(const Elem<Ifma4<Quick>>& a, const Elem<Ifma4<Quick>>& b) {
    return mul_from(start_zero<Quick>(), a, b);
}

/// A product plus a multiple of p that makes it good for `sub_raised`.
template <bool Quick>
AION_INLINE Wide<Ifma4<Quick>> mul_raised(const Elem<Ifma4<Quick>>& a,
                                          const Elem<Ifma4<Quick>>& b) {
    return mul_from(raise<Ifma4<Quick>>(start_zero<Quick>()), a, b);
}

template <bool Quick>
AION_INLINE Wide<Ifma4<Quick>> sqr(const Elem<Ifma4<Quick>>& a) {
    return sqr_from(start_zero<Quick>(), a);
}

}  // namespace aion::crypto::ed25519
