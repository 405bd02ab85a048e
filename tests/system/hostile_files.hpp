// SPDX-License-Identifier: MIT OR Apache-2.0
// Files built to make whoever reads them work and remember as much as possible. Their trailing
// hash is right, so that nothing is refused for that alone.
#pragma once

#include <span>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"

namespace aion::test {

/// `versions` versions of which everything is wrong: numbers, parents, authors, signatures,
/// messages, reserved bytes, and every audit entry.
[[nodiscard]] Bytes all_wrong(std::size_t versions);

/// `versions` versions whose messages are all the same `length` bytes of the string table.
[[nodiscard]] Bytes overlapping_messages(std::size_t versions, std::size_t length);

/// `size` bytes whose header says that versions, signatures and audit trail each fill them all.
[[nodiscard]] Bytes overlapping_sections(std::size_t size);

inline constexpr std::uint64_t first_of_many = 10'000;
/// Author `first_of_many` + i, whose key is `keys[i]`, signs `uses` versions, with signatures that
/// do not hold.
[[nodiscard]] Bytes signed_by_many(std::span<const PublicKey> keys, std::size_t uses);

}  // namespace aion::test
