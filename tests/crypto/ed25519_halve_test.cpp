// SPDX-License-Identifier: MIT OR Apache-2.0
// Halved scalars against big integers: right for every k, short for nearly every one.
#include "crypto/ed25519/halve.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "crypto/ed25519/base_tables.hpp"
#include "crypto/ed25519_scalars.hpp"

namespace aion::crypto::test {
namespace {

using ed25519::HalvedScalars;
using ed25519::ShortPair;

const auto context = std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)>(BN_CTX_new(), &BN_CTX_free);

bool find(const Words4& k, ShortPair& out) {
    const std::uint64_t words[4] = {k[0], k[1], k[2], k[3]};
    return ed25519::find_short_pair(words, out);
}

int bits_of(const ShortPair& pair) {
    return std::max(BN_num_bits(number(pair.u, 3).get()), BN_num_bits(number(pair.v, 3).get()));
}

/// u = v k or -v k (mod 8 L), v odd, both within the bound.
void expect_right(const Words4& k, const ShortPair& pair) {
    const Number u = number(pair.u, 3);
    const Number v = number(pair.v, 3);
    const Number product(BN_new(), &BN_free);
    BN_set_negative(v.get(), pair.minus ? 1 : 0);
    BN_mod_mul(product.get(), v.get(), number(k.data(), 4).get(), group_order(), context.get());
    BN_nnmod(product.get(), product.get(), group_order(), context.get());
    EXPECT_EQ(BN_cmp(product.get(), u.get()), 0);
    EXPECT_EQ(pair.v[0] % 2, 1U);
    EXPECT_LE(bits_of(pair), static_cast<int>(ed25519::most_short_bits));
}

TEST(Ed25519Halve, RandomScalarsHaveShortPairs) {
    constexpr int count = 20'000;
    std::mt19937_64 random(3);
    int none = 0;
    int within_128 = 0;
    int within_131 = 0;
    for (int i = 0; i < count && !HasFailure(); ++i) {
        const Words4 k = random_scalar(random);
        ShortPair pair{};
        if (!find(k, pair)) {
            ++none;
            continue;
        }
        expect_right(k, pair);
        within_128 += bits_of(pair) <= 128 ? 1 : 0;
        within_131 += bits_of(pair) <= 131 ? 1 : 0;
    }
    // Measured over 300,000: one without, 79.4 % within 128 bits, 99.8 % within 131.
    EXPECT_LE(none, 2);
    EXPECT_GT(within_128, count * 78 / 100);
    EXPECT_GT(within_131, count * 995 / 1000);
}

ShortPair changed(const ShortPair& pair, std::uint64_t plus_u, std::uint64_t plus_v, bool other) {
    ShortPair out = pair;
    out.u[0] += plus_u;
    out.v[0] += plus_v;
    out.minus = pair.minus != other;
    return out;
}

/// Were halving wrong in any of these ways, the long way would answer.
TEST(Ed25519Halve, APairThatIsNotOneIsNotTaken) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 2000 && !HasFailure(); ++i) {
        const Words4 k = random_scalar(random);
        const std::uint64_t words[4] = {k[0], k[1], k[2], k[3]};
        ShortPair pair{};
        if (!find(k, pair)) {
            continue;
        }
        EXPECT_TRUE(ed25519::is_short_pair(pair, words));
        EXPECT_FALSE(ed25519::is_short_pair(changed(pair, 0, 0, true), words)) << "other sign";
        // Not even modulo 8; modulo 8, yet not modulo L.
        for (const std::uint64_t off : {std::uint64_t{1}, std::uint64_t{8}, 0 - std::uint64_t{8}}) {
            EXPECT_FALSE(ed25519::is_short_pair(changed(pair, off, 0, false), words)) << off;
        }
        for (const std::uint64_t off : {std::uint64_t{2}, std::uint64_t{16}}) {
            EXPECT_FALSE(ed25519::is_short_pair(changed(pair, 0, off, false), words)) << off;
        }
    }
}

TEST(Ed25519Halve, APairThatBreaksOneRuleOnlyIsNotTaken) {
    // 3 k = 5 + L or 5 + 2 L: right modulo L, and not modulo 8 L.
    const Number sum(BN_dup(subgroup_order()), &BN_free);
    BN_add_word(sum.get(), 5);
    if (BN_mod_word(sum.get(), 3) != 0) {
        BN_add(sum.get(), sum.get(), subgroup_order());
    }
    ASSERT_EQ(BN_div_word(sum.get(), 3), 0U);
    const Words4 k = words_of(sum.get());
    EXPECT_FALSE(ed25519::is_short_pair({{5, 0, 0}, {3, 0, 0}, false}, {k[0], k[1], k[2], k[3]}));
    EXPECT_TRUE(ed25519::is_short_pair({{15, 0, 0}, {3, 0, 0}, false}, {5, 0, 0, 0}));
    EXPECT_FALSE(ed25519::is_short_pair({{10, 0, 0}, {2, 0, 0}, false}, {5, 0, 0, 0})) << "even";
    // v = 2^bits + 1 for k = 1, u the same.
    for (const unsigned bits : {134U, 135U, 136U, 137U, 191U}) {
        const std::uint64_t top = std::uint64_t{1} << (bits - 128);
        EXPECT_EQ(ed25519::is_short_pair({{1, 0, top}, {1, 0, top}, false}, {1, 0, 0, 0}),
                  bits < ed25519::most_short_bits)
            << bits;
    }
}

TEST(Ed25519Halve, ChosenScalarsHaveOneOrAreKnownToHaveNone) {
    for (const ChosenScalar& chosen : chosen_scalars()) {
        ShortPair pair{};
        const bool found = find(chosen.k, pair);
        EXPECT_EQ(found, chosen.can_be_halved) << chosen.name;
        if (found) {
            expect_right(chosen.k, pair);
        }
    }
}

TEST(Ed25519Halve, PairsOfEverySize) {
    std::mt19937_64 random(5);
    int found = 0;
    int all = 0;
    for (unsigned u_bits = 8; u_bits <= 250; u_bits += 7) {
        for (unsigned v_bits = 8; v_bits <= 250; v_bits += 7) {
            for (const bool even : {false, true}) {
                const Words4 k = even ? scalar_of_an_even_pair((u_bits + v_bits) / 2, random)
                                      : scalar_of_a_pair(u_bits, v_bits, random);
                ShortPair pair{};
                ++all;
                if (find(k, pair)) {
                    ++found;
                    expect_right(k, pair);
                } else {
                    EXPECT_TRUE(even || u_bits > 100 || v_bits > 100 || u_bits + v_bits < 40)
                        << u_bits << ' ' << v_bits;
                }
            }
        }
    }
    EXPECT_GT(found, all / 4);
    EXPECT_LT(found, all);
}

/// The sum of a scalar's digits, each of which must be odd and of at most `width` bits.
Number sum_of_digits(const HalvedScalars& scalars, HalvedScalars::Scalar which, unsigned width) {
    Number out(BN_new(), &BN_free);
    for (unsigned place = HalvedScalars::most_places; place-- > 0;) {
        BN_lshift1(out.get(), out.get());
        const unsigned digit = scalars.digit[place][which];
        const unsigned magnitude = digit & 0x7fU;
        if (digit == 0) {
            continue;
        }
        EXPECT_LT(place, scalars.places);
        EXPECT_EQ(magnitude % 2, 1U);
        EXPECT_LT(magnitude, 1U << (width - 1));
        if ((digit & HalvedScalars::sign_bit) != 0) {
            BN_sub_word(out.get(), magnitude);
        } else {
            BN_add_word(out.get(), magnitude);
        }
    }
    return out;
}

void expect_digits(const Words4& s, const Words4& k) {
    const std::uint64_t s_words[4] = {s[0], s[1], s[2], s[3]};
    const std::uint64_t k_words[4] = {k[0], k[1], k[2], k[3]};
    ShortPair pair{};
    HalvedScalars scalars{};
    ASSERT_EQ(ed25519::halve(s_words, k_words, scalars), find(k, pair));
    if (!find(k, pair)) {
        return;
    }
    const Number u = number(pair.u, 3);
    BN_set_negative(u.get(), pair.minus ? 1 : 0);
    const Number v = number(pair.v, 3);
    EXPECT_EQ(BN_cmp(sum_of_digits(scalars, HalvedScalars::of_key, 5).get(), u.get()), 0);
    EXPECT_EQ(BN_cmp(sum_of_digits(scalars, HalvedScalars::of_r, 5).get(), v.get()), 0);
    const Number product(BN_new(), &BN_free);
    BN_mod_mul(product.get(), v.get(), number(s.data(), 4).get(), subgroup_order(), context.get());
    const Number both =
        sum_of_digits(scalars, HalvedScalars::of_base_128, ed25519::base_digit_width);
    BN_lshift(both.get(), both.get(), 128);
    BN_add(both.get(), both.get(),
           sum_of_digits(scalars, HalvedScalars::of_base, ed25519::base_digit_width).get());
    EXPECT_EQ(BN_cmp(both.get(), product.get()), 0);
}

TEST(Ed25519Halve, DigitsAddUpToTheScalars) {
    std::mt19937_64 random(4);
    for (int i = 0; i < 2000 && !HasFailure(); ++i) {
        expect_digits(random_scalar(random), random_scalar(random));
    }
    for (const ChosenScalar& s : chosen_scalars()) {
        expect_digits(s.k, random_scalar(random));
        expect_digits(random_scalar(random), s.k);
        expect_digits(s.k, s.k);
    }
}

}  // namespace
}  // namespace aion::crypto::test
