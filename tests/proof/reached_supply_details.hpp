// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for envelopes, manifests, statements and canonical JSON.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "supply/details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(supply::SupplyDetail detail);

}  // namespace aion::proof
