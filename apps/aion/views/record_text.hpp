// SPDX-License-Identifier: MIT OR Apache-2.0
// What a record of a registry's chain says, in sentences.
#pragma once

#include <string>

#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::cli {

/// What a bound leaves of an epoch: `versions before 5, of any file`. Reads on behind `may sign`.
[[nodiscard]] std::string bound_text(const trust::Bound& bound);

/// `Revokes epoch 0 of alice (7) (compromised), which may sign versions before 5, of any file`.
/// `known`: the registry whose names are used. Keys in full. Safe to show.
[[nodiscard]] std::string record_text(const trust::RecordFacts& facts,
                                      const trust::Registry& known);

/// Who still has to sign, or nothing if `signed_by` are enough:
/// `the master key of alice (7), ab12…, or 1 more of the root keys ab12…`.
[[nodiscard]] std::string missing_text(const trust::SigningRules& rules,
                                       const trust::RegistryRecord& record);

}  // namespace aion::cli
