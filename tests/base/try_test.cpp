// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/try.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace aion {
namespace {

Result<std::unique_ptr<int>> boxed(int value) {
    if (value < 0) {
        return fail(invalid_format("negative"));
    }
    return std::make_unique<int>(value);
}

Result<int> sum(int a, int b) {
    AION_TRY(boxed(a));
    AION_TRY_ASSIGN(const std::unique_ptr<int> first, boxed(a));
    int second = 0;
    AION_TRY_ASSIGN(second, [&]() -> Result<int> {
        AION_TRY_ASSIGN(auto inner, boxed(b));
        return *inner;
    }());
    return *first + second;
}

TEST(Try, GoesOnWithTheValue) {
    EXPECT_EQ(sum(1, 2), 3);
}

TEST(Try, ReturnsTheFirstError) {
    for (const auto& result : {sum(-1, 2), sum(1, -2)}) {
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error(), invalid_format("negative"));
    }
}

}  // namespace
}  // namespace aion
