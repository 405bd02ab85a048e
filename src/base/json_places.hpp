// SPDX-License-Identifier: MIT OR Apache-2.0
// How errors name the places of a JSON text, and how they begin.
#pragma once

#include <string>
#include <string_view>

#include "aion/base/utf8.hpp"
#include "base/details.hpp"

namespace aion::json {

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
