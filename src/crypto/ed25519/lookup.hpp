// SPDX-License-Identifier: MIT OR Apache-2.0
// Signed digits of scalars and the table entries they select, V::lanes at a
// time. Not constant time: for verification only.
#pragma once

#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/point.hpp"

namespace aion::crypto::ed25519 {

/// Scalars plus `Windows::offset`, word i of every lane together.
template <class V>
struct Scalars {
    typename V::U word[4];
};

template <class V>
struct Digit {
    typename V::U magnitude;
    typename V::Mask minus;
};

template <class V>
AION_INLINE Digit<V> digit(const Scalars<V>& scalars, const Windows& windows, unsigned row) {
    using U = typename V::U;
    const unsigned bit = row * windows.width;
    const unsigned word = bit / 64;
    U value = V::shr_by(scalars.word[word], bit % 64);
    if (bit % 64 + windows.width > 64 && word < 3) {
        value = V::bit_or(value, V::shl_by(scalars.word[word + 1], 64 - (bit % 64)));
    }
    value = V::bit_and(value, V::set((std::uint64_t{1} << windows.width) - 1));
    const bool top = row + 1 == windows.rows;
    const U half = V::set(top ? 0 : std::uint64_t{1} << (windows.width - 1));
    const U centred = V::sub(value, half);
    const typename V::Mask minus = V::negative(centred);
    return {V::select(minus, V::sub(V::zero(), centred), centred), minus};
}

/// Five limbs, `Stride` bytes apart, from the address in each lane plus
/// `offset`.
template <class V, int Stride>
AION_INLINE Elem<V> gather(typename V::U address, std::ptrdiff_t offset) {
    Elem<V> out;
    for (int i = 0; i < 5; ++i) {
        out.limb[i] = V::gather(address, offset + (std::ptrdiff_t{Stride} * i));
    }
    return out;
}

template <class V>
struct Lookup {
    AffineNiels<V> point;
    typename V::Mask minus;
};

/// Where each lane's entry of one row lies. Kept in memory and found for all rows first: the
/// loads then neither wait for digits nor need addresses extracted from vectors, and entries of
/// later rows can be asked for early.
template <class V>
struct Place {
    std::uint64_t y_plus_x[V::lanes];
    std::uint64_t y_minus_x[V::lanes];
    std::uint64_t t2d[V::lanes];
    typename V::Mask minus;
};

/// The entry of row `row` in each lane's table, whose first entry's address is in `tables`, with
/// y + x and y - x exchanged where the digit is negative.
template <class V>
AION_INLINE void locate(typename V::U tables, const Scalars<V>& scalars, const Windows& windows,
                        unsigned row, Place<V>& out) {
    using U = typename V::U;
    static_assert(sizeof(TableEntry) == 1U << 7U);
    const Digit<V> d = digit<V>(scalars, windows, row);
    const std::uint64_t row_offset = std::uint64_t{row} * windows.row_entries * sizeof(TableEntry);
    const U entry = V::add(V::add(tables, V::set(row_offset)), V::template shl<7>(d.magnitude));
    const U part = V::set(sizeof(TableEntry::lower[0]));
    const U exchange = V::select(d.minus, part, V::zero());
    V::store(out.y_plus_x, V::add(entry, exchange));
    V::store(out.y_minus_x, V::sub(V::add(entry, part), exchange));
    V::store(out.t2d, V::add(entry, V::add(part, part)));
    out.minus = d.minus;
}

/// Asks for the two cache lines of each entry.
template <class V>
AION_INLINE void prefetch(const Place<V>& place) {
    for (unsigned lane = 0; lane < V::lanes; ++lane) {
        __builtin_prefetch(reinterpret_cast<const void*>(place.y_plus_x[lane]));
        __builtin_prefetch(reinterpret_cast<const void*>(place.t2d[lane]));
    }
}

template <class V>
AION_INLINE Lookup<V> fetch(const Place<V>& place) {
    using U = typename V::U;
    U plus[4];
    U minus[4];
    U t2d[4];
    U top[4];
    V::template load_four<0>(place.y_plus_x, plus);
    V::template load_four<0>(place.y_minus_x, minus);
    V::template load_four<0>(place.t2d, t2d);
    V::template load_four<sizeof(TableEntry::top)>(place.t2d, top);
    return {{{{plus[0], plus[1], plus[2], plus[3], V::select(place.minus, top[1], top[0])}},
             {{minus[0], minus[1], minus[2], minus[3], V::select(place.minus, top[0], top[1])}},
             {{t2d[0], t2d[1], t2d[2], t2d[3], top[2]}}},
            place.minus};
}

/// Lane numbers times eight: where a lane's part of a stored vector begins.
template <class V>
AION_INLINE typename V::U lane_offsets() {
    std::uint64_t offsets[V::lanes];
    for (unsigned lane = 0; lane < V::lanes; ++lane) {
        offsets[lane] = 8 * lane;
    }
    return V::load(offsets);
}

template <class V>
struct NielsLookup {
    Niels<V> point;
    typename V::Mask minus;
};

/// The multiple that each lane's digit selects out of a list that holds all
/// lanes together.
template <class V>
AION_INLINE NielsLookup<V> look_up(const Niels<V>* multiples, const Scalars<V>& scalars,
                                   const Windows& windows, unsigned row) {
    using U = typename V::U;
    constexpr int stride = sizeof(U);
    const Digit<V> d = digit<V>(scalars, windows, row);
    // The size of an entry is 20 vectors; 20 = 16 + 4.
    constexpr auto log_lanes = static_cast<unsigned>(__builtin_ctz(V::lanes));
    static_assert(sizeof(Niels<V>) == 20 * sizeof(U) && V::lanes == 1U << log_lanes);
    const U offset = V::add(V::template shl<7 + log_lanes>(d.magnitude),
                            V::template shl<5 + log_lanes>(d.magnitude));
    const U base = V::add(lane_offsets<V>(), V::set(reinterpret_cast<std::uintptr_t>(multiples)));
    const U entry = V::add(base, offset);
    const U exchange = V::select(d.minus, V::set(5 * stride), V::zero());
    return {{gather<V, stride>(V::add(entry, exchange), 0),
             gather<V, stride>(V::sub(entry, exchange), 5 * stride),
             gather<V, stride>(entry, 10 * stride), gather<V, stride>(entry, 15 * stride)},
            d.minus};
}

}  // namespace aion::crypto::ed25519
