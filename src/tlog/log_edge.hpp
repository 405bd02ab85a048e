// SPDX-License-Identifier: MIT OR Apache-2.0
// The right edge of a log: its tiles that are not full, which is all that an append needs to know.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/tile.hpp"

namespace aion::tlog {

/// The root of a complete subtree: of as many digests as a power of two, on one level.
[[nodiscard]] Sha256Tree::Digest fold(std::span<const Sha256Tree::Digest> digests);

/// The digests that a tile's bytes are, which are a multiple of their size.
[[nodiscard]] std::vector<Sha256Tree::Digest> digests_in(ByteView tile);
[[nodiscard]] Bytes tile_bytes(std::span<const Sha256Tree::Digest> digests);

/// Copyable: whoever appends does it to a copy, and keeps that when all is written.
class LogEdge {
  public:
    using Digest = Sha256Tree::Digest;
    /// Is given a tile as it has to be written.
    using Sink = std::function<Result<>(const TileName& name, ByteView bytes)>;

    /// Of an empty log.
    LogEdge() = default;

    /// Reads the edge of the log that `checkpoint` commits to, and proves it.
    /// Errors: `tile_bad_size`, `tile_bad_bundle`, `tile_other_content`; those of the source.
    [[nodiscard]] static Result<LogEdge> load(TileSource& tiles, const Checkpoint& checkpoint);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] Digest root() const;

    /// Appends an entry and gives out each tile that becomes full by it.
    [[nodiscard]] Result<> append(ByteView entry, const Digest& leaf, const Sink& sink);
    /// The same for the hash tiles alone, where the entries are there already.
    [[nodiscard]] Result<> append_leaf(const Digest& leaf, const Sink& sink);

    /// The same for 256 leaves at once, of which only the root is given, behind as many.
    [[nodiscard]] Result<> append_tile(const Digest& subtree, const Sink& sink);

    /// Gives out the tiles that are not full and that a log of `former_size` did not have.
    [[nodiscard]] Result<> finish(std::uint64_t former_size, const Sink& sink) const;

  private:
    [[nodiscard]] Result<> push(Digest digest, unsigned level, const Sink& sink);

    std::uint64_t size_ = 0;
    std::array<std::vector<Digest>, max_tile_level + 1> levels_;
    Bytes bundle_;
};

}  // namespace aion::tlog
