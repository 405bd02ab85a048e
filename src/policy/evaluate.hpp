// SPDX-License-Identifier: MIT OR Apache-2.0
// Running the gates and putting a report together.
#pragma once

#include <chrono>

#include "policy/gates.hpp"

namespace aion::policy {

/// A history that a HistoryCache was asked about.
struct LookedUp {
    HistoryDigest digest;
    Hash hash;              ///< Of the digest under the registry.
    bool is_known = false;  ///< Found VALID before, so its records were not looked at again.
};

/// What the gates found, before it becomes a report.
struct Evaluated {
    VerificationReport report;              ///< Gates, findings, timings.
    std::vector<RefusedSignature> refused;  ///< For events.
    Bytes plaintext;                        ///< If it was to be kept and its gate passed.
    std::optional<LookedUp> history;        ///< Under a cache, if there is one record each.
};

/// For timings.
[[nodiscard]] std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point start);

/// Evaluates every gate.
[[nodiscard]] Evaluated evaluate(const Subject& subject, const trust::Registry& registry,
                                 const VerifyOptions& options, Keep keep);

/// The reference's narrower verdict (docs/verification.md#the-reference-profile).
[[nodiscard]] Evaluated evaluate_like_reference(const Subject& subject,
                                                const trust::Registry& registry,
                                                const VerifyOptions& options);

/// As docs/file-format.md#times tells them, at most `max_findings_per_gate` of them.
[[nodiscard]] std::vector<TemporalWarning> temporal_warnings(
    std::span<const format::VersionRecord> versions, Timestamp now);

}  // namespace aion::policy
