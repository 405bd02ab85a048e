// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/export_tree.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/time_text.hpp"

namespace aion::report {
namespace {

TEST(ExportTreeTest, TimesAreReadExactly) {
    EXPECT_EQ(time_from("1970-01-01T00:00:00Z"), Timestamp{0});
    EXPECT_EQ(time_from("2024-01-01T00:00:00Z"), Timestamp{1'704'067'200'000'000'000});
    EXPECT_EQ(time_from("2554-07-21T23:34:33.709551615Z"), Timestamp{UINT64_MAX});
    for (const std::string_view text :
         {"", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00z", "2024-13-01T00:00:00Z",
          "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
          "2024-01-01T00:00:60Z", "2024/01/01T00:00:00Z", "1969-12-31T23:59:59Z",
          "2554-07-21T23:34:34Z", "2554-07-21T23:34:33.709551616Z", "9999-01-01T00:00:00Z",
          "2024-01-01T00:00:00,000000000Z", "-024-01-01T00:00:00Z", "2024-01-01T00:00:00.1Z"}) {
        EXPECT_EQ(time_from(text), std::nullopt) << text;
    }
}

RC_GTEST_PROP(ExportTreeProperty, EveryTimeComesBack, (std::uint64_t nanos)) {
    const Timestamp time{nanos};
    RC_ASSERT(time_from(rfc3339(time)) == time);
    RC_ASSERT(time_from(rfc3339_seconds(time)) == Timestamp{nanos / 1'000'000'000 * 1'000'000'000});
}

}  // namespace
}  // namespace aion::report
