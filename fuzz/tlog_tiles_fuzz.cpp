// SPDX-License-Identifier: MIT OR Apache-2.0
// Tiles of a transparency log. Any bytes as an entry, a bundle or the name of a tile: what is read
// is written again as it was. And a tree over a source that gives now and then something else than
// the tile: whatever is proven is what the genuine tree in memory proves.
//
// Input: one byte, 0: the rest is read; else 2 bytes size of the log and 1 byte how many questions
// (at most 15); for each 1 byte which and 2 bytes each of its two numbers; then, for each tile that
// is asked for, 1 byte what is given, with 2 bytes of where.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/tlog/entry.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/tile.hpp"
#include "support/fuzz_input.hpp"
#include "support/require.hpp"

namespace {

using namespace aion;        // NOLINT(google-build-using-namespace): one short program
using namespace aion::tlog;  // NOLINT(google-build-using-namespace)
using fuzz::require;

constexpr std::uint64_t most_entries = 700;

Bytes entry_at(std::uint64_t i) {
    return make_entry(EntryKind::version_attestation, i, as_bytes(std::to_string(i)));
}

const MerkleTree<Sha256Tree>& genuine() {
    static const MerkleTree<Sha256Tree> tree = [] {
        MerkleTree<Sha256Tree> made;
        for (std::uint64_t i = 0; i < most_entries; ++i) {
            made.append(Sha256Tree::leaf(entry_at(i)));
        }
        return made;
    }();
    return tree;
}

Bytes genuine_tile(const TileName& name) {
    Bytes bytes;
    for (std::uint64_t i = 0; i < name.width; ++i) {
        const std::uint64_t index = (name.index * tile_width) + i;
        if (!name.level) {
            append_to_bundle(bytes, entry_at(index % most_entries));
            continue;
        }
        Frontier<Sha256Tree> part;
        const std::uint64_t leaves = std::uint64_t{1} << (tile_height * *name.level);
        for (std::uint64_t leaf = 0; leaf < std::min(leaves, most_entries); ++leaf) {
            part.append(genuine().leaf(((index * leaves) + leaf) % most_entries));
        }
        const auto digest = part.root();
        bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
    }
    return bytes;
}

class Hostile final : public TileSource {
  public:
    Hostile(fuzz::Input& input, std::uint64_t size) : input_(&input), size_(size) {}

    Result<Bytes> tile(const TileName& name) override {
        // Nothing is asked for that the log does not have.
        require(name.width == tile_width_at(name.level.value_or(0), name.index, size_));
        require(name.width > 0);
        const std::uint8_t what = input_->byte();
        const std::size_t where = input_->number(2);
        Bytes bytes = genuine_tile(name);
        switch (what % 8) {
            case 1:
                return fail(error_at_path(ErrorCode::file_not_found, name.path()));
            case 2:
                bytes.resize(where % (bytes.size() + 1));
                return bytes;
            case 3:
                bytes[where % bytes.size()] ^= static_cast<std::uint8_t>(1U << (what / 32U));
                return bytes;
            case 4:
                bytes.resize(bytes.size() + where, 7);
                return bytes;
            case 5:
                return genuine_tile({name.level, name.index + 1, name.width});
            case 6:
                // The wider one of a log that has grown.
                return genuine_tile({name.level, name.index, tile_width});
            case 7: {
                const ByteView rest = input_->rest();
                return Bytes(rest.begin(), rest.end());
            }
            default:
                return bytes;
        }
    }

  private:
    fuzz::Input* input_;
    std::uint64_t size_;
};

template <class T>
void require_same(const Result<T>& found, const Result<T>& wanted) {
    require(found ? wanted.has_value() && *found == *wanted
                  : !found.error().full_message().empty());
}

void ask(TileTree& tree, std::uint8_t what, std::uint64_t a, std::uint64_t b) {
    const auto& truth = genuine();
    switch (what % 5) {
        case 0:
            require_same(tree.inclusion_path(a, b), truth.inclusion_path(a, b));
            break;
        case 1:
            require_same(tree.consistency_path(a, b), truth.consistency_path(a, b));
            break;
        case 2: {
            const auto root = tree.root(a);
            require(!root || *root == truth.root(a));
            break;
        }
        case 3: {
            const auto entry = tree.entry(a);
            require(!entry || *entry == entry_at(a));
            break;
        }
        default: {
            std::uint64_t next = a;
            const auto told =
                tree.each_entry(a, b, [&](std::uint64_t index, ByteView entry) -> Result<> {
                    require(index == next++ && equal(entry, entry_at(index)));
                    return {};
                });
            require(!told || next == b);
        }
    }
}

void check_reading(ByteView bytes) {
    if (const auto name = TileName::parse(as_text(bytes))) {
        require(name->path() == as_text(bytes));
    }
    if (const auto entry = EntryView::parse(bytes)) {
        require(bytes.size() <= max_entry_size);
        if (entry->payload) {
            require(
                equal(make_entry(entry->kind, entry->timestamp_version, *entry->payload), bytes));
        } else {
            require(bytes.size() == entry_header_size + Hash::size);
        }
        require(entry_kind_of(name_of(entry->kind)) == entry->kind);
    }
    if (const auto version = LoggedVersion::from(bytes)) {
        require(equal(version->bytes(), bytes));
    }
    const unsigned width = bytes.empty() ? 0 : bytes.front();
    Bytes again;
    unsigned count = 0;
    const auto told = each_of_bundle(bytes, width, [&](ByteView entry) -> Result<> {
        append_to_bundle(again, entry);
        ++count;
        return {};
    });
    require(!told || (count == width && equal(again, bytes)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    if (input.byte() == 0) {
        check_reading(input.rest());
        return 0;
    }

    struct Question {
        std::uint8_t what;
        std::uint64_t a;
        std::uint64_t b;
    };

    const std::uint64_t entries = input.number(2) % (most_entries + 1);
    std::vector<Question> questions(input.byte() & 15U);
    for (Question& question : questions) {
        question.what = input.byte();
        question.a = input.number(2) % (most_entries + 2);
        question.b = input.number(2) % (most_entries + 2);
    }
    Hostile source(input, entries);
    TileTree tree(source, entries, genuine().root(entries));
    for (const Question& question : questions) {
        ask(tree, question.what, question.a, question.b);
    }
    return 0;
}
