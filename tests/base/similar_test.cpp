// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/similar.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace aion {
namespace {

TEST(Similar, ToleratesAThirdOfTheLettersAndAtMostTwo) {
    EXPECT_TRUE(is_similar("revocations", "revocations"));
    EXPECT_TRUE(is_similar("revocation", "revocations"));
    EXPECT_TRUE(is_similar("revocatoins", "revocations"));
    EXPECT_TRUE(is_similar("rovocetions", "revocations"));
    EXPECT_FALSE(is_similar("rovocetins", "revocations"));
    EXPECT_TRUE(is_similar("shaw", "show"));
    EXPECT_FALSE(is_similar("shut", "show"));
    EXPECT_TRUE(is_similar("verfy", "verify"));
    EXPECT_FALSE(is_similar("name", "epochs"));
}

TEST(Similar, CaseAndHyphensDoNotCount) {
    EXPECT_TRUE(is_similar("MASTERKEY", "master_key"));
    EXPECT_TRUE(is_similar("master-key", "master_key"));
}

TEST(Similar, WhatIsEmptyOrHugeIsSimilarToNothing) {
    EXPECT_FALSE(is_similar("", "a"));
    EXPECT_FALSE(is_similar("a", ""));
    EXPECT_FALSE(is_similar("--", "__"));
    const std::string longest(max_similar_size, 'a');
    EXPECT_TRUE(is_similar(longest, longest));
    EXPECT_FALSE(is_similar(longest + "a", longest));
    EXPECT_FALSE(is_similar(longest + "a", longest + "a"));
}

TEST(Similar, TheMostSimilarIsSuggested) {
    constexpr std::array<std::string_view, 3> names{"sign-rotation", "rotate", "rotated"};
    EXPECT_EQ(most_similar("rotat", names), "rotate");
    EXPECT_EQ(most_similar("rotatd", names), "rotate");
    EXPECT_EQ(most_similar("rotaded", names), "rotated");
    EXPECT_EQ(most_similar("pin", names), std::nullopt);
    EXPECT_EQ(most_similar("pin", {}), std::nullopt);
}

}  // namespace
}  // namespace aion
