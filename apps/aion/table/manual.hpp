// SPDX-License-Identifier: MIT OR Apache-2.0
// The manual page, made from the command table.
#pragma once

#include <string>

#include "table/command_table.hpp"

namespace aion::cli {

/// aion(1) as roff source.
[[nodiscard]] std::string manual_page(const CommandTable& table);

}  // namespace aion::cli
