// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/key_table.hpp"

#include "crypto/ed25519/scalar.hpp"

namespace aion::crypto::ed25519 {
namespace {

struct alignas(64) CacheLine {
    std::byte bytes[64];
};

}  // namespace

std::shared_ptr<const KeyTable> KeyTable::build(const Path& path, const unsigned char* encoding,
                                                bool minus, unsigned width) {
    const Windows& windows = windows_of(width);
    KeyTable table;
    table.windows_ = &windows;
    // Both are written before they are read; zeroing half a megabyte would take a tenth of the
    // time of filling it.
    table.entries_ = std::make_unique_for_overwrite<TableEntry[]>(std::size_t{windows.rows} *
                                                                  windows.row_entries);
    const std::size_t lines = (path.build_scratch(windows) / sizeof(CacheLine)) + 1;
    const auto scratch = std::make_unique_for_overwrite<CacheLine[]>(lines);
    if (!path.build(encoding, minus, windows, table.entries_.get(), scratch.get())) {
        return nullptr;
    }
    return std::make_shared<const KeyTable>(std::move(table));
}

std::size_t KeyTable::memory_of(unsigned width) noexcept {
    const Windows& windows = windows_of(width);
    return std::size_t{windows.rows} * windows.row_entries * sizeof(TableEntry);
}

}  // namespace aion::crypto::ed25519
