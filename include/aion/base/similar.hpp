// SPDX-License-Identifier: MIT OR Apache-2.0
// Names that are probably meant to be other names: what to suggest to whoever mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace aion {

/// Names longer than this are similar to nothing; in bytes.
inline constexpr std::size_t max_similar_size = 64;

/// True if `typed` was probably meant to be `known`: but for case, `-` and `_`, at most a third of
/// the letters of `known`, and never more than two, are missing, too many, others or swapped with
/// their neighbours. A name is similar to itself. Compares bytes; takes no memory.
[[nodiscard]] bool is_similar(std::string_view typed, std::string_view known) noexcept;

/// The name of `known` that is most like `typed`, the first of those that are equally so, if one is
/// similar at all.
[[nodiscard]] std::optional<std::string_view> most_similar(
    std::string_view typed, std::span<const std::string_view> known) noexcept;

}  // namespace aion
