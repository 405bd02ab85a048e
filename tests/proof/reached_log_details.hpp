// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenarios of reached_details_test.cpp for transparency logs in folders.
#pragma once

#include "proof/reached_trust_details.hpp"
#include "tlog/ledger_details.hpp"
#include "tlog/log_details.hpp"

namespace aion::proof {

/// Brings an error with `detail` about.
[[nodiscard]] Outcome provoke(tlog::LogDetail detail);
[[nodiscard]] Outcome provoke(tlog::LedgerDetail detail);

}  // namespace aion::proof
