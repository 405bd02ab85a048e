// SPDX-License-Identifier: MIT OR Apache-2.0
// BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs), 32-byte output (spec 01 section 3.1).
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

/// Whether hashing a large input may use several cores.
enum class Parallelism : std::uint8_t { one_thread, all_cores };

/// BLAKE3-256 of `data`.
[[nodiscard]] Hash blake3(ByteView data, Parallelism parallelism = Parallelism::one_thread);

/// BLAKE3-256 of `data` under a 32-byte key (keyed mode).
[[nodiscard]] Hash blake3_keyed(std::span<const std::uint8_t, 32> key, ByteView data);

/// BLAKE3-256 of data that arrives in pieces. Copyable: a copy continues on its own.
class Blake3 {
  public:
    Blake3();
    explicit Blake3(std::span<const std::uint8_t, 32> key);

    /// Appends `data`. Pieces of 128 KiB and more are hashed at full vector speed, and with
    /// `all_cores` by several threads.
    Blake3& update(ByteView data, Parallelism parallelism = Parallelism::one_thread);

    /// The digest of everything so far; more may be appended afterwards.
    [[nodiscard]] Hash digest() const;

  private:
    // The official implementation's state, kept out of this header.
    alignas(8) std::array<std::byte, 1920> state_;
};

/// Version of the BLAKE3 implementation in use, e.g. `1.8.1`.
[[nodiscard]] const char* blake3_version() noexcept;

}  // namespace aion::crypto
