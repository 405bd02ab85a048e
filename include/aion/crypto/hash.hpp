// SPDX-License-Identifier: MIT OR Apache-2.0
// BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs), 32-byte output. What is hashed with it:
// docs/file-format.md#hashes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

/// Whether hashing a large input may use several cores. `all_cores` shares the threads of the call
/// of this library that it is part of, or else may start some, as `AION_THREADS` allows, which end
/// before it returns; it changes nothing below `parallel_hash_size` bytes, where it would not pay.
enum class Parallelism : std::uint8_t { one_thread, all_cores };

/// The smallest piece that `Parallelism::all_cores` spreads over threads.
inline constexpr std::size_t parallel_hash_size = std::size_t{128} << 10U;

/// BLAKE3-256 of `data`.
[[nodiscard]] Hash blake3(ByteView data, Parallelism parallelism = Parallelism::one_thread);

/// BLAKE3-256 of `data` under a 32-byte key (keyed mode).
[[nodiscard]] Hash blake3_keyed(std::span<const std::uint8_t, 32> key, ByteView data);

/// BLAKE3-256 of data that arrives in pieces. Copyable: a copy continues on its own. One object
/// is for one thread at a time. Its state is wiped on destruction, as it may hold a key.
class Blake3 {
  public:
    Blake3() noexcept;
    explicit Blake3(std::span<const std::uint8_t, 32> key) noexcept;
    ~Blake3();
    Blake3(const Blake3&) = default;
    Blake3& operator=(const Blake3&) = default;

    /// Appends `data`. Pieces of 16 KiB and more reach full vector speed; those of at least
    /// `parallel_hash_size` may use several threads.
    Blake3& update(ByteView data, Parallelism parallelism = Parallelism::one_thread);

    /// The digest of everything so far; more may be appended afterwards.
    [[nodiscard]] Hash digest() const;

  private:
    // The official implementation's state, kept out of this header; hash.cpp checks the size.
    alignas(8) std::array<std::byte, 1912> state_;
};

/// Version of the BLAKE3 implementation in use, e.g. `1.8.1`.
[[nodiscard]] const char* blake3_version() noexcept;

}  // namespace aion::crypto
