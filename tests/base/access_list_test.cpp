// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/access_list.hpp"

#include <gtest/gtest.h>

#include "base/posix_access.hpp"

namespace aion::test {
namespace {

TEST(AccessList, ReadsAndWritesWhatTheKernelHas) {
    const Bytes attribute = access_list({{1, 6}, {2, 6, 65533}, {4, 0}, {16, 6}, {32, 0}});
    const auto list = AccessList::parse(attribute);
    ASSERT_TRUE(list.has_value());
    EXPECT_EQ(list->to_attribute(), attribute);
}

TEST(AccessList, RefusesWhatItDoesNotKnow) {
    const Bytes good = access_list({{1, 6}, {4, 4}, {32, 4}});
    ASSERT_TRUE(AccessList::parse(good).has_value());
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_FALSE(AccessList::parse(ByteView(good).first(length)).has_value()) << length;
    }
    Bytes version = good;
    version[0] = 3;
    EXPECT_FALSE(AccessList::parse(version).has_value());
    EXPECT_FALSE(AccessList::parse(access_list({{1, 6}, {4, 4}})).has_value());
    EXPECT_FALSE(AccessList::parse(access_list({{1, 6}, {1, 6}, {4, 4}, {32, 4}})).has_value());
    EXPECT_FALSE(AccessList::parse(access_list({{1, 8}, {4, 4}, {32, 4}})).has_value());
    EXPECT_FALSE(AccessList::parse(access_list({{1, 6}, {4, 4}, {32, 4}, {64, 0}})).has_value());
    EXPECT_FALSE(AccessList::parse(access_list({{1, 6}, {4, 4}, {32, 4}, {0, 0}})).has_value());
}

struct Case {
    std::vector<AccessEntry> entries;
    std::uint32_t mode = 0;           // without the list
    std::uint32_t another_group = 0;  // group and others of the list for another group
};

TEST(AccessList, WithoutItNobodyMayDoMore) {
    const std::vector<Case> cases = {
        // The mask is what stat shows for the group, and no right of the group.
        {{{1, 6}, {2, 6, 7}, {4, 0}, {16, 6}, {32, 0}}, 0600, 000},
        // A user shut out by name is not let in as one of the others, or of the group.
        {{{1, 6}, {2, 0, 7}, {4, 6}, {16, 6}, {32, 4}}, 0600, 044},
        // So is a group.
        {{{1, 6}, {4, 6}, {8, 0, 7}, {16, 6}, {32, 4}}, 0660, 004},
        // The mask bounds the group, and not the others.
        {{{1, 7}, {2, 7, 7}, {4, 7}, {16, 5}, {32, 7}}, 0755, 055},
        {{{1, 6}, {4, 4}, {32, 4}}, 0644, 044},
        {{{1, 6}, {4, 0}, {32, 4}}, 0604, 000},
    };
    for (const Case& each : cases) {
        const auto list = AccessList::parse(access_list(each.entries));
        ASSERT_TRUE(list.has_value());
        EXPECT_EQ(list->mode_without_list(), each.mode);
        const Bytes other = list->for_another_group().to_attribute();
        std::vector<AccessEntry> expected = each.entries;
        for (AccessEntry& entry : expected) {
            if (entry.tag == 4) {
                entry.permissions = static_cast<std::uint16_t>(each.another_group >> 3U);
            } else if (entry.tag == 32) {
                entry.permissions = static_cast<std::uint16_t>(each.another_group & 7U);
            }
        }
        EXPECT_EQ(other, access_list(expected)) << std::oct << each.mode;
    }
}

}  // namespace
}  // namespace aion::test
