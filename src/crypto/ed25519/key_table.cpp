// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/key_table.hpp"

#include "crypto/ed25519/scalar.hpp"

namespace aion::crypto::ed25519 {

std::shared_ptr<const KeyTable> KeyTable::build(const Path& path, const unsigned char* encoding,
                                                bool minus, unsigned width) {
    const Windows& windows = windows_of(width);
    KeyTable table;
    table.memory_ = AlignedMemory(memory_of(width));
    table.windows_ = &windows;
    const AlignedMemory scratch(path.build_scratch(windows));
    if (!path.build(encoding, minus, windows, static_cast<TableEntry*>(table.memory_.get()),
                    scratch.get())) {
        return nullptr;
    }
    return std::make_shared<const KeyTable>(std::move(table));
}

std::size_t KeyTable::memory_of(unsigned width) noexcept {
    const Windows& windows = windows_of(width);
    return std::size_t{windows.rows} * windows.row_entries * sizeof(TableEntry);
}

}  // namespace aion::crypto::ed25519
