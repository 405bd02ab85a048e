// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with bytes and texts.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::supply {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class SupplyDetail : std::uint8_t {
    /// An integer that a double cannot hold, so that readers would differ about it.
    jcs_integer_too_large,
    dsse_bad_base64,             ///< A payload or signature that is not base64.
    bundle_other_type,           ///< A document that is no sigstore bundle of v0.3.
    bundle_other_content,        ///< One without, or with more than, an envelope or a signature.
    manifest_truncated,          ///< Canonical bytes that end too early, or are none.
    manifest_bad_entry,          ///< An entry of another algorithm, or with reserved bytes set.
    manifest_bad_name_table,     ///< Names that do not stand one behind the other.
    manifest_bad_name,           ///< A name that could lead elsewhere.
    manifest_duplicate_name,     ///< Two artefacts of one name.
    manifest_too_many,           ///< More artefacts than a manifest may have.
    manifest_bad_digest,         ///< A digest that is not 64 lower-case hex digits.
    manifest_unknown_algorithm,  ///< A `hash` that is not BLAKE3-256.
    manifest_unknown_type,       ///< A document that is no manifest.
    manifest_other_id,           ///< A `manifest_id` that the entries do not make.
    manifest_bad_signature,      ///< Bytes that are no signature of a manifest.
    statement_other_type,        ///< A document that is no statement of in-toto's v1.
    statement_no_subject,        ///< A statement of nothing, or of something without a digest.
    statement_other_predicate,   ///< A statement that says something else.
};

inline constexpr NameTable supply_details(std::to_array<DetailRow<SupplyDetail>>({
    {SupplyDetail::jcs_integer_too_large, "jcs_integer_too_large",
     "the integer {} at {} is beyond 2^53 and would become {}: write it as a string"},
    {SupplyDetail::dsse_bad_base64, "dsse_bad_base64", "not base64: {}"},
    {SupplyDetail::bundle_other_type, "bundle_other_type", "expected {}"},
    {SupplyDetail::bundle_other_content, "bundle_other_content",
     "expected either an envelope, or a signature with a SHA2_256 digest"},
    {SupplyDetail::manifest_truncated, "manifest_truncated",
     "manifest: not its canonical bytes, or the end is missing"},
    {SupplyDetail::manifest_bad_entry, "manifest_bad_entry",
     "manifest: entry {} is of an unknown algorithm, or its reserved bytes are not zero"},
    {SupplyDetail::manifest_bad_name_table, "manifest_bad_name_table",
     "manifest: the names from entry {} on do not follow one another, each ended by NUL"},
    {SupplyDetail::manifest_bad_name, "manifest_bad_name",
     "'{}' cannot be the name of an artefact: {}"},
    {SupplyDetail::manifest_duplicate_name, "manifest_duplicate_name",
     "two artefacts have the name '{}'"},
    {SupplyDetail::manifest_too_many, "manifest_too_many", "{} artefacts, more than {}"},
    {SupplyDetail::manifest_bad_digest, "manifest_bad_digest", "expected 64 lower-case hex digits"},
    {SupplyDetail::manifest_unknown_algorithm, "manifest_unknown_algorithm", "expected BLAKE3-256"},
    {SupplyDetail::manifest_unknown_type, "manifest_unknown_type", "expected {}"},
    {SupplyDetail::manifest_other_id, "manifest_other_id",
     "manifest: its id is {}, but its entries make {}"},
    {SupplyDetail::manifest_bad_signature, "manifest_bad_signature",
     "expected the 112 bytes of a signature, the last 8 of them zero"},
    {SupplyDetail::statement_other_type, "statement_other_type", "expected {}"},
    {SupplyDetail::statement_no_subject, "statement_no_subject",
     "nothing, or without a digest: then it says something of anything"},
    {SupplyDetail::statement_other_predicate, "statement_other_predicate", "expected {}"},
}));

consteval const auto& details_of(SupplyDetail /*of which layer*/) {
    return supply_details;
}

}  // namespace aion::supply
