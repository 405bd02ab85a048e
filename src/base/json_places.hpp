// SPDX-License-Identifier: MIT OR Apache-2.0
// How errors name the places of a JSON text, and how they begin.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aion/base/utf8.hpp"
#include "base/details.hpp"

namespace aion::json {

/// `line 3 column 12`: where the last of the first `position` bytes of `text` is. Both count from
/// 1; a column is a byte.
[[nodiscard]] std::string line_and_column(std::string_view text, std::size_t position);

/// Keys come from strangers: an error shows them escaped and not at any length.
[[nodiscard]] inline std::string shown(std::string_view key) {
    constexpr std::size_t longest = 64;
    std::string out = escape_controls(key.substr(0, longest));
    if (key.size() > longest) {
        out += "...";
    }
    return out;
}

[[nodiscard]] inline std::string joined(const std::string& path, std::string_view key) {
    return path.empty() ? shown(key) : path + "." + shown(key);
}

[[nodiscard]] inline Error prefixed(std::string_view prefix, const Told& problem) {
    return invalid_format(Told{problem.detail, std::string(prefix) + problem.text});
}

}  // namespace aion::json
