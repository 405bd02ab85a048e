// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/draft.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using DraftTest = World;

// An error, not a call of nothing: no exception but `std::bad_alloc` crosses the API.
TEST_F(DraftTest, AMissingSignatureThatNobodyIsAskedForIsAnError) {
    auto draft = Draft::empty(env, std::nullopt, 1);
    auto next = draft->prepare({as_bytes("rules"), alice}, Ownership::callers, nullptr);
    draft->append(*std::move(next), std::nullopt);
    const auto written = draft->write([](ByteView) { return Result<>(); }, nullptr);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), ErrorCode::invalid_format);
    EXPECT_EQ(written.error().detail(), "draft_unsound");
}

}  // namespace
}  // namespace aion::policy::test
