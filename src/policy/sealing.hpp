// SPDX-License-Identifier: MIT OR Apache-2.0
// Sealing a payload on its way to the disk: it passes by in pieces, is encrypted, and hashed as
// part of the new file.
#pragma once

#include <cstdint>

#include "aion/base/files.hpp"
#include "aion/crypto/hash.hpp"
#include "policy/payload.hpp"
#include "policy/payload_source.hpp"

namespace aion::policy {

/// From so many bytes on, a payload is sealed in pieces: two threads then share the work, and
/// filling that much memory first would take longer than it saves system calls.
inline constexpr std::uint64_t sealed_in_pieces_size = std::uint64_t{512} << 10U;

/// Hands `before` and the sealed section to `append` and returns a hasher of both. What is sealed
/// has the hash `rules_hash` of what was read before: a file is hashed again, from the very bytes
/// that are sealed.
/// Errors: `file_changed` when the hash is another; those of `source` and `append`.
[[nodiscard]] Result<crypto::Blake3> seal_in_pieces(const PayloadSource& source,
                                                    const Hash& rules_hash, const SealingKey& key,
                                                    ByteView before,
                                                    const ProducedContent::Append& append,
                                                    unsigned threads);

}  // namespace aion::policy
