// SPDX-License-Identifier: MIT OR Apache-2.0
// Halving the scalars of one signature's equation, [S]B - [k]A - R = O.
//
// Antipa, Brown, Gallant, Lambert, Struik, Vanstone, "Accelerated Verification of ECDSA
// Signatures", SAC 2005, multiply the equation by a v for which u = v k is short, too. The modulus
// here is 8 L, the order of the whole group, which is cyclic, and v is odd and no multiple of L:
// multiplying by such a v is one-to-one, and [v k]A is [u]A also for an A that is not in the
// subgroup of B. So [v S]B - [u]A - [v]R = O says exactly what the equation says, no cofactor. Of
// v S only the remainder modulo L matters, B's order, and its upper half goes to 2^128 B. What is
// left are four scalars of some 128 bits. Reduction: Pornin, "Optimized Lattice Basis Reduction in
// Dimension 2, and Fast Schnorr and EdDSA Signature Verification", IACR ePrint 2020/454, has the
// theory; ours is Euclid's algorithm by leading words (Lehmer), stopped halfway.
//
// Not constant time: for verification only. Compiled once, without vectors.
#pragma once

#include <cstdint>

#include "crypto/ed25519/inline.hpp"

namespace aion::crypto::ed25519 {

/// The most bits of u and v.
inline constexpr unsigned most_short_bits = 136;

/// u = v k (mod 8 L), or u = -v k where `minus`; v is odd; both are below 2^most_short_bits.
/// Little-endian words.
struct ShortPair {
    std::uint64_t u[3];
    std::uint64_t v[3];
    bool minus;
};

/// Finds such a pair for k below L. False when there is none, or when it takes a division that
/// leading words do not decide: of random k fewer than one in a million, but k can be chosen
/// for it (by trying messages, for little more than that).
/// What it finds, `is_short_pair` has seen.
[[nodiscard]] bool find_short_pair(const std::uint64_t (&k)[4], ShortPair& out) noexcept;

/// Whether `pair` is what `ShortPair` says, by multiplying, whatever way it was found: were the way
/// wrong, a signature would take longer, and none would be judged by another equation than its own.
[[nodiscard]] bool is_short_pair(const ShortPair& pair, const std::uint64_t (&k)[4]) noexcept;

/// s = v s mod L for a v below 2^192.
void multiply_by_short(const std::uint64_t (&v)[3], std::uint64_t (&s)[4]) noexcept;

/// Signed digits of u, v and the halves of v S mod L. Digit i counts 2^i; of most places all four
/// are zero. A digit that is not is an odd number below half of 2^width, and bit 7 its sign.
struct HalvedScalars {
    enum Scalar : std::uint8_t { of_key, of_r, of_base, of_base_128 };

    static constexpr unsigned key_width = 5;
    /// One more than a scalar has bits, for the carry out of the last digit.
    static constexpr unsigned most_places = most_short_bits + 1;

    static constexpr std::uint8_t sign_bit = 0x80;

    std::uint8_t digit[most_places][4];
    unsigned places;  ///< Those above the highest digit are left out.
};

/// The digits of one place that are not zero.
class PlaceDigits {
  public:
    AION_INLINE PlaceDigits(const HalvedScalars& scalars, unsigned place) {
        __builtin_memcpy(&rest_, scalars.digit[place], sizeof rest_);
    }

    [[nodiscard]] AION_INLINE bool are_left() const { return rest_ != 0; }

    struct Digit {
        unsigned which;  ///< `HalvedScalars::Scalar`.
        unsigned index;  ///< Of its multiple among the odd ones.
        bool minus;
    };

    AION_INLINE Digit next() {
        const auto which = static_cast<unsigned>(__builtin_ctz(rest_)) / 8;
        const std::uint32_t digit = (rest_ >> (8 * which)) & 0xffU;
        rest_ &= ~(0xffU << (8 * which));
        return {which, (digit & ~std::uint32_t{HalvedScalars::sign_bit}) / 2,
                (digit & HalvedScalars::sign_bit) != 0};
    }

  private:
    std::uint32_t rest_ = 0;
};

/// The halved scalars of [S]B - [k]A - R = O for S and k below L: digits of `of_key` and `of_r`
/// multiply -A and -R. False when `find_short_pair` finds none.
[[nodiscard]] bool halve(const std::uint64_t (&s)[4], const std::uint64_t (&k)[4],
                         HalvedScalars& out) noexcept;

}  // namespace aion::crypto::ed25519
