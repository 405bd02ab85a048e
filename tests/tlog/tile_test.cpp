// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/tile.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/results.hpp"
#include "tlog/support.hpp"

namespace aion::tlog {
namespace {

using test::detail_of;
using test::ok;

TEST(TileName, IsThePathOfTheSpecification) {
    EXPECT_EQ((TileName{0, 1'234'067, 256}.path()), "tile/0/x001/x234/067");
    EXPECT_EQ((TileName{std::nullopt, 0, 12}.path()), "tile/entries/000.p/12");
    EXPECT_EQ((TileName{7, 999, 1}.path()), "tile/7/999.p/1");
    EXPECT_EQ((TileName{1, 1000, 256}.path()), "tile/1/x001/000");
    EXPECT_EQ((TileName{0, UINT64_MAX, 255}.path()),
              "tile/0/x018/x446/x744/x073/x709/x551/615.p/255");
    for (const TileName& name :
         {TileName{0, 0, 256}, TileName{std::nullopt, 1'000'000, 256}, TileName{3, 999'999, 7},
          TileName{std::nullopt, UINT64_MAX, 1}, TileName{7, 1000, 255}}) {
        EXPECT_EQ(TileName::parse(name.path()), name) << name.path();
    }
}

TEST(TileName, HasOneSpelling) {
    for (const char* const path : {"",
                                   "tile",
                                   "tile/",
                                   "tile/0",
                                   "tile/0/",
                                   "tile/0/0",
                                   "tile/0/00",
                                   "tile/0/0000",
                                   "tile/00/000",
                                   "tile/8/000",
                                   "tile/-1/000",
                                   "tile/+1/000",
                                   "tile/a/000",
                                   "tile//000",
                                   "/tile/0/000",
                                   "tile/0/000/",
                                   "tile/0/x000/000",
                                   "tile/0/x001/",
                                   "tile/0/x001",
                                   "tile/0/001/000",
                                   "tile/0/x001/x000",
                                   "tile/0/000.p",
                                   "tile/0/000.p/",
                                   "tile/0/000.p/0",
                                   "tile/0/000.p/256",
                                   "tile/0/000.p/01",
                                   "tile/0/000.p/1/",
                                   "tile/0/000.p/1x",
                                   "tile/0/X001/000",
                                   "tile/0/ 00",
                                   "tile/0/-01",
                                   "tile/entries",
                                   "tile/entries/0",
                                   "tile/entry/000",
                                   "tile/entries/000.p/999999999999",
                                   "tile/99999999999999999999/000",
                                   "tile/0/x018/x446/x744/x073/x709/x551/616",
                                   "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
                                   "tile/0/../000",
                                   "tile/0/000\n",
                                   "checkpoint"}) {
        EXPECT_EQ(TileName::parse(path), std::nullopt) << path;
    }
    EXPECT_EQ(TileName::parse(std::string_view("tile/0/000\0", 11)), std::nullopt);
}

TEST(TileWidth, IsWhatTheSizeLeaves) {
    EXPECT_EQ(tile_width_at(0, 0, 0), 0);
    EXPECT_EQ(tile_width_at(0, 0, 255), 255);
    EXPECT_EQ(tile_width_at(0, 0, 256), 256);
    EXPECT_EQ(tile_width_at(0, 1, 256), 0);
    EXPECT_EQ(tile_width_at(1, 0, 256), 1);
    EXPECT_EQ(tile_width_at(0, 1, 257), 1);
    EXPECT_EQ(tile_width_at(1, 0, 65'535), 255);
    EXPECT_EQ(tile_width_at(2, 0, 65'536), 1);
    EXPECT_EQ(tile_width_at(0, UINT64_MAX, UINT64_MAX), 0);
    EXPECT_EQ(tile_width_at(7, 0, max_tree_size), 127);
    EXPECT_EQ(tile_width_at(8, 0, max_tree_size), 0);
}

TEST(Bundle, GivesItsEntries) {
    Bytes bundle;
    const Bytes longest(max_entry_size, 1);
    const std::vector<Bytes> entries = {{}, {1, 2, 3}, longest};
    for (const Bytes& entry : entries) {
        append_to_bundle(bundle, entry);
    }
    EXPECT_EQ(bundle.size(), 6 + 3 + max_entry_size);
    std::vector<Bytes> found;
    const auto take = [&](ByteView entry) -> Result<> {
        found.emplace_back(entry.begin(), entry.end());
        return {};
    };
    ok(each_of_bundle(bundle, 3, take));
    EXPECT_EQ(found, entries);
    EXPECT_EQ(detail_of(each_of_bundle(bundle, 2, take)), "tile_bad_bundle");
    EXPECT_EQ(detail_of(each_of_bundle(bundle, 4, take)), "tile_bad_bundle");
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{3}, std::size_t{6}, std::size_t{8}, bundle.size() - 1}) {
        EXPECT_EQ(detail_of(each_of_bundle(ByteView(bundle).first(size), 3, take)),
                  "tile_bad_bundle");
    }
    ok(each_of_bundle({}, 0, take));
    EXPECT_EQ(detail_of(each_of_bundle(bundle, 3,
                                       [](ByteView) -> Result<> {
                                           return fail(invalid_format("mine", "entry_truncated"));
                                       })),
              "entry_truncated");
}

}  // namespace
}  // namespace aion::tlog
