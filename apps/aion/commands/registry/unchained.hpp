// SPDX-License-Identifier: MIT OR Apache-2.0
// Changes of a registry that has no chain.
#pragma once

#include <string>
#include <vector>

#include "aion/trust/registry.hpp"
#include "commands/registry/options.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Applies signed records, all or none, and says what became of each. `check`: files whose verdicts
/// are compared first; one that a rotation makes INVALID stops it unless `force`.
[[nodiscard]] Outcome<Ending> apply_all(Context& context, const RecordArguments& how,
                                        const std::vector<trust::SignedRecord>& records);

[[nodiscard]] Outcome<Ending> rotate_unchained(Context& context, const RotationArguments& arguments,
                                               AuthorId author, const trust::Registry& registry);
[[nodiscard]] Outcome<Ending> revoke_unchained(Context& context,
                                               const RevocationArguments& arguments,
                                               AuthorId author, const trust::Registry& registry);

}  // namespace aion::cli
