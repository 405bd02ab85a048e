// SPDX-License-Identifier: MIT OR Apache-2.0
// Field and point arithmetic of every path against big integers and the definition of the curve.
#include <openssl/bn.h>

#include <random>

#include "crypto/ed25519_probe.hpp"
#include "crypto/ed25519_support.hpp"

namespace aion::crypto::test {
namespace {

/// A big integer modulo p = 2^255 - 19; just enough to read like algebra.
class Mod {
  public:
    Mod() : value_(BN_new(), &BN_free) {}

    explicit Mod(const char* hex) : Mod() {
        BIGNUM* raw = value_.get();
        BN_hex2bn(&raw, hex);
    }

    /// The number that limbs of any size stand for.
    explicit Mod(const std::uint64_t (&limbs)[5]) : Mod() {
        for (int i = 4; i >= 0; --i) {
            BN_lshift(value_.get(), value_.get(), 51);
            const Mod limb = word(limbs[i]);
            BN_add(value_.get(), value_.get(), limb.value_.get());
        }
        BN_nnmod(value_.get(), value_.get(), prime(), context());
    }

    static Mod word(std::uint64_t value) {
        Mod out;
        BN_set_word(out.value_.get(), value);
        return out;
    }

    friend Mod operator+(const Mod& a, const Mod& b) { return apply(&BN_mod_add, a, b); }

    friend Mod operator-(const Mod& a, const Mod& b) { return apply(&BN_mod_sub, a, b); }

    friend Mod operator*(const Mod& a, const Mod& b) { return apply(&BN_mod_mul, a, b); }

    friend Mod operator/(const Mod& a, const Mod& b) {
        Mod inverse;
        BN_mod_inverse(inverse.value_.get(), b.value_.get(), prime(), context());
        return a * inverse;
    }

    friend bool operator==(const Mod& a, const Mod& b) {
        return BN_cmp(a.value_.get(), b.value_.get()) == 0;
    }

    /// The canonical limbs.
    void limbs(std::uint64_t (&out)[5]) const {
        std::array<std::uint8_t, 32> bytes{};
        BN_bn2lebinpad(value_.get(), bytes.data(), 32);
        for (std::uint64_t& limb : out) {
            limb = 0;
        }
        for (unsigned bit = 0; bit < 255; ++bit) {
            const std::uint64_t one = (bytes[bit / 8] >> (bit % 8)) & 1U;
            out[bit / 51] |= one << (bit % 51);
        }
    }

  private:
    static const BIGNUM* prime() {
        static const Mod p("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
        return p.value_.get();
    }

    static BN_CTX* context() {
        static BN_CTX* const shared = BN_CTX_new();
        return shared;
    }

    static Mod apply(auto* function, const Mod& a, const Mod& b) {
        Mod out;
        function(out.value_.get(), a.value_.get(), b.value_.get(), prime(), context());
        return out;
    }

    std::unique_ptr<BIGNUM, decltype(&BN_free)> value_;
};

std::ostream& operator<<(std::ostream& out, const Mod& a) {
    std::uint64_t limbs[5];
    a.limbs(limbs);
    for (const std::uint64_t limb : limbs) {
        out << std::hex << limb << ' ';
    }
    return out;
}

class Ed25519Field : public EveryPath {
  protected:
    static const Probe& probe() {
        switch (GetParam()) {
            case CpuPath::avx512ifma:
                return avx512_probe;
            case CpuPath::avx2:
                return avx2_probe;
            case CpuPath::portable:
                break;
        }
        return portable_probe;
    }

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

struct Affine {
    Mod x;
    Mod y;
};

const Mod& d() {
    static const Mod value("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    return value;
}

/// The definition: Bernstein, Birkner, Joye, Lange, Peters, "Twisted Edwards Curves",
/// AFRICACRYPT 2008, section 6, with a = -1.
Affine sum(const Affine& p, const Affine& q) {
    const Mod one = Mod::word(1);
    const Mod product = d() * p.x * q.x * p.y * q.y;
    return {(p.x * q.y + p.y * q.x) / (one + product), (p.y * q.y + p.x * q.x) / (one - product)};
}

Affine negative(const Affine& p) {
    return {Mod::word(0) - p.x, p.y + Mod::word(0)};
}

Affine base_point() {
    return {Mod("216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
            Mod("6666666666666666666666666666666666666666666666666666666666666658")};
}

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

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519Field, every_path(), path_of_test);

}  // namespace
}  // namespace aion::crypto::test
