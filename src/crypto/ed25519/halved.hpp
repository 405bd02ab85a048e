// SPDX-License-Identifier: MIT OR Apache-2.0
// One signature by an unknown key in plain 64-bit code: halved scalars, both points decoded and
// their multiples listed side by side, no division at the end.
#pragma once

#include "crypto/ed25519/base_tables.hpp"
#include "crypto/ed25519/halve.hpp"
#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/power.hpp"
#include "crypto/ed25519/scalar.hpp"
#include "crypto/ed25519/sha512.hpp"

namespace aion::crypto::ed25519 {

/// `Path::halved` and `Path::whole` of the portable path.
[[nodiscard]] bool verify_one_portable(const Job& job, const HalvedScalars& scalars);
[[nodiscard]] bool verify_whole_portable(const Job& job, const std::uint64_t (&k)[4],
                                         const Table& base);

template <class S>
struct Halved {
    static_assert(S::lanes == 1);

    static constexpr unsigned odd_multiples = 1U << (HalvedScalars::key_width - 2);

    /// `Path::hash`.
    static void hash(const Job& job, std::uint64_t (&k)[4]) {
        const Job* const jobs[1] = {&job};
        typename S::U digest[8];
        Sha512<S>::hash(jobs, digest);
        reduce_hash(digest, k);
    }

    /// A point as both sides of an addition.
    struct Sides {
        Summand<S> left;
        Niels<S> right;
    };

    AION_INLINE static Sides sides(const Completed<S>& c) {
        const Summand<S> p = summand<S>(c);
        return {p,
                {p.y_plus_x, p.y_minus_x, reduce<S>(twice<S>(p.z)),
                 reduce<S>(mul(p.t, constant<S>(curve_2d)))}};
    }

    /// 1, 3, 5, ... times each of two affine points.
    static void list_multiples(const Elem<S> (&x)[2], const Elem<S> (&y)[2],
                               Niels<S> (&out)[2][odd_multiples]) {
        const Elem<S> one = constant<S>(one_limbs);
        Sides sum[2];
        Niels<S> step[2];
        for (int i = 0; i < 2; ++i) {
            sum[i] = sides({x[i], one, one, y[i]});
            out[i][0] = sum[i].right;
            step[i] = niels<S>(twice<S>(Projective<S>{x[i], y[i], one}));
        }
        for (unsigned n = 1; n < odd_multiples; ++n) {
            for (int i = 0; i < 2; ++i) {
                sum[i] = sides(add<S>(sum[i].left, step[i], false));
                out[i][n] = sum[i].right;
            }
        }
    }

    /// A multiple whose digit is negative has y + x and y - x exchanged.
    AION_INLINE static Niels<S> chosen(const Niels<S>& from, bool minus) {
        return {select<S>(minus, from.y_minus_x, from.y_plus_x),
                select<S>(minus, from.y_plus_x, from.y_minus_x), from.z2, from.t2d};
    }

    AION_INLINE static AffineNiels<S> chosen(const Multiple& from, bool minus) {
        AffineNiels<S> out;
        for (int i = 0; i < 5; ++i) {
            out.y_plus_x.limb[i] = from.limb[i][minus ? 0 : 1];
            out.y_minus_x.limb[i] = from.limb[i][minus ? 1 : 0];
            out.t2d.limb[i] = from.limb[i][2];
        }
        return out;
    }

    /// True when the sum of all digits times their multiples is the neutral element.
    static bool is_neutral(const HalvedScalars& scalars,
                           const Niels<S> (&of_points)[2][odd_multiples]) {
        const OddMultiples* const of_base[2] = {&odd_multiples_of_base, &odd_multiples_of_base_128};
        Completed<S> sum{constant<S>(zero_limbs), constant<S>(one_limbs), constant<S>(one_limbs),
                         constant<S>(one_limbs)};
        for (unsigned place = scalars.places; place-- > 0;) {
            sum = twice<S>(projective<S>(sum));
            PlaceDigits digits(scalars, place);
            while (digits.are_left()) {
                const auto [which, index, minus] = digits.next();
                if (which < 2) {
                    sum = add<S>(summand<S>(sum), chosen(of_points[which][index], minus), minus);
                } else {
                    sum = add<S>(summand<S>(sum), chosen(of_base[which - 2]->at[index], minus),
                                 minus);
                }
            }
        }
        const Projective<S> p = projective<S>(sum);
        return is_zero<S>(widen<S>(p.x)) && is_zero<S>(sub<S>(widen<S>(p.y), widen<S>(p.z)));
    }

    /// `Path::halved`.
    static bool verify(const Job& job, const HalvedScalars& scalars) {
        typename S::U words[2][4];
        __builtin_memcpy(words[0], job.key, 32);
        __builtin_memcpy(words[1], job.signature, 32);
        for (auto& each : words) {
            each[3] ^= std::uint64_t{1} << 63U;  // -A and -R.
        }
        const Decoded<S, 2> points = decode<S, 2>(words);
        if (!points.valid[0] || !points.valid[1]) {
            return false;
        }
        Niels<S> multiples[2][odd_multiples];
        list_multiples(points.x, points.y, multiples);
        return is_neutral(scalars, multiples);
    }
};

}  // namespace aion::crypto::ed25519
