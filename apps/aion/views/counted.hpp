// SPDX-License-Identifier: MIT OR Apache-2.0
// `1 version`, `3 versions`.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace aion::cli {

/// `thing`: a word whose plural ends with an s.
[[nodiscard]] inline std::string counted(std::uint64_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace aion::cli
