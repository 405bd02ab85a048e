// SPDX-License-Identifier: MIT OR Apache-2.0
// Which of the engine's paths this machine can run.
#pragma once

#include "aion/crypto/ed25519_verify.hpp"
#include "crypto/ed25519/path.hpp"

namespace aion::crypto::ed25519 {

/// True when CPU and operating system support the path and it was compiled in.
[[nodiscard]] bool is_supported(CpuPath path) noexcept;

/// The code of a supported path.
[[nodiscard]] const Path& path_of(CpuPath path) noexcept;

}  // namespace aion::crypto::ed25519
