// SPDX-License-Identifier: MIT OR Apache-2.0
// What the parts of model signing have in common.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/utf8.hpp"
#include "aion/supply/model_signing.hpp"

namespace aion::supply {

/// A name from outside, for an error: cut where it is long.
[[nodiscard]] inline std::string shown_name(std::string_view name) {
    constexpr std::size_t longest = 256;
    return escape_controls(name.substr(0, longest)) + (name.size() > longest ? "..." : "");
}

/// The indices of the resources in the order in which they are written: that of their names as the
/// specification has them.
[[nodiscard]] std::vector<std::size_t> written_order(const ModelStatement& statement);

}  // namespace aion::supply
