// SPDX-License-Identifier: MIT OR Apache-2.0
// Byte strings: the vocabulary every other header speaks.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace aion {

/// An owned byte string.
using Bytes = std::vector<std::uint8_t>;

/// A borrowed, read-only byte string. Whoever returns one says how long it lives.
using ByteView = std::span<const std::uint8_t>;

/// A borrowed, writable byte string.
using MutableByteView = std::span<std::uint8_t>;

/// The bytes of `text`, without a terminator. Borrows from `text`.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): char and uint8_t may alias.
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The same bytes seen as text. No encoding is checked; see base/utf8.hpp. Borrows from `bytes`.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): char and uint8_t may alias.
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Content equality. Variable time: never use it on secrets (crypto/secret.hpp has the other one).
[[nodiscard]] inline bool equal(ByteView a, ByteView b) noexcept {
    return std::ranges::equal(a, b);
}

/// A byte string of exactly `N` bytes whose purpose is part of its type, so that a public key
/// cannot be passed where a hash is wanted. Trivially copyable, no padding, alignment 1.
template <std::size_t N, class Purpose>
struct Octets {
    static constexpr std::size_t size = N;

    std::array<std::uint8_t, N> bytes{};

    /// A view of all `N` bytes, valid as long as this object.
    [[nodiscard]] constexpr std::span<const std::uint8_t, N> view() const noexcept { return bytes; }

    /// A writable view of all `N` bytes, valid as long as this object.
    [[nodiscard]] constexpr std::span<std::uint8_t, N> view() noexcept { return bytes; }

    /// True when every byte is zero.
    [[nodiscard]] constexpr bool is_zero() const noexcept {
        return std::ranges::all_of(bytes, [](std::uint8_t b) { return b == 0; });
    }

    /// Copies `source` if it is exactly `N` bytes long, else returns nothing.
    [[nodiscard]] static constexpr std::optional<Octets> from(ByteView source) noexcept {
        if (source.size() != N) {
            return std::nullopt;
        }
        Octets out;
        std::ranges::copy(source, out.bytes.begin());
        return out;
    }

    friend constexpr bool operator==(const Octets&, const Octets&) noexcept = default;
    friend constexpr auto operator<=>(const Octets&, const Octets&) noexcept = default;
};

/// A BLAKE3-256 digest (rules hash, version hash, audit hash, integrity hash).
using Hash = Octets<32, struct HashPurpose>;

/// An Ed25519 public key in its RFC 8032 encoding; not necessarily a valid point.
using PublicKey = Octets<32, struct PublicKeyPurpose>;

/// An Ed25519 signature R || S (RFC 8032); not necessarily a valid one.
using Signature = Octets<64, struct SignaturePurpose>;

}  // namespace aion
