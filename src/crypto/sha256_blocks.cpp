// SPDX-License-Identifier: MIT OR Apache-2.0
// Compiled with SHA-NI and SSE4.1; nothing here may be called where the processor lacks them, but
// `has_sha_instructions`, which is elsewhere.
#include "crypto/sha256_blocks.hpp"

#include <immintrin.h>

#include "crypto/ed25519/inline.hpp"

// NOLINTBEGIN(portability-simd*,bugprone-casting*,*member-init): SHA-NI alone
namespace aion::crypto {
namespace {

// FIPS 180-4 section 4.2.2.
alignas(16) constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

AION_INLINE __m128i load(const void* from) noexcept {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

AION_INLINE void store(void* to, __m128i bytes) noexcept {
    _mm_storeu_si128(static_cast<__m128i*>(to), bytes);
}

// Words from bytes, or bytes from words.
AION_INLINE __m128i big_endian(__m128i bytes) noexcept {
    return _mm_shuffle_epi8(bytes, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

// One stream. The instructions take the words in the order a, b, e, f and c, d, g, h, the first as
// the highest.
struct Lane {
    __m128i abef;
    __m128i cdgh;
    __m128i words[4];  // The sixteen of the message schedule that are needed next.

    AION_INLINE explicit Lane(const std::uint32_t* state) noexcept {
        const __m128i dcba = load(state);
        const __m128i hgfe = load(state + 4);
        const __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
        const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
        abef = _mm_alignr_epi8(cdab, efgh, 8);
        cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    }

    // A stream that begins: FIPS 180-4 section 5.3.3.
    AION_INLINE Lane() noexcept
        : abef(_mm_set_epi64x(0x6a09e667bb67ae85, 0x510e527f9b05688c)),
          cdgh(_mm_set_epi64x(0x3c6ef372a54ff53a, 0x1f83d9ab5be0cd19)) {}

    AION_INLINE void put_into(std::uint32_t* state) const noexcept {
        const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
        const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
        store(state, _mm_blend_epi16(feba, dchg, 0xf0));
        store(state + 4, _mm_alignr_epi8(dchg, feba, 8));
    }

    AION_INLINE void put_digest_into(std::uint8_t* digest) const noexcept {
        const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
        const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
        store(digest, big_endian(_mm_blend_epi16(feba, dchg, 0xf0)));
        store(digest + 16, big_endian(_mm_alignr_epi8(dchg, feba, 8)));
    }

    // Rounds 4 `group` to 4 `group` + 3 of a block.
    AION_INLINE void rounds(const std::uint8_t* block, unsigned group) noexcept {
        if (group < 4) {
            words[group] = big_endian(load(block + std::size_t{16} * group));
        }
        rounds(group);
    }

    // The same of a block whose words are here already.
    AION_INLINE void rounds(unsigned group) noexcept {
        __m128i& word = words[group % 4];
        if (group >= 4) {
            const __m128i last = words[(group + 3) % 4];
            const __m128i middle = _mm_alignr_epi8(last, words[(group + 2) % 4], 4);
            word = _mm_sha256msg1_epu32(word, words[(group + 1) % 4]);
            word = _mm_sha256msg2_epu32(_mm_add_epi32(word, middle), last);
        }
        const __m128i mixed = _mm_add_epi32(word, load(round_constants + std::size_t{4} * group));
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, mixed);
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(mixed, 0x0e));
    }

    AION_INLINE void add(__m128i first, __m128i second) noexcept {
        abef = _mm_add_epi32(abef, first);
        cdgh = _mm_add_epi32(cdgh, second);
    }

    // A whole block whose words are here already.
    AION_INLINE void block() noexcept {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
#pragma GCC unroll 16
        for (unsigned group = 0; group < 16; ++group) {
            rounds(group);
        }
        add(abef_before, cdgh_before);
    }
};

}  // namespace

void sha256_blocks(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) noexcept {
    Lane lane(state);
    for (; blocks > 0; --blocks, data += 64) {
        const __m128i abef = lane.abef;
        const __m128i cdgh = lane.cdgh;
#pragma GCC unroll 16
        for (unsigned group = 0; group < 16; ++group) {
            lane.rounds(data, group);
        }
        lane.add(abef, cdgh);
    }
    lane.put_into(state);
}

void sha256_blocks_of_two(std::uint32_t* a, const std::uint8_t* data_a, std::uint32_t* b,
                          const std::uint8_t* data_b, std::size_t blocks) noexcept {
    Lane lane_a(a);
    Lane lane_b(b);
    for (; blocks > 0; --blocks, data_a += 64, data_b += 64) {
        const __m128i abef_a = lane_a.abef;
        const __m128i cdgh_a = lane_a.cdgh;
        const __m128i abef_b = lane_b.abef;
        const __m128i cdgh_b = lane_b.cdgh;
#pragma GCC unroll 16
        for (unsigned group = 0; group < 16; ++group) {
            lane_a.rounds(data_a, group);
            lane_b.rounds(data_b, group);
        }
        lane_a.add(abef_a, cdgh_a);
        lane_b.add(abef_b, cdgh_b);
    }
    lane_a.put_into(a);
    lane_b.put_into(b);
}

// Nothing but the digests is in memory: a load of what several stores wrote would wait for them.
void sha256_of_pair(std::uint8_t prefix, const std::uint8_t* left, const std::uint8_t* right,
                    std::uint8_t* digest) noexcept {
    const __m128i left_low = load(left);
    const __m128i left_high = load(left + 16);
    const __m128i right_low = load(right);
    const __m128i right_high = load(right + 16);
    const __m128i before = _mm_slli_si128(_mm_cvtsi32_si128(prefix), 15);
    Lane lane;
    lane.words[0] = big_endian(_mm_alignr_epi8(left_low, before, 15));
    lane.words[1] = big_endian(_mm_alignr_epi8(left_high, left_low, 15));
    lane.words[2] = big_endian(_mm_alignr_epi8(right_low, left_high, 15));
    lane.words[3] = big_endian(_mm_alignr_epi8(right_high, right_low, 15));
    lane.block();
    // The last byte, a bit that is set, zeros, and the number of bits.
    constexpr int bits = 65 * 8;
    lane.words[0] =
        big_endian(_mm_or_si128(_mm_srli_si128(right_high, 15), _mm_cvtsi32_si128(0x8000)));
    lane.words[1] = _mm_setzero_si128();
    lane.words[2] = _mm_setzero_si128();
    lane.words[3] = _mm_set_epi32(bits, 0, 0, 0);
    lane.block();
    lane.put_digest_into(digest);
}

}  // namespace aion::crypto

// NOLINTEND(portability-simd*,bugprone-casting*,*member-init)
