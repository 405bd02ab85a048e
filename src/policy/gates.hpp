// SPDX-License-Identifier: MIT OR Apache-2.0
// The gates of the verdict, one function each. A gate reads the subject, and what it is judged by,
// and changes neither, so that gates can run in any order or at the same time; only what is not in
// memory of the subject can be read just once, by `content_gates`. evaluate.cpp puts their outcomes
// together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/format/layout_check.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/seen_registry.hpp"
#include "policy/payload.hpp"
#include "policy/private_file.hpp"

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

    /// Puts state, count and findings into `report`, behind the findings that are there.
    void tell(VerificationReport& report) &&;

    [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }

  private:
    Gate gate_;
    bool skipped_ = false;
    std::uint64_t count_ = 0;
    std::vector<Finding> findings_;
};

/// The parts of one file that could be located. A section that could not is absent. Borrows the
/// file.
struct Subject {
    explicit Subject(PrivateFile& private_file);

    PrivateFile& source;
    format::FileBytes file;
    std::optional<format::FileView> view;  ///< Absent when there is no readable header.
    std::optional<std::span<const format::VersionRecord>> versions;
    std::optional<std::span<const format::SignatureRecord>> signatures;
    std::optional<std::span<const format::AuditRecord>> audit;
    std::optional<format::Extent> payload;

    [[nodiscard]] bool has_versions() const noexcept { return versions && !versions->empty(); }
};

/// Of records, the gates that take `before` look at what is behind it: a commit, having verified
/// what was there, checks what it appended, and how that is linked to the rest.
[[nodiscard]] GateOutcome structure_gate(const Subject& subject,
                                         const format::CheckedBefore& before = {});
[[nodiscard]] GateOutcome header_gate(const Subject& subject);
[[nodiscard]] GateOutcome chain_gate(const Subject& subject,
                                     const format::CheckedBefore& before = {});
[[nodiscard]] GateOutcome audit_gate(const Subject& subject,
                                     const format::CheckedBefore& before = {});
/// What the caller expects of the file and of the registry. `head_counts`: the signature of the
/// last version was found good.
[[nodiscard]] GateOutcome pin_gate(const Subject& subject, const trust::SeenRegistry& registry,
                                   const VerifyOptions& options, bool head_counts);

/// The gates that read the payload: where it is in memory, each on its own.
[[nodiscard]] GateOutcome integrity_gate(const Subject& subject, crypto::Parallelism parallelism);

struct PayloadOutcome {
    GateOutcome outcome{Gate::payload};
    Bytes plaintext;  ///< If the gate passed and it was to be kept.
};

[[nodiscard]] PayloadOutcome payload_gate(const Subject& subject, Keep keep);

/// Both of them for a file of which a range is not in memory: one pass over that hashes each byte
/// and opens it, if it is the payload.
struct ContentOutcome {
    GateOutcome integrity{Gate::integrity};
    PayloadOutcome payload;
};

[[nodiscard]] ContentOutcome content_gates(const Subject& subject, Keep keep,
                                           crypto::Parallelism parallelism);

/// A version whose signature does not count.
struct RefusedSignature {
    std::size_t index = 0;  ///< Position of the version, from 0.
    Reason reason = Reason::bad_signature;
};

/// One line for people about a refusal.
[[nodiscard]] std::string describe(const RefusedSignature& refused, const Subject& subject,
                                   const trust::SeenRegistry& registry);

struct SignatureOutcome {
    GateOutcome outcome{Gate::signatures};
    std::uint64_t valid = 0;                ///< Versions with a valid signature.
    std::vector<RefusedSignature> refused;  ///< All of them, in file order.
    /// A refused signature verifies with a key of its author's that the registry knows and does not
    /// let sign there.
    bool is_withdrawn = false;

    /// Whether the signature of the last of so many versions is among the valid ones.
    [[nodiscard]] bool head_counts(std::size_t versions) const noexcept {
        return valid != 0 && (refused.empty() || refused.back().index + 1 != versions);
    }
};

/// Checks signatures with the registry's keys; the keys in the file only have to be equal to them.
/// The arithmetic is apart, so that many files can share one batch of it: `items` are to be
/// verified, and `finish` is told what they came to. Borrows subject and registry.
class SignatureCheck {
  public:
    SignatureCheck(const Subject& subject, const trust::SeenRegistry& registry);

    /// Of the signatures that are not refused already.
    [[nodiscard]] std::span<const crypto::VerifyItem> items() const noexcept { return items_; }

    /// `verdicts`: 1 or 0 for each of `items`. To be called once.
    [[nodiscard]] SignatureOutcome finish(std::span<const std::uint8_t> verdicts);

  private:
    void refuse(std::size_t index, Reason reason) { result_.refused.push_back({index, reason}); }

    void authorize(std::size_t index);
    [[nodiscard]] std::optional<Reason> refused_by_log(const format::VersionRecord& version) const;
    [[nodiscard]] bool is_withdrawn() const;
    void report(const RefusedSignature& refused);
    [[nodiscard]] std::uint64_t offset(const RefusedSignature& refused) const;

    const Subject& subject_;
    const trust::SeenRegistry& registry_;
    std::span<const format::VersionRecord> versions_;
    std::span<const format::SignatureRecord> signatures_;
    bool is_decided_ = false;  ///< Without arithmetic.
    SignatureOutcome result_;
    std::vector<crypto::VerifyItem> items_;
    std::vector<std::size_t> indices_;
};

/// All of it in one call.
[[nodiscard]] SignatureOutcome signature_gate(const Subject& subject,
                                              const trust::SeenRegistry& registry,
                                              const VerifyOptions& options);

/// What a HistoryCache knows a history by: a digest of every record of versions, signatures and
/// audit trail, and of the registry. It grows as the history does, at the cost of what is new.
class HistoryDigest {
  public:
    /// Appends records.
    void append(std::span<const format::VersionRecord> versions,
                std::span<const format::SignatureRecord> signatures,
                std::span<const format::AuditRecord> audit);

    /// The digest of all records so far under `registry`.
    [[nodiscard]] Hash under(const trust::Registry& registry) const;

  private:
    /// Records of one kind.
    struct Records {
        crypto::Blake3 hasher;
        std::uint64_t bytes = 0;

        void append(ByteView added);
    };

    Records versions_;
    Records signatures_;
    Records audit_;
};

/// The way into a HistoryCache. What is put in must have been found VALID as a whole.
struct HistoryCacheAccess {
    [[nodiscard]] static bool contains(const HistoryCache& cache, const Hash& history) {
        return cache.contains(history);
    }

    static void insert(HistoryCache& cache, const Hash& history) { cache.insert(history); }
};

}  // namespace aion::policy
