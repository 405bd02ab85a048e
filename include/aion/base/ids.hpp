// SPDX-License-Identifier: MIT OR Apache-2.0
// Strong identifiers (docs/file-format.md#identifiers): a file id is never mistaken for an author
// id.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace aion {

/// An integer whose meaning is part of its type.
template <class Rep, class Purpose>
struct Id {
    using rep = Rep;

    Rep value{};

    friend constexpr bool operator==(Id, Id) noexcept = default;
    friend constexpr auto operator<=>(Id, Id) noexcept = default;
};

/// Random 64-bit identity of one `.aion` file, chosen when it is created. Format v2 does not
/// sign it; see policy/verify.hpp for pinning it.
using FileId = Id<std::uint64_t, struct FileIdPurpose>;

/// Identity of a signer in the key registry. Any value is legal, 0 included.
using AuthorId = Id<std::uint64_t, struct AuthorIdPurpose>;

/// Number of a version in one file; the genesis version is 1.
using VersionNumber = Id<std::uint64_t, struct VersionNumberPurpose>;

/// Number of an operational key slot of one author, starting at 0.
using Epoch = Id<std::uint32_t, struct EpochPurpose>;

/// Nanoseconds since 1970-01-01T00:00:00Z.
using Timestamp = Id<std::uint64_t, struct TimestampPurpose>;

inline constexpr VersionNumber genesis_version{1};

/// The number after `v`, or nothing at 2^64-1.
[[nodiscard]] constexpr std::optional<VersionNumber> next(VersionNumber v) noexcept {
    if (v.value == UINT64_MAX) {
        return std::nullopt;
    }
    return VersionNumber{v.value + 1};
}

/// `0x` and 16 lower-case hex digits.
[[nodiscard]] std::string to_string(FileId id);
/// Decimal, without separators.
[[nodiscard]] std::string to_string(AuthorId id);
/// Decimal, without separators.
[[nodiscard]] std::string to_string(VersionNumber number);
/// Decimal, without separators.
[[nodiscard]] std::string to_string(Epoch epoch);

}  // namespace aion

template <class Rep, class Purpose>
struct std::hash<aion::Id<Rep, Purpose>> {
    [[nodiscard]] std::size_t operator()(aion::Id<Rep, Purpose> id) const noexcept {
        return std::hash<Rep>{}(id.value);
    }
};
