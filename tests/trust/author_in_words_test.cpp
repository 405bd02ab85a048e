// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/author_in_words.hpp"

#include <gtest/gtest.h>

namespace aion::trust {
namespace {

TEST(AuthorInWords, AnAuthorWithoutANameIsItsId) {
    const Registry registry;
    EXPECT_EQ(author_in_words(registry, AuthorId{1001}), "author 1001");
    EXPECT_EQ(author_in_list(registry, AuthorId{1001}), "1001");
}

}  // namespace
}  // namespace aion::trust
