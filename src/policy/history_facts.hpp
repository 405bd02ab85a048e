// SPDX-License-Identifier: MIT OR Apache-2.0
// What a VALID history consists of.
#pragma once

#include "policy/gates.hpp"

namespace aion::policy {

/// Of a subject that passed every gate under `registry`.
[[nodiscard]] HistoryFacts facts_of(const Subject& subject, const trust::Registry& registry);

}  // namespace aion::policy
