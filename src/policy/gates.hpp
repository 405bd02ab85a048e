// SPDX-License-Identifier: MIT OR Apache-2.0
// The gates of the verdict, one function each. A gate reads the subject and nothing else, so that
// gates can run in any order or at the same time; verify.cpp puts their outcomes together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/verify.hpp"

namespace aion::policy {

/// What a gate found. It passes when it was evaluated and found nothing.
class GateOutcome {
  public:
    explicit GateOutcome(Gate gate) noexcept : gate_(gate) {}

    /// Records a finding; beyond `max_findings_per_gate` only counts it.
    void add(Reason reason, std::optional<std::uint64_t> index, std::optional<std::uint64_t> offset,
             std::string message);

    /// Marks the gate as not evaluated.
    void skip() noexcept { skipped_ = true; }

    /// True once a further finding would only be counted: its message need not be made.
    [[nodiscard]] bool full() const noexcept { return findings_.size() >= max_findings_per_gate; }

    [[nodiscard]] Gate gate() const noexcept { return gate_; }

    [[nodiscard]] GateState state() const noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    [[nodiscard]] std::vector<Finding>& findings() noexcept { return findings_; }

    [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }

  private:
    Gate gate_;
    bool skipped_ = false;
    std::uint64_t count_ = 0;
    std::vector<Finding> findings_;
};

/// The parts of one file that could be located. A section that could not is absent.
struct Subject {
    explicit Subject(ByteView bytes);

    ByteView file;
    std::optional<format::FileView> view;  ///< Absent when there is no readable header.
    std::optional<std::span<const format::VersionRecord>> versions;
    std::optional<std::span<const format::SignatureRecord>> signatures;
    std::optional<std::span<const format::AuditRecord>> audit;
    std::optional<ByteView> payload;

    /// Versions that need no new check of chain and signature because they were checked before
    /// (a commit checks what it appended, having verified what was there).
    std::size_t checked_versions = 0;
};

[[nodiscard]] GateOutcome structure_gate(const Subject& subject);
[[nodiscard]] GateOutcome integrity_gate(const Subject& subject, crypto::Parallelism parallelism);
[[nodiscard]] GateOutcome header_gate(const Subject& subject);
[[nodiscard]] GateOutcome chain_gate(const Subject& subject);
/// With `plaintext`, the payload is kept there if the gate passes; else it is only streamed.
[[nodiscard]] GateOutcome payload_gate(const Subject& subject, Bytes* plaintext);
[[nodiscard]] GateOutcome audit_gate(const Subject& subject);
[[nodiscard]] GateOutcome pin_gate(const Subject& subject, const Pins& pins);

/// A version whose signature does not count.
struct RefusedSignature {
    std::size_t index = 0;  ///< Position of the version, from 0.
    Reason reason = Reason::bad_signature;
};

/// One line for people about a refusal.
[[nodiscard]] std::string describe(const RefusedSignature& refused, const Subject& subject);

struct SignatureOutcome {
    GateOutcome outcome{Gate::signatures};
    std::uint64_t valid = 0;                ///< Versions with a valid signature.
    std::vector<RefusedSignature> refused;  ///< All of them, in file order.
};

[[nodiscard]] SignatureOutcome signature_gate(const Subject& subject,
                                              const trust::Registry& registry,
                                              const VerifyOptions& options);

/// The digest under which HistoryCache knows these records under this registry.
[[nodiscard]] Hash history_digest(std::span<const format::VersionRecord> versions,
                                  std::span<const format::SignatureRecord> signatures,
                                  const trust::Registry& registry);

}  // namespace aion::policy
