// SPDX-License-Identifier: MIT OR Apache-2.0
// Tables of our own pages, for tests that hold the code to them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace aion::proof {

/// The rows of the first table below a heading, e.g. `"### Error codes"` of `docs/errors.md`: by
/// their first cell, the other cells, all without backquotes. Throws when there is none.
[[nodiscard]] std::map<std::string, std::vector<std::string>> table_below(
    const std::string& page, const std::string& heading);

}  // namespace aion::proof
