// SPDX-License-Identifier: MIT OR Apache-2.0
// What is legal in a registry's chain, yet probably not what was meant.
#pragma once

#include <vector>

#include "aion/trust/registry.hpp"

namespace aion::cli {

/// What `Registry::warnings` remarks, and of its chain: that it expired or is from the future,
/// records older than those before them, a root that one stolen key is enough for, root keys that
/// sign files, master keys of several authors, names that look like one another.
[[nodiscard]] std::vector<trust::RegistryWarning> all_warnings(const trust::Registry& registry,
                                                               Timestamp now);

}  // namespace aion::cli
