// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/scalar.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/ed25519/halve.hpp"

namespace aion::crypto::ed25519 {
namespace {

__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using): __extension__

using Words4 = std::array<std::uint64_t, 4>;

constexpr Words4 order{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

// floor(2^512 / L), for Barrett's reduction.
constexpr std::array<std::uint64_t, 5> order_inverse{0xed9ce5a30a2c131b, 0x2106215d086329a7,
                                                     0xffffffffffffffeb, 0xffffffffffffffff, 0xf};

// The y of the points of order 1, 2 and 4, and of order 8: the roots of d y^4 +
// 2 y^2 - 1.
constexpr std::array<Words4, 5> small_order_y{{
    {1, 0, 0, 0},
    {0xffffffffffffffec, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff},
    {0, 0, 0, 0},
    {0x4fd84d3d706a17c7, 0x0f67100d760b3cba, 0xc6cc392cfa53202a, 0x7a03ac9277fdc74e},
    {0xb027b2c28f95e826, 0xf098eff289f4c345, 0x3933c6d305acdfd5, 0x05fc536d880238b1},
}};

Words4 load(const unsigned char* bytes) noexcept {
    Words4 words{};
    std::memcpy(words.data(), bytes, sizeof words);
    return words;
}

bool is_below(const Words4& a, const Words4& b) noexcept {
    for (std::size_t i = 4; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i];
        }
    }
    return false;
}

/// For scalars of fewer than `bits` bits.
constexpr Windows make_windows(unsigned width, unsigned bits) {
    Windows w{width, (bits + width - 1) / width, (1U << (width - 1)) + 1, {}};
    for (unsigned row = 0; row + 1 < w.rows; ++row) {
        const unsigned bit = (row * width) + width - 1;
        w.offset[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    return w;
}

constexpr auto all_windows = [] {
    std::array<Windows, max_width - min_width + 1> all{};
    for (unsigned width = min_width; width <= max_width; ++width) {
        all[width - min_width] = make_windows(width, 254);
    }
    return all;
}();

// out = low 320 bits of a * b.
void multiply_low(const std::array<std::uint64_t, 5>& a, const Words4& b,
                  std::array<std::uint64_t, 5>& out) noexcept {
    out = {};
    for (std::size_t i = 0; i < 4; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; i + j < 5; ++j) {
            const Uint128 t = Uint128{b[i]} * a[j] + out[i + j] + carry;
            out[i + j] = static_cast<std::uint64_t>(t);
            carry = static_cast<std::uint64_t>(t >> 64U);
        }
    }
}

// r -= L if r >= L.
void subtract_order(std::array<std::uint64_t, 5>& r) noexcept {
    std::array<std::uint64_t, 5> less{};
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        const Uint128 t = Uint128{r[i]} - (i < 4 ? order[i] : 0) - borrow;
        less[i] = static_cast<std::uint64_t>(t);
        borrow = static_cast<std::uint64_t>(t >> 64U) & 1U;
    }
    if (borrow == 0) {
        r = less;
    }
}

}  // namespace

const Windows& windows_of(unsigned width) noexcept {
    return all_windows[width - min_width];
}

const Windows& short_windows() noexcept {
    // One bit more than there are, for the carry of the offset.
    static constexpr Windows windows = make_windows(5, most_short_bits + 1);
    return windows;
}

bool is_reduced(const unsigned char* bytes) noexcept {
    return is_below(load(bytes), order);
}

bool is_strict_encoding(const unsigned char* bytes) noexcept {
    constexpr Words4 prime{0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff,
                           0x7fffffffffffffff};
    Words4 y = load(bytes);
    y[3] &= 0x7fffffffffffffff;
    if (!is_below(y, prime)) {
        return false;
    }
    return std::ranges::none_of(small_order_y, [&](const Words4& small) { return y == small; });
}

// Barrett: Menezes, van Oorschot, Vanstone, "Handbook of Applied Cryptography",
// algorithm 14.42 with b = 2^64, k = 4. The estimate of the quotient is at most
// two too small.
void reduce(const std::uint64_t (&x)[8], std::uint64_t (&out)[4]) noexcept {
    std::array<std::uint64_t, 10> product{};
    for (std::size_t i = 0; i < 5; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < 5; ++j) {
            const Uint128 t = Uint128{x[i + 3]} * order_inverse[j] + product[i + j] + carry;
            product[i + j] = static_cast<std::uint64_t>(t);
            carry = static_cast<std::uint64_t>(t >> 64U);
        }
        product[i + 5] = carry;
    }
    const std::array<std::uint64_t, 5> quotient{product[5], product[6], product[7], product[8],
                                                product[9]};
    std::array<std::uint64_t, 5> r{};
    multiply_low(quotient, order, r);
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        const Uint128 t = Uint128{x[i]} - r[i] - borrow;
        r[i] = static_cast<std::uint64_t>(t);
        borrow = static_cast<std::uint64_t>(t >> 64U) & 1U;
    }
    subtract_order(r);
    subtract_order(r);
    for (std::size_t i = 0; i < 4; ++i) {
        out[i] = r[i];
    }
}

void reduce_hash(const std::uint64_t (&hash)[8], std::uint64_t (&out)[4]) noexcept {
    std::uint64_t x[8];
    for (std::size_t i = 0; i < 8; ++i) {
        x[i] = __builtin_bswap64(hash[i]);
    }
    reduce(x, out);
}

}  // namespace aion::crypto::ed25519
