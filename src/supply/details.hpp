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
    oci_bad_digest,              ///< Neither `sha256:` nor `sha512:` with its digits.
    oci_bad_reference,           ///< A text that names no artefact of a registry or layout.
    oci_other_type,              ///< A document that is not the manifest or index it should be.
    oci_too_many,                ///< More descriptors than a manifest or index may have.
    oci_too_deep,                ///< Manifests inside or about each other, too many.
    oci_other_size,              ///< Fewer or more bytes than a descriptor says.
    oci_other_digest,            ///< Bytes that do not have the digest that they are named by.
    oci_bad_layout,              ///< A folder that is no image layout.
    oci_bad_title,               ///< A layer whose title cannot be the name of a file.
    model_other_subject,         ///< Not one model with a root digest.
    model_unknown_method,        ///< Files that become resources in an unknown way.
    model_unknown_hash,          ///< Another algorithm than SHA-256 and BLAKE3.
    model_no_resource,           ///< A statement about a model without any file.
    model_bad_shard,             ///< A resource that is no shard, or leaves something out.
    model_other_root,            ///< A root digest that the resources do not make.
    model_no_key,                ///< A bundle that was not signed with a plain key.
    aibom_bad_digest,            ///< A digest that is not 64 hex digits.
    aibom_unknown_scope,         ///< A licence for nothing that an AIBOM knows.
    aibom_other_format,          ///< A document that is no bill of materials that we read.
    aibom_no_model,              ///< A bill of materials of no model, or of several.
    aibom_no_digest,             ///< A model without a digest of 32 bytes.
    model_card_no_front_matter,  ///< A model card that does not begin with `---`.
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
    {SupplyDetail::oci_bad_digest, "oci_bad_digest",
     "'{}' is neither sha256: and 64 lower-case hex digits nor sha512: and 128"},
    {SupplyDetail::oci_bad_reference, "oci_bad_reference", "'{}' names no artefact: {}"},
    {SupplyDetail::oci_other_type, "oci_other_type", "expected {}"},
    {SupplyDetail::oci_too_many, "oci_too_many", "more than {}"},
    {SupplyDetail::oci_too_deep, "oci_too_deep", "{} is more than {} manifests deep"},
    {SupplyDetail::oci_other_size, "oci_other_size", "{} has {} than {} bytes"},
    {SupplyDetail::oci_other_digest, "oci_other_digest", "what is named {} has the digest {}"},
    {SupplyDetail::oci_bad_layout, "oci_bad_layout", "{} is no image layout: {}"},
    {SupplyDetail::oci_bad_title, "oci_bad_title", "'{}' cannot be the name of a file: {}"},
    {SupplyDetail::model_other_subject, "model_other_subject",
     "expected one model with a sha256 digest"},
    {SupplyDetail::model_unknown_method, "model_unknown_method",
     "expected files, or shards with a size, and whether symbolic links are allowed"},
    {SupplyDetail::model_unknown_hash, "model_unknown_hash", "expected sha256 or blake3"},
    {SupplyDetail::model_no_resource, "model_no_resource",
     "model signature: there is no file, so that any folder without files would do"},
    {SupplyDetail::model_bad_shard, "model_bad_shard",
     "'{}' is no shard of {} bytes, or not the one that follows"},
    {SupplyDetail::model_other_root, "model_other_root",
     "the root digest is {}, but the resources make {}"},
    {SupplyDetail::model_no_key, "model_no_key",
     "expected a key, by its hint: certificates are not judged here"},
    {SupplyDetail::aibom_bad_digest, "aibom_bad_digest", "expected 64 hex digits"},
    {SupplyDetail::aibom_unknown_scope, "aibom_unknown_scope",
     "expected Weights, SourceCode, TrainingData, Documentation or Combined"},
    {SupplyDetail::aibom_other_format, "aibom_other_format", "expected {}"},
    {SupplyDetail::aibom_no_model, "aibom_no_model", "expected exactly one model, found {}"},
    {SupplyDetail::aibom_no_digest, "aibom_no_digest",
     "the model has no digest of 32 bytes, so it could be any"},
    {SupplyDetail::model_card_no_front_matter, "model_card_no_front_matter",
     "model card: no front matter between two lines of ---"},
}));

consteval const auto& details_of(SupplyDetail /*of which layer*/) {
    return supply_details;
}

}  // namespace aion::supply
