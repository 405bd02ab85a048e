// SPDX-License-Identifier: MIT OR Apache-2.0
// SHA-512 (FIPS 180-4) of V::lanes messages at a time, each R || A || M read
// where it lies.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/lanes_portable.hpp"

namespace aion::crypto::ed25519 {

extern const std::uint64_t sha512_round_constants[80];
extern const std::uint64_t sha512_initial_state[8];

/// Hands out one lane's padded message in blocks of 128 bytes.
template <class V>
class BlockReader {
  public:
    AION_INLINE void start(const Job& job) {
        pieces_[0] = {job.signature, 32};
        pieces_[1] = {job.key, 32};
        size_ = 64;
        for (int i = 0; i < 3; ++i) {
            pieces_[i + 2] = job.message[i];
            size_ += job.message[i].size;
        }
        blocks_ = (size_ + 17 + 127) / 128;
    }

    [[nodiscard]] AION_INLINE std::size_t blocks() const { return blocks_; }

    /// Writes the next block's sixteen big-endian words, each `V::lanes` words
    /// apart.
    AION_INLINE void next(std::uint64_t* words) {
        unsigned char block[128];
        std::size_t filled = 0;
        while (piece_ < 5 && filled < sizeof block) {
            Piece& piece = pieces_[piece_];
            const std::size_t room = sizeof block - filled;
            const std::size_t taken = piece.size < room ? piece.size : room;
            if (taken != 0) {
                __builtin_memcpy(block + filled, piece.data, taken);
                piece.data += taken;
                piece.size -= taken;
                filled += taken;
            }
            piece_ += piece.size == 0 ? 1U : 0U;
        }
        if (filled < sizeof block) {
            finish(block, filled);
        }
        ++done_;
        for (std::size_t i = 0; i < 16; ++i) {
            std::uint64_t word = 0;
            __builtin_memcpy(&word, block + (8 * i), 8);
            words[i * V::lanes] = __builtin_bswap64(word);
        }
    }

  private:
    AION_INLINE void finish(unsigned char* block, std::size_t filled) {
        __builtin_memset(block + filled, 0, 128 - filled);
        if (!ended_) {
            block[filled] = 0x80;
            ended_ = true;
        }
        if (done_ + 1 == blocks_) {
            const std::uint64_t bits = __builtin_bswap64(std::uint64_t{size_} * 8);
            const std::uint64_t bits_above = __builtin_bswap64(std::uint64_t{size_} >> 61U);
            __builtin_memcpy(block + 112, &bits_above, 8);
            __builtin_memcpy(block + 120, &bits, 8);
        }
    }

    Piece pieces_[5] = {};
    unsigned piece_ = 0;
    std::size_t size_ = 0;
    std::size_t blocks_ = 0;
    std::size_t done_ = 0;
    bool ended_ = false;
};

template <class V>
struct Sha512 {
    using U = typename V::U;

    AION_INLINE static U big_sigma0(U x) {
        return V::xor3(V::template ror<28>(x), V::template ror<34>(x), V::template ror<39>(x));
    }

    AION_INLINE static U big_sigma1(U x) {
        return V::xor3(V::template ror<14>(x), V::template ror<18>(x), V::template ror<41>(x));
    }

    AION_INLINE static U small_sigma0(U x) {
        return V::xor3(V::template ror<1>(x), V::template ror<8>(x), V::template shr<7>(x));
    }

    AION_INLINE static U small_sigma1(U x) {
        return V::xor3(V::template ror<19>(x), V::template ror<61>(x), V::template shr<6>(x));
    }

    /// One round with the roles of the eight variables rotated by I instead of
    /// the values.
    template <unsigned I>
    AION_INLINE static void round(U (&s)[8], U (&w)[16], const std::uint64_t* constants,
                                  bool extend) {
        U& a = s[(0 - I) & 7U];
        U& b = s[(1 - I) & 7U];
        U& c = s[(2 - I) & 7U];
        U& d = s[(3 - I) & 7U];
        U& e = s[(4 - I) & 7U];
        U& f = s[(5 - I) & 7U];
        U& g = s[(6 - I) & 7U];
        U& h = s[(7 - I) & 7U];
        if (extend) {
            w[I] = V::add(V::add(w[I], small_sigma0(w[(I + 1) & 15U])),
                          V::add(w[(I + 9) & 15U], small_sigma1(w[(I + 14) & 15U])));
        }
        const U t1 = V::add(V::add(V::add(h, w[I]), V::set(constants[I])),
                            V::add(big_sigma1(e), V::choose(e, f, g)));
        d = V::add(d, t1);
        h = V::add(t1, V::add(big_sigma0(a), V::majority(a, b, c)));
    }

    template <unsigned... I>
    struct Rounds {
        AION_INLINE static void run(U (&s)[8], U (&w)[16], const std::uint64_t* k, bool extend) {
            (round<I>(s, w, k, extend), ...);
        }
    };

    static void compress(U (&state)[8], U (&w)[16]) {
        using Sixteen = Rounds<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15>;
        U s[8];
        for (int i = 0; i < 8; ++i) {
            s[i] = state[i];
        }
        Sixteen::run(s, w, sha512_round_constants, false);
        for (int i = 16; i < 80; i += 16) {
            Sixteen::run(s, w, sha512_round_constants + i, true);
        }
        for (int i = 0; i < 8; ++i) {
            state[i] = V::add(state[i], s[i]);
        }
    }

    /// SHA-512(R || A || M) of `V::lanes` jobs as eight words a lane. Lanes with
    /// shorter messages keep their state while the others go on.
    static void hash(const Job* const (&jobs)[V::lanes], U (&state)[8]) {
        BlockReader<V> readers[V::lanes];
        std::size_t most = 0;
        for (unsigned lane = 0; lane < V::lanes; ++lane) {
            readers[lane].start(*jobs[lane]);
            most = readers[lane].blocks() > most ? readers[lane].blocks() : most;
        }
        for (int i = 0; i < 8; ++i) {
            state[i] = V::set(sha512_initial_state[i]);
        }
        for (std::size_t block = 0; block < most; ++block) {
            alignas(64) std::uint64_t words[16 * V::lanes] = {};
            unsigned active = 0;
            for (unsigned lane = 0; lane < V::lanes; ++lane) {
                if (block < readers[lane].blocks()) {
                    readers[lane].next(words + lane);
                    active |= 1U << lane;
                }
            }
            U w[16];
            U next[8];
            for (int i = 0; i < 16; ++i) {
                w[i] = V::load(words + (std::size_t{V::lanes} * static_cast<unsigned>(i)));
            }
            for (int i = 0; i < 8; ++i) {
                next[i] = state[i];
            }
            compress(next, w);
            for (int i = 0; i < 8; ++i) {
                state[i] = V::select(V::mask(active), next[i], state[i]);
            }
        }
    }
};

}  // namespace aion::crypto::ed25519
