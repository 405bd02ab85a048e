// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic modulo p = 2^255 - 19 in radix 2^51, written once over a lane type
// V.
//
// Two types keep the bounds apart. An `Elem` is a factor: what multiplications
// take. A `Wide` is what they return and what sums and differences work on;
// `reduce` makes a factor of it. Leaving the carries to `reduce` saves a third
// of them in the point formulas, which mostly add and subtract products.
//
// Limb bounds, checked when AION_CHECK_BOUNDS is defined (tight = 2^51 + 2^17):
//   vector lanes   Elem < tight; products < 1.5 * 2^60, other Wides < 2^63
//   one lane       Elem < 2^54 (multiply_portable.hpp says why); products < tight, as they carry
//                  themselves, so that `reduce` has nothing to do
// The subtrahend of a difference must be a product or a widened tight element.
#pragma once

#include <cstdint>

#include "crypto/ed25519/inline.hpp"

namespace aion::crypto::ed25519 {

inline constexpr std::uint64_t limb_mask = (std::uint64_t{1} << 51U) - 1;

/// A constant of the field as five limbs of 51 bits.
struct Limbs {
    std::uint64_t limb[5];
};

/// Both hold the number sum(limb[i] * 2^(51 i)) in every lane.
template <class V>
struct Elem {
    typename V::U limb[5];
};

template <class V>
struct Wide {
    typename V::U limb[5];
};

/// Traps if a lane of `limb` is not below `bound`; nothing in a build without
/// bounds checks.
template <class V>
AION_INLINE void check_below([[maybe_unused]] typename V::U limb,
                             [[maybe_unused]] std::uint64_t bound) {
#ifdef AION_CHECK_BOUNDS
    std::uint64_t lane[V::lanes];
    V::store(lane, limb);
    for (const std::uint64_t value : lane) {
        if (value >= bound) {
            __builtin_trap();
        }
    }
#endif
}

inline constexpr std::uint64_t tight_bound = (std::uint64_t{1} << 51U) + (std::uint64_t{1} << 17U);

template <class V>
AION_INLINE Elem<V> constant(const Limbs& value) {
    Elem<V> out;
    for (int i = 0; i < 5; ++i) {
        out.limb[i] = V::set(value.limb[i]);
    }
    return out;
}

template <class V>
AION_INLINE Wide<V> widen(const Elem<V>& a) {
    Wide<V> out;
    for (int i = 0; i < 5; ++i) {
        out.limb[i] = a.limb[i];
    }
    return out;
}

template <class V>
AION_INLINE Wide<V> add(const Wide<V>& a, const Wide<V>& b) {
    Wide<V> out;
    for (int i = 0; i < 5; ++i) {
        out.limb[i] = V::add(a.limb[i], b.limb[i]);
    }
    return out;
}

template <class V>
AION_INLINE Wide<V> twice(const Wide<V>& a) {
    return add<V>(a, a);
}

/// a - b, where `a` is a raised product or a sum of raised products (see `mul_raised`) and `b` a
/// product: no limb becomes negative.
template <class V>
AION_INLINE Wide<V> sub_raised(const Wide<V>& a, const Wide<V>& b) {
    Wide<V> out;
    for (int i = 0; i < 5; ++i) {
        check_below<V>(V::sub(a.limb[i], b.limb[i]), std::uint64_t{1} << 63U);
        out.limb[i] = V::sub(a.limb[i], b.limb[i]);
    }
    return out;
}

/// A multiple of p, 2 p for one lane and 2^9 p for vectors: no limb of a product is larger.
template <class V>
constexpr std::uint64_t raise_limb(int i) {
    return (i == 0 ? limb_mask - 18 : limb_mask) << (V::lanes == 1 ? 1U : 9U);
}

template <class V>
AION_INLINE Wide<V> raise(const Wide<V>& a) {
    Wide<V> out;
    for (int i = 0; i < 5; ++i) {
        out.limb[i] = V::add(a.limb[i], V::set(raise_limb<V>(i)));
    }
    return out;
}

/// a - b for any sum `a` and a product or widened tight element `b`.
template <class V>
AION_INLINE Wide<V> sub(const Wide<V>& a, const Wide<V>& b) {
    return sub_raised<V>(raise<V>(a), b);
}

template <class V>
AION_INLINE typename V::U times19(typename V::U a) {
    return V::add(V::add(a, V::add(a, a)), V::template shl<4>(a));
}

/// One pass of parallel carries: from any limbs below 2^63 to limbs below
/// tight.
template <class V>
AION_INLINE Elem<V> carry(const Wide<V>& a) {
    using U = typename V::U;
    const U mask = V::set(limb_mask);
    U carried[5];
    Elem<V> out;
    for (int i = 0; i < 5; ++i) {
        check_below<V>(a.limb[i], std::uint64_t{1} << 63U);
        carried[i] = V::template shr<51>(a.limb[i]);
    }
    out.limb[0] = V::add_times19(V::bit_and(a.limb[0], mask), carried[4]);
    for (int i = 1; i < 5; ++i) {
        out.limb[i] = V::add(V::bit_and(a.limb[i], mask), carried[i - 1]);
    }
    return out;
}

/// A factor out of a sum.
template <class V>
AION_INLINE Elem<V> reduce(const Wide<V>& a) {
    if constexpr (V::lanes == 1) {
        Elem<V> out;
        for (int i = 0; i < 5; ++i) {
            out.limb[i] = a.limb[i];
        }
        return out;
    } else {
        return carry<V>(a);
    }
}

/// `a` in the lanes of `m`, else `b`.
template <class V>
AION_INLINE Elem<V> select(typename V::Mask m, const Elem<V>& a, const Elem<V>& b) {
    Elem<V> out;
    for (int i = 0; i < 5; ++i) {
        out.limb[i] = V::select(m, a.limb[i], b.limb[i]);
    }
    return out;
}

/// The representative below p with limbs below 2^51. Takes any sum.
template <class V>
AION_INLINE Elem<V> canonical(const Wide<V>& a) {
    using U = typename V::U;
    const U mask = V::set(limb_mask);
    // Two passes leave a value below 2^255 + 2^206. Adding 19 and carrying
    // through tells whether it is p or more: then bit 255 of the sum is set and
    // the sum less 2^255 is the representative.
    Elem<V> r = carry<V>(widen<V>(carry<V>(a)));
    U over = V::template shr<51>(V::add(r.limb[0], V::set(19)));
    for (int i = 1; i < 5; ++i) {
        over = V::template shr<51>(V::add(r.limb[i], over));
    }
    U next = V::add_times19(r.limb[0], over);
    for (int i = 0; i < 4; ++i) {
        r.limb[i] = V::bit_and(next, mask);
        next = V::add(r.limb[i + 1], V::template shr<51>(next));
    }
    r.limb[4] = V::bit_and(next, mask);
    return r;
}

/// The 32-byte encoding as four 64-bit words. Takes canonical limbs.
template <class V>
AION_INLINE void to_words(const Elem<V>& a, typename V::U (&words)[4]) {
    words[0] = V::bit_or(a.limb[0], V::template shl<51>(a.limb[1]));
    words[1] = V::bit_or(V::template shr<13>(a.limb[1]), V::template shl<38>(a.limb[2]));
    words[2] = V::bit_or(V::template shr<26>(a.limb[2]), V::template shl<25>(a.limb[3]));
    words[3] = V::bit_or(V::template shr<39>(a.limb[3]), V::template shl<12>(a.limb[4]));
}

/// The number in the low 255 bits of four 64-bit words.
template <class V>
AION_INLINE Elem<V> from_words(const typename V::U (&words)[4]) {
    using U = typename V::U;
    const U mask = V::set(limb_mask);
    Elem<V> out;
    out.limb[0] = V::bit_and(words[0], mask);
    out.limb[1] =
        V::bit_and(V::bit_or(V::template shr<51>(words[0]), V::template shl<13>(words[1])), mask);
    out.limb[2] =
        V::bit_and(V::bit_or(V::template shr<38>(words[1]), V::template shl<26>(words[2])), mask);
    out.limb[3] =
        V::bit_and(V::bit_or(V::template shr<25>(words[2]), V::template shl<39>(words[3])), mask);
    out.limb[4] = V::bit_and(V::template shr<12>(words[3]), mask);
    return out;
}

/// Lanes where `a` is 0 modulo p. Takes any sum.
template <class V>
AION_INLINE typename V::Mask is_zero(const Wide<V>& a) {
    const Elem<V> r = canonical<V>(a);
    return V::equal(
        V::bit_or(V::bit_or(V::bit_or(r.limb[0], r.limb[1]), V::bit_or(r.limb[2], r.limb[3])),
                  r.limb[4]),
        V::zero());
}

}  // namespace aion::crypto::ed25519
