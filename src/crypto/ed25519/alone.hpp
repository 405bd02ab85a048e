// SPDX-License-Identifier: MIT OR Apache-2.0
// One signature by an unknown key with AVX-512 IFMA: the four multiplications of each half of a
// point formula side by side in four lanes, after Hisil, Wong, Carter, Dawson, "Twisted Edwards
// Curves Revisited", ASIACRYPT 2008, section 4 (parallel formulas). The lanes above are unused.
#pragma once

#include "crypto/ed25519/kernel.hpp"
#include "crypto/ed25519/multiply_avx512.hpp"
#include "crypto/ed25519/multiply_portable.hpp"

namespace aion::crypto::ed25519 {

struct Alone {
    using V = Avx512;
    using S = V::OneLane;
    using U = V::U;
    /// X, Y, Z, T of one point, or E, F, G, H, or Y + X and so on, in lanes 0 to 3.
    using Four = Elem<V>;

    template <int A, int B, int C, int D>
    AION_INLINE static U permute(U a) {
        return _mm512_permutex_epi64(a, A | (B << 2) | (C << 4) | (D << 6));
    }

    template <int A, int B, int C, int D>
    AION_INLINE static Four permute(const Four& a) {
        Four out;
        for (int i = 0; i < 5; ++i) {
            out.limb[i] = permute<A, B, C, D>(a.limb[i]);
        }
        return out;
    }

    /// E, F, G, H to X = EF, Y = GH, Z = FG, T = EH.
    AION_INLINE static Four multiply_out(const Four& c) {
        return reduce<V>(mul(permute<0, 2, 1, 0>(c), permute<1, 3, 2, 3>(c)));
    }

    /// 2P with E = 2XY, F = 2Z^2 + X^2 - Y^2, G = Y^2 - X^2, H = X^2 + Y^2.
    AION_INLINE static Four twice(const Four& p) {
        const Wide<V> w = mul(permute<0, 1, 2, 0>(p), permute<0, 1, 2, 1>(p));
        Wide<V> sum;
        for (int i = 0; i < 5; ++i) {
            const U raised = V::set(raise_limb<V>(i));
            const U first = permute<3, 2, 1, 1>(w.limb[i]);
            const U second = permute<3, 2, 0, 0>(w.limb[i]);
            const U third = permute<0, 0, 0, 0>(w.limb[i]);
            const U less = permute<1, 1, 0, 0>(w.limb[i]);
            U r = _mm512_mask_add_epi64(first, 0b1011, first, second);
            r = _mm512_mask_add_epi64(r, 0b0010, r, third);
            r = V::add(r, raised);
            sum.limb[i] = _mm512_mask_sub_epi64(r, 0b0110, r, less);
        }
        return multiply_out(reduce<V>(sum));
    }

    /// Y - X, Y + X, T, Z of P.
    AION_INLINE static Four difference_and_sum(const Four& p) {
        Wide<V> out;
        for (int i = 0; i < 5; ++i) {
            const U raised = V::set(raise_limb<V>(i));
            const U y_y_t_z = permute<1, 1, 3, 2>(p.limb[i]);
            const U x = permute<0, 0, 0, 0>(p.limb[i]);
            U r = _mm512_mask_add_epi64(y_y_t_z, 0b0010, y_y_t_z, x);
            r = _mm512_mask_add_epi64(r, 0b0001, r, raised);
            out.limb[i] = _mm512_mask_sub_epi64(r, 0b0001, r, x);
        }
        return reduce<V>(out);
    }

    /// P + Q for Q as (Y - X, Y + X, 2dT, 2Z), or with the first two exchanged P - Q if `minus`.
    AION_INLINE static Four add(const Four& p, const Four& q, bool minus) {
        const Wide<V> w = mul(difference_and_sum(p), q);  // A, B, C, D
        const auto sums = static_cast<__mmask8>(minus ? 0b1010 : 0b1100);
        const auto differences = static_cast<__mmask8>(minus ? 0b0101 : 0b0011);
        Wide<V> out;  // E = B - A, F = D - C, G = D + C, H = B + A
        for (int i = 0; i < 5; ++i) {
            const U raised = V::set(raise_limb<V>(i));
            const U first = permute<1, 3, 3, 1>(w.limb[i]);
            const U second = permute<0, 2, 2, 0>(w.limb[i]);
            U r = V::add(first, raised);
            r = _mm512_mask_add_epi64(r, sums, r, second);
            out.limb[i] = _mm512_mask_sub_epi64(r, differences, r, second);
        }
        return multiply_out(reduce<V>(out));
    }

    AION_INLINE static Four gather(const Elem<S>& a, const Elem<S>& b, const Elem<S>& c,
                                   const Elem<S>& d) {
        Four out;
        for (int i = 0; i < 5; ++i) {
            const std::uint64_t lanes[8] = {a.limb[i], b.limb[i], c.limb[i], d.limb[i]};
            out.limb[i] = V::load(lanes);
        }
        return out;
    }

    /// (Y - X, Y + X, 2dT, 2Z) of P.
    AION_INLINE static Four addend(const Four& p) {
        const Elem<S> one = constant<S>(one_limbs);
        const Four factors =
            gather(one, one, constant<S>(curve_2d), constant<S>(Limbs{{2, 0, 0, 0, 0}}));
        return reduce<V>(mul(difference_and_sum(p), factors));
    }

    AION_INLINE static Four entry_of(const Table& base, const Scalars<S>& s, unsigned row,
                                     bool& minus) {
        Place<S> place;
        locate<S>(reinterpret_cast<std::uintptr_t>(base.entries), s, *base.windows, row, place);
        const Lookup<S> entry = fetch<S>(place);
        minus = entry.minus;
        return gather(entry.point.y_minus_x, entry.point.y_plus_x, entry.point.t2d,
                      constant<S>(Limbs{{2, 0, 0, 0, 0}}));
    }

    static Projective<S> sum(const Scalars<S>& s, const Table& base, const Scalars<S>& k,
                             const Windows& windows, const Elem<S>& x, const Elem<S>& y) {
        const Elem<S> one = constant<S>(one_limbs);
        Four multiples[(1U << (Kernel<S>::untabled_width - 1)) + 1];
        const Four neutral = gather(constant<S>(zero_limbs), one, one, constant<S>(zero_limbs));
        Four p = gather(x, y, one, carry<S>(mul(x, y)));
        multiples[0] = addend(neutral);
        multiples[1] = addend(p);
        for (unsigned i = 2; i < windows.row_entries; ++i) {
            p = add(p, multiples[1], false);
            multiples[i] = addend(p);
        }
        p = neutral;
        for (unsigned row = windows.rows; row-- > 0;) {
            for (unsigned i = 0; i < windows.width && row + 1 != windows.rows; ++i) {
                p = twice(p);
            }
            const Digit<S> d = digit<S>(k, windows, row);
            Four q = multiples[d.magnitude];
            if (d.minus) {
                q = permute<1, 0, 2, 3>(q);
            }
            p = add(p, q, d.minus);
        }
        for (unsigned row = 0; row < base.windows->rows; ++row) {
            bool minus = false;
            const Four q = entry_of(base, s, row, minus);
            p = add(p, q, minus);
        }
        Projective<S> out;
        for (int i = 0; i < 5; ++i) {
            std::uint64_t lanes[8];
            V::store(lanes, p.limb[i]);
            out.x.limb[i] = lanes[0];
            out.y.limb[i] = lanes[1];
            out.z.limb[i] = lanes[2];
        }
        return out;
    }

    /// Like `Kernel::without_tables`, one after the other.
    static void without_tables(const Job* jobs, std::size_t count, const Table& base,
                               std::uint8_t* verdicts) {
        const Windows& windows = windows_of(Kernel<S>::untabled_width);
        Projective<S> sums[max_vectors];
        S::Mask valid[max_vectors];
        for (unsigned i = 0; i < count; ++i) {
            Elem<S> x[1];
            Elem<S> y[1];
            Kernel<S>::decode_keys(jobs, count, i, x, y, valid + i);
            const Job* const job[1] = {jobs + i};
            Scalars<S> s;
            Scalars<S> k;
            Kernel<S>::prepare(job, *base.windows, windows, s, k);
            // Tight limbs for the vectors; decoding leaves them so, selection keeps them.
            sums[i] = sum(s, base, k, windows, x[0], y[0]);
        }
        Kernel<S>::compare(sums, valid, jobs, count, verdicts);
    }
};

}  // namespace aion::crypto::ed25519
