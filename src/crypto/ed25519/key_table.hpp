// SPDX-License-Identifier: MIT OR Apache-2.0
// Tables of multiples in owned memory.
#pragma once

#include <cstddef>
#include <memory>

#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/path.hpp"

namespace aion::crypto::ed25519 {

/// The table of one point, ready to use; immutable.
class KeyTable {
  public:
    /// Null when the encoding, which must be canonical, stands for no point.
    [[nodiscard]] static std::shared_ptr<const KeyTable> build(const Path& path,
                                                               const unsigned char* encoding,
                                                               bool minus, unsigned width);

    [[nodiscard]] Table table() const noexcept { return {entries_.get(), windows_}; }

    [[nodiscard]] const Windows& windows() const noexcept { return *windows_; }

    [[nodiscard]] std::size_t memory() const noexcept { return memory_of(windows_->width); }

    /// Bytes that a table of this width takes.
    [[nodiscard]] static std::size_t memory_of(unsigned width) noexcept;

  private:
    KeyTable() = default;

    std::unique_ptr<TableEntry[]> entries_;
    const Windows* windows_ = nullptr;
};

}  // namespace aion::crypto::ed25519
