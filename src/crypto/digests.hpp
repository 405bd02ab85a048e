// SPDX-License-Identifier: MIT OR Apache-2.0
// Digests of OpenSSL's that several files of this layer use.
#pragma once

#include <openssl/types.h>

namespace aion::crypto::openssl {

/// SHA-256, made on first use. Throws std::bad_alloc.
[[nodiscard]] const EVP_MD* sha256();

}  // namespace aion::crypto::openssl
