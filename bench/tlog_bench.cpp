// SPDX-License-Identifier: MIT OR Apache-2.0
// Suite `tlog`: a transparency log of a million entries in memory, and what a hundred million would
// come to. Run with --benchmark_enable_random_interleaving=true and compare rows of one run only.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/memory_log.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/tile.hpp"

namespace {

using namespace aion;        // NOLINT(google-build-using-namespace): one short program
using namespace aion::tlog;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t million = 1'000'000;
constexpr auto kind = EntryKind::version_attestation;

// A benchmark of something that fails measures nothing.
void require(bool done) {
    if (!done) {
        std::abort();
    }
}

// As long as a version of a file that is logged, and another for every number.
void number(Bytes& payload, std::uint64_t i) {
    payload.resize(LoggedVersion::size);
    for (unsigned byte = 0; byte < 8; ++byte) {
        payload[byte] = static_cast<std::uint8_t>(i >> (8 * byte));
    }
}

template <class Tree>
typename Tree::Digest leaf_of(ByteView payload, std::uint64_t i,
                              const typename Tree::Digest& before) {
    if constexpr (std::is_same_v<Tree, Sha256Tree>) {
        static_cast<void>(before);
        return Sha256Tree::leaf(make_entry(kind, i, payload));
    } else {
        return reference_leaf(kind, i, i, before, crypto::blake3(payload));
    }
}

template <class Tree>
const MerkleTree<Tree>& a_million() {
    static const MerkleTree<Tree> tree = [] {
        MerkleTree<Tree> made;
        Bytes payload;
        typename Tree::Digest before;
        for (std::uint64_t i = 0; i < million; ++i) {
            number(payload, i);
            before = leaf_of<Tree>(payload, i, before);
            made.append(before);
        }
        made.settle();
        return made;
    }();
    return tree;
}

// Hashes an entry and takes it into a tree, a million times from an empty one.
template <class Tree>
void append(benchmark::State& state) {
    Bytes payload;
    for (auto _ : state) {
        MerkleTree<Tree> tree;
        typename Tree::Digest before;
        for (std::uint64_t i = 0; i < million; ++i) {
            number(payload, i);
            before = leaf_of<Tree>(payload, i, before);
            tree.append(before);
        }
        benchmark::DoNotOptimize(tree.root());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(million));
}

void append_to_log(benchmark::State& state, MemoryTrees trees) {
    Bytes payload;
    for (auto _ : state) {
        MemoryLog log(trees);
        for (std::uint64_t i = 0; i < million; ++i) {
            number(payload, i);
            log.append(kind, i, payload);
        }
        benchmark::DoNotOptimize(log.tree().root());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(million));
}

// Entries all over the tree, one after another.
std::uint64_t next_index(std::uint64_t index) {
    return (index + 382'121) % million;
}

template <class Tree>
void prove(benchmark::State& state) {
    const auto& tree = a_million<Tree>();
    std::uint64_t index = 0;
    for (auto _ : state) {
        index = next_index(index);
        benchmark::DoNotOptimize(tree.inclusion_path(index, million));
    }
}

// For a size that the tree had earlier.
template <class Tree>
void prove_earlier(benchmark::State& state) {
    const auto& tree = a_million<Tree>();
    std::uint64_t index = 0;
    for (auto _ : state) {
        index = next_index(index) % (million - 1);
        benchmark::DoNotOptimize(tree.inclusion_path(index, million - 1));
    }
}

template <class Tree>
void verify(benchmark::State& state) {
    const auto& tree = a_million<Tree>();
    const std::uint64_t index = million / 2;
    const auto path = *tree.inclusion_path(index, million);
    const auto leaf = tree.leaf(index);
    const auto root = tree.root();
    for (auto _ : state) {
        require(verify_inclusion<Tree>(leaf, index, million, path, root).has_value());
    }
    state.counters["digests"] = static_cast<double>(path.size());
}

template <class Tree>
void verify_growth(benchmark::State& state) {
    const auto& tree = a_million<Tree>();
    const std::uint64_t before = million - 4321;
    const auto path = *tree.consistency_path(before, million);
    const auto old_root = tree.root(before);
    const auto root = tree.root();
    for (auto _ : state) {
        require(verify_consistency<Tree>(before, million, old_root, root, path).has_value());
    }
    state.counters["digests"] = static_cast<double>(path.size());
}

// The tiles of the tree, which cost nothing to read.
class Tiles final : public TileSource {
  public:
    Result<Bytes> tile(const TileName& name) override {
        const auto& tree = a_million<Sha256Tree>();
        Bytes bytes;
        for (std::uint64_t i = 0; i < name.width; ++i) {
            const unsigned height = tile_height * *name.level;
            const std::uint64_t first = ((name.index * tile_width) + i) << height;
            const auto digest = root_of(tree, first, height);
            bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
        }
        return bytes;
    }

  private:
    Sha256Tree::Digest root_of(const MerkleTree<Sha256Tree>& tree, std::uint64_t first,
                               unsigned height) {
        if (height == 0) {
            return tree.leaf(first);
        }
        auto& digest = known_[{first, height}];
        if (digest.is_zero()) {
            Frontier<Sha256Tree> part;
            for (std::uint64_t i = 0; i < std::uint64_t{1} << height; ++i) {
                part.append(tree.leaf(first + i));
            }
            digest = part.root();
        }
        return digest;
    }

    std::map<std::pair<std::uint64_t, unsigned>, Sha256Tree::Digest> known_;
};

// Once with every tile read and proven, and once with those that are kept.
void prove_from_tiles(benchmark::State& state, bool anew) {
    const auto root = a_million<Sha256Tree>().root();
    Tiles source;
    TileTree tree(source, million, root);
    std::uint64_t index = 0;
    for (auto _ : state) {
        if (anew) {
            tree = TileTree(source, million, root);
        }
        index = anew ? next_index(index) : (index + 37) % tile_width;
        require(tree.inclusion_path(index, million).has_value());
    }
}

void hundred_million(benchmark::State& state) {
    constexpr std::uint64_t size = 100 * million;
    for (auto _ : state) {
        Frontier<Sha256Tree> tree;
        Sha256Tree::Digest leaf;
        for (std::uint64_t i = 0; i < size; ++i) {
            leaf.bytes[i % leaf.bytes.size()] = static_cast<std::uint8_t>(i);
            tree.append(leaf);
        }
        benchmark::DoNotOptimize(tree.root());
    }
    std::uint64_t digests = 0;
    for (unsigned level = 0; level <= max_tile_level; ++level) {
        digests += size >> (tile_height * level);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
    state.counters["digests_a_proof"] = static_cast<double>(inclusion_path_length(0, size));
    state.counters["bytes_a_proof"] =
        static_cast<double>(inclusion_path_length(0, size) * Sha256Tree::Digest::size);
    state.counters["tile_bytes_an_entry"] =
        static_cast<double>(digests * Sha256Tree::Digest::size) / static_cast<double>(size);
    state.counters["bundle_bytes_an_entry"] =
        static_cast<double>(2 + entry_header_size + LoggedVersion::size);
}

BENCHMARK(append<Sha256Tree>)->Name("tlog/append/sha256/1M")->Unit(benchmark::kMillisecond);
BENCHMARK(append<Blake3Tree>)->Name("tlog/append/blake3/1M")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(append_to_log, both, MemoryTrees::both)
    ->Name("tlog/append/both/1M")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(append_to_log, reference, MemoryTrees::reference)
    ->Name("tlog/append/entries/1M")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(prove<Sha256Tree>)->Name("tlog/prove/sha256/1M");
BENCHMARK(prove<Blake3Tree>)->Name("tlog/prove/blake3/1M");
BENCHMARK(prove_earlier<Sha256Tree>)->Name("tlog/prove_earlier/sha256/1M");
BENCHMARK(verify<Sha256Tree>)->Name("tlog/verify/sha256/1M");
BENCHMARK(verify<Blake3Tree>)->Name("tlog/verify/blake3/1M");
BENCHMARK(verify_growth<Sha256Tree>)->Name("tlog/verify_growth/sha256/1M");
BENCHMARK(verify_growth<Blake3Tree>)->Name("tlog/verify_growth/blake3/1M");
BENCHMARK_CAPTURE(prove_from_tiles, tiles, true)->Name("tlog/prove_from_tiles/anew/1M");
BENCHMARK_CAPTURE(prove_from_tiles, kept, false)->Name("tlog/prove_from_tiles/kept/1M");
BENCHMARK(hundred_million)
    ->Name("tlog/append/frontier/100M")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
