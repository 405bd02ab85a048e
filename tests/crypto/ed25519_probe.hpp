// SPDX-License-Identifier: MIT OR Apache-2.0
// Doors into the engine's field and point arithmetic, one a path: templates that are compiled for
// an instruction set can be reached from outside only through plain functions. Test only.
#pragma once

#include <cstdint>

#include "crypto/ed25519/jobs.hpp"

namespace aion::crypto::test {

/// Eight numbers or pairs of them as limbs of 51 bits; a path uses as many as it has lanes.
struct Limbs8 {
    std::uint64_t limb[8][5];
};

struct Point8 {
    Limbs8 x;
    Limbs8 y;
};

struct Probe {
    unsigned lanes;
    /// Results are canonical.
    void (*mul)(const Limbs8& a, const Limbs8& b, Limbs8& out);
    void (*sqr)(const Limbs8& a, Limbs8& out);
    /// (a b) - (c d), on products as they leave the multiplication.
    void (*difference)(const Limbs8& a, const Limbs8& b, const Limbs8& c, const Limbs8& d,
                       Limbs8& out);
    void (*sum)(const Limbs8& a, const Limbs8& b, const Limbs8& c, const Limbs8& d, Limbs8& out);
    void (*invert)(const Limbs8& a, Limbs8& out);
    /// 2P, P + Q and P - Q of affine points, by the projective formulas.
    void (*twice)(const Point8& p, Point8& out);
    void (*add)(const Point8& p, const Point8& q, bool minus, Point8& out);
    void (*add_affine)(const Point8& p, const Point8& q, bool minus, Point8& out);
};

extern const Probe portable_probe;
extern const Probe avx2_probe;
extern const Probe avx512_probe;
/// Of the lanes for one signature.
extern const Probe ifma4_probe;
extern const Probe ifma4_quick_probe;

/// The equation by halved scalars in lanes, under k that are given: bits of lanes that hold, and of
/// those whose k can be halved.
struct LanesProbe {
    unsigned lanes;
    void (*judge)(const ed25519::Job* jobs, const std::uint64_t (*k)[4], const ed25519::Table& base,
                  unsigned& valid, unsigned& exist);
};

extern const LanesProbe avx2_lanes_probe;
extern const LanesProbe avx512_lanes_probe;

}  // namespace aion::crypto::test
