// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tlog/log_edge.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "aion/base/hex.hpp"
#include "base/try.hpp"
#include "tlog/bundle.hpp"
#include "tlog/details.hpp"

namespace aion::tlog {
namespace {

using Digest = Sha256Tree::Digest;

// How many digests the tile at the edge has on a level, and which tile that is.
TileName edge_tile(unsigned level, std::uint64_t size) {
    const std::uint64_t digests = size >> (tile_height * level);
    return {.level = level,
            .index = digests / tile_width,
            .width = static_cast<unsigned>(digests % tile_width)};
}

// The first `width` entries of a bundle that may have more, each of which has its leaf.
Result<Bytes> check_bundle(ByteView bundle, std::span<const Digest> leaves, const TileName& name,
                           const Checkpoint& checkpoint) {
    ByteView rest = bundle;
    for (const Digest& leaf : leaves) {
        const auto entry = take_from_bundle(rest);
        if (!entry) {
            return fail(invalid<TlogDetail::tile_bad_bundle>(bundle.size(), leaves.size()));
        }
        if (Sha256Tree::leaf(*entry) != leaf) {
            return fail(
                invalid<TlogDetail::tile_other_content>(name.path(), to_hex(checkpoint.root)));
        }
    }
    const ByteView taken = bundle.first(bundle.size() - rest.size());
    return Bytes(taken.begin(), taken.end());
}

}  // namespace

Digest fold(std::span<const Digest> digests) {  // NOLINT(misc-no-recursion): 8 deep
    if (digests.size() == 1) {
        return digests.front();
    }
    const std::size_t half = digests.size() / 2;
    return Sha256Tree::node(fold(digests.first(half)), fold(digests.subspan(half)));
}

std::vector<Digest> digests_in(ByteView tile) {
    std::vector<Digest> digests(tile.size() / Digest::size);
    for (std::size_t i = 0; i < digests.size(); ++i) {
        std::memcpy(digests[i].bytes.data(), tile.data() + (i * Digest::size), Digest::size);
    }
    return digests;
}

Bytes tile_bytes(std::span<const Digest> digests) {
    Bytes bytes;
    bytes.reserve(digests.size() * Digest::size);
    for (const Digest& digest : digests) {
        bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
    }
    return bytes;
}

Result<LogEdge> LogEdge::load(TileSource& tiles, const Checkpoint& checkpoint) {
    LogEdge edge;
    edge.size_ = checkpoint.size;
    for (unsigned level = 0; level <= max_tile_level; ++level) {
        const TileName name = edge_tile(level, checkpoint.size);
        if (name.width == 0) {
            continue;
        }
        AION_TRY_ASSIGN(const Bytes bytes, tiles.tile(name));
        const std::size_t needed = std::size_t{name.width} * Digest::size;
        if (bytes.size() < needed || bytes.size() > tile_width * Digest::size) {
            return fail(invalid<TlogDetail::tile_bad_size>(name.path(), bytes.size()));
        }
        edge.levels_[level] = digests_in(ByteView(bytes).first(needed));
    }
    if (edge.root() != checkpoint.root) {
        return fail(
            invalid<TlogDetail::tile_other_content>("a tile at the end", to_hex(checkpoint.root)));
    }
    if (!edge.levels_[0].empty()) {
        TileName name = edge_tile(0, checkpoint.size);
        name.level.reset();
        AION_TRY_ASSIGN(const Bytes bytes, tiles.tile(name));
        AION_TRY_ASSIGN(edge.bundle_, check_bundle(bytes, edge.levels_[0], name, checkpoint));
    }
    return edge;
}

Digest LogEdge::root() const {
    if (size_ == 0) {
        return Sha256Tree::empty();
    }
    // From the smallest complete subtree, which is the last, to the largest.
    std::optional<Digest> root;
    for (const std::vector<Digest>& level : levels_) {
        std::span<const Digest> rest = level;
        while (!rest.empty()) {
            const std::size_t length = rest.size() & (~rest.size() + 1);
            const Digest subtree = fold(rest.last(length));
            root = root ? Sha256Tree::node(subtree, *root) : subtree;
            rest = rest.first(rest.size() - length);
        }
    }
    return *root;
}

Result<> LogEdge::append(ByteView entry, const Digest& leaf, const Sink& sink) {
    append_to_bundle(bundle_, entry);
    if ((size_ + 1) % tile_width == 0) {
        AION_TRY(sink({.level = std::nullopt, .index = size_ / tile_width, .width = tile_width},
                      bundle_));
        bundle_.clear();
    }
    return append_leaf(leaf, sink);
}

Result<> LogEdge::append_leaf(const Digest& leaf, const Sink& sink) {
    ++size_;
    return push(leaf, 0, sink);
}

Result<> LogEdge::append_tile(const Digest& subtree, const Sink& sink) {
    size_ += tile_width;
    return push(subtree, 1, sink);
}

Result<> LogEdge::push(Digest digest, unsigned level, const Sink& sink) {
    for (; level <= max_tile_level; ++level) {
        std::vector<Digest>& tile = levels_[level];
        tile.push_back(digest);
        if (tile.size() < tile_width) {
            break;
        }
        const std::uint64_t index = (size_ >> (tile_height * (level + 1))) - 1;
        AION_TRY(sink({.level = level, .index = index, .width = tile_width}, tile_bytes(tile)));
        digest = fold(tile);
        tile.clear();
    }
    return {};
}

Result<> LogEdge::finish(std::uint64_t former_size, const Sink& sink) const {
    for (unsigned level = 0; level <= max_tile_level; ++level) {
        TileName name = edge_tile(level, size_);
        if (name.width == 0 || name == edge_tile(level, former_size)) {
            continue;
        }
        AION_TRY(sink(name, tile_bytes(levels_[level])));
        if (level == 0 && !bundle_.empty()) {
            name.level.reset();
            AION_TRY(sink(name, bundle_));
        }
    }
    return {};
}

}  // namespace aion::tlog
