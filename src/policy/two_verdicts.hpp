// SPDX-License-Identifier: MIT OR Apache-2.0
// The same bytes under two registries.
#pragma once

#include <filesystem>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/verify.hpp"

namespace aion::policy {

struct TwoVerdicts {
    VerificationReport before;
    VerificationReport after;
};

/// Judges the file at `path` under both registries, under the strict profile and without pins or
/// other expectations. Every byte of it is read once, and in the pieces of `verify`: of the gates
/// that are asked then, only that of the signatures asks a registry, and it reads what is in
/// memory. Of `options` threads and caches of keys count.
/// Errors: those of `verify`, and of `read`.
[[nodiscard]] Result<TwoVerdicts> judge_under_both(Env& env, const std::filesystem::path& path,
                                                   const trust::Registry& before,
                                                   const trust::Registry& after,
                                                   const VerifyOptions& options,
                                                   const ReadOptions& read);

}  // namespace aion::policy
