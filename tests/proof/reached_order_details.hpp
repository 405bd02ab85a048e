// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for proofs by which a log orders signatures.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "tlog/order_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(tlog::OrderDetail detail);

}  // namespace aion::proof
