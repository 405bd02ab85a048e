// SPDX-License-Identifier: MIT OR Apache-2.0
// Key derivation: HKDF-SHA-256 (RFC 5869) and Argon2id version 0x13 (RFC 9106).
#pragma once

#include <cstdint>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/secret.hpp"

namespace aion::crypto {

/// Extract-then-expand; an empty salt behaves as 32 zero bytes. Fills all of `out`.
/// Error: `invalid_private_key` ("HKDF expand failed") for more than 8160 bytes of output.
[[nodiscard]] Result<> hkdf_sha256(ByteView input_key, ByteView salt, ByteView info,
                                   MutableByteView out);

struct Argon2Params {
    std::uint32_t memory_kib = 0;
    std::uint32_t iterations = 0;
    std::uint32_t lanes = 0;
};

/// Argon2id, no secret, no associated data. `password` may be empty; `salt` has at least 8 bytes.
/// Error: `invalid_private_key` when the parameters are out of range or memory is short.
[[nodiscard]] Result<SecretBytes> argon2id(ByteView password, ByteView salt,
                                           const Argon2Params& params, std::size_t output_size);

}  // namespace aion::crypto
