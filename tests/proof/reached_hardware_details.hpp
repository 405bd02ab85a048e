// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp: bindings to hardware and quotes of TPMs.
#pragma once

#include "attest/hardware_details.hpp"
#include "proof/reached_trust_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(attest::HardwareDetail detail);

}  // namespace aion::proof
