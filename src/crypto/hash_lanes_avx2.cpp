// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/hash_lanes.hpp"
#include "crypto/hash_lanes_kernel.hpp"

namespace aion::crypto {

void hash_lanes_8_avx2(const std::uint8_t* const* inputs, std::size_t length,
                       std::uint8_t* digests) {
    LaneHash<8>::hash(inputs, length, digests);
}

}  // namespace aion::crypto
