// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/time_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

TEST(TimeText, TablesGetTheMinute) {
    EXPECT_EQ(rfc3339_minutes(Timestamp{1'795'646'431'999'999'999}), "2026-11-25 22:40Z");
}

TimeSpan span(std::uint64_t first, std::uint64_t last) {
    return {Timestamp{first}, Timestamp{last}};
}

TimeSpan parsed(std::string_view text) {
    const auto result = parse_time(text);
    EXPECT_TRUE(result.has_value()) << text << (result ? "" : result.error().full_message());
    return result.value_or(TimeSpan{Timestamp{7}, Timestamp{7}});
}

// What `date -u -d TEXT +%s` of GNU coreutils says.
TEST(ParseTime, MeansAllThatItLeavesOpen) {
    const std::uint64_t day = 1'795'564'800'000'000'000;
    EXPECT_EQ(parsed("2026-11-25"), span(day, day + 86'399'999'999'999));
    const std::uint64_t minute = 1'795'627'980'000'000'000;
    EXPECT_EQ(parsed("2026-11-25T17:33Z"), span(minute, minute + 59'999'999'999));
    EXPECT_EQ(parsed("2026-11-25T17:33:08Z"), span(minute + 8'000'000'000, minute + 8'999'999'999));
    EXPECT_EQ(parsed("2026-11-25T17:33:08.5Z"),
              span(minute + 8'500'000'000, minute + 8'599'999'999));
    EXPECT_EQ(parsed("2026-11-25T17:33:08.123456789Z"),
              span(minute + 8'123'456'789, minute + 8'123'456'789));
    EXPECT_EQ(parsed("2026-11-25T18:33+01:00"), parsed("2026-11-25T17:33Z"));
    EXPECT_EQ(parsed("2026-11-25T12:03-05:30"), parsed("2026-11-25T17:33Z"));
    EXPECT_EQ(parsed("2026-11-25 17:33z"), parsed("2026-11-25t17:33Z"));
    EXPECT_EQ(parsed("2024-02-29").first, Timestamp{1'709'164'800'000'000'000});
    EXPECT_EQ(parsed("@1795646431123456789"),
              span(1'795'646'431'123'456'789, 1'795'646'431'123'456'789));
}

TEST(ParseTime, ReadsWhatIsWrittenForEveryTime) {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{951'782'399'999'999'999}, UINT64_MAX}) {
        EXPECT_EQ(parsed(rfc3339(Timestamp{value})), span(value, value));
        const TimeSpan second = parsed(rfc3339_seconds(Timestamp{value}));
        EXPECT_LE(second.first.value, value);
        EXPECT_GE(second.last.value, value);
        EXPECT_EQ(parsed("@" + std::to_string(value)), span(value, value));
    }
}

TEST(ParseTime, KeepsThePartThatHasTimes) {
    EXPECT_EQ(parsed("1970-01-01"), span(0, 86'399'999'999'999));
    EXPECT_EQ(parsed("2554-07-21").last, Timestamp{UINT64_MAX});
    EXPECT_EQ(parsed("2554-07-21T23:34:33Z").last, Timestamp{UINT64_MAX});
    EXPECT_EQ(parsed("1970-01-01T01:00+01:00").first, Timestamp{0});
    EXPECT_EQ(parsed("1969-12-31T23:00:00-01:00").first, Timestamp{0});
}

TEST(ParseTime, RefusesTheRestAndSaysWhatIsAccepted) {
    for (const std::string_view text : {"",
                                        "yesterday",
                                        "2026",
                                        "2026-11",
                                        "2026-1-2",
                                        "2026-13-01",
                                        "2026-00-01",
                                        "2026-02-29",
                                        "2026-11-31",
                                        "26-11-25",
                                        "+2026-11-25",
                                        " 2026-11-25",
                                        "2026-11-25 ",
                                        "2026-11-25T",
                                        "2026-11-25T17",
                                        "2026-11-25T17Z",
                                        "2026-11-25T17:33",
                                        "2026-11-25T17:33:08",
                                        "2026-11-25T24:00Z",
                                        "2026-11-25T17:60Z",
                                        "2026-11-25T17:33:60Z",
                                        "2026-11-25T17:33:08.Z",
                                        "2026-11-25T17:33:08.1234567890Z",
                                        "2026-11-25T17:33+1:00",
                                        "2026-11-25T17:33+0100",
                                        "2026-11-25T17:33+24:00",
                                        "2026-11-25T17:33+01:60",
                                        "2026-11-25T17:33ZZ",
                                        "2026-11-25X17:33Z",
                                        "@",
                                        "@-1",
                                        "@1.5",
                                        "@18446744073709551616",
                                        "@ 1",
                                        "1969-12-31",
                                        "1969-12-31T23:59:59Z",
                                        "2554-07-22",
                                        "2554-07-21T23:34:34Z",
                                        "2554-07-21T23:34:33.709551616Z",
                                        "1970-01-01T00:59+01:00",
                                        "9999-12-31",
                                        "0000-01-01"}) {
        const auto result = parse_time(text);
        ASSERT_FALSE(result.has_value()) << text;
        EXPECT_EQ(result.error().code(), ErrorCode::invalid_argument);
        EXPECT_NE(result.error().message().find("2026-11-25T17:33Z"), std::string::npos) << text;
    }
    const auto no_utf8 = parse_time("\xff");
    ASSERT_FALSE(no_utf8.has_value());
    EXPECT_NE(no_utf8.error().message().find("'\\xff'"), std::string::npos);
}

TEST(ParseWrittenTime, TakesWhatIsWrittenHereAndNothingElse) {
    EXPECT_EQ(parse_written_time("1970-01-01T00:00:00Z"), Timestamp{0});
    EXPECT_EQ(parse_written_time("2024-01-01T00:00:00Z"), Timestamp{1'704'067'200'000'000'000});
    for (const std::string_view text : {"",
                                        "2024-01-01",
                                        "2024-01-01T00:00Z",
                                        "2024-01-01T00:00:00",
                                        "2024-01-01T00:00:00z",
                                        "2024-01-01 00:00:00Z",
                                        "2024-01-01T00:00:00+00:00",
                                        "@0",
                                        "2024-13-01T00:00:00Z",
                                        "2023-02-29T00:00:00Z",
                                        "2024-01-01T24:00:00Z",
                                        "2024-01-01T00:60:00Z",
                                        "2024-01-01T00:00:60Z",
                                        "2024/01/01T00:00:00Z",
                                        "1969-12-31T23:59:59Z",
                                        "2554-07-21T23:34:34Z",
                                        "2554-07-21T23:34:33.709551616Z",
                                        "9999-01-01T00:00:00Z",
                                        "2024-01-01T00:00:00,000000000Z",
                                        "-024-01-01T00:00:00Z",
                                        "2024-01-01T00:00:00.1Z"}) {
        EXPECT_EQ(parse_written_time(text), std::nullopt) << text;
    }
    for (std::uint64_t nanos = 0; nanos < UINT64_MAX / 3 * 2; nanos += UINT64_MAX / 997) {
        const Timestamp time{UINT64_MAX - nanos};
        const std::uint64_t second = time.value / 1'000'000'000 * 1'000'000'000;
        EXPECT_EQ(parse_written_time(rfc3339(time)), time);
        EXPECT_EQ(parse_written_time(rfc3339_seconds(time)), Timestamp{second});
    }
}

}  // namespace
}  // namespace aion
