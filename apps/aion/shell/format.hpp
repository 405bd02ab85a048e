// SPDX-License-Identifier: MIT OR Apache-2.0
// The forms that a result can have.
#pragma once

#include <cstdint>

namespace aion::cli {

/// `--format`.
enum class Format : std::uint8_t { text, json, yaml };

}  // namespace aion::cli
