// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/ascii.hpp"

#include <gtest/gtest.h>

namespace aion {
namespace {

TEST(Ascii, OnlyItsOwnLettersHaveACase) {
    EXPECT_EQ(ascii_lowered("AZaz09 [@`{"), "azaz09 [@`{");
    EXPECT_EQ(ascii_lowered("\u00c4\u0130"), "\u00c4\u0130");
    EXPECT_EQ(ascii_lowered(""), "");
}

}  // namespace
}  // namespace aion
