// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/duration.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aion::cli {
namespace {

TEST(Duration, IsANumberAndAUnit) {
    EXPECT_EQ(parse_duration("45s"), std::chrono::seconds(45));
    EXPECT_EQ(parse_duration("30m"), std::chrono::minutes(30));
    EXPECT_EQ(parse_duration("12h"), std::chrono::hours(12));
    EXPECT_EQ(parse_duration("90d"), std::chrono::days(90));
    EXPECT_EQ(parse_duration("2w"), std::chrono::days(14));
    EXPECT_EQ(parse_duration("1y"), std::chrono::days(365));
    EXPECT_EQ(parse_duration("007d"), std::chrono::days(7));
}

TEST(Duration, IsNothingElse) {
    for (const std::string text : {"", "d", "90", "90D", "1d2h", "-1d", "+1d", " 1d", "1d ", "1.5d",
                                   "1 d", "0x1d", "1ms", "1e3d"}) {
        const auto parsed = parse_duration(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error(), "expected a number and s, m, h, d, w or y, as in 90d") << text;
    }
    ASSERT_FALSE(parse_duration("0d"));
    EXPECT_EQ(parse_duration("0d").error(), "must be more than nothing");
}

TEST(Duration, EndsWhereNanosecondsDo) {
    EXPECT_EQ(parse_duration("9223372036s"), std::chrono::seconds(9'223'372'036));
    EXPECT_EQ(parse_duration("106751d"), std::chrono::days(106'751));
    for (const std::string text :
         {"9223372037s", "106752d", "9223372036854775807y", "99999999999999999999s"}) {
        ASSERT_FALSE(parse_duration(text)) << text;
        EXPECT_EQ(parse_duration(text).error(), "longer than 292 years") << text;
    }
}

}  // namespace
}  // namespace aion::cli
