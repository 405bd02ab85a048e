// SPDX-License-Identifier: MIT OR Apache-2.0
// What the writer who came second is told, in whichever layer he is found out.
#pragma once

#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/error.hpp"

namespace aion {

/// `conflict`: the file is not what was read, and it was left alone. `advice`: what to do again,
/// `read it` or `open it`.
[[nodiscard]] Error changed_by_another_writer(const Place& place, std::string_view advice);

}  // namespace aion
