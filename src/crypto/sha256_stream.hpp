// SPDX-License-Identifier: MIT OR Apache-2.0
// SHA-256 of several streams, two of them side by side.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aion/base/bytes.hpp"
#include "aion/crypto/sha256.hpp"

namespace aion::crypto {

/// SHA-256 of data that arrives in pieces. Where the processor has instructions for it, two streams
/// take little longer together than one of them alone; elsewhere it is what `Sha256` is.
class Sha256Stream {
  public:
    Sha256Stream() : Sha256Stream(has_side_by_side()) {}

    /// `side_by_side`: whether to use those instructions, which must be there then.
    explicit Sha256Stream(bool side_by_side);

    /// Whether this processor has them.
    [[nodiscard]] static bool has_side_by_side() noexcept;

    void update(ByteView piece);

    /// `a.update(piece_a)` and `b.update(piece_b)`: at once as far as both are equally long,
    /// quickest if what came before were whole blocks of 64 bytes. `a` and `b` are different.
    static void update_both(Sha256Stream& a, ByteView piece_a, Sha256Stream& b, ByteView piece_b);

    /// The digest of everything; nothing may follow.
    [[nodiscard]] Sha256Digest digest();

  private:
    static constexpr std::size_t block = 64;

    // Bytes of `piece` that complete a block that was begun.
    [[nodiscard]] ByteView fill(ByteView piece);
    void blocks(ByteView whole) noexcept;
    void keep(ByteView rest) noexcept;

    std::optional<Sha256> other_;  // Does it all where there are no instructions.
    std::array<std::uint32_t, 8> state_;
    std::array<std::uint8_t, block> begun_{};
    std::uint64_t size_ = 0;
};

/// SHA-256 of `data`, where `Sha256Stream::has_side_by_side`. Unlike OpenSSL's it allocates
/// nothing, so that of some dozen bytes it takes a third of the time.
[[nodiscard]] Sha256Digest sha256_by_instructions(ByteView data) noexcept;

}  // namespace aion::crypto
