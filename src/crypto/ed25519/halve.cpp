// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/halve.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/ed25519/base_tables.hpp"
#include "crypto/ed25519/scalar.hpp"

namespace aion::crypto::ed25519 {
namespace {

__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using): __extension__

/// 8 L.
constexpr std::uint64_t group_order[4]{0xc09318d2e7ae9f68, 0xa6f7cef517bce6b2, 0,
                                       0x8000000000000000};

/// A remainder r of Euclid's algorithm and |t|, where r = t k (mod 8 L); the signs of t alternate.
struct Step {
    std::uint64_t r[4];
    std::uint64_t t[3];
};

template <unsigned Count>
unsigned bits_of(const std::uint64_t (&words)[Count]) noexcept {
    for (unsigned i = Count; i-- > 0;) {
        if (words[i] != 0) {
            return (64 * (i + 1)) - static_cast<unsigned>(std::countl_zero(words[i]));
        }
    }
    return 0;
}

/// The 64 bits from bit `shift` on, `shift` below 256.
std::uint64_t word_at(const std::uint64_t (&words)[4], unsigned shift) noexcept {
    const unsigned word = shift / 64;
    const unsigned bit = shift % 64;
    const std::uint64_t above = word < 3 ? words[word + 1] : 0;
    return (words[word] >> bit) | ((above << 1U) << (63 - bit));
}

/// x a - y b, which is known to be neither negative nor too large.
void difference(std::uint64_t x, const std::uint64_t (&a)[4], std::uint64_t y,
                const std::uint64_t (&b)[4], std::uint64_t (&out)[4]) noexcept {
    Uint128 plus = 0;
    Uint128 minus = 0;
    std::uint64_t borrow = 0;
    for (int i = 0; i < 4; ++i) {
        plus += Uint128{x} * a[i];
        minus += Uint128{y} * b[i];
        const Uint128 word =
            Uint128{static_cast<std::uint64_t>(plus)} - static_cast<std::uint64_t>(minus) - borrow;
        out[i] = static_cast<std::uint64_t>(word);
        borrow = static_cast<std::uint64_t>(word >> 64U) & 1U;
        plus >>= 64U;
        minus >>= 64U;
    }
}

/// x a + y b.
void sum(std::uint64_t x, const std::uint64_t (&a)[3], std::uint64_t y, const std::uint64_t (&b)[3],
         std::uint64_t (&out)[3]) noexcept {
    std::uint64_t carry = 0;
    Uint128 first = 0;
    Uint128 second = 0;
    for (int i = 0; i < 3; ++i) {
        first += Uint128{x} * a[i];
        second += Uint128{y} * b[i];
        const Uint128 word =
            Uint128{static_cast<std::uint64_t>(first)} + static_cast<std::uint64_t>(second) + carry;
        out[i] = static_cast<std::uint64_t>(word);
        carry = static_cast<std::uint64_t>(word >> 64U);
        first >>= 64U;
        second >>= 64U;
    }
}

bool is_below(const std::uint64_t (&a)[4], const std::uint64_t (&b)[4]) noexcept {
    for (unsigned i = 4; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i];
        }
    }
    return false;
}

/// Neighbouring steps, the larger remainder first.
struct Pair {
    Step larger;
    Step smaller;
    bool minus;  ///< The t of `smaller` is negative, the other one not; or the other way round.
};

/// What some steps do to a pair: factors of the old remainders that give the new ones, without
/// their signs, which differ.
struct Factors {
    std::uint64_t of_larger[2] = {0, 1};
    std::uint64_t of_smaller[2] = {0, 0};
    bool crossed = true;  ///< An odd number of steps.

    [[nodiscard]] bool are_any() const noexcept { return of_smaller[0] != 0; }
};

/// Euclid's steps on the leading words of a pair, as long as they are surely those of the whole
/// numbers (Collins' condition, in Jebelean, "A Double-Digit Lehmer-Euclid Algorithm for Finding
/// the GCD of Long Integers", Journal of Symbolic Computation 19, 1995) and the larger number does
/// not fall below `least`. The factors are those of the step before the last one: only then is it
/// known to be right.
Factors leading_steps(std::uint64_t larger, std::uint64_t smaller, std::uint64_t least) noexcept {
    Factors f;
    std::uint64_t next_of_larger = 0;
    std::uint64_t next_of_smaller = 1;
    while (larger >= least && smaller >= next_of_smaller &&
           larger - smaller >= f.of_smaller[1] + next_of_smaller) {
        const std::uint64_t quotient = larger / smaller;
        const std::uint64_t rest = larger - (quotient * smaller);
        larger = smaller;
        smaller = rest;
        const std::uint64_t of_larger = f.of_larger[1] + (quotient * next_of_larger);
        const std::uint64_t of_smaller = f.of_smaller[1] + (quotient * next_of_smaller);
        f.of_larger[0] = f.of_larger[1];
        f.of_larger[1] = next_of_larger;
        next_of_larger = of_larger;
        f.of_smaller[0] = f.of_smaller[1];
        f.of_smaller[1] = next_of_smaller;
        next_of_smaller = of_smaller;
        f.crossed = !f.crossed;
    }
    return f;
}

void apply(const Factors& f, Pair& pair) noexcept {
    const Pair old = pair;
    const auto& a = old.larger;
    const auto& b = old.smaller;
    if (f.crossed) {
        difference(f.of_smaller[0], b.r, f.of_larger[0], a.r, pair.larger.r);
        difference(f.of_larger[1], a.r, f.of_smaller[1], b.r, pair.smaller.r);
    } else {
        difference(f.of_larger[0], a.r, f.of_smaller[0], b.r, pair.larger.r);
        difference(f.of_smaller[1], b.r, f.of_larger[1], a.r, pair.smaller.r);
    }
    sum(f.of_larger[0], a.t, f.of_smaller[0], b.t, pair.larger.t);
    sum(f.of_larger[1], a.t, f.of_smaller[1], b.t, pair.smaller.t);
    pair.minus = old.minus != f.crossed;
}

/// larger - q smaller, and t with it.
void subtract(std::uint64_t q, Step& larger, const Step& smaller) noexcept {
    difference(1, larger.r, q, smaller.r, larger.r);
    sum(1, larger.t, q, smaller.t, larger.t);
}

/// One step where leading words, `larger` and `smaller`, leave a doubt about the quotient. False
/// when they leave too much.
bool whole_step(std::uint64_t larger, std::uint64_t smaller, Pair& pair) noexcept {
    if (smaller >> 32U == 0) {
        return false;
    }
    subtract(smaller + 1 == 0 ? 1 : larger / (smaller + 1), pair.larger, pair.smaller);
    while (!is_below(pair.larger.r, pair.smaller.r)) {  // Three times at most.
        subtract(1, pair.larger, pair.smaller);
    }
    const Step rest = pair.larger;
    pair.larger = pair.smaller;
    pair.smaller = rest;
    pair.minus = !pair.minus;
    return true;
}

/// How often to take the smaller remainder off the larger one so that what is left and its t have
/// about the same length. Any answer is right; a good one makes both short.
bool balance(const Pair& pair, std::uint64_t& times) noexcept {
    const auto& [a, b, minus] = pair;
    const std::uint64_t t_larger[4] = {a.t[0], a.t[1], a.t[2], 0};
    const std::uint64_t t_smaller[4] = {b.t[0], b.t[1], b.t[2], 0};
    const unsigned bits = bits_of(a.r);
    const unsigned shift = bits > 62 ? bits - 62 : 0;
    const std::uint64_t r = word_at(a.r, shift);
    const std::uint64_t t = word_at(t_larger, shift);
    const std::uint64_t slope = word_at(b.r, shift) + word_at(t_smaller, shift);
    if (slope >> 32U == 0) {
        return false;
    }
    times = r > t ? (r - t) / (slope + 1) : 0;  // One more: what is left must not be negative.
    return true;
}

/// a = -b for a and b below L.
bool is_opposite(const std::uint64_t (&a)[4], const std::uint64_t (&b)[4]) noexcept {
    std::uint64_t sum[8] = {};
    Uint128 carry = 0;
    for (int i = 0; i < 4; ++i) {
        carry += Uint128{a[i]} + b[i];
        sum[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64U;
    }
    std::uint64_t rest[4];
    reduce(sum, rest);
    return (rest[0] | rest[1] | rest[2] | rest[3]) == 0;
}

}  // namespace

bool find_short_pair(const std::uint64_t (&k)[4], ShortPair& out) noexcept {
    Pair pair{{{group_order[0], group_order[1], group_order[2], group_order[3]}, {}},
              {{k[0], k[1], k[2], k[3]}, {1, 0, 0}},
              false};
    while ((pair.smaller.r[2] | pair.smaller.r[3]) != 0) {
        const unsigned shift = bits_of(pair.larger.r) - 64;
        const std::uint64_t larger = word_at(pair.larger.r, shift);
        const std::uint64_t smaller = word_at(pair.smaller.r, shift);
        const std::uint64_t least = shift >= 128 ? 0 : std::uint64_t{1} << (128 - shift);
        const Factors factors = leading_steps(larger, smaller, least);
        if (factors.are_any()) {
            apply(factors, pair);
        } else if (!whole_step(larger, smaller, pair)) {
            return false;
        }
    }
    const Step* chosen = &pair.smaller;
    bool minus = pair.minus;
    if (pair.smaller.t[0] % 2 == 0) {  // Then the other one is odd: neighbours are coprime.
        std::uint64_t times = 0;
        if (!balance(pair, times)) {
            return false;
        }
        subtract(times, pair.larger, pair.smaller);
        chosen = &pair.larger;
        minus = !minus;
    }
    for (int i = 0; i < 3; ++i) {
        out.u[i] = chosen->r[i];
        out.v[i] = chosen->t[i];
    }
    out.minus = minus;
    return chosen->r[3] == 0 && is_short_pair(out, k);
}

bool is_short_pair(const ShortPair& pair, const std::uint64_t (&k)[4]) noexcept {
    if (pair.v[0] % 2 == 0 || bits_of(pair.u) > most_short_bits ||
        bits_of(pair.v) > most_short_bits) {
        return false;
    }
    // u + v k or u - v k is to be 0 modulo 8, and modulo L.
    const std::uint64_t low = pair.v[0] * k[0];
    if ((pair.minus ? pair.u[0] + low : pair.u[0] - low) % 8 != 0) {
        return false;
    }
    std::uint64_t vk[4] = {k[0], k[1], k[2], k[3]};
    multiply_by_short(pair.v, vk);
    const std::uint64_t u[4] = {pair.u[0], pair.u[1], pair.u[2], 0};
    return pair.minus ? is_opposite(u, vk) : std::ranges::equal(u, vk);
}

namespace {

constexpr unsigned max_digit_width = base_digit_width;

/// Digits of `width` bits, odd ones only, as far apart as zeros allow; `minus` changes their signs.
/// From below, never changing the scalar: a negative digit leaves a one to be added to what is
/// above, which turns the ones that follow into zeros.
void recode(const std::uint64_t (&scalar)[4], unsigned width, bool minus,
            HalvedScalars::Scalar which, HalvedScalars& out) noexcept {
    const unsigned bits = bits_of(scalar);
    const std::uint64_t full = std::uint64_t{1} << width;
    const unsigned flip = minus ? HalvedScalars::sign_bit : 0U;
    std::uint64_t carry = 0;
    unsigned place = 0;
    while (place < bits + carry) {
        // The scalar has 64 zeros at least above its bits, so that all 64 of these are known.
        const std::uint64_t above = word_at(scalar, place);
        const auto zeros = static_cast<unsigned>(std::countr_zero(above ^ (0 - carry)));
        if (zeros > 64 - max_digit_width) {
            place += zeros < 64 ? zeros : 63;
            continue;
        }
        place += zeros;
        const std::uint64_t low = ((above >> zeros) % full) + carry;
        carry = low >> (width - 1);
        const std::uint64_t sign = 0 - carry;
        const std::uint64_t magnitude = (low ^ sign) + carry + (sign & full);
        out.digit[place][which] =
            static_cast<std::uint8_t>(magnitude | ((carry * HalvedScalars::sign_bit) ^ flip));
        out.places = place < out.places ? out.places : place + 1;
        place += width;
    }
}

}  // namespace

void multiply_by_short(const std::uint64_t (&v)[3], std::uint64_t (&s)[4]) noexcept {
    std::uint64_t product[8] = {};
    for (int i = 0; i < 3; ++i) {
        std::uint64_t carry = 0;
        for (int j = 0; j < 4; ++j) {
            const Uint128 t = (Uint128{v[i]} * s[j]) + product[i + j] + carry;
            product[i + j] = static_cast<std::uint64_t>(t);
            carry = static_cast<std::uint64_t>(t >> 64U);
        }
        product[i + 4] = carry;
    }
    reduce(product, s);
}

bool halve(const std::uint64_t (&s)[4], const std::uint64_t (&k)[4], HalvedScalars& out) noexcept {
    ShortPair pair;
    if (!find_short_pair(k, pair)) {
        return false;
    }
    std::uint64_t vs[4] = {s[0], s[1], s[2], s[3]};
    multiply_by_short(pair.v, vs);
    std::memset(&out, 0, sizeof out);
    recode({pair.u[0], pair.u[1], pair.u[2], 0}, HalvedScalars::key_width, pair.minus,
           HalvedScalars::of_key, out);
    recode({pair.v[0], pair.v[1], pair.v[2], 0}, HalvedScalars::key_width, false,
           HalvedScalars::of_r, out);
    recode({vs[0], vs[1], 0, 0}, base_digit_width, false, HalvedScalars::of_base, out);
    recode({vs[2], vs[3], 0, 0}, base_digit_width, false, HalvedScalars::of_base_128, out);
    return true;
}

}  // namespace aion::crypto::ed25519
