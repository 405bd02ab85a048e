// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory for secrets: wiped when destroyed, locked into RAM where possible, never printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

/// A byte string that holds a secret: key, seed, password.
///
/// Its memory is taken from pages that hold nothing else, locked against swapping and excluded
/// from core dumps where the system allows (best effort), and wiped before it is returned.
/// Secrets of at most 64 bytes share pages, so that many fit into what a process may lock.
/// Move-only: a copy has to be asked for by name. There is no way to print one. A forked child
/// inherits it, unlocked. Throws `std::bad_alloc` when the system has no memory.
class SecretBytes {
  public:
    /// No bytes.
    SecretBytes() noexcept = default;
    /// `size` zero bytes.
    explicit SecretBytes(std::size_t size);
    ~SecretBytes();
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;

    /// Copies `source`, which the caller should then wipe with `wipe`.
    [[nodiscard]] static SecretBytes copy_of(ByteView source);

    [[nodiscard]] ByteView view() const noexcept { return {data_, size_}; }

    [[nodiscard]] MutableByteView view() noexcept { return {data_, size_}; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Forgets everything after the first `size` bytes, wiping it; nothing when there are fewer.
    void truncate(std::size_t size) noexcept;

  private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// Overwrites `bytes` with zeros in a way the compiler cannot remove.
void wipe(MutableByteView bytes) noexcept;

/// Equality in time that depends only on the lengths.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace aion::crypto
