// SPDX-License-Identifier: MIT OR Apache-2.0
// Running the gates and putting a report together.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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
    bool is_withdrawn = false;              ///< As SignatureOutcome has it; for pins.
    bool leans_on_log = false;              ///< Without the log it would not be what it is.
};

/// For timings.
[[nodiscard]] std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point start);

/// Evaluates every gate of one file: all at once with `run`; or, of a file that is whole in memory
/// and on this thread, all but the arithmetic of its signatures with `begin`, and `finish` when
/// that was done with other files'. Borrows what it is made of. Every gate writes to a member of
/// its own, so they may run at the same time.
class Evaluation {
  public:
    Evaluation(const Subject& subject, const trust::Registry& registry,
               const VerifyOptions& options, Keep keep);

    [[nodiscard]] Evaluated run();

    /// In how many threads `run` would share the gates.
    [[nodiscard]] unsigned useful_threads() const;

    void begin();

    /// After `begin`: the signatures to be verified; none where the cache knows the history.
    [[nodiscard]] std::span<const crypto::VerifyItem> items() const {
        return check_ ? check_->items() : std::span<const crypto::VerifyItem>();
    }

    /// After `begin`: what they came to, 1 or 0 each, and how long that took of all that was
    /// verified together.
    [[nodiscard]] Evaluated finish(std::span<const std::uint8_t> verdicts,
                                   std::uint64_t nanoseconds);

  private:
    void look_up();

    [[nodiscard]] bool is_known() const noexcept { return history_ && history_->is_known; }

    void run_gates(unsigned threads);
    void records();
    void integrity(crypto::Parallelism parallelism);
    void payload();
    void content(crypto::Parallelism parallelism);
    void signatures();
    [[nodiscard]] Evaluated assemble();

    const Subject& subject_;
    trust::SeenRegistry registry_;
    const VerifyOptions& options_;
    Keep keep_;

    GateOutcome structure_{Gate::structure};
    GateOutcome integrity_{Gate::integrity};
    GateOutcome header_{Gate::header};
    GateOutcome chain_{Gate::chain};
    PayloadOutcome payload_;
    std::optional<SignatureCheck>
        check_;  ///< Between `begin` and `finish`, if there is any to be made.
    SignatureOutcome signatures_;
    GateOutcome audit_{Gate::audit};
    GateOutcome pin_{Gate::pin};
    std::optional<LookedUp> history_;
    Timings timings_;
    std::uint64_t chain_time_ = 0;
    std::uint64_t integrity_time_ = 0;
};

/// The reference's narrower verdict (docs/verification.md#the-reference-profile).
[[nodiscard]] Evaluated evaluate_like_reference(const Subject& subject,
                                                const trust::Registry& registry,
                                                const VerifyOptions& options);

/// As docs/file-format.md#times tells them, at most `max_findings_per_gate` of them.
[[nodiscard]] std::vector<TemporalWarning> temporal_warnings(
    std::span<const format::VersionRecord> versions, Timestamp now);

}  // namespace aion::policy
