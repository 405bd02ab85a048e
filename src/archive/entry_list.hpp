// SPDX-License-Identifier: MIT OR Apache-2.0
// The names in a folder, in order, in little memory: a folder may have a million.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace aion::archive {

/// What an entry is.
enum class EntryKind : char {
    file,  ///< Or whatever is none of the others.
    folder,
    link,
    unknown,
    unwanted,  ///< Of no interest, as was found out later.
};

/// Each name costs its own bytes, ten more, and as much as the last block has to spare.
class EntryList {
  public:
    struct Entry {
        const char* name;  ///< Ends with NUL, which no name has inside.
        EntryKind kind;
    };

    void add(std::string_view name, EntryKind kind);
    /// By the bytes of the names.
    void sort();

    void set_kind(std::size_t index, EntryKind kind) noexcept {
        *entries_[index] = static_cast<char>(kind);
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    [[nodiscard]] Entry operator[](std::size_t index) const noexcept {
        const char* const entry = entries_[index];
        return {entry + 1, static_cast<EntryKind>(*entry)};
    }

  private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::size_t room_ = 0;        // in the last block
    char* end_ = nullptr;         // of what it holds
    std::vector<char*> entries_;  // a kind, then a name
};

}  // namespace aion::archive
