// SPDX-License-Identifier: MIT OR Apache-2.0
// The verdict: gates, findings, and the one place that decides what VALID means.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/format/layout_reasons.hpp"

namespace aion::policy {

/// What a file has to pass. Order is the order of report; each gate is evaluated and reported on
/// its own, as far as what it reads is readable.
enum class Gate : std::uint8_t {
    structure,   ///< Header valid, sections tile the file, counts agree, reserved bytes zero.
    integrity,   ///< The trailing BLAKE3 equals the bytes before it.
    header,      ///< The header's scalar fields are what the chain implies.
    chain,       ///< Genesis rules, numbering, parent hashes.
    payload,     ///< Decrypts, and hashes to the head's rules hash.
    signatures,  ///< Every version is signed under the epoch that the registry holds active.
    audit,       ///< Links hold and the trail mirrors the versions.
    pin,         ///< File id, head, length, registry, authors and signers of the head are what the
                 ///< caller expects, or a store of pins. Asked if anything is expected.
};
inline constexpr std::size_t gate_count = 8;
inline constexpr std::array<Gate, gate_count> all_gates = {
    Gate::structure, Gate::integrity,  Gate::header, Gate::chain,
    Gate::payload,   Gate::signatures, Gate::audit,  Gate::pin};

/// `structure`, `integrity`, … : stable.
[[nodiscard]] std::string_view name_of(Gate gate) noexcept;

/// Which rules decide.
enum class Profile : std::uint8_t {
    strict,     ///< All gates. What everybody should use.
    reference,  ///< Only what aion-context 1.0.0 checks, for comparing verdicts with it: its five
                ///< flags map to structure, integrity, chain, audit and signatures; header and
                ///< payload are not asked. Pins are, if given. Accepts files that are not genuine.
};
/// `strict`, `reference`: stable.
[[nodiscard]] std::string_view name_of(Profile profile) noexcept;

/// Why a gate failed. The names that `name_of` gives are stable; new ones may be appended.
enum class Reason : std::uint8_t {
    // structure: the layout reasons of format/layout_reasons.hpp
    AION_LAYOUT_REASONS(AION_LAYOUT_REASON_ENUMERATOR)
    // integrity
    integrity_hash_mismatch,  ///< The trailing hash is not that of the bytes before it.
    // header
    current_version_mismatch,  ///< The current version is not the last version's number.
    root_hash_mismatch,        ///< The root hash is not the first version's rules hash.
    current_hash_mismatch,     ///< The current hash is not the last version's rules hash.
    created_at_mismatch,       ///< The time of creation is not the first version's.
    modified_at_mismatch,      ///< The time of the last change is not the last version's.
    encrypted_flag_missing,    ///< The flag denies that the payload is sealed, which it always is.
    // chain
    genesis_invalid,         ///< The first version is not number 1 with a zero parent.
    version_number_invalid,  ///< A number is not its predecessor's plus one.
    parent_hash_mismatch,    ///< A parent hash is not the hash of the version before.
    // payload
    payload_undecryptable,  ///< The seal does not open: damaged, or of another file or version.
    rules_hash_mismatch,    ///< It opens, but to something that was not signed.
    // signatures
    signature_missing,    ///< A version has no signature entry.
    author_mismatch,      ///< The signature entry names another author than the version.
    no_active_epoch,      ///< The registry holds no key of that author for that version.
    pubkey_substitution,  ///< The embedded key is not the registry's.
    bad_signature,        ///< The signature does not verify.
    // Under a log (`VerifyOptions::log`), in the place of `no_active_epoch` or
    // `pubkey_substitution`, where the order of signature and revocation decides:
    version_not_logged,     ///< Nobody proved that the version is in the log.
    revocation_not_logged,  ///< Nor that the record that ended the key is.
    after_revocation,       ///< The version stands behind that record in the log.
    // audit
    audit_count_mismatch,      ///< Not one entry a version.
    audit_link_broken,         ///< A previous hash is not the hash of the entry before.
    audit_author_mismatch,     ///< Entry and version name different authors.
    audit_timestamp_mismatch,  ///< Entry and version have different times.
    audit_action_mismatch,     ///< Not "created" for the first entry, "committed" for the others.
    audit_details_present,     ///< An entry refers to details, which no writer makes.
    timestamp_regression,      ///< An entry is earlier than the one before.
    // pin
    file_id_differs,         ///< Another file id than pinned.
    head_differs,            ///< Another head than pinned.
    history_too_short,       ///< The history ends before the pinned version.
    pinned_version_differs,  ///< The version that a store of pins knows is another: a fork.
    registry_rolled_back,    ///< The registry was superseded by another since.
    pin_store_failed,        ///< What is pinned could not be read or recorded.
    registry_differs,        ///< Neither the registry that was expected nor one that continues it.
    author_not_allowed,      ///< A version is by nobody whom the caller allows.
    threshold_not_met,       ///< Too few of those who have to sign the last version did.
    // any gate
    unreadable,  ///< What the gate reads could not be read; under the reference profile only.
};
inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::unreadable) + 1;

/// The stable snake-case name, equal to the enumerator.
[[nodiscard]] std::string_view name_of(Reason reason) noexcept;
/// The gate that a reason belongs to; nothing for `unreadable`, which is any gate's.
[[nodiscard]] std::optional<Gate> gate_of(Reason reason) noexcept;

/// One thing wrong.
struct Finding {
    /// The gate that found it: `gate_of(reason)`, save that the reference profile meets some of the
    /// structure's reasons in other gates.
    Gate gate = Gate::structure;
    Reason reason = Reason::unreadable;
    std::optional<VersionNumber> version;  ///< The version concerned (position in the chain).
    std::optional<std::uint64_t> offset;   ///< Where in the file, in bytes.
    std::string message;                   ///< One line for people, without control characters.
};

/// What a gate came to.
enum class GateState : std::uint8_t {
    passed,   ///< Evaluated, and nothing is wrong.
    failed,   ///< Evaluated, and there are findings.
    skipped,  ///< Not evaluated: what it reads could not be located, which counts as not passed,
              ///< or the gate was not asked (`VerificationReport::asked`).
};
/// `passed`, `failed`, `skipped`.
[[nodiscard]] std::string_view name_of(GateState state) noexcept;

/// What format v2 does not authenticate and the caller did not pin (README, "What VALID means").
enum class Unauthenticated : std::uint8_t {
    message_texts,   ///< Signatures cover where a message lies, not what it says.
    file_id,         ///< No signature covers the file id.
    history_length,  ///< A shorter history is a valid history.
};
/// `message_texts`, `file_id`, `history_length`.
[[nodiscard]] std::string_view name_of(Unauthenticated what) noexcept;
/// One sentence for people, saying what to pin.
[[nodiscard]] std::string_view explain(Unauthenticated what) noexcept;

/// A remark about times that never affects validity (docs/file-format.md#times).
struct TemporalWarning {
    enum class Kind : std::uint8_t {
        non_monotonic,  ///< More than five minutes before the previous version.
        future,         ///< More than a minute in the future.
        clock_skew,     ///< Up to five minutes before the previous version.
    };
    Kind kind = Kind::future;
    VersionNumber version;
    Timestamp timestamp;          ///< Of the version.
    Timestamp reference;          ///< Previous version's timestamp, or now for `future`.
    std::int64_t skew_nanos = 0;  ///< For `clock_skew`: negative.
    /// One line for people, worded as the reference words it.
    [[nodiscard]] std::string message() const;
};

/// Findings listed for one gate at most; beyond it only their number is kept, so that a hostile
/// file cannot make a report much larger than itself.
inline constexpr std::size_t max_findings_per_gate = 10'000;

/// Where the time went, in nanoseconds of wall time. Steps may overlap, so the parts can add up
/// to more than `total`.
struct Timings {
    std::uint64_t read = 0;
    std::uint64_t parse = 0;  ///< Parsing and the structure and header gates.
    std::uint64_t hash = 0;   ///< Integrity hash and hash chain.
    std::uint64_t payload = 0;
    std::uint64_t signatures = 0;
    std::uint64_t audit = 0;
    std::uint64_t total = 0;
};

/// One epoch of an author, and what it signed of a history.
struct SignerUse {
    AuthorId author;
    Epoch epoch;
    PublicKey key;        ///< The registry's.
    VersionNumber first;  ///< The first version that it signed, and the last.
    VersionNumber last;
    std::uint64_t versions = 0;  ///< How many they are.
    friend bool operator==(const SignerUse&, const SignerUse&) = default;
};

/// What a VALID history consists of: enough to compare it with others of the same file.
struct HistoryFacts {
    std::vector<SignerUse> signers;    ///< By author, then epoch.
    std::vector<Hash> version_hashes;  ///< Of version 1, 2, …; the last one is the head.
    Hash file_hash;                    ///< BLAKE3 of all of the file but its last 32 bytes.
    friend bool operator==(const HistoryFacts&, const HistoryFacts&) = default;
};

/// The full answer to "is this file genuine?".
struct VerificationReport {
    FileId file_id;                     ///< From the header; zero when there is no readable header.
    std::uint64_t version_count = 0;    ///< From the header.
    Profile profile = Profile::strict;  ///< The rules that decided.
    bool pinned = false;                ///< The caller, or the store of pins, expected something.
    std::array<GateState, gate_count> gates = all_skipped();
    /// In gate order, then in file order; all of them up to `max_findings_per_gate` each.
    std::vector<Finding> findings;
    std::array<std::uint64_t, gate_count> finding_counts{};  ///< How many there were.
    std::vector<Unauthenticated> unauthenticated;
    std::vector<TemporalWarning> temporal_warnings;
    std::optional<Hash> head;            ///< Version hash of the last version, for pinning it.
    std::uint64_t signatures_valid = 0;  ///< How many versions have a valid signature.
    /// If it was asked for (`VerifyOptions::list_history`) and every gate passed.
    std::optional<HistoryFacts> history;
    Timings timings;

    [[nodiscard]] GateState state(Gate gate) const noexcept {
        return gates[static_cast<std::size_t>(gate)];
    }

    /// Whether the gate takes part in the verdict: the pin gate if anything was pinned, header and
    /// payload under the strict profile only, all others always. What is not asked is skipped.
    [[nodiscard]] bool asked(Gate gate) const noexcept;
    /// The verdict: every gate that was asked passed. Nothing else decides it.
    [[nodiscard]] bool is_valid() const noexcept;
    /// The first finding of a gate, or nullptr.
    [[nodiscard]] const Finding* first(Gate gate) const noexcept;
    /// Everything found wrong, listed or not.
    [[nodiscard]] std::uint64_t finding_count() const noexcept;
    /// Why it is not valid, in one line: `{gate}: {first finding}` with the number of others. Empty
    /// when it is.
    [[nodiscard]] std::string reason() const;
    /// One line: `VALID`, or `INVALID: {reason}`.
    [[nodiscard]] std::string summary() const;

  private:
    static constexpr std::array<GateState, gate_count> all_skipped() noexcept {
        std::array<GateState, gate_count> states{};
        states.fill(GateState::skipped);
        return states;
    }
};

}  // namespace aion::policy
