// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of field elements with 64 x 64 -> 128 bit multiplication.
//
// Bounds: factors below 2^54, so columns below (1 + 4 * 19) 2^108 < 2^114.3, whose carry fits 64
// bits; the top column has no factor 19, is below 2^110.4, and 19 times its carry, below 2^63.7,
// still fits. Results are below 2^51 + 2^13.
#pragma once

#include "crypto/ed25519/field.hpp"
#include "crypto/ed25519/lanes_portable.hpp"

namespace aion::crypto::ed25519 {

__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using): __extension__

inline constexpr std::uint64_t portable_factor_bound = std::uint64_t{1} << 54U;

template <int Variant>
struct PortableColumns {
    using V = Portable<Variant>;

    AION_INLINE static Uint128 wide(std::uint64_t a, std::uint64_t b) { return Uint128{a} * b; }

    AION_INLINE static Wide<V> carry_columns(Uint128 r0, Uint128 r1, Uint128 r2, Uint128 r3,
                                             Uint128 r4) {
        Wide<V> out;
        r1 += static_cast<std::uint64_t>(r0 >> 51U);
        r2 += static_cast<std::uint64_t>(r1 >> 51U);
        r3 += static_cast<std::uint64_t>(r2 >> 51U);
        r4 += static_cast<std::uint64_t>(r3 >> 51U);
        const std::uint64_t low = (static_cast<std::uint64_t>(r0) & limb_mask) +
                                  19 * static_cast<std::uint64_t>(r4 >> 51U);
        out.limb[0] = low & limb_mask;
        out.limb[1] = (static_cast<std::uint64_t>(r1) & limb_mask) + (low >> 51U);
        out.limb[2] = static_cast<std::uint64_t>(r2) & limb_mask;
        out.limb[3] = static_cast<std::uint64_t>(r3) & limb_mask;
        out.limb[4] = static_cast<std::uint64_t>(r4) & limb_mask;
        return out;
    }
};

template <int Variant>
AION_INLINE Wide<Portable<Variant>> mul(const Elem<Portable<Variant>>& a,
                                        const Elem<Portable<Variant>>& b) {
    using C = PortableColumns<Variant>;
    for (int i = 0; i < 5; ++i) {
        check_below<Portable<Variant>>(a.limb[i], portable_factor_bound);
        check_below<Portable<Variant>>(b.limb[i], portable_factor_bound);
    }
    const std::uint64_t* f = a.limb;
    const std::uint64_t* g = b.limb;
    const std::uint64_t g1 = 19 * g[1];
    const std::uint64_t g2 = 19 * g[2];
    const std::uint64_t g3 = 19 * g[3];
    const std::uint64_t g4 = 19 * g[4];
    return C::carry_columns(C::wide(f[0], g[0]) + C::wide(f[1], g4) + C::wide(f[2], g3) +
                                C::wide(f[3], g2) + C::wide(f[4], g1),
                            C::wide(f[0], g[1]) + C::wide(f[1], g[0]) + C::wide(f[2], g4) +
                                C::wide(f[3], g3) + C::wide(f[4], g2),
                            C::wide(f[0], g[2]) + C::wide(f[1], g[1]) + C::wide(f[2], g[0]) +
                                C::wide(f[3], g4) + C::wide(f[4], g3),
                            C::wide(f[0], g[3]) + C::wide(f[1], g[2]) + C::wide(f[2], g[1]) +
                                C::wide(f[3], g[0]) + C::wide(f[4], g4),
                            C::wide(f[0], g[4]) + C::wide(f[1], g[3]) + C::wide(f[2], g[2]) +
                                C::wide(f[3], g[1]) + C::wide(f[4], g[0]));
}

/// A product plus a multiple of p that makes it good for `sub_raised`.
template <int Variant>
AION_INLINE Wide<Portable<Variant>> mul_raised(const Elem<Portable<Variant>>& a,
                                               const Elem<Portable<Variant>>& b) {
    return raise<Portable<Variant>>(mul(a, b));
}

template <int Variant>
AION_INLINE Wide<Portable<Variant>> sqr(const Elem<Portable<Variant>>& a) {
    using C = PortableColumns<Variant>;
    for (int i = 0; i < 5; ++i) {
        check_below<Portable<Variant>>(a.limb[i], portable_factor_bound);
    }
    const std::uint64_t* f = a.limb;
    const std::uint64_t d0 = 2 * f[0];
    const std::uint64_t d1 = 2 * f[1];
    const std::uint64_t d2 = 2 * f[2];
    const std::uint64_t g3 = 19 * f[3];
    const std::uint64_t g4 = 19 * f[4];
    return C::carry_columns(C::wide(f[0], f[0]) + C::wide(d1, g4) + C::wide(d2, g3),
                            C::wide(d0, f[1]) + C::wide(d2, g4) + C::wide(f[3], g3),
                            C::wide(d0, f[2]) + C::wide(f[1], f[1]) + C::wide(2 * f[3], g4),
                            C::wide(d0, f[3]) + C::wide(d1, f[2]) + C::wide(f[4], g4),
                            C::wide(d0, f[4]) + C::wide(d1, f[3]) + C::wide(f[2], f[2]));
}

}  // namespace aion::crypto::ed25519
