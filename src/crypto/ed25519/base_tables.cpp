// SPDX-License-Identifier: MIT OR Apache-2.0
// The arithmetic here is for the compiler: as plain as can be, apart from the one that judges
// signatures, and compared with it by tests/crypto/ed25519_base_tables_test.cpp.
#include "crypto/ed25519/base_tables.hpp"

#include <array>
#include <cstddef>

#include "crypto/ed25519/scalar.hpp"

namespace aion::crypto::ed25519 {
namespace {

__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using): __extension__

constexpr std::uint64_t mask = (std::uint64_t{1} << 51U) - 1;

/// A number modulo 2^255 - 19 in limbs of 51 bits, a little above them at times.
struct Number {
    std::uint64_t limb[5];
};

consteval Number carry(const Uint128 (&column)[5]) {
    Number out{};
    Uint128 over = 0;
    for (int i = 0; i < 5; ++i) {
        const Uint128 sum = column[i] + over;
        out.limb[i] = static_cast<std::uint64_t>(sum) & mask;
        over = sum >> 51U;
    }
    // Twice, so that all limbs are below 2^51 but the lowest, which may be 19 too large.
    const Uint128 lowest = out.limb[0] + (19 * over);
    out.limb[0] = static_cast<std::uint64_t>(lowest) & mask;
    over = lowest >> 51U;
    for (int i = 1; i < 5; ++i) {
        const std::uint64_t sum = out.limb[i] + static_cast<std::uint64_t>(over);
        out.limb[i] = sum & mask;
        over = sum >> 51U;
    }
    out.limb[0] += 19 * static_cast<std::uint64_t>(over);
    return out;
}

consteval Number operator*(const Number& a, const Number& b) {
    Uint128 column[5] = {};
    for (int i = 0; i < 5; ++i) {
        for (int j = 0; j < 5; ++j) {
            const std::uint64_t weight = i + j < 5 ? 1 : 19;
            column[(i + j) % 5] += Uint128{a.limb[i]} * weight * b.limb[j];
        }
    }
    return carry(column);
}

consteval Number operator+(const Number& a, const Number& b) {
    Uint128 column[5] = {};
    for (int i = 0; i < 5; ++i) {
        column[i] = Uint128{a.limb[i]} + b.limb[i];
    }
    return carry(column);
}

consteval Number operator-(const Number& a, const Number& b) {
    Uint128 column[5] = {};
    for (int i = 0; i < 5; ++i) {
        // 4 p keeps it positive.
        column[i] = Uint128{a.limb[i]} + (Uint128{4} * (i == 0 ? mask - 18 : mask)) - b.limb[i];
    }
    return carry(column);
}

/// The representative below p.
consteval Number canonical(const Number& a) {
    Number out = a;
    for (int round = 0; round < 2; ++round) {
        // Adding 19 carries out of the top if and only if it is p or more.
        std::uint64_t over = 19;
        for (const std::uint64_t limb : out.limb) {
            over = (limb + over) >> 51U;
        }
        std::uint64_t next = 19 * over;
        for (std::uint64_t& limb : out.limb) {
            next += limb;
            limb = next & mask;
            next >>= 51U;
        }
    }
    return out;
}

/// a^(p - 2).
consteval Number inverse(const Number& a) {
    // p - 2 = 2^255 - 21: all ones but bits 2 and 4.
    Number out = a;
    for (int bit = 253; bit >= 0; --bit) {
        out = out * out;
        if (bit != 2 && bit != 4) {
            out = out * a;
        }
    }
    return out;
}

constexpr Number one{{1, 0, 0, 0, 0}};
/// RFC 8032 section 5.1: 2d, and the base point.
constexpr Number twice_d{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
constexpr Number base_x{
    {0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5}};
constexpr Number base_y{
    {0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666}};

struct Point {
    Number x;
    Number y;
    Number z;
    Number t;
};

/// Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited", ASIACRYPT 2008, section 3.1:
/// complete, so it doubles, too.
consteval Point operator+(const Point& p, const Point& q) {
    const Number a = (p.y - p.x) * (q.y - q.x);
    const Number b = (p.y + p.x) * (q.y + q.x);
    const Number c = p.t * twice_d * q.t;
    const Number d = (p.z + p.z) * q.z;
    const Number e = b - a;
    const Number f = d - c;
    const Number g = d + c;
    const Number h = b + a;
    return {e * f, g * h, f * g, e * h};
}

consteval Point doubled(Point p, unsigned times) {
    for (; times > 0; --times) {
        p = p + p;
    }
    return p;
}

constexpr Point base{base_x, base_y, one, base_x* base_y};

/// y - x, y + x and 2dxy of a point.
struct Affine {
    Number part[3];
};

template <std::size_t Count>
consteval std::array<Affine, Count> affine(const std::array<Point, Count>& points) {
    std::array<Number, Count> products{};
    Number all = one;
    for (std::size_t i = 0; i < Count; ++i) {
        products[i] = all;
        all = all * points[i].z;
    }
    Number inverses = inverse(all);
    std::array<Affine, Count> out{};
    for (std::size_t i = Count; i-- > 0;) {
        const Number z_inverse = inverses * products[i];
        inverses = inverses * points[i].z;
        const Number x = points[i].x * z_inverse;
        const Number y = points[i].y * z_inverse;
        out[i] = {{canonical(y - x), canonical(y + x), canonical(x * y * twice_d)}};
    }
    return out;
}

consteval OddMultiples odd_multiples(const Point& first) {
    OddMultiples out{};
    std::array<Point, base_odd_multiples> points{};
    const Point step = first + first;
    points[0] = first;
    for (std::size_t i = 1; i < points.size(); ++i) {
        points[i] = points[i - 1] + step;
    }
    const auto entries = affine(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (int limb = 0; limb < 5; ++limb) {
            for (int part = 0; part < 3; ++part) {
                out.at[i].limb[limb][part] = entries[i].part[part].limb[limb];
            }
            out.at[i].limb[limb][3] = limb == 0 ? 2 : 0;
        }
    }
    return out;
}

consteval TableEntry table_entry(const Affine& a) {
    TableEntry out{};
    constexpr int order[3] = {1, 0, 2};  // y + x comes first there.
    for (int part = 0; part < 3; ++part) {
        for (int limb = 0; limb < 4; ++limb) {
            out.lower[part][limb] = a.part[order[part]].limb[limb];
        }
        out.top[part] = a.part[order[part]].limb[4];
    }
    return out;
}

/// 0 to 2^(width - 1) times 2^(width i) B in row i.
consteval BaseRows rows_of_base() {
    std::array<Point, std::size_t{BaseRows::rows} * BaseRows::row_entries> points{};
    Point first = base;
    for (std::size_t row = 0; row < BaseRows::rows; ++row) {
        Point* const at = &points[row * BaseRows::row_entries];
        at[0] = {Number{}, one, one, Number{}};
        for (std::size_t i = 1; i < BaseRows::row_entries; ++i) {
            at[i] = at[i - 1] + first;
        }
        first = doubled(first, base_table_width);
    }
    const auto entries = affine(points);
    BaseRows out{};
    for (std::size_t i = 0; i < points.size(); ++i) {
        out.entry[i] = table_entry(entries[i]);
    }
    return out;
}

}  // namespace

constinit const OddMultiples odd_multiples_of_base = odd_multiples(base);
constinit const OddMultiples odd_multiples_of_base_128 = odd_multiples(doubled(base, 128));
constinit const BaseRows base_table = rows_of_base();

}  // namespace aion::crypto::ed25519
