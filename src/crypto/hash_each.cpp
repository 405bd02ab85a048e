// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/hash_each.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "aion/crypto/hash.hpp"
#include "crypto/hash_lanes.hpp"
#include "crypto/hash_lanes_kernel.hpp"

namespace aion::crypto {

namespace {

std::size_t complete_records(ByteView records, std::size_t record_size,
                             std::size_t hashed) noexcept;
void hash_group(const HashLanes& method, ByteView records, std::size_t record_size,
                std::size_t hashed, std::span<Hash> digests);

}  // namespace

void blake3_each(ByteView records, std::size_t record_size, std::size_t hashed,
                 std::span<Hash> digests) {
    std::size_t left = std::min(complete_records(records, record_size, hashed), digests.size());
    const HashLanes& method = usable_hash_lanes().front();
    std::size_t done = 0;
    // A lone input is quicker by itself than with idle lanes beside it.
    while (left > 1 && hashed <= longest_lane_input) {
        const std::size_t group = std::min(left, method.lanes);
        hash_group(method, records.subspan(done * record_size), record_size, hashed,
                   digests.subspan(done, group));
        done += group;
        left -= group;
    }
    for (; left > 0; --left, ++done) {
        digests[done] = blake3(records.subspan(done * record_size, hashed));
    }
}

void hash_lanes_4(const std::uint8_t* const* inputs, std::size_t length, std::uint8_t* digests) {
    LaneHash<4>::hash(inputs, length, digests);
}

std::span<const HashLanes> usable_hash_lanes() noexcept {
#if defined(__x86_64__)
    static constexpr std::array all = {HashLanes{"avx512", 16, hash_lanes_16_avx512},
                                       HashLanes{"avx2", 8, hash_lanes_8_avx2},
                                       HashLanes{"portable", 4, hash_lanes_4}};
    if (__builtin_cpu_supports("avx512f") != 0) {
        return all;
    }
    return std::span(all).subspan(__builtin_cpu_supports("avx2") != 0 ? 1 : 2);
#else
    static constexpr std::array all = {HashLanes{"portable", 4, hash_lanes_4}};
    return all;
#endif
}

namespace {

// Records of size zero are all the same one, and there is no end of them.
std::size_t complete_records(ByteView records, std::size_t record_size,
                             std::size_t hashed) noexcept {
    if (records.size() < hashed) {
        return 0;
    }
    return record_size == 0 ? SIZE_MAX : (records.size() - hashed) / record_size + 1;
}

// Lanes without an input of their own repeat the last one.
void hash_group(const HashLanes& method, ByteView records, std::size_t record_size,
                std::size_t hashed, std::span<Hash> digests) {
    std::array<const std::uint8_t*, most_lanes> inputs{};
    for (std::size_t lane = 0; lane < method.lanes; ++lane) {
        const std::size_t index = std::min(lane, digests.size() - 1);
        inputs[lane] = records.subspan(index * record_size, hashed).data();
    }
    std::array<Hash, most_lanes> found;
    method.hash(inputs.data(), hashed, found.front().bytes.data());
    std::copy_n(found.begin(), digests.size(), digests.begin());
}

}  // namespace

}  // namespace aion::crypto
