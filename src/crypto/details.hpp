// SPDX-License-Identifier: MIT OR Apache-2.0
// What can be wrong with the libraries underneath.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::crypto {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class CryptoDetail : std::uint8_t {
    algorithm_unavailable,  ///< The libcrypto in use has no such algorithm.
};

/// The text is the error's `required`.
inline constexpr NameTable crypto_details(std::to_array<DetailRow<CryptoDetail>>({
    {CryptoDetail::algorithm_unavailable, "algorithm_unavailable",
     "OpenSSL {} or later, and this program has {}"},
}));

consteval const auto& details_of(CryptoDetail /*of which layer*/) {
    return crypto_details;
}

}  // namespace aion::crypto
