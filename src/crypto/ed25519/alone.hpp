// SPDX-License-Identifier: MIT OR Apache-2.0
// One or two signatures by unknown keys with AVX-512 IFMA: the four multiplications of each half of
// a point formula side by side in four lanes, after Hisil, Wong, Carter, Dawson, "Twisted Edwards
// Curves Revisited", ASIACRYPT 2008, section 4 (parallel formulas). All points are decoded side by
// side. Of two signatures the steps alternate: neither uses the processor fully.
#pragma once

#include "crypto/ed25519/base_tables.hpp"
#include "crypto/ed25519/halve.hpp"
#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/multiply_ifma4.hpp"
#include "crypto/ed25519/power.hpp"

namespace aion::crypto::ed25519 {

/// `Path::halved` and `Path::halved_two`.
[[nodiscard]] bool verify_one_ifma(const Job& job, const HalvedScalars& scalars);
void verify_two_ifma(const Job* const (&jobs)[2], const HalvedScalars (&scalars)[2],
                     bool (&verdicts)[2]);

template <bool Quick>
struct Alone {
    using V = Ifma4<Quick>;
    using U = typename V::U;
    /// E, F, G, H of one point, or Y + X and so on, in lanes 0 to 3.
    using Four = Elem<V>;
    /// X, Y, Z, T of one point, Y raised: products, which the next formula adds up before it
    /// carries.
    using Sum = Wide<V>;

    static constexpr unsigned odd_multiples = 1U << (HalvedScalars::key_width - 2);

    template <int A, int B, int C, int D>
    AION_INLINE static U permute(U a) {
        return _mm256_permute4x64_epi64(a, A | (B << 2) | (C << 4) | (D << 6));
    }

    template <int A, int B, int C, int D>
    AION_INLINE static Four permute(const Four& a) {
        Four out;
        for (int i = 0; i < 5; ++i) {
            out.limb[i] = permute<A, B, C, D>(a.limb[i]);
        }
        return out;
    }

    AION_INLINE static U add(__mmask8 lanes, U a, U b) {
        return _mm256_mask_add_epi64(a, lanes, a, b);
    }

    AION_INLINE static U sub(__mmask8 lanes, U a, U b) {
        return _mm256_mask_sub_epi64(a, lanes, a, b);
    }

    /// Products raised in the lanes of `once`, and twice as much in those of `more`.
    AION_INLINE static Start<Quick> raised(__mmask8 once, __mmask8 more = 0) {
        Start<Quick> out;
        for (int i = 0; i < 5; ++i) {
            const U raise = V::set(raise_limb<V>(i));
            out.limb[i] =
                _mm256_mask_add_epi64(_mm256_maskz_mov_epi64(once, raise), more, raise, raise);
        }
        return out;
    }

    /// E, F, G, H to X = EF, Y = GH, Z = FG, T = EH.
    AION_INLINE static Sum multiply_out(const Four& c) {
        return mul_from<Quick>(raised(0b0010), permute<0, 2, 1, 0>(c), permute<1, 3, 2, 3>(c));
    }

    /// 2P with E = (X + Y)^2 - X^2 - Y^2, F = 2 Z^2 + X^2 - Y^2, G = Y^2 - X^2, H = X^2 + Y^2: four
    /// squares. Of several points side by side.
    template <unsigned Count>
    AION_INLINE static void twice(Sum (&p)[Count]) {
        Wide<V> squares[Count];
        for (unsigned n = 0; n < Count; ++n) {
            Wide<V> roots;
            for (int i = 0; i < 5; ++i) {
                roots.limb[i] = add(0b1000, permute<0, 1, 2, 0>(p[n].limb[i]),
                                    permute<1, 1, 1, 1>(p[n].limb[i]));
            }
            squares[n] = sqr_from<Quick>(raised(0b0110, 0b1000), reduce<V>(roots));
        }
        for (unsigned n = 0; n < Count; ++n) {
            Wide<V> out;
            for (int i = 0; i < 5; ++i) {
                const U square = squares[n].limb[i];
                const U x = permute<0, 0, 0, 0>(square);
                const U y = permute<1, 1, 1, 1>(square);
                const U e_z = permute<3, 2, 2, 2>(square);
                const U h_g = sub(0b0110, add(0b1001, y, x), x);
                out.limb[i] = _mm256_mask_sub_epi64(h_g, 0b0011, add(0b0010, e_z, e_z), h_g);
            }
            p[n] = multiply_out(reduce<V>(out));
        }
    }

    AION_INLINE static Sum twice(const Sum& p) {
        Sum out[1] = {p};
        twice<1>(out);
        return out[0];
    }

    /// Y - X, Y + X, T, Z of P.
    AION_INLINE static Four difference_and_sum(const Sum& p) {
        Wide<V> out;
        for (int i = 0; i < 5; ++i) {
            const U x = permute<0, 0, 0, 0>(p.limb[i]);
            out.limb[i] = sub(0b0001, add(0b0010, permute<1, 1, 3, 2>(p.limb[i]), x), x);
        }
        return reduce<V>(out);
    }

    /// P + Q for Q as (Y - X, Y + X, 2dT, 2Z), or with the first two exchanged P - Q if `minus`.
    AION_INLINE static Sum add(const Sum& p, const Four& q, bool minus) {
        const Wide<V> w = mul_from<Quick>(raised(0b1010), difference_and_sum(p), q);  // A, B, C, D
        const auto sums = static_cast<__mmask8>(minus ? 0b1010 : 0b1100);
        const auto differences = static_cast<__mmask8>(minus ? 0b0101 : 0b0011);
        Wide<V> out;  // E = B - A, F = D - C, G = D + C, H = B + A
        for (int i = 0; i < 5; ++i) {
            const U first = permute<1, 3, 3, 1>(w.limb[i]);
            const U second = permute<0, 2, 2, 0>(w.limb[i]);
            out.limb[i] = sub(differences, add(sums, first, second), second);
        }
        return multiply_out(reduce<V>(out));
    }

    AION_INLINE static Four load(const Multiple& from, bool minus) {
        const auto exchange = static_cast<__mmask8>(minus ? 0b0011 : 0);
        Four out;
        for (int i = 0; i < 5; ++i) {
            const U a = V::load(from.limb[i]);
            out.limb[i] = _mm256_mask_permutex_epi64(a, exchange, a, 0b11100001);
        }
        return out;
    }

    /// One number a lane.
    AION_INLINE static Four lanes_of(const Limbs& a, const Limbs& b, const Limbs& c,
                                     const Limbs& d) {
        Four out;
        for (int i = 0; i < 5; ++i) {
            const std::uint64_t lanes[4] = {a.limb[i], b.limb[i], c.limb[i], d.limb[i]};
            out.limb[i] = V::load(lanes);
        }
        return out;
    }

    /// (Y - X, Y + X, 2dT, 2Z) of P.
    AION_INLINE static Four addend(const Sum& p) {
        const Four factors = lanes_of(one_limbs, one_limbs, curve_2d, Limbs{{2, 0, 0, 0, 0}});
        return reduce<V>(mul(difference_and_sum(p), factors));
    }

    AION_INLINE static void store(const Four& a, Multiple& to) {
        for (int i = 0; i < 5; ++i) {
            V::store(to.limb[i], a.limb[i]);
        }
    }

    using Multiples = Multiple[odd_multiples];

    /// 1, 3, 5, ... times points, side by side.
    template <unsigned Count>
    static void list_multiples(Sum (&p)[Count], Multiples (&out)[Count]) {
        Four step[Count];
        for (unsigned i = 0; i < Count; ++i) {
            store(addend(p[i]), out[i][0]);
            step[i] = addend(twice(p[i]));
        }
        for (unsigned n = 1; n < odd_multiples; ++n) {
            for (unsigned i = 0; i < Count; ++i) {
                p[i] = add(p[i], step[i], false);
                store(addend(p[i]), out[i][n]);
            }
        }
    }

    /// p plus what the digits of one place say.
    AION_INLINE static void add_place(Sum& p, const HalvedScalars& scalars, unsigned place,
                                      const Multiples* of_points) {
        const Multiple* const multiples[4] = {of_points[0], of_points[1], odd_multiples_of_base.at,
                                              odd_multiples_of_base_128.at};
        PlaceDigits digits(scalars, place);
        while (digits.are_left()) {
            const auto [which, index, minus] = digits.next();
            p = add(p, load(multiples[which][index], minus), minus);
        }
    }

    AION_INLINE static bool is_neutral(const Sum& p) {
        Wide<V> zeros;  // X and Y - Z
        for (int i = 0; i < 5; ++i) {
            zeros.limb[i] =
                sub(0b0010, permute<0, 1, 0, 0>(p.limb[i]), permute<2, 2, 2, 2>(p.limb[i]));
        }
        return (V::bits(is_zero<V>(zeros)) & 0b0011U) == 0b0011U;
    }

    /// Whether the sum of all digits times their multiples, two points a signature, is the neutral
    /// element.
    template <unsigned Count>
    static void are_neutral(const HalvedScalars* scalars, const Multiples (&of_points)[2 * Count],
                            bool (&verdicts)[Count]) {
        Sum p[Count];
        unsigned places = 0;
        for (unsigned i = 0; i < Count; ++i) {
            p[i] = widen<V>(lanes_of(zero_limbs, one_limbs, one_limbs, zero_limbs));
            places = scalars[i].places > places ? scalars[i].places : places;
        }
        for (unsigned place = places; place-- > 0;) {
            twice<Count>(p);
            for (unsigned i = 0; i < Count; ++i) {
                add_place(p[i], scalars[i], place, of_points + (std::size_t{2} * i));
            }
        }
        for (unsigned i = 0; i < Count; ++i) {
            verdicts[i] = is_neutral(p[i]);
        }
    }

    /// -A and -R of the first signature in lanes 0 and 1, of the second one in 2 and 3.
    AION_INLINE static Decoded<V, 1> decode_all(const Job& first, const Job& second) {
        U words[1][4];
        for (unsigned i = 0; i < 4; ++i) {
            const std::size_t offset = std::size_t{8} * i;
            std::uint64_t lanes[4];
            __builtin_memcpy(&lanes[0], first.key + offset, 8);
            __builtin_memcpy(&lanes[1], first.signature + offset, 8);
            __builtin_memcpy(&lanes[2], second.key + offset, 8);
            __builtin_memcpy(&lanes[3], second.signature + offset, 8);
            const U sign = V::set(std::uint64_t{i == 3 ? 1U : 0U} << 63U);
            words[0][i] = V::bit_xor(V::load(lanes), sign);
        }
        return decode<V, 1>(words);
    }

    /// The decoded points as sums.
    template <unsigned Count>
    AION_INLINE static void sums_of(const Decoded<V, 1>& points, Sum (&out)[Count]) {
        const Elem<V>& x = points.x[0];
        const Elem<V>& y = points.y[0];
        const Elem<V> t = reduce<V>(mul(x, y));
        for (int i = 0; i < 5; ++i) {
            const U one = V::set(i == 0 ? 1 : 0);
            const U raise = _mm256_maskz_mov_epi64(0b0010, V::set(raise_limb<V>(i)));
            const U xy[2] = {_mm256_unpacklo_epi64(x.limb[i], y.limb[i]),
                             _mm256_unpackhi_epi64(x.limb[i], y.limb[i])};
            const U zt[2] = {_mm256_unpacklo_epi64(one, t.limb[i]),
                             _mm256_unpackhi_epi64(one, t.limb[i])};
            for (unsigned n = 0; n < Count; ++n) {
                const U xyzt = n < 2 ? _mm256_permute2x128_si256(xy[n % 2], zt[n % 2], 0x20)
                                     : _mm256_permute2x128_si256(xy[n % 2], zt[n % 2], 0x31);
                out[n].limb[i] = V::add(xyzt, raise);
            }
        }
    }

    template <unsigned Count>
    AION_INLINE static void verify(const Job* const (&jobs)[Count], const HalvedScalars* scalars,
                                   bool (&verdicts)[Count]) {
        const Decoded<V, 1> points = decode_all(*jobs[0], *jobs[Count - 1]);
        Sum sums[2 * Count];
        sums_of(points, sums);
        Multiples multiples[2 * Count];
        list_multiples(sums, multiples);
        are_neutral<Count>(scalars, multiples, verdicts);
        for (unsigned i = 0; i < Count; ++i) {
            const unsigned valid = (V::bits(points.valid[0]) >> (2 * i)) & 0b11U;
            verdicts[i] = verdicts[i] && valid == 0b11U;
        }
    }
};

}  // namespace aion::crypto::ed25519
