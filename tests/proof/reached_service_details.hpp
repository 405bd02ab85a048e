// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for logs and witnesses that are somewhere else.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "tlog/service_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(tlog::ServiceDetail detail);

}  // namespace aion::proof
