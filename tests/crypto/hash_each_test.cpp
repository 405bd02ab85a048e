// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/hash_each.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "crypto/hash_lanes.hpp"

namespace aion::crypto {
namespace {

Bytes noise(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Bytes bytes(size);
    std::ranges::generate(bytes, [&random] { return static_cast<std::uint8_t>(random()); });
    return bytes;
}

// Every implementation that this machine can run against the official one, at every length.
TEST(HashLanes, EqualTheOfficialImplementation) {
    const Bytes data = noise(most_lanes * 1100, 1);
    ASSERT_FALSE(usable_hash_lanes().empty());
    for (const HashLanes& method : usable_hash_lanes()) {
        SCOPED_TRACE(method.name);
        ASSERT_LE(method.lanes, most_lanes);
        for (std::size_t length = 0; length <= longest_lane_input; ++length) {
            std::vector<const std::uint8_t*> inputs;
            for (std::size_t lane = 0; lane < method.lanes; ++lane) {
                inputs.push_back(data.data() + lane * 1100 + lane % 5);
            }
            std::vector<Hash> digests(method.lanes);
            method.hash(inputs.data(), length, digests.front().bytes.data());
            for (std::size_t lane = 0; lane < method.lanes; ++lane) {
                ASSERT_EQ(digests[lane], blake3({inputs[lane], length}))
                    << "lane " << lane << ", length " << length;
            }
        }
    }
}

TEST(HashEach, LeavesDigestsWithoutARecordAlone) {
    const Bytes records = noise(1000, 2);
    std::vector<Hash> digests(20);
    blake3_each(records, 100, 60, digests);
    EXPECT_EQ(digests[9], blake3(ByteView(records).subspan(900, 60)));
    for (std::size_t i = 10; i < digests.size(); ++i) {
        EXPECT_TRUE(digests[i].is_zero()) << i;
    }
}

TEST(HashEach, CountsARecordWhoseHashedPartIsComplete) {
    const Bytes records = noise(160, 3);
    std::vector<Hash> digests(3);
    blake3_each(records, 100, 60, digests);
    EXPECT_EQ(digests[1], blake3(ByteView(records).last(60)));
    EXPECT_TRUE(digests[2].is_zero());
    digests.assign(2, Hash{});
    blake3_each(ByteView(records).first(159), 100, 60, digests);
    EXPECT_TRUE(digests[1].is_zero());
}

TEST(HashEach, NothingToHash) {
    std::vector<Hash> digests(3);
    blake3_each({}, 100, 60, digests);
    EXPECT_TRUE(digests[0].is_zero());
    blake3_each(noise(500, 4), 100, 60, {});
}

RC_GTEST_PROP(HashEach, EqualsHashingOneAfterTheOther, ()) {
    const auto hashed =
        *rc::gen::weightedOneOf<std::size_t>({{8, rc::gen::inRange<std::size_t>(0, 200)},
                                              {2, rc::gen::inRange<std::size_t>(1000, 1100)}});
    const auto record_size = hashed + *rc::gen::inRange<std::size_t>(0, 60);
    const auto count = *rc::gen::inRange<std::size_t>(0, 70);
    const Bytes records = noise(record_size * count, *rc::gen::arbitrary<std::uint64_t>());
    std::vector<Hash> digests(count);
    blake3_each(records, record_size, hashed, digests);
    for (std::size_t i = 0; i < count; ++i) {
        RC_ASSERT(digests[i] == blake3(ByteView(records).subspan(i * record_size, hashed)));
    }
}

}  // namespace
}  // namespace aion::crypto
