// SPDX-License-Identifier: MIT OR Apache-2.0
// Field and point arithmetic of every path against big integers and the definition of the curve.
#include <random>

#include "crypto/ed25519_big.hpp"
#include "crypto/ed25519_probe.hpp"
#include "crypto/ed25519_support.hpp"

namespace aion::crypto::test {
namespace {

/// A lane type and what it needs; AVX-512 has a second one, for one signature.
struct Lanes {
    const Probe* probe;
    CpuPath path;
    const char* name;
};

class Ed25519Field : public testing::TestWithParam<Lanes> {
  protected:
    void SetUp() override {
        if (!ed25519::is_supported(GetParam().path)) {
            GTEST_SKIP() << "this CPU has no " << name_of(GetParam().path);
        }
    }

    static const Probe& probe() { return *GetParam().probe; }

    /// Limbs anywhere up to the bound of factors, often at its ends.
    Limbs8 factors() {
        constexpr std::uint64_t tight = (std::uint64_t{1} << 51U) + (std::uint64_t{1} << 17U);
        const std::uint64_t ends[] = {0,
                                      1,
                                      18,
                                      19,
                                      (1ULL << 51U) - 20,
                                      (1ULL << 51U) - 19,
                                      (1ULL << 51U) - 1,
                                      1ULL << 51U,
                                      tight - 1};
        Limbs8 out{};
        for (auto& lane : out.limb) {
            for (std::uint64_t& limb : lane) {
                limb = random_() % 2 == 0 ? ends[random_() % std::size(ends)] : random_() % tight;
            }
        }
        return out;
    }

    void expect(const Limbs8& actual, auto expected) {
        for (unsigned lane = 0; lane < probe().lanes; ++lane) {
            std::uint64_t limbs[5];
            expected(lane).limbs(limbs);
            EXPECT_TRUE(std::ranges::equal(limbs, actual.limb[lane])) << "lane " << lane;
        }
    }

    std::mt19937_64 random_{20260101};
};

TEST_P(Ed25519Field, ProductsSumsAndDifferencesAtTheLimbBounds) {
    for (int round = 0; round < 2000 && !HasFailure(); ++round) {
        const Limbs8 a = factors();
        const Limbs8 b = factors();
        const Limbs8 c = factors();
        const Limbs8 d = factors();
        const auto product = [](const Limbs8& f, const Limbs8& g, unsigned lane) {
            return Mod(f.limb[lane]) * Mod(g.limb[lane]);
        };
        Limbs8 out{};
        probe().mul(a, b, out);
        expect(out, [&](unsigned lane) { return product(a, b, lane); });
        probe().sqr(a, out);
        expect(out, [&](unsigned lane) { return product(a, a, lane); });
        probe().difference(a, b, c, d, out);
        expect(out, [&](unsigned lane) { return product(a, b, lane) - product(c, d, lane); });
        probe().sum(a, b, c, d, out);
        expect(out, [&](unsigned lane) { return product(a, b, lane) + product(c, d, lane); });
    }
}

TEST_P(Ed25519Field, Inverses) {
    for (int round = 0; round < 50; ++round) {
        const Limbs8 a = factors();
        Limbs8 out{};
        probe().invert(a, out);
        for (unsigned lane = 0; lane < probe().lanes; ++lane) {
            const Mod value(a.limb[lane]);
            const Mod expected = value == Mod::word(0) ? Mod::word(0) : Mod::word(1) / value;
            EXPECT_EQ(Mod(out.limb[lane]), expected);
        }
    }
}

// --- points ------------------------------------------------------------------

/// The neutral element, points of order 2, 4 and 8, and multiples of the base point alone and
/// with those added: everything that an incomplete formula would stumble over.
std::vector<Affine> interesting_points() {
    std::vector<Affine> points;
    points.push_back({Mod::word(0), Mod::word(1)});
    points.push_back({Mod::word(0), Mod::word(0) - Mod::word(1)});
    points.push_back(
        {Mod("2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0"), Mod::word(0)});
    const Affine eighth{Mod("1fd5b9a006394a28e933993238de4abb5c193c7013e5e238dea14646c545d14a"),
                        Mod("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826")};
    points.push_back({eighth.x + Mod::word(0), eighth.y + Mod::word(0)});
    points.push_back(base_point());
    for (int i = 0; i < 3; ++i) {
        points.push_back(sum(points.back(), points[points.size() - 2]));
        points.push_back(negative(points.back()));
    }
    return points;
}

TEST_P(Ed25519Field, PointFormulasAgreeWithTheAffineDefinition) {
    const auto points = interesting_points();
    const auto fill = [](Point8& out, unsigned lane, const Affine& p) {
        p.x.limbs(out.x.limb[lane]);
        p.y.limbs(out.y.limb[lane]);
    };
    for (const Affine& p : points) {
        for (std::size_t first = 0; first < points.size(); ++first) {
            Point8 left{};
            Point8 right{};
            for (unsigned lane = 0; lane < 8; ++lane) {
                fill(left, lane, p);
                fill(right, lane, points[(first + lane) % points.size()]);
            }
            const auto check = [&](const Point8& out, auto expected) {
                expect(out.x, [&](unsigned lane) { return expected(lane).x; });
                expect(out.y, [&](unsigned lane) { return expected(lane).y; });
            };
            const auto q = [&](unsigned lane) -> const Affine& {
                return points[(first + lane) % points.size()];
            };
            Point8 out{};
            probe().twice(right, out);
            check(out, [&](unsigned lane) { return sum(q(lane), q(lane)); });
            for (const bool affine : {false, true}) {
                const auto add = affine ? probe().add_affine : probe().add;
                add(left, right, false, out);
                check(out, [&](unsigned lane) { return sum(p, q(lane)); });
                add(left, right, true, out);
                check(out, [&](unsigned lane) { return sum(p, negative(q(lane))); });
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519Field,
                         testing::Values(Lanes{&portable_probe, CpuPath::portable, "portable"},
                                         Lanes{&avx2_probe, CpuPath::avx2, "avx2"},
                                         Lanes{&avx512_probe, CpuPath::avx512ifma, "avx512ifma"},
                                         Lanes{&ifma4_probe, CpuPath::avx512ifma,
                                               "avx512ifma_one_signature"},
                                         Lanes{&ifma4_quick_probe, CpuPath::avx512ifma,
                                               "avx512ifma_one_signature_quick"}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace aion::crypto::test
