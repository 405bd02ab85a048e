// SPDX-License-Identifier: MIT OR Apache-2.0
// Building the table of a point: rows side by side in the lanes, one inversion
// for all entries.
#pragma once

#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/power.hpp"

namespace aion::crypto::ed25519 {

template <class V>
struct TableBuilder {
    using U = typename V::U;
    using S = typename V::OneLane;

    static constexpr unsigned max_row_vectors = (max_rows + V::lanes - 1) / V::lanes;

    /// Row bases as 15 limbs (x, y, z) each, V::lanes rows interleaved; rows
    /// beyond the last repeat it.
    struct Bases {
        std::uint64_t limb[max_row_vectors][15][V::lanes];
    };

    AION_INLINE static void put(Bases& bases, unsigned row, const Projective<S>& p) {
        for (unsigned i = 0; i < 5; ++i) {
            auto& vector = bases.limb[row / V::lanes];
            S::store(&vector[i][row % V::lanes], p.x.limb[i]);
            S::store(&vector[5 + i][row % V::lanes], p.y.limb[i]);
            S::store(&vector[10 + i][row % V::lanes], p.z.limb[i]);
        }
    }

    /// 2^(width i) times (x, y): doublings cannot be spread over lanes.
    static void list_bases(const Elem<S>& x, const Elem<S>& y, const Windows& windows,
                           Bases& bases) {
        Projective<S> p{x, y, constant<S>(one_limbs)};
        put(bases, 0, p);
        for (unsigned row = 1; row < windows.rows; ++row) {
            for (unsigned i = 0; i < windows.width; ++i) {
                p = projective<S>(twice<S>(p));
            }
            put(bases, row, p);
        }
        for (unsigned row = windows.rows; row % V::lanes != 0; ++row) {
            put(bases, row, p);
        }
    }

    AION_INLINE static Elem<V> load(const std::uint64_t (*limbs)[V::lanes]) {
        Elem<V> out;
        for (int i = 0; i < 5; ++i) {
            out.limb[i] = V::load(limbs[i]);
        }
        return out;
    }

    /// 1 to half times the bases of one vector of rows.
    static void list_multiples(const std::uint64_t (*base)[V::lanes], unsigned half,
                               Projective<V>* out) {
        out[0] = {load(base), load(base + 5), load(base + 10)};
        // X, Y, Z, T = XY/Z of the base, times Z throughout: E = X, F = Z, G = Z, H
        // = Y.
        const Completed<V> start{out[0].x, out[0].z, out[0].z, out[0].y};
        const Niels<V> step = niels<V>(start);
        Completed<V> sum = twice<V>(out[0]);
        for (unsigned i = 1; i + 1 < half; ++i) {
            out[i] = projective<V>(sum);
            sum = add<V>(summand<V>(sum), step, V::mask(0));
        }
        out[half - 1] = projective<V>(sum);
    }

    /// Makes points affine and writes the entries of their rows.
    static void write_entry(const Projective<V>& p, const Elem<V>& z_inverse, unsigned first_row,
                            unsigned column, const Windows& windows, TableEntry* out) {
        const Elem<V> x = reduce<V>(mul(p.x, z_inverse));
        const Wide<V> y = mul(p.y, z_inverse);
        const Elem<V> xd = reduce<V>(mul(x, constant<V>(curve_2d)));
        const Elem<V> parts[3] = {carry<V>(add<V>(y, widen<V>(x))),
                                  carry<V>(sub<V>(y, widen<V>(x))),
                                  carry<V>(mul(xd, reduce<V>(y)))};
        alignas(64) std::uint64_t limbs[15][V::lanes];
        for (unsigned i = 0; i < 15; ++i) {
            V::store(limbs[i], parts[i / 5].limb[i % 5]);
        }
        for (unsigned lane = 0; lane < V::lanes && first_row + lane < windows.rows; ++lane) {
            const std::size_t row = first_row + lane;
            std::uint64_t words[16] = {};
            for (unsigned part = 0; part < 3; ++part) {
                for (unsigned i = 0; i < 4; ++i) {
                    words[(4 * part) + i] = limbs[(5 * part) + i][lane];
                }
                words[12 + part] = limbs[(5 * part) + 4][lane];
            }
            __builtin_memcpy(&out[(row * windows.row_entries) + column], words, sizeof words);
        }
    }

    static void write_identity(const Windows& windows, TableEntry* out) {
        for (std::size_t row = 0; row < windows.rows; ++row) {
            out[row * windows.row_entries] = TableEntry{{{1, 0, 0, 0}, {1, 0, 0, 0}, {}}, {}};
        }
    }

    /// The table of (x, y). `scratch` is aligned to 64 bytes and holds
    /// `scratch_size` bytes.
    static void build(const Elem<S>& x, const Elem<S>& y, const Windows& windows, TableEntry* out,
                      void* scratch) {
        Bases bases;
        list_bases(x, y, windows, bases);
        const unsigned half = windows.row_entries - 1;
        const unsigned vectors = (windows.rows + V::lanes - 1) / V::lanes;
        const std::size_t points = std::size_t{vectors} * half;
        auto* multiples = static_cast<Projective<V>*>(scratch);
        auto* products = reinterpret_cast<Elem<V>*>(multiples + points);
        for (unsigned i = 0; i < vectors; ++i) {
            list_multiples(bases.limb[i], half, multiples + (std::size_t{i} * half));
        }
        products[0] = multiples[0].z;
        for (std::size_t i = 1; i < points; ++i) {
            products[i] = reduce<V>(mul(products[i - 1], multiples[i].z));
        }
        Elem<V> inverse = invert<V>(products[points - 1]);
        for (std::size_t i = points; i-- > 0;) {
            const Elem<V> z_inverse = i == 0 ? inverse : reduce<V>(mul(inverse, products[i - 1]));
            inverse = reduce<V>(mul(inverse, multiples[i].z));
            write_entry(multiples[i], z_inverse, static_cast<unsigned>(i / half) * V::lanes,
                        static_cast<unsigned>(i % half) + 1, windows, out);
        }
        write_identity(windows, out);
    }

    static constexpr std::size_t scratch_size(const Windows& windows) {
        const std::size_t vectors = (windows.rows + V::lanes - 1) / V::lanes;
        return vectors * (windows.row_entries - 1) * (sizeof(Projective<V>) + sizeof(Elem<V>));
    }

    /// The table of the point with this encoding, negated if `minus`. False, with
    /// `out` untouched, when the encoding, which is canonical, has no point.
    static bool build(const unsigned char* encoding, bool minus, const Windows& windows,
                      TableEntry* out, void* scratch) {
        typename S::U words[1][4];
        __builtin_memcpy(words[0], encoding, 32);
        words[0][3] ^= std::uint64_t{minus ? 1U : 0U} << 63U;
        const Decoded<S, 1> point = decode<S, 1>(words);
        if (!point.valid[0]) {
            return false;
        }
        build(point.x[0], point.y[0], windows, out, scratch);
        return true;
    }
};

}  // namespace aion::crypto::ed25519
