// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for transparency logs.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "tlog/details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(tlog::TlogDetail detail);

}  // namespace aion::proof
