// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of things in texts for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aion {

/// `1,234,567`.
[[nodiscard]] std::string grouped(std::uint64_t number);

/// How a number is written: `1000` or `1,000`.
enum class Digits : std::uint8_t { plain, grouped };

/// `1 version`, `3 versions`. `thing`: a word whose plural ends with an s.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view thing,
                                  Digits digits = Digits::plain);

}  // namespace aion
