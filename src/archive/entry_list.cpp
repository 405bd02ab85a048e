// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/entry_list.hpp"

#include <algorithm>
#include <cstring>

namespace aion::archive {

void EntryList::add(std::string_view name, EntryKind kind) {
    constexpr std::size_t smallest = std::size_t{1} << 10U;
    constexpr std::size_t largest = std::size_t{64} << 10U;
    const std::size_t need = name.size() + 2;
    if (room_ < need) {
        // Small folders are many: the first block is small, too.
        const std::size_t size = std::max(need, blocks_.empty() ? smallest : largest);
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
        end_ = blocks_.back().get();
        room_ = size;
    }
    entries_.push_back(end_);
    *end_ = static_cast<char>(kind);
    std::memcpy(end_ + 1, name.data(), name.size());
    end_[need - 1] = '\0';
    end_ += need;
    room_ -= need;
}

void EntryList::sort() {
    std::ranges::sort(entries_, [](const char* a, const char* b) {
        return std::strcmp(a + 1, b + 1) < 0;  // compares as unsigned bytes
    });
}

}  // namespace aion::archive
