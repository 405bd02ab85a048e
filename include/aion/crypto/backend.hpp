// SPDX-License-Identifier: MIT OR Apache-2.0
// Which cryptographic libraries this build rests on, and what it therefore lacks.
#pragma once

#include <string_view>

namespace aion::crypto {

struct Backend {
    std::string_view library;  ///< Who signs, seals and derives: `OpenSSL`.
    std::string_view version;  ///< Of that library, e.g. `3.5.7`.
    std::string_view argon2;   ///< Who computes Argon2id: `OpenSSL`, or `libargon2` before 3.2.
    /// Whether there is ML-DSA (FIPS 204), which OpenSSL has since 3.5. Nothing in format v2
    /// needs it.
    bool has_ml_dsa = false;
};

/// The texts live as long as the process.
[[nodiscard]] Backend backend() noexcept;

}  // namespace aion::crypto
