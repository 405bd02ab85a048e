// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/entry_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace aion::archive {
namespace {

TEST(EntryList, SortsByBytesAndKeepsKinds) {
    EntryList list;
    list.add("b", EntryKind::folder);
    list.add("\xff", EntryKind::link);
    list.add("", EntryKind::unknown);
    list.add("B", EntryKind::file);
    list.sort();
    ASSERT_EQ(list.size(), 4U);
    const auto shown = [&](std::size_t i) {
        return std::string(list[i].name) + static_cast<char>('0' + static_cast<int>(list[i].kind));
    };
    EXPECT_EQ(shown(0), "3");
    EXPECT_EQ(shown(1), "B0");
    EXPECT_EQ(shown(2), "b1");
    EXPECT_EQ(shown(3),
              "\xff"
              "2");
    list.set_kind(3, EntryKind::folder);
    EXPECT_EQ(list[3].kind, EntryKind::folder);
    EXPECT_STREQ(list[3].name, "\xff");
}

TEST(EntryList, HoldsNamesOfAnyLength) {
    EntryList list;
    std::mt19937 random(7);
    std::vector<std::string> names;
    for (int i = 0; i < 5000; ++i) {
        std::string name(random() % 256, 'n');
        name += std::to_string(i);
        list.add(name, EntryKind::file);
        names.push_back(name);
    }
    const std::string huge(100'000, 'x');  // no file system has it, one of a test may
    list.add(huge, EntryKind::link);
    names.push_back(huge);
    list.sort();
    std::ranges::sort(names);
    ASSERT_EQ(list.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        ASSERT_EQ(list[i].name, names[i]);
    }
}

}  // namespace
}  // namespace aion::archive
