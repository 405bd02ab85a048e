// SPDX-License-Identifier: MIT OR Apache-2.0
// Tables of multiples in owned memory.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/path.hpp"

namespace aion::crypto::ed25519 {

/// Uninitialised memory aligned to 128 bytes (a pair of cache lines, which are
/// fetched together).
class AlignedMemory {
  public:
    AlignedMemory() = default;

    explicit AlignedMemory(std::size_t size)
        : memory_(::operator new(size, std::align_val_t{alignment})), size_(size) {}

    [[nodiscard]] void* get() const noexcept { return memory_.get(); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    static constexpr std::size_t alignment = 128;

    struct Release {
        void operator()(void* memory) const noexcept {
            ::operator delete(memory, std::align_val_t{alignment});
        }
    };

    std::unique_ptr<void, Release> memory_;
    std::size_t size_ = 0;
};

/// The table of one point, ready to use; immutable.
class KeyTable {
  public:
    /// Null when the encoding, which must be canonical, stands for no point.
    [[nodiscard]] static std::shared_ptr<const KeyTable> build(const Path& path,
                                                               const unsigned char* encoding,
                                                               bool minus, unsigned width);

    [[nodiscard]] Table table() const noexcept {
        return {static_cast<const TableEntry*>(memory_.get()), windows_};
    }

    [[nodiscard]] const Windows& windows() const noexcept { return *windows_; }

    [[nodiscard]] std::size_t memory() const noexcept { return memory_.size(); }

    /// Bytes that a table of this width takes.
    [[nodiscard]] static std::size_t memory_of(unsigned width) noexcept;

  private:
    KeyTable() = default;

    AlignedMemory memory_;
    const Windows* windows_ = nullptr;
};

}  // namespace aion::crypto::ed25519
