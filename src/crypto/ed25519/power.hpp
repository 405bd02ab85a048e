// SPDX-License-Identifier: MIT OR Apache-2.0
// Inversion and square roots by fixed powers, and the decoding of points.
#pragma once

#include "crypto/ed25519/point.hpp"

namespace aion::crypto::ed25519 {

/// `Count` independent elements: their chains interleave and hide the
/// multiplier's latency.
template <class V, unsigned Count>
struct Elems {
    Elem<V> at[Count];
};

template <class V, unsigned Count>
AION_INLINE Elems<V, Count> mul_each(const Elems<V, Count>& a, const Elems<V, Count>& b) {
    Elems<V, Count> out;
    for (unsigned i = 0; i < Count; ++i) {
        out.at[i] = reduce<V>(mul(a.at[i], b.at[i]));
    }
    return out;
}

/// a^(2^n).
template <class V, unsigned Count>
[[gnu::noinline]] Elems<V, Count> square_times(Elems<V, Count> a, int n) {
    for (; n > 0; --n) {
        for (unsigned i = 0; i < Count; ++i) {
            a.at[i] = reduce<V>(sqr(a.at[i]));
        }
    }
    return a;
}

/// a^(2^250 - 1), and a^11 on the way: 250 squarings and 10 multiplications,
/// shared by both exponents below.
template <class V, unsigned Count>
Elems<V, Count> power_250(const Elems<V, Count>& a, Elems<V, Count>& eleventh) {
    const Elems<V, Count> second = square_times(a, 1);
    const Elems<V, Count> ninth = mul_each(square_times(second, 2), a);
    eleventh = mul_each(ninth, second);
    const Elems<V, Count> ones_5 = mul_each(square_times(eleventh, 1), ninth);
    const Elems<V, Count> ones_10 = mul_each(square_times(ones_5, 5), ones_5);
    const Elems<V, Count> ones_20 = mul_each(square_times(ones_10, 10), ones_10);
    const Elems<V, Count> ones_40 = mul_each(square_times(ones_20, 20), ones_20);
    const Elems<V, Count> ones_50 = mul_each(square_times(ones_40, 10), ones_10);
    const Elems<V, Count> ones_100 = mul_each(square_times(ones_50, 50), ones_50);
    const Elems<V, Count> ones_200 = mul_each(square_times(ones_100, 100), ones_100);
    return mul_each(square_times(ones_200, 50), ones_50);
}

/// a^(p - 2) = 1/a, p - 2 = 2^255 - 21 = (2^250 - 1) 2^5 + 11.
template <class V>
Elem<V> invert(const Elem<V>& a) {
    Elems<V, 1> eleventh;
    const Elems<V, 1> base{{a}};
    const Elems<V, 1> power = square_times(power_250(base, eleventh), 5);
    return mul_each(power, eleventh).at[0];
}

/// a^((p - 5) / 8), (p - 5) / 8 = 2^252 - 3 = (2^250 - 1) 2^2 + 1.
template <class V, unsigned Count>
Elems<V, Count> power_root(const Elems<V, Count>& a) {
    Elems<V, Count> eleventh;
    return mul_each(square_times(power_250(a, eleventh), 2), a);
}

/// Affine points, and in which lanes they exist.
template <class V, unsigned Count>
struct Decoded {
    Elem<V> x[Count];
    Elem<V> y[Count];
    typename V::Mask valid[Count];
};

/// RFC 8032 section 5.1.3, steps 2 to 4, for encodings that the caller found
/// canonical: x = (u/v)^((p+3)/8) = u v^3 (u v^7)^((p-5)/8) with u = y^2 - 1, v
/// = d y^2 + 1. `words` are the 32 bytes as little-endian 64-bit integers.
template <class V, unsigned Count>
Decoded<V, Count> decode(const typename V::U (&words)[Count][4]) {
    Decoded<V, Count> out;
    Elems<V, Count> base;
    Elem<V> u[Count];
    Elem<V> v[Count];
    Elem<V> uv3[Count];
    const Wide<V> one = widen<V>(constant<V>(one_limbs));
    for (unsigned i = 0; i < Count; ++i) {
        out.y[i] = from_words<V>(words[i]);
        const Wide<V> y2 = sqr(out.y[i]);
        u[i] = carry<V>(sub<V>(y2, one));  // Tight also for one lane: `sub` takes it below.
        v[i] = reduce<V>(add<V>(mul(reduce<V>(y2), constant<V>(curve_d)), one));
        const Elem<V> v3 = reduce<V>(mul(reduce<V>(sqr(v[i])), v[i]));
        uv3[i] = reduce<V>(mul(u[i], v3));
        base.at[i] = reduce<V>(mul(uv3[i], reduce<V>(mul(v3, v[i]))));
    }
    const Elems<V, Count> root = power_root(base);
    for (unsigned i = 0; i < Count; ++i) {
        Elem<V> x = reduce<V>(mul(uv3[i], root.at[i]));
        const Wide<V> vx2 = mul(v[i], reduce<V>(sqr(x)));
        const typename V::Mask right = is_zero<V>(sub<V>(vx2, widen<V>(u[i])));
        const typename V::Mask turned = is_zero<V>(add<V>(vx2, widen<V>(u[i])));
        x = select<V>(turned, reduce<V>(mul(x, constant<V>(sqrt_minus_one))), x);
        x = canonical<V>(widen<V>(x));
        const typename V::U parity = V::template shl<63>(x.limb[0]);
        const typename V::Mask flip = V::negative(V::bit_xor(parity, words[i][3]));
        const Elem<V> opposite = carry<V>(sub<V>(widen<V>(constant<V>(zero_limbs)), widen<V>(x)));
        out.x[i] = select<V>(flip, opposite, x);
        out.valid[i] = V::either(right, turned);
    }
    return out;
}

}  // namespace aion::crypto::ed25519
