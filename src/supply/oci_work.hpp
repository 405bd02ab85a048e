// SPDX-License-Identifier: MIT OR Apache-2.0
// Many blobs at a time.
#pragma once

#include <cstddef>
#include <functional>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"

namespace aion::supply {

/// Calls `work` with each number from 0 to `count` - 1, in up to `threads` threads; behind an error
/// or an interruption none is begun. The error: that of the least number of those that failed.
[[nodiscard]] Result<> for_each_until_error(Env* env, unsigned threads, std::size_t count,
                                            const std::function<Result<>(std::size_t)>& work);

}  // namespace aion::supply
