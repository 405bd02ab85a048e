// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for attestations and signing policies.
#pragma once

#include "attest/details.hpp"
#include "proof/reached_trust_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(attest::AttestDetail detail);

}  // namespace aion::proof
