// SPDX-License-Identifier: MIT OR Apache-2.0
// Enumerators by name: the other way round than `NameTable`, for names that are the enumerators.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/names.hpp"

namespace aion {

/// The enumerator that is spelled so. A table of `Naming::as_enumerators` gives the same names.
template <class Enum>
[[nodiscard]] constexpr std::optional<Enum> enumerator_named(std::string_view name) noexcept {
    if (name.empty()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < names::limit; ++i) {
        if (names::spellings<Enum>[i] == name) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

}  // namespace aion
