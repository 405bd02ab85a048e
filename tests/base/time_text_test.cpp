// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/time_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace aion {
namespace {

// What `date -u -d @SECONDS` of GNU coreutils says.
TEST(TimeText, EveryNanosecondIsThere) {
    EXPECT_EQ(rfc3339(Timestamp{0}), "1970-01-01T00:00:00.000000000Z");
    EXPECT_EQ(rfc3339(Timestamp{1}), "1970-01-01T00:00:00.000000001Z");
    EXPECT_EQ(rfc3339(Timestamp{951'782'399'999'999'999}), "2000-02-28T23:59:59.999999999Z");
    EXPECT_EQ(rfc3339(Timestamp{951'782'400'000'000'000}), "2000-02-29T00:00:00.000000000Z");
    EXPECT_EQ(rfc3339(Timestamp{1'795'646'431'123'456'789}), "2026-11-25T22:40:31.123456789Z");
    EXPECT_EQ(rfc3339(Timestamp{UINT64_MAX}), "2554-07-21T23:34:33.709551615Z");
}

TEST(TimeText, PeopleGetTheSecondInWhichItIs) {
    EXPECT_EQ(rfc3339_seconds(Timestamp{0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339_seconds(Timestamp{1'795'646'431'999'999'999}), "2026-11-25T22:40:31Z");
    EXPECT_EQ(rfc3339_seconds(Timestamp{UINT64_MAX}), "2554-07-21T23:34:33Z");
}

}  // namespace
}  // namespace aion
