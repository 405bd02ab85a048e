// SPDX-License-Identifier: MIT OR Apache-2.0
// One 64-bit lane of plain C++. The operations are described in
// lanes_avx512.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "crypto/ed25519/inline.hpp"

namespace aion::crypto::ed25519 {

/// `Variant` keeps apart the copies that are compiled for different instruction
/// sets.
template <int Variant>
struct Portable {
    static constexpr unsigned lanes = 1;
    using U = std::uint64_t;
    using OneLane = Portable;
    using Mask = bool;

    AION_INLINE static U zero() { return 0; }

    AION_INLINE static U set(std::uint64_t value) { return value; }

    AION_INLINE static U load(const void* from) {
        U a = 0;
        std::memcpy(&a, from, sizeof a);
        return a;
    }

    AION_INLINE static void store(void* to, U a) { std::memcpy(to, &a, sizeof a); }

    AION_INLINE static U gather(U address, std::ptrdiff_t offset) {
        return load(reinterpret_cast<const char*>(address) + offset);  // NOLINT(*-no-int-to-ptr)
    }

    template <std::size_t Offset>
    AION_INLINE static void load_four(const std::uint64_t (&address)[lanes], U (&out)[4]) {
        std::memcpy(out, reinterpret_cast<const void*>(address[0] + Offset), sizeof out);
    }

    AION_INLINE static U add(U a, U b) { return a + b; }

    AION_INLINE static U sub(U a, U b) { return a - b; }

    AION_INLINE static U add_times19(U a, U b) { return a + (19 * b); }

    AION_INLINE static U bit_and(U a, U b) { return a & b; }

    AION_INLINE static U bit_or(U a, U b) { return a | b; }

    AION_INLINE static U bit_xor(U a, U b) { return a ^ b; }

    template <unsigned N>
    AION_INLINE static U shl(U a) {
        return a << N;
    }

    template <unsigned N>
    AION_INLINE static U shr(U a) {
        return a >> N;
    }

    AION_INLINE static U shl_by(U a, unsigned n) { return n < 64 ? a << n : 0; }

    AION_INLINE static U shr_by(U a, unsigned n) { return n < 64 ? a >> n : 0; }

    template <unsigned N>
    AION_INLINE static U ror(U a) {
        return (a >> N) | (a << (64 - N));
    }

    AION_INLINE static U xor3(U a, U b, U c) { return a ^ b ^ c; }

    AION_INLINE static U choose(U a, U b, U c) { return c ^ (a & (b ^ c)); }

    AION_INLINE static U majority(U a, U b, U c) { return (a & b) | (c & (a | b)); }

    AION_INLINE static Mask equal(U a, U b) { return a == b; }

    AION_INLINE static Mask negative(U a) { return (a >> 63U) != 0; }

    AION_INLINE static Mask both(Mask a, Mask b) { return a && b; }

    AION_INLINE static Mask either(Mask a, Mask b) { return a || b; }

    AION_INLINE static unsigned bits(Mask a) { return a ? 1U : 0U; }

    AION_INLINE static Mask mask(unsigned bits) { return (bits & 1U) != 0; }

    AION_INLINE static U select(Mask m, U a, U b) { return m ? a : b; }
};

}  // namespace aion::crypto::ed25519
