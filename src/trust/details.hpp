// SPDX-License-Identifier: MIT OR Apache-2.0
// What can be wrong with registries, signed records and key files.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::trust {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class TrustDetail : std::uint8_t {
    registry_unknown_author,      ///< The registry does not know the author.
    registry_duplicate_author,    ///< The author is there already, with other keys or twice.
    registry_unknown_epoch,       ///< The author has no such epoch.
    registry_already_revoked,     ///< A registry file revokes the epoch twice.
    registry_no_epochs,           ///< An author without any key.
    registry_first_epoch,         ///< An author's first epoch is not number 0.
    registry_epoch_order,         ///< An author's epochs are not in order, or one is there twice.
    registry_start_order,         ///< An epoch does not start after the one before it.
    registry_bad_key,             ///< A key is not base64 of 32 bytes.
    registry_bad_status,          ///< An epoch's status is none of the three.
    registry_false_status,        ///< An epoch's status says that it ended, and nothing ends it.
    registry_mistyped_key,        ///< A key that was probably meant to be another.
    registry_file_version,        ///< A registry of another version than 1.
    registry_not_the_same,        ///< What would be written does not read as what was meant.
    registry_projection_differs,  ///< What a file says beside its chain is not what that comes to.
    rotation_wrong_source,        ///< A rotation from an epoch that is not the author's latest.
    rotation_wrong_target,        ///< A rotation to an epoch that is not the next.
    rotation_after_the_last,      ///< There is no epoch after the last number.
    rotation_too_early,           ///< A rotation that takes effect before the epoch that it ends.
    rotation_leaves_nothing,  ///< A rotation that takes effect where the epoch that it ends begins.
    revocation_unknown_code,  ///< A code of a reason that there is not.
    revocation_unknown_name,  ///< A name of a reason that there is not.
    revocation_bad_reason,    ///< The same, in a registry or a signed record.
    record_bad_type,          ///< A signed record of an unknown type.
    record_bad_base64,        ///< A key or signature of a signed record is not base64.
    record_bad_size,          ///< A key or signature of a signed record has another size.
    record_version,           ///< A record of a registry's chain of another version than 1.
    record_bad_kind,          ///< A record of a registry's chain of no known kind.
    record_cut_off,           ///< A record of a registry's chain that ends too early.
    record_surplus,           ///< A record of a registry's chain with bytes behind its end.
    record_bad_code,          ///< A code in a record of a registry's chain that there is not.
    record_bad_number,        ///< A number in a record of a registry's chain that is out of range.
    record_bad_count,         ///< Too many elements of a list there, or too few.
    record_bad_order,         ///< A list there is not in ascending order, or has something twice.
    record_bad_text,          ///< A text there has other characters than it may have.
    record_too_long,          ///< A text there, or the record, has more bytes than it may have.
    author_bad_name,          ///< A name that no author may have.
    chain_bad_base64,         ///< A record in a registry file is not base64.
    chain_no_root,            ///< The first record is no root.
    chain_wrong_number,       ///< A record whose number is not the next.
    chain_wrong_previous,     ///< A record that follows another than the one before it.
    chain_foreign_signature,  ///< Signed by a key that has no say.
    chain_signatures_missing,  ///< Signed by too few.
    chain_key_used,            ///< A signing key that was an epoch's before.
    chain_name_used,           ///< A name that another author has.
    chain_already_revoked,     ///< A second revocation of an epoch.
    chain_no_such_end,         ///< A change of an end that an epoch does not have.
    chain_not_tighter,         ///< A tightening that ends nothing earlier.
    chain_too_many_epochs,     ///< A rotation of an author with as many epochs as there may be.
    chain_too_many_bounds,     ///< A tightening of an end that was tightened too often.
    chain_leaves_nothing,  ///< A rotation that takes effect where the epoch that it ends begins.
    chain_hybrid_bound,    ///< A second post-quantum key for an epoch.
    chain_hybrid_used,     ///< A post-quantum key that another epoch has.
    key_file_too_small,    ///< Shorter than a key file is.
    key_file_too_large,    ///< Longer than a key file may be.
    key_file_bad_magic,    ///< Not a key file of that kind.
    key_file_version,      ///< A key file of another version.
    key_file_misnamed,     ///< A key file whose name is not how its key is looked for.
    hybrid_bad_size,       ///< A hybrid key or signature with more bytes or fewer than it has.
    hybrid_bad_magic,      ///< Not a hybrid key or signature.
    hybrid_version,        ///< A hybrid key or signature of another version.
    hybrid_unknown_algorithm,     ///< A number that is no post-quantum algorithm's.
    hybrid_algorithm_mismatch,    ///< Key and signature of different algorithms.
    hybrid_signature_too_long,    ///< A post-quantum half with more bytes than there can be.
    hybrid_post_quantum_invalid,  ///< The post-quantum half is not the key's over these bytes.
};

inline constexpr NameTable trust_details(std::to_array<DetailRow<TrustDetail>>({
    {TrustDetail::registry_unknown_author, "registry_unknown_author", "author {} not registered"},
    {TrustDetail::registry_duplicate_author, "registry_duplicate_author",
     "author {} already registered"},
    {TrustDetail::registry_unknown_epoch, "registry_unknown_epoch",
     "epoch {} not found for author {}"},
    {TrustDetail::registry_already_revoked, "registry_already_revoked",
     "epoch {} for author {} already revoked"},
    {TrustDetail::registry_no_epochs, "registry_no_epochs", "author {} has no epochs"},
    {TrustDetail::registry_first_epoch, "registry_first_epoch",
     "first epoch for author {} must be 0, got {}"},
    {TrustDetail::registry_epoch_order, "registry_epoch_order",
     "epoch {} not strictly greater than existing max {} for author {}"},
    {TrustDetail::registry_start_order, "registry_start_order",
     "active_from_version {} does not strictly follow prior epoch at version {} (author {}, epoch "
     "{})"},
    {TrustDetail::registry_bad_key, "registry_bad_key", "registry {} {} ({})"},
    {TrustDetail::registry_bad_status, "registry_bad_status",
     "expected active, rotated or revoked"},
    {TrustDetail::registry_false_status, "registry_false_status",
     "status of epoch {} of author {} says {}, but {}"},
    {TrustDetail::registry_mistyped_key, "registry_mistyped_key",
     "no such key here; did you mean \"{}\"{}?"},
    {TrustDetail::registry_file_version, "registry_file_version",
     "unsupported registry file version: {} (expected 1)"},
    {TrustDetail::registry_not_the_same, "registry_not_the_same",
     "the changed registry would not load as the same registry and was not written"},
    {TrustDetail::registry_projection_differs, "registry_projection_differs",
     "what the file says of author {} is not what its chain of records comes to: {}"},
    {TrustDetail::rotation_wrong_source, "rotation_wrong_source",
     "rotation from_epoch {} does not match current {} epoch {}"},
    {TrustDetail::rotation_wrong_target, "rotation_wrong_target",
     "rotation to_epoch {} must be {} (from_epoch + 1)"},
    {TrustDetail::rotation_after_the_last, "rotation_after_the_last", "epoch counter overflow"},
    {TrustDetail::rotation_too_early, "rotation_too_early",
     "rotation effective_from_version precedes active epoch"},
    {TrustDetail::rotation_leaves_nothing, "rotation_leaves_nothing",
     "rotation effective_from_version {} is where epoch {} itself begins, which would leave it no "
     "version and make a registry that cannot be loaded again; {}"},
    {TrustDetail::revocation_unknown_code, "revocation_unknown_code",
     "Unknown revocation reason: {}"},
    {TrustDetail::revocation_unknown_name, "revocation_unknown_name",
     "revocation reason must be Compromised, Superseded, Retired or Unspecified"},
    {TrustDetail::revocation_bad_reason, "revocation_bad_reason",
     "expected Compromised, Superseded, Retired or Unspecified"},
    {TrustDetail::record_bad_type, "record_bad_type", "expected {}"},
    {TrustDetail::record_bad_base64, "record_bad_base64", "base64 decode failed: {}"},
    {TrustDetail::record_bad_size, "record_bad_size", "must decode to exactly {} bytes (got {})"},
    {TrustDetail::record_version, "record_version", "unsupported record version: {} (expected 1)"},
    {TrustDetail::record_bad_kind, "record_bad_kind", "unknown kind of record: {}"},
    {TrustDetail::record_cut_off, "record_cut_off", "{}: {} bytes expected, {} left"},
    {TrustDetail::record_surplus, "record_surplus", "{} bytes behind the end of the {}"},
    {TrustDetail::record_bad_code, "record_bad_code", "{}: unknown code {}"},
    {TrustDetail::record_bad_number, "record_bad_number", "{}: {} is not from {} to {}"},
    {TrustDetail::record_bad_count, "record_bad_count", "{}: {}, expected {} to {}"},
    {TrustDetail::record_bad_order, "record_bad_order", "{}: {}"},
    {TrustDetail::record_bad_text, "record_bad_text", "{}: {}"},
    {TrustDetail::record_too_long, "record_too_long", "{}: {} bytes, at most {} are allowed"},
    {TrustDetail::author_bad_name, "author_bad_name", "author name {}"},
    {TrustDetail::chain_bad_base64, "chain_bad_base64", "base64 decode failed: {}"},
    {TrustDetail::chain_no_root, "chain_no_root", "a chain begins with a root record"},
    {TrustDetail::chain_wrong_number, "chain_wrong_number", "its number is {} instead of {}"},
    {TrustDetail::chain_wrong_previous, "chain_wrong_previous",
     "it follows the record {}, but the one before it is {}"},
    {TrustDetail::chain_foreign_signature, "chain_foreign_signature",
     "signed with key {}, which has no say in it"},
    {TrustDetail::chain_signatures_missing, "chain_signatures_missing",
     "not signed by those who have to: {}"},
    {TrustDetail::chain_key_used, "chain_key_used", "key {} was the key of an epoch before"},
    {TrustDetail::chain_name_used, "chain_name_used", "author {} has the name {} already"},
    {TrustDetail::chain_already_revoked, "chain_already_revoked",
     "epoch {} of author {} is revoked already: tighten or extend its end"},
    {TrustDetail::chain_no_such_end, "chain_no_such_end", "epoch {} of author {} has no {}"},
    {TrustDetail::chain_not_tighter, "chain_not_tighter",
     "it would end nothing earlier than the {} of epoch {} of author {} does"},
    {TrustDetail::chain_too_many_epochs, "chain_too_many_epochs",
     "author {} has {} epochs, which is as many as there may be"},
    {TrustDetail::chain_too_many_bounds, "chain_too_many_bounds",
     "the {} of epoch {} of author {} has {} bounds already: an extension sets it anew"},
    {TrustDetail::chain_leaves_nothing, "chain_leaves_nothing",
     "version {} is where epoch {} itself begins, which would leave it no version; if that is "
     "meant, the bound is `never`"},
    {TrustDetail::chain_hybrid_bound, "chain_hybrid_bound",
     "epoch {} of author {} has a post-quantum key, and that is for good: rotate to another"},
    {TrustDetail::chain_hybrid_used, "chain_hybrid_used",
     "the post-quantum key is that of another epoch"},
    {TrustDetail::key_file_too_small, "key_file_too_small",
     "encrypted key file too small: {} bytes (minimum: {})"},
    {TrustDetail::key_file_too_large, "key_file_too_large",
     "encrypted key file too large (maximum: {} bytes)"},
    {TrustDetail::key_file_bad_magic, "key_file_bad_magic", "{}"},
    {TrustDetail::key_file_version, "key_file_version", "{}: {} (expected: {})"},
    {TrustDetail::key_file_misnamed, "key_file_misnamed",
     "key {} is looked for in {} only; this file is never used"},
    {TrustDetail::hybrid_bad_size, "hybrid_bad_size", "a {} has {} bytes, this has {}"},
    {TrustDetail::hybrid_bad_magic, "hybrid_bad_magic", "this is no {}: it does not begin with {}"},
    {TrustDetail::hybrid_version, "hybrid_version", "{} of version {} (expected 1)"},
    {TrustDetail::hybrid_unknown_algorithm, "hybrid_unknown_algorithm",
     "Unknown hybrid PQ algorithm: {}"},
    {TrustDetail::hybrid_algorithm_mismatch, "hybrid_algorithm_mismatch",
     "hybrid algorithm mismatch: sig={}, key={}"},
    {TrustDetail::hybrid_signature_too_long, "hybrid_signature_too_long",
     "ML-DSA-65 signature bytes invalid: {} bytes, at most {} are expected"},
    {TrustDetail::hybrid_post_quantum_invalid, "hybrid_post_quantum_invalid",
     "ML-DSA-65 verification failed: {}"},
}));

consteval const auto& details_of(TrustDetail /*of which layer*/) {
    return trust_details;
}

}  // namespace aion::trust
