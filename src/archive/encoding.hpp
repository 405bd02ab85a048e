// SPDX-License-Identifier: MIT OR Apache-2.0
// How values lie in a column of a database: numbers little-endian, what has a length behind it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aion/base/bytes.hpp"

namespace aion::archive {

class Encoder {
  public:
    Encoder() { bytes_.reserve(128); }

    Encoder& number(std::uint64_t value) {
        std::array<std::uint8_t, sizeof value> bytes{};
        for (unsigned i = 0; i < sizeof value; ++i) {
            bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        return raw(bytes);
    }

    /// Of a length that the reader knows.
    Encoder& raw(ByteView bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }

    Encoder& sized(ByteView bytes) { return number(bytes.size()).raw(bytes); }

    Encoder& sized(std::string_view text) { return sized(as_bytes(text)); }

    [[nodiscard]] ByteView view() const noexcept { return bytes_; }

    [[nodiscard]] Bytes take() noexcept { return std::move(bytes_); }

  private:
    Bytes bytes_;
};

/// Reads what an Encoder wrote, or says that it cannot be that. Nothing is read past the end, and
/// nothing after the first fault.
class Decoder {
  public:
    explicit Decoder(ByteView bytes) noexcept : left_(bytes) {}

    std::uint64_t number() noexcept {
        const ByteView bytes = raw(sizeof(std::uint64_t));
        std::uint64_t value = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) {
            value = value << 8U | bytes[i];
        }
        return value;
    }

    ByteView raw(std::uint64_t size) noexcept {
        if (size > left_.size()) {
            sound_ = false;
            left_ = {};
            return {};
        }
        const ByteView taken = left_.first(size);
        left_ = left_.subspan(taken.size());
        return taken;
    }

    ByteView sized() noexcept { return raw(number()); }

    template <class Octets>
    Octets octets() noexcept {
        Octets out;
        std::ranges::copy(raw(Octets::size), out.bytes.begin());
        return out;
    }

    /// How many records of `size` bytes there can still be, for a count that was read.
    [[nodiscard]] bool has(std::uint64_t count, std::size_t size) noexcept {
        sound_ = sound_ && count <= left_.size() / size;
        return sound_;
    }

    /// Everything was there, and no more.
    [[nodiscard]] bool complete() const noexcept { return sound_ && left_.empty(); }

  private:
    ByteView left_;
    bool sound_ = true;
};

}  // namespace aion::archive
