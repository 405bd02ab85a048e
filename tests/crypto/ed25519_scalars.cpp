// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519_scalars.hpp"

#include <cstring>

namespace aion::crypto::test {
namespace {

BN_CTX* context() {
    static BN_CTX* const shared = BN_CTX_new();
    return shared;
}

Number empty() {
    return {BN_new(), &BN_free};
}

Number power_of_two(int bits) {
    Number out = empty();
    BN_set_bit(out.get(), bits);
    return out;
}

/// floor(a / b) mod L
Words4 quotient(const BIGNUM* a, const BIGNUM* b) {
    const Number out = empty();
    BN_div(out.get(), nullptr, a, b, context());
    BN_nnmod(out.get(), out.get(), subgroup_order(), context());
    return words_of(out.get());
}

/// a + summand, modulo L.
Words4 plus(const BIGNUM* a, int summand) {
    const Number out = empty();
    BN_copy(out.get(), a);
    if (summand < 0) {
        BN_sub_word(out.get(), static_cast<BN_ULONG>(-summand));
    } else {
        BN_add_word(out.get(), static_cast<BN_ULONG>(summand));
    }
    BN_nnmod(out.get(), out.get(), subgroup_order(), context());
    return words_of(out.get());
}

}  // namespace

Number number(const std::uint64_t* words, std::size_t count) {
    return {BN_lebin2bn(reinterpret_cast<const unsigned char*>(words),
                        static_cast<int>(count * sizeof *words), nullptr),
            &BN_free};
}

Number number(const char* hex) {
    BIGNUM* raw = nullptr;
    BN_hex2bn(&raw, hex);
    return {raw, &BN_free};
}

Words4 words_of(const BIGNUM* value) {
    Words4 out{};
    BN_bn2lebinpad(value, reinterpret_cast<unsigned char*>(out.data()), sizeof out);
    return out;
}

const BIGNUM* subgroup_order() {
    static const Number order =
        number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    return order.get();
}

const BIGNUM* group_order() {
    static const Number order =
        number("80000000000000000000000000000000a6f7cef517bce6b2c09318d2e7ae9f68");
    return order.get();
}

Words4 random_scalar(std::mt19937_64& random) {
    Words4 out{};
    do {
        for (std::uint64_t& word : out) {
            word = random();
        }
        out[3] &= 0x1fffffffffffffff;
    } while (BN_cmp(number(out.data(), 4).get(), subgroup_order()) >= 0);
    return out;
}

namespace {

/// An odd number of at most `bits` bits.
Number odd_number(unsigned bits, std::mt19937_64& random) {
    Words4 out{};
    for (unsigned i = 0; i < bits; i += 64) {
        out[i / 64] = random() >> (bits - i < 64 ? 64 - (bits - i) : 0);
    }
    out[0] |= 1U;
    return number(out.data(), out.size());
}

/// (u + offset) / v modulo 8 L for random odd u and v, below L.
Words4 fraction(unsigned u_bits, unsigned v_bits, const BIGNUM* offset, std::mt19937_64& random) {
    for (;;) {
        const Number k = odd_number(u_bits, random);
        const Number inverse = empty();
        if (BN_mod_inverse(inverse.get(), odd_number(v_bits, random).get(), group_order(),
                           context()) == nullptr) {
            continue;
        }
        BN_add(k.get(), k.get(), offset);
        BN_mod_mul(k.get(), k.get(), inverse.get(), group_order(), context());
        if (BN_cmp(k.get(), subgroup_order()) < 0) {
            return words_of(k.get());
        }
    }
}

}  // namespace

// v' k = u' + 4 L (mod 8 L) for small odd u', v': then (2 u', 2 v') is in the lattice, half of it
// is not, and the shortest pair with an odd v has 255 bits less those of the even one.
Words4 scalar_of_an_even_pair(unsigned bits, std::mt19937_64& random) {
    const Number half = empty();
    BN_rshift1(half.get(), group_order());
    return fraction(bits, bits, half.get(), random);
}

Words4 scalar_of_a_pair(unsigned u_bits, unsigned v_bits, std::mt19937_64& random) {
    return fraction(u_bits, v_bits, empty().get(), random);
}

std::vector<ChosenScalar> chosen_scalars() {
    std::vector<ChosenScalar> all;
    const auto add = [&](std::string name, const Words4& k, bool can_be_halved) {
        all.push_back({std::move(name), k, can_be_halved});
    };
    for (std::uint64_t k = 0; k < 20; ++k) {
        add(std::to_string(k), {k, 0, 0, 0}, true);
    }
    for (int bits = 10; bits < 252; bits += 11) {
        const Number power = power_of_two(bits);
        for (const int summand : {-1, 0, 1}) {
            // Below 2^128 they are short themselves. Above, the quotient by them is too large for
            // leading words until it has less than some 32 bits.
            if (bits < 128 || bits > 224) {
                add("2^" + std::to_string(bits) + " + " + std::to_string(summand),
                    plus(power.get(), summand), bits < 128);
            }
        }
    }
    std::mt19937_64 random(11);
    for (const unsigned bits : {40U, 70U, 100U, 115U}) {
        add("even pair of " + std::to_string(bits) + " bits", scalar_of_an_even_pair(bits, random),
            false);
    }
    for (const unsigned bits : {126U, 127U}) {
        add("even pair of " + std::to_string(bits) + " bits", scalar_of_an_even_pair(bits, random),
            true);
    }
    for (const int summand : {-1, -2, -3, -16}) {
        add("L + " + std::to_string(summand), plus(subgroup_order(), summand), false);
    }
    // 9 times the quotient of 8 L, the only one of these below L, falls short of 8 L by little.
    for (const BN_ULONG divisor : {3UL, 5UL, 7UL, 9UL}) {
        const Number by = empty();
        BN_set_word(by.get(), divisor);
        add("8 L / " + std::to_string(divisor), quotient(group_order(), by.get()), divisor == 9);
        add("L / " + std::to_string(divisor), quotient(subgroup_order(), by.get()), false);
    }
    return all;
}

}  // namespace aion::crypto::test
