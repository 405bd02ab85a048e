// SPDX-License-Identifier: MIT OR Apache-2.0
// BLAKE3 of many short inputs of one length at once.
#pragma once

#include <cstddef>
#include <span>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

/// Hashes the first `hashed` bytes of each record in `records`, which are `record_size` bytes
/// apart: `digests[i]` becomes the BLAKE3-256 of `records[i * record_size ...]`. Ends with the
/// last digest, or with the last record whose hashed part is complete; nothing else is read or
/// written.
///
/// One short input keeps a vector unit mostly idle, many of them fill it: up to 1,024 bytes each,
/// this is 3 to 10 times as fast as hashing them one after the other.
void blake3_each(ByteView records, std::size_t record_size, std::size_t hashed,
                 std::span<Hash> digests);

}  // namespace aion::crypto
