// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/registry_challenge.hpp"

#include <gtest/gtest.h>

namespace aion::supply {
namespace {

TEST(RegistryChallenge, TheUsualOneIsRead) {
    const auto read = parse_challenges(
        R"(Bearer realm="https://auth.example/token",service="r",scope="repository:a/b:pull,push")");
    ASSERT_TRUE(read && read->size() == 1);
    EXPECT_EQ(read->front().scheme, "bearer");
    EXPECT_EQ(read->front().parameter("realm"), "https://auth.example/token");
    EXPECT_EQ(read->front().parameter("scope"), "repository:a/b:pull,push");
    EXPECT_EQ(read->front().parameter("error"), "");
}

TEST(RegistryChallenge, SeveralInOneHeader) {
    const auto read =
        parse_challenges(R"(Basic realm="a \"b\"", , Bearer Realm = x , service=y, Negotiate)");
    ASSERT_TRUE(read && read->size() == 3);
    EXPECT_EQ((*read)[0].parameter("realm"), "a \"b\"");
    EXPECT_EQ((*read)[1].scheme, "bearer");
    EXPECT_EQ((*read)[1].parameter("realm"), "x");
    EXPECT_EQ((*read)[1].parameter("service"), "y");
    EXPECT_EQ((*read)[2].scheme, "negotiate");
}

TEST(RegistryChallenge, WhatIsMalformedIsNothing) {
    for (const char* const text : {"Bearer realm=\"a", "Bearer realm=\"a\\", "=a", "\"a\"",
                                   "Bearer realm=,a=b", "Bearer a=b @"}) {
        EXPECT_EQ(parse_challenges(text), std::nullopt) << text;
    }
    std::string many;
    for (std::size_t i = 0; i <= max_challenges; ++i) {
        many += "S" + std::to_string(i) + " a=b, ";
    }
    EXPECT_EQ(parse_challenges(many), std::nullopt);
    many = "Bearer ";
    for (std::size_t i = 0; i <= max_challenge_parameters; ++i) {
        many += "p" + std::to_string(i) + "=b, ";
    }
    EXPECT_EQ(parse_challenges(many), std::nullopt);
    EXPECT_TRUE(parse_challenges("")->empty());
}

}  // namespace
}  // namespace aion::supply
