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

    static bool build(const unsigned char* encoding, bool minus, const Windows& windows,
                      TableEntry* out, void* scratch) {
        return TableBuilder<V>::build(encoding, minus, windows, out, scratch);
    }

    static std::size_t build_scratch(const Windows& windows) {
        return TableBuilder<V>::scratch_size(windows);
    }
};

}  // namespace aion::crypto::ed25519
