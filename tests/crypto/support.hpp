// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of this layer share: bytes out of thin air, and vectors made by others.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/hex.hpp"
#include "support/json_data.hpp"

namespace aion::crypto::test {

/// The bytes of hex digits, which must be right.
inline Bytes unhex(std::string_view digits) {
    auto bytes = from_hex(digits);
    if (!bytes) {
        ADD_FAILURE() << "not hex: " << digits;
        return {};
    }
    return *std::move(bytes);
}

inline Bytes text(std::string_view characters) {
    const ByteView bytes = as_bytes(characters);
    return {bytes.begin(), bytes.end()};
}

/// `size` bytes counting up from `first`, wrapping at 256.
inline Bytes counting(std::size_t size, std::uint8_t first = 0) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::uint8_t>(first + i);
    }
    return bytes;
}

/// `size` bytes that look random and are the same every time.
inline Bytes noise(std::size_t size, std::uint64_t seed = 1) {
    std::mt19937_64 generator(seed);
    Bytes bytes(size);
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(generator());
    }
    return bytes;
}

/// The first `N` bytes as the fixed-size view that keys and nonces are passed as.
template <std::size_t N>
std::span<const std::uint8_t, N> fixed(ByteView bytes) {
    EXPECT_GE(bytes.size(), N);
    return bytes.first<N>();
}

using aion::test::third_party_vectors;

}  // namespace aion::crypto::test
