// SPDX-License-Identifier: MIT OR Apache-2.0
// Algorithms with digests of 32 bytes under the names that formats have for them.
#pragma once

#include <string_view>

namespace aion::supply {

inline constexpr std::string_view aibom_sha256_name = "SHA-256";

struct KnownHash {
    std::string_view house_name;  ///< As we write it into an AIBOM.
    std::string_view cyclonedx_name;
    std::string_view spdx_name;
};

/// The algorithm that goes by this name in any of them, upper and lower case being the same;
/// nullptr for one that nobody knows or whose digests are of another length.
[[nodiscard]] const KnownHash* known_hash(std::string_view name) noexcept;

}  // namespace aion::supply
