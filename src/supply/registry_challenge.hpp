// SPDX-License-Identifier: MIT OR Apache-2.0
// What a registry asks for (RFC 9110 section 11.6.1, WWW-Authenticate).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aion::supply {

/// Challenges of a header, and parameters of one, at most.
inline constexpr std::size_t max_challenges = 8;
inline constexpr std::size_t max_challenge_parameters = 16;

struct Challenge {
    std::string scheme;  ///< In lower case: `bearer`, `basic`.
    std::vector<std::pair<std::string, std::string>> parameters;  ///< Names in lower case.

    /// The value of that parameter, empty if there is none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

/// The challenges of one header, in their order; nothing if it is malformed, or has too many.
[[nodiscard]] std::optional<std::vector<Challenge>> parse_challenges(std::string_view header);

}  // namespace aion::supply
