// SPDX-License-Identifier: MIT OR Apache-2.0
// Suite `parser`: finding one's way in a file, without keys and without the disk.
//
// Reference figures (aion-context 1.0.0, two Zen 4 cores): parse of a header 20 ns, hash chain of
// 1,000 versions 163 µs.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "aion/format/file_image.hpp"
#include "aion/format/file_view.hpp"
#include "aion/format/layout_check.hpp"

namespace {

using aion::ByteView;
using aion::Hash;
using aion::format::FileImage;
using aion::format::FileView;
using aion::format::VersionRecord;

// A benchmark of something that fails measures nothing.
void require(bool done) {
    if (!done) {
        std::abort();
    }
}

// A properly chained file of `count` versions, unsigned.
FileImage file_of(std::uint64_t count) {
    const std::string message = "version message";
    FileImage image({.payload_size = 1024,
                     .versions = count,
                     .signatures = count,
                     .audit = count,
                     .strings_size = count * (message.size() + 1)});
    std::ranges::fill(image.payload(), std::uint8_t{1});
    const auto versions = image.versions();
    for (std::size_t i = 0; i < versions.size(); ++i) {
        const std::size_t offset = i * (message.size() + 1);
        versions[i].number = i + 1;
        versions[i].message_offset = offset;
        versions[i].message_length = static_cast<std::uint32_t>(message.size());
        if (i > 0) {
            versions[i].parent_hash = aion::format::version_hash(versions[i - 1]);
        }
        std::ranges::copy(aion::as_bytes(message), image.strings().subspan(offset).begin());
    }
    image.finish();
    return image;
}

void header_parse(benchmark::State& state) {
    const FileImage image = file_of(1);
    ByteView file = image.bytes();
    for (auto _ : state) {
        benchmark::DoNotOptimize(file);
        auto view = FileView::parse(file);
        require(view.has_value());
        benchmark::DoNotOptimize(view);
    }
}

void version_42(benchmark::State& state) {
    const FileImage image = file_of(1000);
    auto view = FileView::parse(image.bytes()).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(view);
        auto version = view.version({42});
        require(version.has_value());
        benchmark::DoNotOptimize(version);
    }
}

void layout_check(benchmark::State& state) {
    const FileImage image = file_of(static_cast<std::uint64_t>(state.range(0)));
    const ByteView file = image.bytes();
    for (auto _ : state) {
        auto faults = aion::format::check_layout(file);
        require(faults.empty());
        benchmark::DoNotOptimize(faults);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}

// What the chain gate does: hash every version, compare with what its successor says.
void hash_chain(benchmark::State& state) {
    const FileImage image = file_of(static_cast<std::uint64_t>(state.range(0)));
    const auto versions = FileView::parse(image.bytes())->versions().value();
    for (auto _ : state) {
        std::vector<Hash> hashes(versions.size());
        aion::format::version_hashes(versions, hashes);
        bool linked = true;
        for (std::size_t i = 1; i < versions.size(); ++i) {
            linked = linked && versions[i].parent_hash == hashes[i - 1];
        }
        require(linked);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

// The same one at a time, to see what hashing many at once is worth.
void hash_chain_one_by_one(benchmark::State& state) {
    const FileImage image = file_of(static_cast<std::uint64_t>(state.range(0)));
    const auto versions = FileView::parse(image.bytes())->versions().value();
    for (auto _ : state) {
        bool linked = true;
        for (std::size_t i = 1; i < versions.size(); ++i) {
            linked =
                linked && versions[i].parent_hash == aion::format::version_hash(versions[i - 1]);
        }
        require(linked);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(header_parse);
BENCHMARK(version_42);
BENCHMARK(layout_check)->Arg(1)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(hash_chain)->Arg(10)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(hash_chain_one_by_one)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
