// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of the room tlog share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/tile.hpp"

namespace aion::test {

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

/// The tiles of a log of those entries, as a log writes them.
class MemoryTiles final : public tlog::TileSource {
  public:
    explicit MemoryTiles(const std::vector<Bytes>& entries) {
        std::vector<tlog::Sha256Tree::Digest> digests;
        tlog::MerkleTree<tlog::Sha256Tree> all;
        for (const Bytes& entry : entries) {
            digests.push_back(tlog::Sha256Tree::leaf(entry));
            all.append(digests.back());
        }
        root = all.root();
        size = entries.size();
        for (unsigned level = 0; !digests.empty(); ++level) {
            put_level(level, digests);
            std::vector<tlog::Sha256Tree::Digest> above;
            for (std::size_t i = 0; i + tlog::tile_width <= digests.size(); i += tlog::tile_width) {
                tlog::MerkleTree<tlog::Sha256Tree> tile;
                for (std::size_t j = 0; j < tlog::tile_width; ++j) {
                    tile.append(digests[i + j]);
                }
                above.push_back(tile.root());
            }
            digests = above;
        }
        for (std::size_t i = 0; i < entries.size(); i += tlog::tile_width) {
            Bytes bundle;
            unsigned width = 0;
            for (; width < tlog::tile_width && i + width < entries.size(); ++width) {
                tlog::append_to_bundle(bundle, entries[i + width]);
            }
            files[{std::nullopt, i / tlog::tile_width, width}] = bundle;
        }
    }

    Result<Bytes> tile(const tlog::TileName& name) override {
        asked.push_back(name.path());
        const auto found = files.find(name);
        if (found == files.end()) {
            return fail(error_at_path(ErrorCode::file_not_found, name.path()));
        }
        return found->second;
    }

    struct Order {
        bool operator()(const tlog::TileName& a, const tlog::TileName& b) const {
            return a.path() < b.path();
        }
    };

    std::map<tlog::TileName, Bytes, Order> files;
    std::vector<std::string> asked;
    std::uint64_t size = 0;
    tlog::Sha256Tree::Digest root;

  private:
    void put_level(unsigned level, const std::vector<tlog::Sha256Tree::Digest>& digests) {
        for (std::size_t i = 0; i < digests.size(); i += tlog::tile_width) {
            Bytes bytes;
            unsigned width = 0;
            for (; width < tlog::tile_width && i + width < digests.size(); ++width) {
                const auto& digest = digests[i + width].bytes;
                bytes.insert(bytes.end(), digest.begin(), digest.end());
            }
            files[{level, i / tlog::tile_width, width}] = bytes;
        }
    }
};

/// `entry 0`, `entry 1`, …
inline std::vector<Bytes> numbered_entries(std::size_t count) {
    std::vector<Bytes> entries;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = "entry " + std::to_string(i);
        entries.emplace_back(text.begin(), text.end());
    }
    return entries;
}

}  // namespace aion::test
