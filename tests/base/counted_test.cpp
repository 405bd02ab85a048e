// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/counted.hpp"

#include <gtest/gtest.h>

namespace aion {
namespace {

TEST(Grouped, ThreeDigitsAreAGroup) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Counted, OneIsNoPlural) {
    EXPECT_EQ(counted(0, "version"), "0 versions");
    EXPECT_EQ(counted(1, "version"), "1 version");
    EXPECT_EQ(counted(1000, "version"), "1000 versions");
    EXPECT_EQ(counted(1000, "version", Digits::grouped), "1,000 versions");
    EXPECT_EQ(counted(1, "version", Digits::grouped), "1 version");
}

}  // namespace
}  // namespace aion
