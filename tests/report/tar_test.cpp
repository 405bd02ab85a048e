// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/tar.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aion/base/bytes.hpp"

namespace aion::report {
namespace {

constexpr Timestamp when{1'700'000'000'000'000'000};

std::string field(const std::array<std::uint8_t, tar_block_size>& header, std::size_t at,
                  std::size_t length) {
    return std::string(as_text(header).substr(at, length));
}

// The sum of all bytes, those of the sum itself as blanks.
std::uint64_t sum_of(std::array<std::uint8_t, tar_block_size> header) {
    std::fill_n(header.begin() + 148, 8, std::uint8_t{' '});
    std::uint64_t sum = 0;
    for (const std::uint8_t byte : header) {
        sum += byte;
    }
    return sum;
}

TEST(TarTest, FieldsStandWherePosixHasThem) {
    const auto header = tar_header("evidence/README.txt", 1234, 0644, when);
    EXPECT_EQ(field(header, 0, 20), std::string("evidence/README.txt\0", 20));
    EXPECT_EQ(field(header, 100, 8), std::string("0000644\0", 8));
    EXPECT_EQ(field(header, 124, 12), std::string("00000002322\0", 12));
    EXPECT_EQ(field(header, 136, 12), std::string("14524770400\0", 12));
    EXPECT_EQ(field(header, 156, 1), "0");
    EXPECT_EQ(field(header, 257, 8), std::string("ustar\0"
                                                 "00",
                                                 8));
    EXPECT_EQ(std::stoull(field(header, 148, 6), nullptr, 8), sum_of(header));
    EXPECT_EQ(field(header, 154, 2), std::string("\0 ", 2));
}

TEST(TarTest, SizesOfAnyLength) {
    constexpr std::uint64_t gibi = std::uint64_t{1} << 30U;
    EXPECT_EQ(field(tar_header("a", (8 * gibi) - 1, 0644, when), 124, 12),
              std::string("77777777777\0", 12));
    const auto large = tar_header("a", 8 * gibi, 0644, when);
    EXPECT_EQ(large[124], 0x80);
    EXPECT_EQ(large[124 + 7], 2);
    EXPECT_EQ(std::stoull(field(large, 148, 6), nullptr, 8), sum_of(large));
}

TEST(TarTest, ContentFillsWholeBlocks) {
    EXPECT_EQ(tar_padding(0), 0U);
    EXPECT_EQ(tar_padding(1), 511U);
    EXPECT_EQ(tar_padding(512), 0U);
    EXPECT_EQ(tar_padding(513), 511U);
}

}  // namespace
}  // namespace aion::report
