// SPDX-License-Identifier: MIT OR Apache-2.0
// Included by ed25519_probe_*.cpp after the multiplication of a lane type.
#pragma once

#include "crypto/ed25519/kernel.hpp"
#include "crypto/ed25519/power.hpp"
#include "crypto/ed25519_probe.hpp"

namespace aion::crypto::test {

template <class V>
struct ProbeOf {
    using E = ed25519::Elem<V>;

    static E in(const Limbs8& a) {
        E out;
        for (int i = 0; i < 5; ++i) {
            std::uint64_t lanes[V::lanes];
            for (unsigned lane = 0; lane < V::lanes; ++lane) {
                lanes[lane] = a.limb[lane][i];
            }
            out.limb[i] = V::load(lanes);
        }
        return out;
    }

    static void put(const ed25519::Wide<V>& a, Limbs8& out) {
        const E r = ed25519::canonical<V>(a);
        for (int i = 0; i < 5; ++i) {
            std::uint64_t lanes[V::lanes];
            V::store(lanes, r.limb[i]);
            for (unsigned lane = 0; lane < V::lanes; ++lane) {
                out.limb[lane][i] = lanes[lane];
            }
        }
    }

    static void mul(const Limbs8& a, const Limbs8& b, Limbs8& out) {
        put(ed25519::mul(in(a), in(b)), out);
    }

    static void sqr(const Limbs8& a, Limbs8& out) { put(ed25519::sqr(in(a)), out); }

    static void difference(const Limbs8& a, const Limbs8& b, const Limbs8& c, const Limbs8& d,
                           Limbs8& out) {
        put(ed25519::sub<V>(ed25519::mul(in(a), in(b)), ed25519::mul(in(c), in(d))), out);
    }

    static void sum(const Limbs8& a, const Limbs8& b, const Limbs8& c, const Limbs8& d,
                    Limbs8& out) {
        put(ed25519::add<V>(ed25519::mul(in(a), in(b)), ed25519::mul(in(c), in(d))), out);
    }

    static void invert(const Limbs8& a, Limbs8& out) {
        put(ed25519::widen<V>(ed25519::invert<V>(in(a))), out);
    }

    static void put(const ed25519::Completed<V>& c, Point8& out) {
        const ed25519::Projective<V> p = ed25519::projective<V>(c);
        const E inverse = ed25519::invert<V>(p.z);
        put(ed25519::mul(p.x, inverse), out.x);
        put(ed25519::mul(p.y, inverse), out.y);
    }

    /// (x, y) with Z = 1 as E, F, G, H.
    static ed25519::Completed<V> completed(const Point8& p) {
        const E one = ed25519::constant<V>(ed25519::one_limbs);
        return {in(p.x), one, one, in(p.y)};
    }

    static void twice(const Point8& p, Point8& out) {
        put(ed25519::twice<V>(ed25519::projective<V>(completed(p))), out);
    }

    static void add(const Point8& p, const Point8& q, bool minus, Point8& out) {
        auto right = ed25519::niels<V>(completed(q));
        if (minus) {
            const E kept = right.y_plus_x;
            right.y_plus_x = right.y_minus_x;
            right.y_minus_x = kept;
        }
        put(ed25519::add<V>(ed25519::summand<V>(completed(p)), right,
                            V::mask(minus ? (1U << V::lanes) - 1 : 0)),
            out);
    }

    static void add_affine(const Point8& p, const Point8& q, bool minus, Point8& out) {
        const auto full = ed25519::niels<V>(completed(q));
        const ed25519::AffineNiels<V> right{minus ? full.y_minus_x : full.y_plus_x,
                                            minus ? full.y_plus_x : full.y_minus_x, full.t2d};
        put(ed25519::add<V>(ed25519::summand<V>(completed(p)), right,
                            V::mask(minus ? (1U << V::lanes) - 1 : 0)),
            out);
    }

    static constexpr Probe probe() {
        return {V::lanes, &mul, &sqr, &difference, &sum, &invert, &twice, &add, &add_affine};
    }
};

template <class V>
void judge_in_lanes(const ed25519::Job* jobs, const std::uint64_t (*k)[4],
                    const ed25519::Table& base, unsigned& valid, unsigned& exist) {
    const ed25519::Job* lane_jobs[V::lanes];
    std::uint64_t lane_k[V::lanes][4];
    for (unsigned lane = 0; lane < V::lanes; ++lane) {
        lane_jobs[lane] = jobs + lane;
        __builtin_memcpy(lane_k[lane], k[lane], sizeof lane_k[lane]);
    }
    const auto verdicts = ed25519::Kernel<V>::judge_halved(lane_jobs, lane_k, base);
    valid = verdicts.valid;
    exist = verdicts.exist;
}

}  // namespace aion::crypto::test
