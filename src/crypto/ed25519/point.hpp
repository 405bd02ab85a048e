// SPDX-License-Identifier: MIT OR Apache-2.0
// Points of the curve -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032 section 5.1),
// V::lanes at a time.
//
// Formulas: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited",
// ASIACRYPT 2008, section 3.1 (addition, complete because -1 is a square and d
// is not) and section 3.3 (doubling), for a = -1. Coordinates x = X/Z, y = Y/Z,
// T = XY/Z.
//
// Each formula ends in four factors E, F, G, H with X = EF, Y = GH, Z = FG, T =
// EH. They are a type of their own, so that the next step multiplies out only
// what it needs, and carries sums and differences of products once.
#pragma once

#include "crypto/ed25519/field.hpp"

namespace aion::crypto::ed25519 {

/// d = -121665/121666, 2d, and a square root of -1.
inline constexpr Limbs curve_d{
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
inline constexpr Limbs curve_2d{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
inline constexpr Limbs sqrt_minus_one{
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
inline constexpr Limbs one_limbs{{1, 0, 0, 0, 0}};
inline constexpr Limbs zero_limbs{{0, 0, 0, 0, 0}};

template <class V>
struct Completed {
    Elem<V> e;
    Elem<V> f;
    Elem<V> g;
    Elem<V> h;
};

/// What a doubling takes.
template <class V>
struct Projective {
    Elem<V> x;
    Elem<V> y;
    Elem<V> z;
};

/// What an addition takes on its left; `z` is raised.
template <class V>
struct Summand {
    Elem<V> y_minus_x;
    Elem<V> y_plus_x;
    Elem<V> t;
    Wide<V> z;
};

/// A right-hand side with Z = 1: (y + x, y - x, 2dxy). Seven multiplications an
/// addition.
template <class V>
struct AffineNiels {
    Elem<V> y_plus_x;
    Elem<V> y_minus_x;
    Elem<V> t2d;
};

/// A right-hand side: (Y + X, Y - X, 2Z, 2dT). Eight multiplications an
/// addition.
template <class V>
struct Niels {
    Elem<V> y_plus_x;
    Elem<V> y_minus_x;
    Elem<V> z2;
    Elem<V> t2d;
};

template <class V>
AION_INLINE Projective<V> identity() {
    return {constant<V>(zero_limbs), constant<V>(one_limbs), constant<V>(one_limbs)};
}

template <class V>
AION_INLINE Projective<V> projective(const Completed<V>& c) {
    return {reduce<V>(mul(c.e, c.f)), reduce<V>(mul(c.g, c.h)), reduce<V>(mul(c.f, c.g))};
}

template <class V>
AION_INLINE Summand<V> summand(const Completed<V>& c) {
    const Wide<V> x = mul(c.e, c.f);
    const Wide<V> y = mul_raised(c.g, c.h);
    return {reduce<V>(sub_raised<V>(y, x)), reduce<V>(add<V>(y, x)), reduce<V>(mul(c.e, c.h)),
            mul_raised(c.f, c.g)};
}

template <class V>
AION_INLINE Niels<V> niels(const Completed<V>& c) {
    const Wide<V> x = mul(c.e, c.f);
    const Wide<V> y = mul_raised(c.g, c.h);
    const Elem<V> t = reduce<V>(mul(c.e, c.h));
    return {reduce<V>(add<V>(y, x)), reduce<V>(sub_raised<V>(y, x)),
            reduce<V>(twice<V>(mul(c.f, c.g))), reduce<V>(mul(t, constant<V>(curve_2d)))};
}

/// 2P. E = 2XY, G = Y^2 - X^2, F and H with both signs changed: the same point.
template <class V>
AION_INLINE Completed<V> twice(const Projective<V>& p) {
    const Wide<V> a = sqr(p.x);
    const Wide<V> b = sqr(p.y);
    const Wide<V> c = twice<V>(sqr(p.z));
    return {reduce<V>(twice<V>(mul(p.x, p.y))), reduce<V>(sub<V>(add<V>(c, a), b)),
            reduce<V>(sub<V>(b, a)), reduce<V>(add<V>(a, b))};
}

/// P + Q, or P - Q in the lanes of `minus`, for which the caller has exchanged
/// y + x and y - x.
template <class V>
AION_INLINE Completed<V> add(const Summand<V>& p, const AffineNiels<V>& q, typename V::Mask minus) {
    const Wide<V> a = mul(p.y_minus_x, q.y_minus_x);
    const Wide<V> b = mul_raised(p.y_plus_x, q.y_plus_x);
    const Wide<V> c = mul(p.t, q.t2d);
    const Wide<V> d = twice<V>(p.z);
    const Elem<V> difference = reduce<V>(sub_raised<V>(d, c));
    const Elem<V> sum = reduce<V>(add<V>(d, c));
    return {reduce<V>(sub_raised<V>(b, a)), select<V>(minus, sum, difference),
            select<V>(minus, difference, sum), reduce<V>(add<V>(b, a))};
}

/// The same for a right-hand side with any Z.
template <class V>
AION_INLINE Completed<V> add(const Summand<V>& p, const Niels<V>& q, typename V::Mask minus) {
    const Wide<V> a = mul(p.y_minus_x, q.y_minus_x);
    const Wide<V> b = mul_raised(p.y_plus_x, q.y_plus_x);
    const Wide<V> c = mul(p.t, q.t2d);
    const Wide<V> d = mul_raised(reduce<V>(p.z), q.z2);
    const Elem<V> difference = reduce<V>(sub_raised<V>(d, c));
    const Elem<V> sum = reduce<V>(add<V>(d, c));
    return {reduce<V>(sub_raised<V>(b, a)), select<V>(minus, sum, difference),
            select<V>(minus, difference, sum), reduce<V>(add<V>(b, a))};
}

/// A table entry as a starting point: Z = 2, X = (y+x) - (y-x), Y = (y+x) +
/// (y-x), all doubled; as E, F, G, H that multiply out to it: E = 2x, H = 2y, F
/// = G = 2.
template <class V>
AION_INLINE Completed<V> completed(const AffineNiels<V>& q) {
    const Wide<V> plus = widen<V>(q.y_plus_x);
    const Wide<V> minus = widen<V>(q.y_minus_x);
    const Elem<V> two = constant<V>(Limbs{{2, 0, 0, 0, 0}});
    return {reduce<V>(sub<V>(plus, minus)), two, two, reduce<V>(add<V>(plus, minus))};
}

}  // namespace aion::crypto::ed25519
