// SPDX-License-Identifier: MIT OR Apache-2.0
// Stable storage for many files at once.
#pragma once

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"

namespace aion {

/// Forces to stable storage whatever was written in the file system that `directory` is in, content
/// and entries, by whomever (syncfs(2)): for many files one flush instead of one a file.
/// Errors: `file_write_error`, also for what somebody else could not write; EOPNOTSUPP for a
/// directory of an environment that is none of this library's.
[[nodiscard]] Result<> sync_file_system(Directory& directory);

}  // namespace aion
