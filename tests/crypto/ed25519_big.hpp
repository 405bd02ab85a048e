// SPDX-License-Identifier: MIT OR Apache-2.0
// The field and the curve by definition, with OpenSSL's big integers. Test only.
#pragma once

#include <openssl/bn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <ostream>

namespace aion::crypto::test {

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

inline std::ostream& operator<<(std::ostream& out, const Mod& a) {
    std::uint64_t limbs[5];
    a.limbs(limbs);
    for (const std::uint64_t limb : limbs) {
        out << std::hex << limb << ' ';
    }
    return out;
}

// --- points ------------------------------------------------------------------

struct Affine {
    Mod x;
    Mod y;
};

inline const Mod& d() {
    static const Mod value("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    return value;
}

/// The definition: Bernstein, Birkner, Joye, Lange, Peters, "Twisted Edwards Curves",
/// AFRICACRYPT 2008, section 6, with a = -1.
inline Affine sum(const Affine& p, const Affine& q) {
    const Mod one = Mod::word(1);
    const Mod product = d() * p.x * q.x * p.y * q.y;
    return {(p.x * q.y + p.y * q.x) / (one + product), (p.y * q.y + p.x * q.x) / (one - product)};
}

inline Affine negative(const Affine& p) {
    return {Mod::word(0) - p.x, p.y + Mod::word(0)};
}

inline Affine base_point() {
    return {Mod("216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
            Mod("6666666666666666666666666666666666666666666666666666666666666658")};
}

}  // namespace aion::crypto::test
