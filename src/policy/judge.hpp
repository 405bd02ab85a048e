// SPDX-License-Identifier: MIT OR Apache-2.0
// The one place where a private file becomes a verdict, whoever asks: verify, open_verified, a
// writer before it appends.
#pragma once

#include "policy/evaluate.hpp"

namespace aion::policy {

/// What the verdict under `options` has to hold in memory.
[[nodiscard]] Hold hold_for(const VerifyOptions& options) noexcept;

/// Fills in what describes the file rather than judges it.
void describe(VerificationReport& report, const Subject& subject, const trust::Registry& registry,
              Timestamp now, const VerifyOptions& options);

/// Evaluates the gates of the profile, and describes the file.
/// Final only when nothing was found to have changed while it was read: then `conclude`.
[[nodiscard]] Evaluated judge(const Subject& subject, const trust::Registry& registry,
                              Timestamp now, const VerifyOptions& options, Keep keep);

/// Remembers the history of a verdict that is final, if there is a cache for it.
void remember(const Evaluated& evaluated, const VerifyOptions& options);

/// Remembers a verdict that is final, and tells it to whoever listens.
void conclude(const Subject& subject, const Evaluated& evaluated, const VerifyOptions& options);

/// Both, for a file that is private already and cannot change.
[[nodiscard]] VerificationReport verify(PrivateFile& file, const trust::Registry& registry,
                                        Timestamp now, const VerifyOptions& options);

/// Error: `invalid_argument` if `options` would let a file pass for genuine that is not.
[[nodiscard]] Result<> require_strict(const VerifyOptions& options);

}  // namespace aion::policy
