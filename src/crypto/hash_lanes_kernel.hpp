// SPDX-License-Identifier: MIT OR Apache-2.0
// The BLAKE3 compression of one-chunk inputs in vector lanes, written once and compiled for each
// instruction set (BLAKE3 paper, section 2.2; https://github.com/BLAKE3-team/BLAKE3-specs).
//
// Everything here has internal linkage, and of the standard library only types are used: code
// compiled for AVX-512 must never be what the linker picks for a function that others use as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// NOLINTNEXTLINE(cert-dcl59-cpp,google-build-namespaces): see above.
namespace {

template <unsigned Lanes>
struct LaneHash {
    using Vec [[gnu::vector_size(4 * Lanes)]] = std::uint32_t;

    using All = std::make_integer_sequence<unsigned, Lanes>;

    static constexpr unsigned block_size = 64;
    static constexpr unsigned block_words = 16;
    static constexpr std::uint32_t chunk_start = 1;
    static constexpr std::uint32_t chunk_end = 2;
    static constexpr std::uint32_t root = 8;
    static constexpr std::uint32_t iv[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                            0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
    static constexpr unsigned permutation[block_words] = {2, 6,  3,  10, 7, 0,  4,  13,
                                                          1, 11, 12, 5,  9, 14, 15, 8};

    /// One block of every input, word by word.
    struct Block {
        Vec words[block_words];
    };

    static void hash(const std::uint8_t* const* inputs, std::size_t length, std::uint8_t* digests) {
        Vec chain[8];
        for (unsigned i = 0; i < 8; ++i) {
            chain[i] = Vec{} + iv[i];
        }
        std::size_t done = 0;
        std::uint32_t flags = chunk_start;
        do {
            const std::size_t left = length - done;
            const bool last = left <= block_size;
            const auto size = static_cast<std::uint32_t>(last ? left : block_size);
            flags |= last ? chunk_end | root : 0U;
            Block block = {};
            load(inputs, done, size, block);
            compress(chain, block, size, flags);
            flags = 0;
            done += size;
        } while (done < length);
        store(chain, digests);
    }

    /// Bytes `[at, at + size)` of each input; the rest of the block is zero.
    static void load(const std::uint8_t* const* inputs, std::size_t at, std::uint32_t size,
                     Block& block) {
        const std::uint8_t* sources[Lanes];
        std::uint8_t padded[Lanes][block_size];
        for (unsigned lane = 0; lane < Lanes; ++lane) {
            sources[lane] = inputs[lane] + at;
            if (size < block_size) {
                pad(sources[lane], size, padded[lane]);
                sources[lane] = padded[lane];
            }
        }
        for (unsigned first = 0; first < block_words; first += Lanes) {
            Vec rows[Lanes];
            for (unsigned lane = 0; lane < Lanes; ++lane) {
                __builtin_memcpy(&rows[lane], sources[lane] + std::size_t{4} * first, sizeof(Vec));
                swap_on_big_endian(rows[lane]);
            }
            transpose(rows);
            for (unsigned i = 0; i < Lanes; ++i) {
                block.words[first + i] = rows[i];
            }
        }
    }

    /// Eight bytes at a time: the compiler would call memcpy for each of so many short copies.
    static void pad(const std::uint8_t* from, std::uint32_t size, std::uint8_t* to) {
        __builtin_memset(to, 0, block_size);
        std::uint32_t i = 0;
        for (; i + 8 <= size; i += 8) {
            __builtin_memcpy(to + i, from + i, 8);
        }
        for (; i < size; ++i) {
            to[i] = from[i];
        }
    }

    static void swap_on_big_endian([[maybe_unused]] Vec& v) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        v = (v >> 24) | ((v >> 8) & 0xFF00U) | ((v << 8) & 0xFF0000U) | (v << 24);
#endif
    }

    /// Word i of row j becomes word j of row i: interleaving the rows' halves, once for each bit
    /// of a row number, turns the matrix over.
    [[gnu::always_inline]] static void transpose(Vec* rows) {
        for (unsigned done = 1; done < Lanes; done *= 2) {
            Vec next[Lanes];
            for (unsigned i = 0; i < Lanes / 2; ++i) {
                interleave<0>(rows[i], rows[i + Lanes / 2], next[2 * i], All{});
                interleave<1>(rows[i], rows[i + Lanes / 2], next[2 * i + 1], All{});
            }
            for (unsigned i = 0; i < Lanes; ++i) {
                rows[i] = next[i];
            }
        }
    }

    /// The lower (Half 0) or upper halves of `a` and `b`, their words in turn.
    template <unsigned Half, unsigned... Index>
    [[gnu::always_inline]] static void interleave(
        const Vec& a, const Vec& b, Vec& to, std::integer_sequence<unsigned, Index...> /*order*/) {
        to = __builtin_shufflevector(a, b, (Index % 2 * Lanes + Half * Lanes / 2 + Index / 2)...);
    }

    static void compress(Vec* chain, const Block& block, std::uint32_t size, std::uint32_t flags) {
        Vec v[16];
        for (unsigned i = 0; i < 8; ++i) {
            v[i] = chain[i];
        }
        for (unsigned i = 0; i < 4; ++i) {
            v[8 + i] = Vec{} + iv[i];
        }
        v[12] = Vec{};  // the counter: a single chunk is number 0
        v[13] = Vec{};
        v[14] = Vec{} + size;
        v[15] = Vec{} + flags;
        rounds(v, block);
        for (unsigned i = 0; i < 8; ++i) {
            chain[i] = v[i] ^ v[i + 8];
        }
    }

    static void rounds(Vec* v, const Block& block) {
        unsigned order[block_words];
        for (unsigned i = 0; i < block_words; ++i) {
            order[i] = i;
        }
#pragma GCC unroll 7
        for (unsigned round = 0; round < 7; ++round) {
            const Vec* m = block.words;
            mix(v[0], v[4], v[8], v[12], m[order[0]], m[order[1]]);
            mix(v[1], v[5], v[9], v[13], m[order[2]], m[order[3]]);
            mix(v[2], v[6], v[10], v[14], m[order[4]], m[order[5]]);
            mix(v[3], v[7], v[11], v[15], m[order[6]], m[order[7]]);
            mix(v[0], v[5], v[10], v[15], m[order[8]], m[order[9]]);
            mix(v[1], v[6], v[11], v[12], m[order[10]], m[order[11]]);
            mix(v[2], v[7], v[8], v[13], m[order[12]], m[order[13]]);
            mix(v[3], v[4], v[9], v[14], m[order[14]], m[order[15]]);
            unsigned next[block_words];
            for (unsigned i = 0; i < block_words; ++i) {
                next[i] = order[permutation[i]];
            }
            __builtin_memcpy(order, next, sizeof(order));
        }
    }

    // NOLINTNEXTLINE(bugprone-easily-swappable-parameters): as the paper names them.
    [[gnu::always_inline]] static void mix(Vec& a, Vec& b, Vec& c, Vec& d, const Vec& x,
                                           const Vec& y) {
        a = a + b + x;
        rotate<16>(d, d ^ a);
        c = c + d;
        rotate<12>(b, b ^ c);
        a = a + b + y;
        rotate<8>(d, d ^ a);
        c = c + d;
        rotate<7>(b, b ^ c);
    }

    /// `to` becomes `from` with every lane rotated right. Compilers do not see this in shifts.
    template <int Bits>
    [[gnu::always_inline]] static void rotate(Vec& to, const Vec& from) {
#if defined(__AVX512F__)
        if constexpr (Lanes == 16) {
            // Masked, because GCC 12 warns of what its own unmasked form leaves undefined.
            to = reinterpret_cast<Vec>(
                _mm512_maskz_ror_epi32(0xFFFF, reinterpret_cast<__m512i>(from), Bits));
            return;
        }
#endif
#if defined(__AVX2__)
        if constexpr (Lanes == 8 && Bits % 8 == 0) {
            const __m128i one =
                Bits == 16 ? _mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
                           : _mm_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
            to = reinterpret_cast<Vec>(_mm256_shuffle_epi8(reinterpret_cast<__m256i>(from),
                                                           _mm256_broadcastsi128_si256(one)));
            return;
        }
#endif
        to = (from >> Bits) | (from << (32 - Bits));
    }

    static void store(const Vec* chain, std::uint8_t* digests) {
        Vec swapped[8];
        for (unsigned i = 0; i < 8; ++i) {
            swapped[i] = chain[i];
            swap_on_big_endian(swapped[i]);
        }
        std::uint32_t words[8][Lanes];
        __builtin_memcpy(words, swapped, sizeof(words));
        for (unsigned lane = 0; lane < Lanes; ++lane) {
            for (unsigned i = 0; i < 8; ++i) {
                __builtin_memcpy(digests + std::size_t{32} * lane + std::size_t{4} * i,
                                 &words[i][lane], 4);
            }
        }
    }
};

}  // namespace
