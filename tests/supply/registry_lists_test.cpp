// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/registry_lists.hpp"

#include <gtest/gtest.h>

namespace aion::supply {
namespace {

TEST(RegistryLists, TheNextPage) {
    EXPECT_EQ(next_link(R"(</v2/a?n=2>; rel="next")"), "/v2/a?n=2");
    EXPECT_EQ(next_link(R"(</p>; rel="prev", </n>; rel=next)"), "/n");
    for (const char* const none : {"", "</a>", "</a", R"(</a>; rel="prev")", "> rel=next <"}) {
        EXPECT_EQ(next_link(none), std::nullopt) << none;
    }
}

TEST(RegistryLists, HowMuchIsUploaded) {
    EXPECT_EQ(uploaded_bytes("0-1023"), 1024);
    EXPECT_EQ(uploaded_bytes("bytes=0-9"), 10);
    for (const char* const none :
         {"", "0-0", "1-5", "0-", "-5", "0-18446744073709551615", "0-5x", "5"}) {
        EXPECT_EQ(uploaded_bytes(none), std::nullopt) << none;
    }
}

TEST(RegistryLists, WhichPartItIs) {
    EXPECT_EQ(content_range("bytes 5-9/10"), (ContentRange{.first = 5, .last = 9, .size = 10}));
    EXPECT_EQ(content_range("bytes 5-9/*"),
              (ContentRange{.first = 5, .last = 9, .size = std::nullopt}));
    for (const char* const none : {"", "bytes */10", "bytes 9-5/10", "5-9/10", "bytes 5-9",
                                   "bytes 5-9/x", "bytes 5-99999999999999999999/3"}) {
        EXPECT_EQ(content_range(none), std::nullopt) << none;
    }
}

}  // namespace
}  // namespace aion::supply
