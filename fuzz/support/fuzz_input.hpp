// SPDX-License-Identifier: MIT OR Apache-2.0
// Taking a fuzz input apart, from its front. What is missing reads as zero and empty, so that
// every input means something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "aion/base/bytes.hpp"

namespace aion::fuzz {

class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) noexcept : rest_(data, size) {}

    [[nodiscard]] std::uint8_t byte() noexcept {
        const ByteView taken = bytes(1);
        return taken.empty() ? std::uint8_t{0} : taken[0];
    }

    /// An unsigned number of `width` bytes, little-endian.
    [[nodiscard]] std::uint64_t number(std::size_t width) noexcept {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            value |= std::uint64_t{byte()} << (8 * i);
        }
        return value;
    }

    /// At most `size` bytes.
    [[nodiscard]] ByteView bytes(std::size_t size) noexcept {
        const ByteView taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

    /// Everything not yet taken.
    [[nodiscard]] ByteView rest() noexcept { return bytes(rest_.size()); }

  private:
    ByteView rest_;
};

}  // namespace aion::fuzz
