// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for receipts and approvals.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "release/receipt_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(release::ReceiptDetail detail);

}  // namespace aion::proof
