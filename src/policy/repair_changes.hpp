// SPDX-License-Identifier: MIT OR Apache-2.0
// What a repaired file has otherwise than the one it was made of.
#pragma once

#include <vector>

#include "aion/format/file_image.hpp"
#include "aion/policy/repair.hpp"
#include "policy/gates.hpp"

namespace aion::policy {

/// In the order of the file, which is `was` under `header`. `before`: the verdict on it.
[[nodiscard]] std::vector<RepairChange> changes_between(const format::HeaderRecord& header,
                                                        const Subject& was, format::FileImage& now,
                                                        const VerificationReport& before);

}  // namespace aion::policy
