// SPDX-License-Identifier: MIT OR Apache-2.0
// Instantiates the engine for a lane type; included by the path_*.cpp after its
// multiplication.
#pragma once

#include "crypto/ed25519/build.hpp"
#include "crypto/ed25519/halved.hpp"
#include "crypto/ed25519/kernel.hpp"
#include "crypto/ed25519/path.hpp"

namespace aion::crypto::ed25519 {

template <class V>
struct PathOf {
    using S = typename V::OneLane;

    static bool is_point(const unsigned char* encoding) {
        typename S::U words[1][4];
        __builtin_memcpy(words[0], encoding, 32);
        return decode<S, 1>(words).valid[0];
    }

    /// `Vectors` of encodings side by side; lanes beyond the last repeat it.
    template <unsigned Vectors>
    static void are_points(const unsigned char* encodings, std::size_t count,
                           std::uint8_t* verdicts) {
        typename V::U words[Vectors][4];
        for (unsigned i = 0; i < 4; ++i) {
            std::uint64_t lane_words[Vectors * V::lanes];
            for (std::size_t n = 0; n < std::size_t{Vectors} * V::lanes; ++n) {
                const std::size_t from = n < count ? n : count - 1;
                const std::size_t word = std::size_t{8} * i;
                __builtin_memcpy(&lane_words[n], encodings + (32 * from) + word, 8);
            }
            for (unsigned j = 0; j < Vectors; ++j) {
                words[j][i] = V::load(lane_words + (std::size_t{j} * V::lanes));
            }
        }
        const Decoded<V, Vectors> points = decode<V, Vectors>(words);
        for (std::size_t n = 0; n < count; ++n) {
            const unsigned valid = V::bits(points.valid[n / V::lanes]);
            verdicts[n] = static_cast<std::uint8_t>((valid >> (n % V::lanes)) & 1U);
        }
    }

    static void are_points(const unsigned char* encodings, std::size_t count,
                           std::uint8_t* verdicts) {
        constexpr std::size_t group = std::size_t{2} * V::lanes;
        for (; count > V::lanes; count -= count < group ? count : group) {
            are_points<2>(encodings, count < group ? count : group, verdicts);
            encodings += 32 * group;
            verdicts += group;
        }
        if (count != 0) {
            are_points<1>(encodings, count, verdicts);
        }
    }

    static bool build(const unsigned char* encoding, bool minus, const Windows& windows,
                      TableEntry* out, void* scratch) {
        return TableBuilder<V>::build(encoding, minus, windows, out, scratch);
    }

    static std::size_t build_scratch(const Windows& windows) {
        return TableBuilder<V>::scratch_size(windows);
    }
};

}  // namespace aion::crypto::ed25519
