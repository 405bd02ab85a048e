// SPDX-License-Identifier: MIT OR Apache-2.0
// Programs of others that know passwords (docker-credential-helpers).
#pragma once

#include <string>
#include <string_view>

#include "aion/base/result.hpp"
#include "aion/supply/registry_credentials.hpp"

namespace aion::cli {

/// See `supply::RunHelper`. Error: `transfer_failed` (`registry_bad_credentials`), which shows
/// nothing of what the helper says.
[[nodiscard]] Result<supply::HelperAnswer> run_credential_helper(const std::string& program,
                                                                 std::string_view input);

}  // namespace aion::cli
