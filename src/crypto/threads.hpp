// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

namespace aion::crypto {

/// How many threads a call may use: `requested`, or for 0 the environment variable
/// `AION_THREADS` (read once) if it holds a positive number, else one a core; never more than
/// there are cores.
[[nodiscard]] unsigned thread_limit(unsigned requested) noexcept;

}  // namespace aion::crypto
