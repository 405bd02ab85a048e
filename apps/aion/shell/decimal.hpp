// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers as they are typed.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace aion::cli {

/// Parses an unsigned decimal number; a leading `+` and leading zeros are allowed.
/// The error is the text that the reference shows.
[[nodiscard]] std::expected<std::uint64_t, std::string_view> parse_decimal(std::string_view text,
                                                                           std::uint64_t max);

}  // namespace aion::cli
