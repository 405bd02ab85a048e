// SPDX-License-Identifier: MIT OR Apache-2.0
// Hexadecimal text (RFC 4648 section 8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion {

/// Lower-case digits, two a byte, no prefix.
[[nodiscard]] std::string to_hex(ByteView bytes);

/// 16 lower-case digits, most significant first.
[[nodiscard]] std::string to_hex(std::uint64_t number);

template <std::size_t N, class Purpose>
[[nodiscard]] std::string to_hex(const Octets<N, Purpose>& octets) {
    return to_hex(ByteView(octets.bytes));
}

/// Reads digits of either case, without prefix or spaces.
/// Errors: `invalid_argument` for an odd length or a character that is no digit (the message
/// says which and where, never the text itself: it may be a secret).
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

/// Reads exactly `2 * out.size()` digits into `out`, leaving no copy of them anywhere else, which
/// is what secrets need. Errors: `invalid_argument` as `from_hex`, and for any other length;
/// `out` is then unspecified.
[[nodiscard]] Result<> from_hex_into(std::string_view text, MutableByteView out);

/// Reads exactly `2 * T::size` digits, e.g. `octets_from_hex<PublicKey>(text)`.
/// Errors: as `from_hex_into`.
template <class T>
[[nodiscard]] Result<T> octets_from_hex(std::string_view text) {
    T octets;
    if (auto read = from_hex_into(text, octets.view()); !read) {
        return fail(std::move(read).error());
    }
    return octets;
}

/// Hex of what may be absent: nothing then.
template <std::size_t N, class Purpose>
[[nodiscard]] std::optional<std::string> hex_of(const std::optional<Octets<N, Purpose>>& octets) {
    return octets ? std::optional(to_hex(*octets)) : std::nullopt;
}

/// Hex of at most the first 8 bytes, padded on the right with `0` to exactly 16 characters
/// (docs/errors.md#events): a hash or a key in a log event, or where people tell a few apart.
[[nodiscard]] std::string short_hex(ByteView bytes);

}  // namespace aion
