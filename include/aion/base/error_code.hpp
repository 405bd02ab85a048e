// SPDX-License-Identifier: MIT OR Apache-2.0
// What an error can be: its codes, and for each its name, its message and the fields of both.
// docs/errors.md is the page to read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aion {

/// What went wrong. Consumers must tolerate codes that they do not know: new ones may be appended.
/// *Reserved* codes belong to the taxonomy that we share with the reference; nothing here raises
/// them. Fields are those of `Error::fields`, in that order.
enum class ErrorCode : std::uint16_t {
    // Input and output
    file_read_error,  ///< A file cannot be opened or read; `os_error` says why. Field: path.
    /// A file cannot be written, renamed, synced or locked; `os_error` says why. Field: path.
    file_write_error,
    file_exists,        ///< Something is at the path and was not to be replaced. Field: path.
    file_not_found,     ///< Nothing is there to change, or to remove. Field: path.
    permission_denied,  ///< Reserved. Field: path.
    // Format
    /// Bytes or text that are not what they should be; most have a `detail`. Field: reason.
    invalid_format,
    /// The trailing hash, in hex, is not that of the bytes before it. Fields: expected, actual.
    corrupted_file,
    /// An `.aion` file of a format version other than 2. Fields: version, supported.
    unsupported_version,
    invalid_header,  ///< Reserved. Field: reason.
    // Cryptography and authorization
    /// Reserved: a finding of a report here. Fields: version, author.
    signature_verification_failed,
    invalid_signature,    ///< The Ed25519 equation does not hold. Field: reason.
    entropy_unavailable,  ///< The system's random source failed. Field: reason.
    signing_failed,       ///< A signer refused or failed. Field: reason.
    /// The registry has no key of that author for that version. Fields: author, version.
    unauthorized_signer,
    /// The signing key is not the one that the registry holds. Fields: author, epoch.
    key_mismatch,
    /// Wrong key, wrong password, another machine, or damaged data. Field: reason.
    decryption_failed,
    encryption_failed,  ///< More data than the cipher takes. Field: reason.
    /// The payload does not hash to what the version says. Fields: expected, actual.
    hash_mismatch,
    invalid_private_key,  ///< A private key, or what protects it, is unusable. Field: reason.
    /// Not a canonical point of the curve, or one of small order. Field: reason.
    invalid_public_key,
    // Version chain
    broken_version_chain,    ///< Reserved: a finding of a report here. Field: version.
    invalid_version_number,  ///< Reserved: a finding of a report here. Fields: version, current.
    version_overflow,        ///< The last version has the last number there is. Field: max.
    missing_version,         ///< The file has no version of that number. Field: version.
    // Key management
    key_not_found,          ///< The keystore has no such key. Fields: author_id, reason.
    keyring_access_denied,  ///< Reserved. Field: reason.
    key_store_failed,       ///< Reserved. Field: reason.
    /// The keystore's directory cannot be read or written. Fields: operation, reason.
    keyring_error,
    // Validation
    invalid_file_id,      ///< Reserved. Field: file_id.
    invalid_author_id,    ///< Reserved. Field: author_id.
    invalid_timestamp,    ///< A time before the previous version's. Field: reason.
    invalid_action_code,  ///< An audit action other than 1 to 4. Field: code.
    /// An audit entry's previous hash, `actual`, is not the `expected` one. Fields: expected,
    /// actual.
    broken_audit_chain,
    invalid_utf8,     ///< Text that is not UTF-8. Field: reason.
    rules_too_large,  ///< Reserved. Fields: size, max.
    // Operational
    /// What was asked for would destroy something of worth. Fields: operation, required.
    operation_not_permitted,
    conflict,             ///< Another writer holds the lock or changed the file. Field: reason.
    unresolved_approval,  ///< Reserved. Fields: approver, reason.
    resource_exhausted,   ///< A limit of this library was reached. Field: resource.
    // Added by this library
    invalid_argument,  ///< A caller's value is out of range or malformed. Field: reason.
    /// Content was withheld because the file is INVALID; `reason` is the verdict. Field: reason.
    verdict_invalid,
    file_changed,  ///< The file shrank or changed while it was being read. Field: path.
    interrupted,   ///< Somebody asked to stop; nothing was changed. Field: path.
    /// Content could not be sent or fetched over a network; always with a `detail`. Field: reason.
    transfer_failed,
};

/// One past the last code; `for (i in 0..error_code_count)` reaches every code.
inline constexpr std::size_t error_code_count =
    static_cast<std::size_t>(ErrorCode::transfer_failed) + 1;

/// All that belongs to a code but what it means.
struct ErrorCodeRow {
    ErrorCode value;
    std::string_view name;
    std::string_view text;          ///< The message, its fields in braces.
    std::string_view unshown = {};  ///< Fields that the message does not show, in braces.
};

/// In the order of the enumeration. Names and texts are a promise to scripts and log readers.
inline constexpr auto error_code_rows = std::to_array<ErrorCodeRow>({
    {ErrorCode::file_read_error, "file_read_error", "Failed to read file: {path}"},
    {ErrorCode::file_write_error, "file_write_error", "Failed to write file: {path}"},
    {ErrorCode::file_exists, "file_exists", "File already exists: {path}"},
    {ErrorCode::file_not_found, "file_not_found", "File not found: {path}"},
    {ErrorCode::permission_denied, "permission_denied", "Permission denied: {path}"},

    {ErrorCode::invalid_format, "invalid_format", "Invalid file format: {reason}"},
    {ErrorCode::corrupted_file, "corrupted_file",
     "Corrupted file: checksum mismatch (expected: {expected}, got: {actual})"},
    {ErrorCode::unsupported_version, "unsupported_version",
     "Unsupported file version: {version} (supported: {supported})"},
    {ErrorCode::invalid_header, "invalid_header", "Invalid header: {reason}"},

    {ErrorCode::signature_verification_failed, "signature_verification_failed",
     "Signature verification failed for version {version} by author {author}"},
    {ErrorCode::invalid_signature, "invalid_signature", "Invalid signature: {reason}"},
    {ErrorCode::entropy_unavailable, "entropy_unavailable",
     "OS entropy source unavailable: {reason}"},
    {ErrorCode::signing_failed, "signing_failed", "Version signing failed: {reason}"},
    {ErrorCode::unauthorized_signer, "unauthorized_signer",
     "Unauthorized signer: author {author} has no active registry epoch at version {version}"},
    {ErrorCode::key_mismatch, "key_mismatch",
     "Key mismatch: author {author} signing key does not match registry epoch {epoch} operational "
     "key"},
    {ErrorCode::decryption_failed, "decryption_failed", "Decryption failed: {reason}"},
    {ErrorCode::encryption_failed, "encryption_failed", "Encryption failed: {reason}"},
    {ErrorCode::hash_mismatch, "hash_mismatch", "Hash mismatch: expected {expected}, got {actual}"},
    {ErrorCode::invalid_private_key, "invalid_private_key", "Invalid private key: {reason}"},
    {ErrorCode::invalid_public_key, "invalid_public_key", "Invalid public key: {reason}"},

    {ErrorCode::broken_version_chain, "broken_version_chain",
     "Version chain broken at version {version}: parent hash mismatch"},
    {ErrorCode::invalid_version_number, "invalid_version_number",
     "Invalid version number: {version} (current: {current})"},
    {ErrorCode::version_overflow, "version_overflow",
     "Version overflow: cannot increment beyond {max}"},
    {ErrorCode::missing_version, "missing_version", "Missing version: {version}"},

    {ErrorCode::key_not_found, "key_not_found", "Key {author_id} not found: {reason}"},
    {ErrorCode::keyring_access_denied, "keyring_access_denied", "Keyring access denied: {reason}"},
    {ErrorCode::key_store_failed, "key_store_failed", "Failed to store key: {reason}"},
    {ErrorCode::keyring_error, "keyring_error", "Keyring {operation} failed: {reason}"},

    {ErrorCode::invalid_file_id, "invalid_file_id", "Invalid file ID: {file_id}"},
    {ErrorCode::invalid_author_id, "invalid_author_id", "Invalid author ID: {author_id}"},
    {ErrorCode::invalid_timestamp, "invalid_timestamp", "Invalid timestamp: {reason}"},
    {ErrorCode::invalid_action_code, "invalid_action_code", "Invalid action code: {code}"},
    {ErrorCode::broken_audit_chain, "broken_audit_chain",
     "Broken audit chain: previous_hash mismatch", "{expected}{actual}"},
    {ErrorCode::invalid_utf8, "invalid_utf8", "Invalid UTF-8: {reason}"},
    {ErrorCode::rules_too_large, "rules_too_large",
     "Rules too large: {size} bytes (max: {max} bytes)"},

    {ErrorCode::operation_not_permitted, "operation_not_permitted",
     "Operation not permitted: {operation} requires {required}"},
    {ErrorCode::conflict, "conflict", "Conflicting operation: {reason}"},
    {ErrorCode::unresolved_approval, "unresolved_approval",
     "Unresolved approval from author {approver}: {reason}"},
    {ErrorCode::resource_exhausted, "resource_exhausted", "Resource exhausted: {resource}"},

    {ErrorCode::invalid_argument, "invalid_argument", "Invalid argument: {reason}"},
    {ErrorCode::verdict_invalid, "verdict_invalid", "{reason}"},
    {ErrorCode::file_changed, "file_changed", "File changed while it was being read: {path}"},
    {ErrorCode::interrupted, "interrupted", "Interrupted; this was not changed: {path}"},
    {ErrorCode::transfer_failed, "transfer_failed", "Transfer failed: {reason}"},
});

/// The stable machine name of a code, e.g. `unauthorized_signer`; `unknown` for a value that is
/// no code.
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;

/// The message of a code with its fields in braces, e.g. `Failed to read file: {path}`.
[[nodiscard]] std::string_view template_of(ErrorCode code) noexcept;

/// The first `{field}` of a template, without its braces; empty when there is none.
[[nodiscard]] constexpr std::string_view first_field(std::string_view text) noexcept {
    const std::size_t open = text.find('{');
    return open == std::string_view::npos ? std::string_view()
                                          : text.substr(open + 1, text.find('}', open) - open - 1);
}

/// The name of the only field of a code's message; empty when there are more or fewer, and for a
/// value that is no code.
[[nodiscard]] constexpr std::string_view only_field(ErrorCode code) noexcept {
    const auto index = static_cast<std::size_t>(code);
    if (index >= error_code_rows.size()) {
        return {};
    }
    const ErrorCodeRow& row = error_code_rows[index];
    const std::string_view field = first_field(row.text);
    const bool more = row.text.find('{', row.text.find('}')) != std::string_view::npos;
    return more || !row.unshown.empty() ? std::string_view() : field;
}

}  // namespace aion
