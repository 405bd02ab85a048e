// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/names.hpp"

namespace aion::policy {

namespace {

struct ReasonRow {
    Reason value;
    std::string_view name;
    std::optional<Gate> gate;
};

struct UnauthenticatedRow {
    Unauthenticated value;
    std::string_view name;
    std::string_view text;
};

constexpr NameTable gate_names(std::to_array<Named<Gate>>({
    {Gate::structure, "structure"},
    {Gate::integrity, "integrity"},
    {Gate::header, "header"},
    {Gate::chain, "chain"},
    {Gate::payload, "payload"},
    {Gate::signatures, "signatures"},
    {Gate::audit, "audit"},
    {Gate::pin, "pin"},
}));
static_assert(decltype(gate_names)::size() == gate_count);

#define STRUCTURE_ROW(name, meaning) {Reason::name, #name, Gate::structure},
constexpr NameTable reasons(std::to_array<ReasonRow>({
    AION_LAYOUT_REASONS(STRUCTURE_ROW){Reason::integrity_hash_mismatch, "integrity_hash_mismatch",
                                       Gate::integrity},
    {Reason::current_version_mismatch, "current_version_mismatch", Gate::header},
    {Reason::root_hash_mismatch, "root_hash_mismatch", Gate::header},
    {Reason::current_hash_mismatch, "current_hash_mismatch", Gate::header},
    {Reason::created_at_mismatch, "created_at_mismatch", Gate::header},
    {Reason::modified_at_mismatch, "modified_at_mismatch", Gate::header},
    {Reason::encrypted_flag_missing, "encrypted_flag_missing", Gate::header},
    {Reason::genesis_invalid, "genesis_invalid", Gate::chain},
    {Reason::version_number_invalid, "version_number_invalid", Gate::chain},
    {Reason::parent_hash_mismatch, "parent_hash_mismatch", Gate::chain},
    {Reason::payload_undecryptable, "payload_undecryptable", Gate::payload},
    {Reason::rules_hash_mismatch, "rules_hash_mismatch", Gate::payload},
    {Reason::signature_missing, "signature_missing", Gate::signatures},
    {Reason::author_mismatch, "author_mismatch", Gate::signatures},
    {Reason::no_active_epoch, "no_active_epoch", Gate::signatures},
    {Reason::pubkey_substitution, "pubkey_substitution", Gate::signatures},
    {Reason::bad_signature, "bad_signature", Gate::signatures},
    {Reason::version_not_logged, "version_not_logged", Gate::signatures},
    {Reason::revocation_not_logged, "revocation_not_logged", Gate::signatures},
    {Reason::after_revocation, "after_revocation", Gate::signatures},
    {Reason::audit_count_mismatch, "audit_count_mismatch", Gate::audit},
    {Reason::audit_link_broken, "audit_link_broken", Gate::audit},
    {Reason::audit_author_mismatch, "audit_author_mismatch", Gate::audit},
    {Reason::audit_timestamp_mismatch, "audit_timestamp_mismatch", Gate::audit},
    {Reason::audit_action_mismatch, "audit_action_mismatch", Gate::audit},
    {Reason::audit_details_present, "audit_details_present", Gate::audit},
    {Reason::timestamp_regression, "timestamp_regression", Gate::audit},
    {Reason::file_id_differs, "file_id_differs", Gate::pin},
    {Reason::head_differs, "head_differs", Gate::pin},
    {Reason::history_too_short, "history_too_short", Gate::pin},
    {Reason::pinned_version_differs, "pinned_version_differs", Gate::pin},
    {Reason::registry_rolled_back, "registry_rolled_back", Gate::pin},
    {Reason::pin_store_failed, "pin_store_failed", Gate::pin},
    {Reason::registry_differs, "registry_differs", Gate::pin},
    {Reason::author_not_allowed, "author_not_allowed", Gate::pin},
    {Reason::threshold_not_met, "threshold_not_met", Gate::pin},
    {Reason::unreadable, "unreadable", std::nullopt},
}));
#undef STRUCTURE_ROW
static_assert(decltype(reasons)::size() == reason_count);

constexpr NameTable profile_names(std::to_array<Named<Profile>>({
    {Profile::strict, "strict"},
    {Profile::reference, "reference"},
}));

constexpr NameTable state_names(std::to_array<Named<GateState>>({
    {GateState::passed, "passed"},
    {GateState::failed, "failed"},
    {GateState::skipped, "skipped"},
}));

constexpr NameTable unauthenticated(std::to_array<UnauthenticatedRow>({
    {Unauthenticated::message_texts, "message_texts",
     "commit messages are not signed by format v2: do not rely on their text"},
    {Unauthenticated::file_id, "file_id",
     "the file id is not signed by format v2: pin it to detect a substituted file"},
    {Unauthenticated::history_length, "history_length",
     "an older state of the file is valid too: pin the head to detect a rollback, or a minimum "
     "version to bound it"},
}));

}  // namespace

std::string_view name_of(Gate gate) noexcept {
    return gate_names.name(gate);
}

std::string_view name_of(Profile profile) noexcept {
    return profile_names.name(profile);
}

std::string_view name_of(Reason reason) noexcept {
    return reasons.name(reason);
}

std::optional<Gate> gate_of(Reason reason) noexcept {
    const ReasonRow* row = reasons.find(reason);
    return row == nullptr ? std::nullopt : row->gate;
}

std::string_view name_of(GateState state) noexcept {
    return state_names.name(state);
}

std::string_view name_of(Unauthenticated what) noexcept {
    return unauthenticated.name(what);
}

std::string_view explain(Unauthenticated what) noexcept {
    const UnauthenticatedRow* row = unauthenticated.find(what);
    return row == nullptr ? "unknown" : row->text;
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

bool VerificationReport::asked(Gate gate) const noexcept {
    switch (gate) {
        case Gate::header:
        case Gate::payload:
            return profile == Profile::strict;
        case Gate::pin:
            return pinned;
        case Gate::structure:
        case Gate::integrity:
        case Gate::chain:
        case Gate::signatures:
        case Gate::audit:
            break;
    }
    return true;
}

bool VerificationReport::is_valid() const noexcept {
    return std::ranges::all_of(all_gates, [this](Gate gate) {
        // What failed without having been asked is a fault of ours, and never VALID.
        return asked(gate) ? state(gate) == GateState::passed : state(gate) != GateState::failed;
    });
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
    // What could not be located is the structure's to explain, which not every profile asks.
    const auto* const silent = std::ranges::find_if(
        all_gates, [this](Gate gate) { return asked(gate) && state(gate) != GateState::passed; });
    return fmt::format("{}: could not be evaluated", name_of(*silent));
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
