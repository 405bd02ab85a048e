// SPDX-License-Identifier: MIT OR Apache-2.0
// How tiles are proven. The last tile of each level, unless it is full, has no digest above it;
// all of these together make the root. A full tile has the digest of all of it in the tile above,
// which is proven first.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/tlog/tile.hpp"
#include "base/try.hpp"
#include "tlog/bundle.hpp"
#include "tlog/details.hpp"
#include "tlog/ranges.hpp"

namespace aion::tlog {
namespace {

using Digest = Sha256Tree::Digest;

// How many tiles are kept, of 16 KiB each with the digests between their leaves and their root.
constexpr std::size_t most_kept = 256;

// The digests of a tile and of every complete subtree of them.
class Tile {
  public:
    // `bytes`: at least `width` digests.
    Tile(ByteView bytes, unsigned width) {
        levels_[0].resize(width);
        for (unsigned i = 0; i < width; ++i) {
            std::ranges::copy(bytes.subspan(i * Digest::size, Digest::size),
                              levels_[0][i].bytes.begin());
        }
        for (unsigned level = 1; level <= tile_height; ++level) {
            const std::vector<Digest>& below = levels_[level - 1];
            levels_[level].reserve(below.size() / 2);
            for (std::size_t i = 1; i < below.size(); i += 2) {
                levels_[level].push_back(Sha256Tree::node(below[i - 1], below[i]));
            }
        }
    }

    [[nodiscard]] const Digest& at(unsigned level, std::uint64_t index) const {
        return levels_[level][index];
    }

  private:
    std::array<std::vector<Digest>, tile_height + 1> levels_;
};

struct TilePlace {
    unsigned level;
    std::uint64_t index;
    friend bool operator==(const TilePlace&, const TilePlace&) = default;
};

struct TilePlaceHash {
    std::size_t operator()(const TilePlace& place) const noexcept {
        return std::hash<std::uint64_t>{}((place.index << 3U) ^ place.level);
    }
};

Error no_such(std::string what) {
    return error_because(ErrorCode::invalid_argument, std::move(what));
}

}  // namespace

class TileTree::ProvenTiles {
  public:
    ProvenTiles(TileSource& source, std::uint64_t size, const Digest& root)
        : source_(&source), size_(size), root_(root) {}

    // Reads the last tiles of all levels, and compares what they make with the root.
    Result<> prove_edge() {
        if (edge_is_proven_) {
            return {};
        }
        if (size_ > max_tree_size) {
            return fail(no_such("a log cannot have " + std::to_string(size_) + " entries"));
        }
        std::array<std::optional<Tile>, max_tile_level + 1> edge;
        std::optional<TileName> lowest;
        for (unsigned level = 0; level <= max_tile_level; ++level) {
            const TilePlace place = last_of(level);
            if (tile_width_at(level, place.index, size_) != 0) {
                AION_TRY_ASSIGN(edge[level], read(place));
                lowest = lowest ? lowest : name_of(place);
            }
        }
        const auto digest_at = [&](Complete subtree) -> const Digest& {
            const unsigned level = subtree.level % tile_height;
            const std::uint64_t first = (subtree.index << level) % tile_width;
            return edge[subtree.level / tile_height]->at(level, first >> level);
        };
        if (size_ != 0) {
            LeafRange range{0, size_};
            Digest root = digest_at(last_complete(range));
            for (range = without_last(range); range.end != 0; range = without_last(range)) {
                root = Sha256Tree::node(digest_at(last_complete(range)), root);
            }
            if (root != root_) {
                return fail(other_content(*lowest));
            }
        } else if (root_ != Sha256Tree::empty()) {
            return fail(other_content(name_of({0, 0})));
        }
        edge_ = std::move(edge);
        edge_is_proven_ = true;
        return {};
    }

    // The root of a complete subtree.
    Result<Digest> at(Complete subtree) {
        AION_TRY(prove_edge());
        // The root of a whole tile is a digest of the tile above, where there is one.
        const unsigned tile_level = subtree.level / tile_height;
        const unsigned level = subtree.level % tile_height;
        const std::uint64_t first = subtree.index << level;
        AION_TRY_ASSIGN(const Tile* tile, proven({tile_level, first / tile_width}));
        return tile->at(level, (first % tile_width) >> level);
    }

    // The root of a range that is not empty.
    Result<Digest> root_of(LeafRange range) {
        AION_TRY_ASSIGN(Digest root, at(last_complete(range)));
        for (range = without_last(range); range.begin != range.end; range = without_last(range)) {
            AION_TRY_ASSIGN(const Digest left, at(last_complete(range)));
            root = Sha256Tree::node(left, root);
        }
        return root;
    }

    // A bundle, of which nothing is checked yet.
    Result<std::shared_ptr<const Bytes>> bundle(const TileName& name) {
        if (bundle_ == nullptr || bundle_index_ != name.index) {
            AION_TRY_ASSIGN(Bytes bytes, source_->tile(name));
            if (bytes.size() > max_bundle_size) {
                return fail(invalid<TlogDetail::tile_bad_size>(name.path(), bytes.size()));
            }
            bundle_ = std::make_shared<const Bytes>(std::move(bytes));
            bundle_index_ = name.index;
        }
        return bundle_;
    }

    [[nodiscard]] Error other_content(const TileName& name) const {
        return invalid<TlogDetail::tile_other_content>(name.path(), to_hex(root_));
    }

  private:
    struct Kept {
        Tile tile;
        std::uint64_t used;
    };

    [[nodiscard]] TileName name_of(TilePlace place) const {
        return {place.level, place.index, tile_width_at(place.level, place.index, size_)};
    }

    [[nodiscard]] bool is_full(TilePlace place) const {
        return tile_width_at(place.level, place.index, size_) == tile_width;
    }

    Result<Tile> read(TilePlace place) {
        const TileName name = name_of(place);
        AION_TRY_ASSIGN(const Bytes bytes, source_->tile(name));
        if (bytes.size() % Digest::size != 0 || bytes.size() < name.width * Digest::size ||
            bytes.size() > tile_width * Digest::size) {
            return fail(invalid<TlogDetail::tile_bad_size>(name.path(), bytes.size()));
        }
        return Tile(bytes, name.width);
    }

    // The place behind the last full tile.
    [[nodiscard]] TilePlace last_of(unsigned level) const {
        return {level, level == max_tile_level ? 0 : size_ >> (tile_height * (level + 1))};
    }

    // A tile of the tree, proven. Valid until the next call.
    Result<const Tile*> proven(TilePlace place) {
        // Upwards to what is known already, which the edge is; from there down again.
        std::array<TilePlace, max_tile_level + 1> way{};
        std::size_t unknown = 0;
        const Tile* tile = known(place);
        while (tile == nullptr) {
            way[unknown++] = place;
            place = {place.level + 1, place.index / tile_width};
            tile = known(place);
        }
        while (unknown > 0) {
            const TilePlace next = way[--unknown];
            const Digest wanted = tile->at(0, next.index % tile_width);
            AION_TRY_ASSIGN(Tile read_tile, read(next));
            if (read_tile.at(tile_height, 0) != wanted) {
                return fail(other_content(name_of(next)));
            }
            tile = keep(next, std::move(read_tile));
        }
        return tile;
    }

    const Tile* known(TilePlace place) {
        if (!is_full(place)) {
            return &*edge_[place.level];
        }
        const auto found = kept_.find(place);
        if (found == kept_.end()) {
            return nullptr;
        }
        found->second.used = ++clock_;
        return &found->second.tile;
    }

    const Tile* keep(TilePlace place, Tile tile) {
        if (kept_.size() >= most_kept) {
            kept_.erase(std::ranges::min_element(
                kept_, {}, [](const auto& each) { return each.second.used; }));
        }
        return &kept_.insert_or_assign(place, Kept{std::move(tile), ++clock_}).first->second.tile;
    }

    TileSource* source_;
    std::uint64_t size_;
    Digest root_;
    bool edge_is_proven_ = false;
    std::array<std::optional<Tile>, max_tile_level + 1> edge_;
    std::unordered_map<TilePlace, Kept, TilePlaceHash> kept_;
    std::uint64_t clock_ = 0;
    // The one that was read last; shared with whoever reads entries in it.
    std::shared_ptr<const Bytes> bundle_;
    std::uint64_t bundle_index_ = 0;
};

TileTree::TileTree(TileSource& source, std::uint64_t size, const Digest& root)
    : size_(size), tiles_(std::make_unique<ProvenTiles>(source, size, root)) {}

TileTree::~TileTree() = default;
TileTree::TileTree(TileTree&&) noexcept = default;
TileTree& TileTree::operator=(TileTree&&) noexcept = default;

Result<Digest> TileTree::leaf(std::uint64_t index) {
    if (index >= size_) {
        return fail(
            no_such("no entry " + std::to_string(index) + " in a log of " + std::to_string(size_)));
    }
    return tiles_->at({0, index});
}

Result<std::vector<Digest>> TileTree::inclusion_path(std::uint64_t index, std::uint64_t size) {
    if (index >= size || size > size_) {
        return fail(no_such("no entry " + std::to_string(index) + " in the first " +
                            std::to_string(size) + " entries of a log of " +
                            std::to_string(size_)));
    }
    std::vector<Digest> path;
    AION_TRY(each_of_inclusion(index, size, [&](LeafRange range) -> Result<> {
        AION_TRY_ASSIGN(const Digest digest, tiles_->root_of(range));
        path.push_back(digest);
        return {};
    }));
    return path;
}

Result<std::vector<Digest>> TileTree::consistency_path(std::uint64_t old_size,
                                                       std::uint64_t new_size) {
    if (old_size > new_size || new_size > size_) {
        return fail(no_such("no way from " + std::to_string(old_size) + " to " +
                            std::to_string(new_size) + " entries in a log of " +
                            std::to_string(size_)));
    }
    std::vector<Digest> path;
    AION_TRY(each_of_consistency(old_size, new_size, [&](LeafRange range) -> Result<> {
        AION_TRY_ASSIGN(const Digest digest, tiles_->root_of(range));
        path.push_back(digest);
        return {};
    }));
    return path;
}

Result<Digest> TileTree::root(std::uint64_t size) {
    if (size > size_) {
        return fail(no_such("no first " + std::to_string(size) + " entries in a log of " +
                            std::to_string(size_)));
    }
    AION_TRY(tiles_->prove_edge());
    return size == 0 ? Result<Digest>(Sha256Tree::empty()) : tiles_->root_of({0, size});
}

Result<Bytes> TileTree::entry(std::uint64_t index) {
    Bytes found;
    if (index >= size_) {
        return fail(
            no_such("no entry " + std::to_string(index) + " in a log of " + std::to_string(size_)));
    }
    AION_TRY(each_entry(index, index + 1, [&](std::uint64_t /*index*/, ByteView entry) -> Result<> {
        found.assign(entry.begin(), entry.end());
        return {};
    }));
    return found;
}

Result<> TileTree::each_of_one_bundle(
    const TileName& name, std::uint64_t first, std::uint64_t end,
    const std::function<Result<>(std::uint64_t index, ByteView entry)>& each) {
    AION_TRY_ASSIGN(const auto bundle, tiles_->bundle(name));
    ByteView rest = *bundle;
    std::uint64_t index = name.index * tile_width;
    for (unsigned i = 0; i < name.width && index < end; ++i, ++index) {
        const auto entry = take_from_bundle(rest);
        if (!entry) {
            return fail(invalid<TlogDetail::tile_bad_bundle>(bundle->size(), name.width));
        }
        if (index >= first) {
            AION_TRY_ASSIGN(const Digest leaf, tiles_->at({0, index}));
            if (Sha256Tree::leaf(*entry) != leaf) {
                return fail(tiles_->other_content(name));
            }
            AION_TRY(each(index, *entry));
        }
    }
    return {};
}

Result<> TileTree::each_entry(
    std::uint64_t first, std::uint64_t end,
    const std::function<Result<>(std::uint64_t index, ByteView entry)>& each) {
    if (first > end || end > size_) {
        return fail(no_such("no entries " + std::to_string(first) + " to before " +
                            std::to_string(end) + " in a log of " + std::to_string(size_)));
    }
    while (first < end) {
        const std::uint64_t bundle_index = first / tile_width;
        AION_TRY(each_of_one_bundle(
            {std::nullopt, bundle_index, tile_width_at(0, bundle_index, size_)}, first, end, each));
        first = (bundle_index + 1) * tile_width;
    }
    return {};
}

}  // namespace aion::tlog
