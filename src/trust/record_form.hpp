// SPDX-License-Identifier: MIT OR Apache-2.0
// Checks of what a record says that need no other record.
#pragma once

#include "aion/trust/registry_record.hpp"

namespace aion::trust::record {

/// All of `check_form` but the size of the body, which whoever read it knows.
[[nodiscard]] Result<> check_fields(const RegistryRecord& record);

}  // namespace aion::trust::record
