// SPDX-License-Identifier: MIT OR Apache-2.0
// Key derivation: HKDF-SHA-256 (RFC 5869) and Argon2id version 0x13 (RFC 9106).
#pragma once

#include <cstddef>
#include <cstdint>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/secret.hpp"

namespace aion::crypto {

/// Extract-then-expand; an empty salt behaves as 32 zero bytes. Fills all of `out`.
/// Error: `invalid_private_key` ("HKDF expand failed") for more than 8160 bytes of output or more
/// than 32 KiB of info.
[[nodiscard]] Result<> hkdf_sha256(ByteView input_key, ByteView salt, ByteView info,
                                   MutableByteView out);

struct Argon2Params {
    std::uint32_t memory_kib = 0;  ///< At least 8 a lane.
    std::uint32_t iterations = 0;  ///< At least 1.
    std::uint32_t lanes = 0;       ///< 1 to 2^24 - 1.
};

/// Argon2id, no secret, no associated data. `password` may be empty; `salt` has at least 8 bytes;
/// `output_size` is at least 4. Runs on the calling thread.
/// Errors: `invalid_private_key` with `Argon2 params error: …` for parameters out of range;
/// `resource_exhausted` when `memory_kib` of memory are not to be had.
[[nodiscard]] Result<SecretBytes> argon2id(ByteView password, ByteView salt,
                                           const Argon2Params& params, std::size_t output_size);

}  // namespace aion::crypto
