// SPDX-License-Identifier: MIT OR Apache-2.0
// Trees that are read from tiles, and tiles that are not those of the tree.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aion/tlog/tile.hpp"
#include "support/results.hpp"
#include "tlog/support.hpp"

namespace aion::tlog {
namespace {

using test::code_of;
using test::detail_of;
using test::MemoryTiles;
using test::numbered_entries;
using test::ok;

MerkleTree<Sha256Tree> tree_of(const std::vector<Bytes>& entries) {
    MerkleTree<Sha256Tree> tree;
    for (const Bytes& entry : entries) {
        tree.append(Sha256Tree::leaf(entry));
    }
    return tree;
}

TEST(TileTree, ProvesWhatTheTreeInMemoryProves) {
    for (const std::size_t size : {1U, 2U, 255U, 256U, 257U, 511U, 512U, 600U, 70'000U}) {
        const auto entries = numbered_entries(size);
        const auto memory = tree_of(entries);
        MemoryTiles source(entries);
        ASSERT_EQ(source.root, memory.root());
        TileTree tree(source, size, source.root);
        const std::size_t step = 1 + (size / 40);
        for (std::size_t i = 0; i < size; i += step) {
            EXPECT_EQ(ok(tree.leaf(i)), memory.leaf(i));
            EXPECT_EQ(ok(tree.root(i)), memory.root(i));
            EXPECT_EQ(ok(tree.inclusion_path(i, size)), ok(memory.inclusion_path(i, size)));
            EXPECT_EQ(ok(tree.inclusion_path(i / 2, i + 1)),
                      ok(memory.inclusion_path(i / 2, i + 1)));
            EXPECT_EQ(ok(tree.consistency_path(i, size)), ok(memory.consistency_path(i, size)));
            EXPECT_EQ(ok(tree.consistency_path(i / 3, i)), ok(memory.consistency_path(i / 3, i)));
            EXPECT_EQ(ok(tree.entry(i)), entries[i]);
        }
        EXPECT_EQ(ok(tree.root(size)), memory.root());
    }
}

TEST(TileTree, TellsOfEntriesInOrder) {
    const auto entries = numbered_entries(600);
    MemoryTiles source(entries);
    TileTree tree(source, source.size, source.root);
    for (const auto& [first, end] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {0, 600}, {255, 257}, {256, 512}, {599, 600}, {300, 300}, {600, 600}, {0, 0}}) {
        std::uint64_t next = first;
        ok(tree.each_entry(first, end, [&](std::uint64_t index, ByteView entry) -> Result<> {
            EXPECT_EQ(index, next++);
            EXPECT_TRUE(equal(entry, entries[index]));
            return {};
        }));
        EXPECT_EQ(next, end);
    }
    const auto stop = tree.each_entry(0, 600, [](std::uint64_t index, ByteView) -> Result<> {
        return index < 300 ? Result<>() : fail(invalid_format("mine", "entry_truncated"));
    });
    EXPECT_EQ(detail_of(stop), "entry_truncated");
    // Whoever is told of an entry may ask for others.
    ok(tree.each_entry(0, 600, [&](std::uint64_t index, ByteView entry) -> Result<> {
        EXPECT_EQ(ok(tree.entry(599 - index)), entries[599 - index]);
        EXPECT_TRUE(equal(entry, entries[index]));
        return {};
    }));
}

TEST(TileTree, RefusesWhatItDoesNotHave) {
    MemoryTiles source(numbered_entries(5));
    TileTree tree(source, source.size, source.root);
    const auto each = [](std::uint64_t, ByteView) { return Result<>(); };
    EXPECT_EQ(code_of(tree.leaf(5)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.leaf(UINT64_MAX)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.entry(5)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.root(6)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.inclusion_path(0, 6)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.inclusion_path(3, 3)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.consistency_path(4, 3)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.consistency_path(0, 6)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.each_entry(0, 6, each)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(tree.each_entry(4, 3, each)), ErrorCode::invalid_argument);
    TileTree impossible(source, max_tree_size + 1, source.root);
    EXPECT_EQ(code_of(impossible.leaf(0)), ErrorCode::invalid_argument);
}

TEST(TileTree, MayBeEmpty) {
    MemoryTiles source({});
    TileTree tree(source, 0, Sha256Tree::empty());
    EXPECT_EQ(ok(tree.root(0)), Sha256Tree::empty());
    EXPECT_TRUE(ok(tree.consistency_path(0, 0)).empty());
    EXPECT_EQ(code_of(tree.leaf(0)), ErrorCode::invalid_argument);
    EXPECT_TRUE(source.asked.empty());
}

// Every bit of every tile matters, whoever asks for what.
TEST(TileTree, BelievesNoOtherTile) {
    const auto entries = numbered_entries(600);
    MemoryTiles genuine(entries);
    for (const auto& [name, bytes] : genuine.files) {
        for (const std::size_t at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
            MemoryTiles source = MemoryTiles(entries);
            source.files[name][at] ^= 1U;
            TileTree tree(source, source.size, source.root);
            const auto read =
                tree.each_entry(0, 600, [](std::uint64_t, ByteView) { return Result<>(); });
            ASSERT_FALSE(read) << name.path() << " at " << at;
            EXPECT_TRUE(detail_of(read) == "tile_other_content" ||
                        detail_of(read) == "tile_bad_bundle")
                << read.error().full_message();
            // What is proven all the same is true.
            const auto path = tree.inclusion_path(0, 600);
            if (path) {
                ok(verify_inclusion<Sha256Tree>(Sha256Tree::leaf(entries[0]), 0, 600, *path,
                                                source.root));
            }
        }
    }
}

TEST(TileTree, NamesTheTileThatIsWrong) {
    MemoryTiles source(numbered_entries(600));
    source.files[{0, 1, 256}][5] ^= 1U;
    TileTree tree(source, source.size, source.root);
    ok(tree.leaf(0));
    const auto wrong = tree.leaf(256);
    EXPECT_EQ(detail_of(wrong), "tile_other_content");
    EXPECT_NE(wrong.error().message().find("tile/0/001 "), std::string::npos)
        << wrong.error().message();
}

TEST(TileTree, RefusesTilesOfOtherSizes) {
    const auto entries = numbered_entries(300);
    for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{43 * 32},
                                   std::size_t{(44 * 32) + 1}, std::size_t{257 * 32}}) {
        MemoryTiles source(entries);
        source.files[{0, 1, 44}].resize(size);
        TileTree tree(source, source.size, source.root);
        EXPECT_EQ(detail_of(tree.leaf(0)), "tile_bad_size") << size;
    }
    MemoryTiles source(entries);
    source.files[{std::nullopt, 0, 256}].resize(max_bundle_size + 1);
    TileTree tree(source, source.size, source.root);
    EXPECT_EQ(detail_of(tree.entry(0)), "tile_bad_size");
}

// A log that grew serves the tiles of its present size.
TEST(TileTree, TakesTheFirstOfWiderTiles) {
    const auto entries = numbered_entries(600);
    MemoryTiles source(entries);
    const auto memory = tree_of(entries);
    source.files[{0, 1, 44}] = source.files[{0, 1, 256}];
    source.files[{1, 0, 1}] = source.files[{1, 0, 2}];
    source.files[{std::nullopt, 1, 44}] = source.files[{std::nullopt, 1, 256}];
    TileTree tree(source, 300, memory.root(300));
    EXPECT_EQ(ok(tree.inclusion_path(280, 300)), ok(memory.inclusion_path(280, 300)));
    EXPECT_EQ(ok(tree.entry(299)), entries[299]);
}

TEST(TileTree, KeepsWhatItHasProven) {
    MemoryTiles source(numbered_entries(600));
    TileTree tree(source, source.size, source.root);
    ok(tree.inclusion_path(3, 600));
    const std::size_t asked = source.asked.size();
    ok(tree.inclusion_path(200, 600));
    ok(tree.consistency_path(100, 600));
    EXPECT_EQ(source.asked.size(), asked);
}

TEST(TileTree, PassesOnWhatTheSourceSays) {
    MemoryTiles source(numbered_entries(600));
    source.files.erase({0, 0, 256});
    TileTree tree(source, source.size, source.root);
    ok(tree.leaf(300));
    EXPECT_EQ(code_of(tree.leaf(3)), ErrorCode::file_not_found);
}

// Another root, or the same with another size.
TEST(TileTree, IsOfItsRootAndSize) {
    const auto entries = numbered_entries(600);
    MemoryTiles source(entries);
    auto other = source.root;
    other.bytes[0] ^= 1U;
    EXPECT_EQ(detail_of(TileTree(source, 600, other).leaf(0)), "tile_other_content");
    EXPECT_EQ(detail_of(TileTree(source, 512, source.root).leaf(0)), "tile_other_content");
    MemoryTiles empty({});
    EXPECT_EQ(detail_of(TileTree(empty, 0, other).root(0)), "tile_other_content");
}

}  // namespace
}  // namespace aion::tlog
