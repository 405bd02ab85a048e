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

struct Ifma4Columns {
    using U = Ifma4::U;
    using Factor = Elem<Ifma4>;

    AION_INLINE static U low(U sum, U a, U b) { return _mm256_madd52lo_epu64(sum, a, b); }

    AION_INLINE static U high(U sum, U a, U b) { return _mm256_madd52hi_epu64(sum, a, b); }

    AION_INLINE static U plus(U a, U b) { return _mm256_add_epi64(a, b); }

    AION_INLINE static U twice(U a) { return _mm256_add_epi64(a, a); }

    /// low + 2 high
    AION_INLINE static U column(U low_sum, U high_sum) { return plus(low_sum, twice(high_sum)); }

    /// start + 19 (low + 2 high)
    AION_INLINE static U fold(U start, U low_sum, U high_sum) {
        const U c = column(low_sum, high_sum);
        return plus(plus(Ifma4::shl<4>(c), twice(c)), plus(start, c));
    }
};

/// The numbers that a product starts from, so that adding them costs nothing.
using Start = Wide<Ifma4>;

AION_INLINE Start start_zero() {
    const auto zero = Ifma4::zero();
    return {{zero, zero, zero, zero, zero}};
}

/// a b + start.
AION_INLINE Wide<Ifma4> mul_from(const Start& start, const Elem<Ifma4>& a, const Elem<Ifma4>& b) {
    using C = Ifma4Columns;
    using U = Ifma4::U;
    for (int i = 0; i < 5; ++i) {
        check_below<Ifma4>(a.limb[i], tight_bound);
        check_below<Ifma4>(b.limb[i], tight_bound);
    }
    const U zero = Ifma4::zero();
    const U* const x = a.limb;
    const U* const y = b.limb;
    // Columns 5 to 9.
    U l5 = C::low(C::low(zero, x[1], y[4]), x[2], y[3]);
    l5 = C::low(C::low(l5, x[3], y[2]), x[4], y[1]);
    U h5 = C::high(C::high(zero, x[0], y[4]), x[1], y[3]);
    U g5 = C::high(C::high(zero, x[2], y[2]), x[3], y[1]);
    g5 = C::high(g5, x[4], y[0]);
    const U r0 = C::fold(start.limb[0], l5, C::plus(h5, g5));
    U l6 = C::low(C::low(C::low(zero, x[2], y[4]), x[3], y[3]), x[4], y[2]);
    U h6 = C::high(C::high(zero, x[1], y[4]), x[2], y[3]);
    h6 = C::high(C::high(h6, x[3], y[2]), x[4], y[1]);
    const U r1 = C::fold(start.limb[1], l6, h6);
    U l7 = C::low(C::low(zero, x[3], y[4]), x[4], y[3]);
    U h7 = C::high(C::high(C::high(zero, x[2], y[4]), x[3], y[3]), x[4], y[2]);
    const U r2 = C::fold(start.limb[2], l7, h7);
    U l8 = C::low(zero, x[4], y[4]);
    U h8 = C::high(C::high(zero, x[3], y[4]), x[4], y[3]);
    const U r3 = C::fold(start.limb[3], l8, h8);
    const U r4 = C::fold(start.limb[4], zero, C::high(zero, x[4], y[4]));
    // Columns 0 to 4.
    const U h1 = C::high(zero, x[0], y[0]);
    const U h2 = C::high(C::high(zero, x[0], y[1]), x[1], y[0]);
    const U h3 = C::high(C::high(C::high(zero, x[0], y[2]), x[1], y[1]), x[2], y[0]);
    U h4 = C::high(C::high(zero, x[0], y[3]), x[1], y[2]);
    h4 = C::high(C::high(h4, x[2], y[1]), x[3], y[0]);
    U l4 = C::low(C::low(C::low(zero, x[0], y[4]), x[1], y[3]), x[2], y[2]);
    const U s4 = C::low(C::low(r4, x[3], y[1]), x[4], y[0]);
    U l3 = C::low(C::low(zero, x[0], y[3]), x[1], y[2]);
    const U s3 = C::low(C::low(r3, x[2], y[1]), x[3], y[0]);
    const U s2 = C::low(C::low(C::low(r2, x[0], y[2]), x[1], y[1]), x[2], y[0]);
    const U s1 = C::low(C::low(r1, x[0], y[1]), x[1], y[0]);
    const U s0 = C::low(r0, x[0], y[0]);
    return {{s0, C::column(s1, h1), C::column(s2, h2), C::column(C::plus(s3, l3), h3),
             C::column(C::plus(s4, l4), h4)}};
}

/// a^2 + start.
AION_INLINE Wide<Ifma4> sqr_from(const Start& start, const Elem<Ifma4>& a) {
    using C = Ifma4Columns;
    using U = Ifma4::U;
    for (const auto& limb : a.limb) {
        check_below<Ifma4>(limb, tight_bound);
    }
    const U zero = Ifma4::zero();
    const U* const x = a.limb;
    // Products of different limbs count twice. Columns 5 to 9.
    const U l5 = C::low(C::low(zero, x[1], x[4]), x[2], x[3]);
    const U h5 = C::high(C::high(zero, x[0], x[4]), x[1], x[3]);
    const U h5s = C::high(zero, x[2], x[2]);
    // 2 l5 + 2 (2 h5 + h5s)
    const U r0 = C::fold(start.limb[0], C::twice(l5), C::plus(C::twice(h5), h5s));
    const U l6 = C::low(zero, x[2], x[4]);
    const U l6s = C::low(zero, x[3], x[3]);
    const U h6 = C::high(C::high(zero, x[1], x[4]), x[2], x[3]);
    const U r1 = C::fold(start.limb[1], l6s, C::plus(l6, C::twice(h6)));
    const U l7 = C::low(zero, x[3], x[4]);
    const U h7 = C::high(zero, x[2], x[4]);
    const U h7s = C::high(l7, x[3], x[3]);
    const U r2 = C::fold(start.limb[2], zero, C::plus(C::twice(h7), h7s));
    const U l8s = C::low(zero, x[4], x[4]);
    const U h8 = C::high(zero, x[3], x[4]);
    const U r3 = C::fold(start.limb[3], l8s, C::twice(h8));
    const U r4 = C::fold(start.limb[4], zero, C::high(zero, x[4], x[4]));
    // Columns 0 to 4.
    const U s0 = C::low(r0, x[0], x[0]);
    const U c1 = C::low(C::high(zero, x[0], x[0]), x[0], x[1]);
    const U s2 = C::low(r2, x[1], x[1]);
    const U h2 = C::high(zero, x[0], x[1]);
    const U c2 = C::low(zero, x[0], x[2]);
    const U h3 = C::high(zero, x[0], x[2]);
    const U c3 = C::low(C::low(C::high(zero, x[1], x[1]), x[0], x[3]), x[1], x[2]);
    const U s4 = C::low(r4, x[2], x[2]);
    const U h4 = C::high(C::high(zero, x[0], x[3]), x[1], x[2]);
    const U c4 = C::low(C::low(zero, x[0], x[4]), x[1], x[3]);
    return {{s0, C::column(r1, c1), C::column(s2, C::plus(c2, C::twice(h2))),
             C::column(r3, C::plus(c3, C::twice(h3))), C::column(s4, C::plus(c4, C::twice(h4)))}};
}

AION_INLINE Wide<Ifma4> mul(const Elem<Ifma4>& a, const Elem<Ifma4>& b) {
    return mul_from(start_zero(), a, b);
}

/// A product plus a multiple of p that makes it good for `sub_raised`.
AION_INLINE Wide<Ifma4> mul_raised(const Elem<Ifma4>& a, const Elem<Ifma4>& b) {
    return mul_from(raise<Ifma4>(start_zero()), a, b);
}

AION_INLINE Wide<Ifma4> sqr(const Elem<Ifma4>& a) {
    return sqr_from(start_zero(), a);
}

}  // namespace aion::crypto::ed25519
