// SPDX-License-Identifier: MIT OR Apache-2.0
// The verdict that aion-context 1.0.0 gives (docs/verification.md#the-reference-profile), for
// comparing with it. It reads less than the strict verdict and is therefore a different function,
// not a set of switches in it: a switch that is set wrong would be a hole in ours. The file is held
// as a whole.
#include <fmt/format.h>

#include "policy/authority.hpp"
#include "policy/evaluate.hpp"

namespace aion::policy {

namespace {

using format::AuditRecord;

class ReferenceVerdict {
  public:
    ReferenceVerdict(const Subject& subject, const trust::Registry& registry,
                     const VerifyOptions& options)
        : subject_(subject), registry_(seen_by(subject, registry)), options_(options) {}

    // Header and payload it never looks at: they stay skipped, and are not asked. What is expected
    // of a file it does not know; whoever expects something wants it kept.
    Evaluated run() {
        std::vector<RefusedSignature> refused = reference_gates();
        take(pin_gate(subject_, registry_, options_, head_counts_));
        return {std::move(report_), std::move(refused), {}, {}};
    }

  private:
    std::vector<RefusedSignature> reference_gates() {
        if (!subject_.view) {
            take(structure_gate(subject_));
            return {};
        }
        set(Gate::structure, GateState::passed);  // of the layout it asks nothing more
        integrity();
        if (!readable(
                Gate::chain, subject_.versions.has_value(), subject_.view->version_count(),
                [this](std::uint64_t i) { return subject_.view->version_at(i).has_value(); })) {
            return {};
        }
        take(chain_gate(subject_));
        if (!readable(
                Gate::signatures, subject_.signatures.has_value(), subject_.view->signature_count(),
                [this](std::uint64_t i) { return subject_.view->signature_at(i).has_value(); })) {
            return {};
        }
        std::vector<RefusedSignature> refused = signatures();
        audit();
        return refused;
    }

    void set(Gate gate, GateState state) { report_.gates[static_cast<std::size_t>(gate)] = state; }

    void take(GateOutcome outcome) { std::move(outcome).tell(report_); }

    void fail_gate(Gate gate, Reason reason, std::string message) {
        GateOutcome outcome(gate);
        outcome.add(reason, std::nullopt, std::nullopt, std::move(message));
        take(std::move(outcome));
    }

    // Unlike ours, its check also has a meaning for files of less than 288 bytes, whose last 32 lie
    // in the header. There are 256 at least, or there is no view.
    void integrity() {
        const ByteView file = subject_.file.stored();
        const std::size_t covered = file.size() - format::integrity_size;
        const Hash actual = crypto::blake3(file.first(covered));
        if (equal(actual.view(), file.subspan(covered))) {
            set(Gate::integrity, GateState::passed);
        } else {
            fail_gate(Gate::integrity, Reason::integrity_hash_mismatch,
                      "the trailing hash is not that of the file's bytes");
        }
    }

    template <class Readable>
    bool readable(Gate gate, bool located, std::uint64_t count, const Readable& record) {
        if (!located) {
            fail_gate(gate, Reason::unreadable, "the section is not inside the file");
            return false;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            if (!record(i)) {
                fail_gate(gate, Reason::reserved_nonzero,
                          fmt::format("entry {} has reserved bytes that are not zero", i + 1));
                return false;
            }
        }
        return true;
    }

    std::vector<RefusedSignature> signatures() {
        if (subject_.versions->size() != subject_.signatures->size()) {
            fail_gate(Gate::signatures, Reason::count_mismatch,
                      fmt::format("{} versions and {} signatures", subject_.versions->size(),
                                  subject_.signatures->size()));
            return {};
        }
        if (subject_.versions->empty()) {
            set(Gate::signatures, GateState::passed);
            return {};
        }
        SignatureOutcome outcome = signature_gate(subject_, registry_, options_);
        report_.signatures_valid = outcome.valid;
        head_counts_ = outcome.head_counts(subject_.versions->size());
        take(std::move(outcome.outcome));
        return std::move(outcome.refused);
    }

    // It delimits the trail by the string table's offset, not by the audit count.
    [[nodiscard]] std::span<const AuditRecord> located_audit() const {
        const format::HeaderRecord& header = subject_.view->header();
        const std::uint64_t begin = header.audit.offset;
        const std::uint64_t end = header.strings.offset;
        if (begin > end || end > subject_.file.size()) {
            return {};
        }
        const std::uint64_t fitting = (end - begin) / format::audit_record_size;
        const std::uint64_t count = std::min<std::uint64_t>(fitting, header.audit.count);
        return {reinterpret_cast<const AuditRecord*>(subject_.file.stored().data() + begin),
                static_cast<std::size_t>(count)};
    }

    // Its reader returns entries with their reserved bytes as zero, and hashes those.
    static AuditRecord as_read(const AuditRecord& stored) {
        AuditRecord entry = stored;
        entry.reserved1 = {};
        entry.reserved2 = {};
        entry.reserved3 = {};
        return entry;
    }

    void audit() {
        const auto entries = located_audit();
        if (entries.size() != subject_.view->audit_count()) {
            fail_gate(Gate::audit, Reason::unreadable, "the audit trail does not hold its entries");
            return;
        }
        GateOutcome outcome(Gate::audit);
        Hash expected;
        std::uint64_t earliest = 0;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const AuditRecord entry = as_read(entries[i]);
            if (!format::is_known_action(entry.action)) {
                outcome.add(Reason::audit_action_mismatch, i, std::nullopt, "unknown action");
            }
            if (entry.previous_hash != expected) {
                outcome.add(Reason::audit_link_broken, i, std::nullopt, "broken link");
            }
            if (entry.timestamp < earliest) {
                outcome.add(Reason::timestamp_regression, i, std::nullopt, "time runs backwards");
            }
            expected = format::audit_hash(entry);
            earliest = entry.timestamp;
        }
        take(std::move(outcome));
    }

    const Subject& subject_;
    trust::SeenRegistry registry_;
    const VerifyOptions& options_;
    VerificationReport report_;
    bool head_counts_ = false;
};

}  // namespace

Evaluated evaluate_like_reference(const Subject& subject, const trust::Registry& registry,
                                  const VerifyOptions& options) {
    return ReferenceVerdict(subject, registry, options).run();
}

}  // namespace aion::policy
