// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aion::policy {

namespace {

constexpr std::array<std::string_view, gate_count> gate_names = {
    "structure", "integrity", "header", "chain", "payload", "signatures", "audit", "pin"};

constexpr std::array<std::string_view, reason_count> reason_names = {
    "too_small",
    "bad_magic",
    "unsupported_version",
    "reserved_flags",
    "reserved_nonzero",
    "section_out_of_bounds",
    "section_gap",
    "section_overlap",
    "section_out_of_order",
    "trailing_bytes",
    "count_mismatch",
    "no_versions",
    "message_out_of_bounds",
    "message_not_terminated",
    "message_not_utf8",
    "string_table_gap",
    "string_table_overlap",
    "string_table_excess",
    "integrity_hash_mismatch",
    "current_version_mismatch",
    "root_hash_mismatch",
    "current_hash_mismatch",
    "created_at_mismatch",
    "modified_at_mismatch",
    "encrypted_flag_missing",
    "genesis_invalid",
    "version_number_invalid",
    "parent_hash_mismatch",
    "payload_undecryptable",
    "rules_hash_mismatch",
    "signature_missing",
    "author_mismatch",
    "no_active_epoch",
    "pubkey_substitution",
    "bad_signature",
    "audit_count_mismatch",
    "audit_link_broken",
    "audit_author_mismatch",
    "audit_timestamp_mismatch",
    "audit_action_mismatch",
    "audit_details_present",
    "timestamp_regression",
    "file_id_differs",
    "head_differs",
    "history_too_short",
    "unreadable",
};

}  // namespace

std::string_view name_of(Gate gate) noexcept {
    return gate_names[static_cast<std::size_t>(gate)];
}

std::string_view name_of(Reason reason) noexcept {
    return reason_names[static_cast<std::size_t>(reason)];
}

std::string_view name_of(GateState state) noexcept {
    switch (state) {
        case GateState::passed:
            return "passed";
        case GateState::failed:
            return "failed";
        case GateState::skipped:
            return "skipped";
    }
    return "unknown";
}

std::string_view name_of(Unauthenticated what) noexcept {
    switch (what) {
        case Unauthenticated::message_texts:
            return "message_texts";
        case Unauthenticated::file_id:
            return "file_id";
        case Unauthenticated::history_length:
            return "history_length";
    }
    return "unknown";
}

std::string_view explain(Unauthenticated what) noexcept {
    switch (what) {
        case Unauthenticated::message_texts:
            return "commit messages are not signed by format v2: do not rely on their text";
        case Unauthenticated::file_id:
            return "the file id is not signed by format v2: pin it to detect a substituted file";
        case Unauthenticated::history_length:
            return "an older state of the file is valid too: pin the head to detect a rollback, "
                   "or a minimum version to bound it";
    }
    return "unknown";
}

std::string TemporalWarning::message() const {
    constexpr std::uint64_t second = 1'000'000'000;
    switch (kind) {
        case Kind::non_monotonic:
            return fmt::format(
                "Version {} has non-monotonic timestamp ({}s before previous version)",
                version.value, (reference.value - timestamp.value) / second);
        case Kind::future:
            return fmt::format("Version {} has future timestamp ({}s in the future)", version.value,
                               (timestamp.value - reference.value) / second);
        case Kind::clock_skew:
            return fmt::format("Version {} shows potential clock skew ({}ms)", version.value,
                               skew_nanos / 1'000'000);
    }
    return {};
}

bool VerificationReport::is_valid() const noexcept {
    return std::ranges::all_of(gates, [](GateState s) { return s == GateState::passed; });
}

const Finding* VerificationReport::first(Gate gate) const noexcept {
    const auto found = std::ranges::find(findings, gate, &Finding::gate);
    return found == findings.end() ? nullptr : &*found;
}

std::string VerificationReport::reason() const {
    if (is_valid()) {
        return {};
    }
    for (const Gate gate : all_gates) {
        if (const Finding* finding = first(gate)) {
            const auto others = finding_count() - 1;
            const std::string more = others == 0 ? "" : fmt::format(" (and {} more)", others);
            return fmt::format("{}: {}{}", name_of(gate), finding->message, more);
        }
    }
    return "nothing could be evaluated";
}

std::string VerificationReport::summary() const {
    return is_valid() ? "VALID" : "INVALID: " + reason();
}

std::uint64_t VerificationReport::finding_count() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : finding_counts) {
        sum += count;
    }
    return sum;
}

}  // namespace aion::policy
