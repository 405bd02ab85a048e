// SPDX-License-Identifier: MIT OR Apache-2.0
// Tiles (c2sp.org/tlog-tiles v0.1.0): the files that a log consists of, which any web server
// serves. A hash tile holds 256 digests of one level; an entry bundle the 256 entries below it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/merkle.hpp"

namespace aion::tlog {

inline constexpr std::uint64_t tile_width = 256;
inline constexpr unsigned tile_height = 8;
inline constexpr unsigned max_tile_level = 7;
/// Of an entry bundle in bytes.
inline constexpr std::size_t max_bundle_size = tile_width * (2 + max_entry_size);

/// Which file of a log: a tile of hashes at a level, or a bundle of entries.
struct TileName {
    /// Of a tile of hashes, 0 being the leaves'; nothing for a bundle of entries.
    std::optional<unsigned> level;
    std::uint64_t index = 0;  ///< Which one of that level.
    unsigned width = 256;     ///< How many it has, 1 to 256; less than 256: a partial one.

    /// `tile/0/x001/x234/067`, `tile/entries/000.p/12`.
    [[nodiscard]] std::string path() const;

    /// The most bytes that a file of its kind has, however wide.
    [[nodiscard]] std::size_t max_size() const noexcept {
        return level ? tile_width * Sha256Tree::Digest::size : max_bundle_size;
    }

    /// Only what `path` writes; nothing for anything else.
    [[nodiscard]] static std::optional<TileName> parse(std::string_view path);
    friend bool operator==(const TileName&, const TileName&) = default;
};

/// How wide the tile `index` of `level` is in a log of `size` entries: 0 to 256.
[[nodiscard]] unsigned tile_width_at(unsigned level, std::uint64_t index,
                                     std::uint64_t size) noexcept;

/// Appends an entry to a bundle: length, big-endian 16 bits, and the bytes.
void append_to_bundle(Bytes& bundle, ByteView entry);

/// Tells of each entry of a bundle of exactly `width` entries.
/// Errors: `invalid_format` with the detail `tile_bad_bundle`; what `each` returns.
[[nodiscard]] Result<> each_of_bundle(ByteView bundle, unsigned width,
                                      const std::function<Result<>(ByteView entry)>& each);

/// Where tiles come from: a directory, a web server. What it gives is not believed.
class TileSource {
  public:
    virtual ~TileSource() = default;
    TileSource(const TileSource&) = delete;
    TileSource& operator=(const TileSource&) = delete;
    TileSource(TileSource&&) = delete;
    TileSource& operator=(TileSource&&) = delete;

    /// All bytes of a tile. The source may give those of a wider one instead, from which the first
    /// are taken. Errors: its own (`file_not_found`, …).
    [[nodiscard]] virtual Result<Bytes> tile(const TileName& name) = 0;

  protected:
    TileSource() = default;
};

/// A tree of known size and root whose digests lie in tiles. Every tile that is read is proven
/// against the root before anything of it is used, so that proofs made here are true whatever the
/// source gives; some tiles are kept. Borrows the source. Not thread-safe.
class TileTree {
  public:
    TileTree(TileSource& source, std::uint64_t size, const Sha256Tree::Digest& root);
    ~TileTree();
    TileTree(TileTree&&) noexcept;
    TileTree& operator=(TileTree&&) noexcept;
    TileTree(const TileTree&) = delete;
    TileTree& operator=(const TileTree&) = delete;

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// Errors: `invalid_argument` for an index or size that the tree does not have;
    /// `invalid_format` with the detail `tile_other_content` (naming the tile), `tile_bad_size`;
    /// the source's own.
    [[nodiscard]] Result<Sha256Tree::Digest> leaf(std::uint64_t index);
    [[nodiscard]] Result<std::vector<Sha256Tree::Digest>> inclusion_path(std::uint64_t index,
                                                                         std::uint64_t size);
    [[nodiscard]] Result<std::vector<Sha256Tree::Digest>> consistency_path(std::uint64_t old_size,
                                                                           std::uint64_t new_size);
    /// Of the first `size` entries.
    [[nodiscard]] Result<Sha256Tree::Digest> root(std::uint64_t size);
    /// The bytes of an entry, checked against its leaf.
    [[nodiscard]] Result<Bytes> entry(std::uint64_t index);
    /// Tells of entries from `first` to before `end`, in order, each checked against its leaf.
    [[nodiscard]] Result<> each_entry(
        std::uint64_t first, std::uint64_t end,
        const std::function<Result<>(std::uint64_t index, ByteView entry)>& each);

  private:
    class ProvenTiles;

    Result<> each_of_one_bundle(
        const TileName& name, std::uint64_t first, std::uint64_t end,
        const std::function<Result<>(std::uint64_t index, ByteView entry)>& each);

    std::uint64_t size_;
    std::unique_ptr<ProvenTiles> tiles_;
};

}  // namespace aion::tlog
