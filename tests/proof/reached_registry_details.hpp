// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp: registries, and the way to them.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "supply/registry_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(supply::RegistryDetail detail);

}  // namespace aion::proof
