// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/error.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>

#include "aion/base/utf8.hpp"

namespace aion {
namespace {

struct CodeFacts {
    ErrorCode code;
    std::string_view name;
    std::string_view text;
};

/// Spec 02 section 2, in the order of the enumeration. Names and texts are a promise to scripts
/// and log readers; field names are what callers of `Error` fill in.
constexpr auto code_facts = std::to_array<CodeFacts>({
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
     "Key mismatch: author {author} signing key does not match registry epoch {epoch} "
     "operational key"},
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

    {ErrorCode::key_not_found, "key_not_found", "Key not found for author {author_id}: {reason}"},
    {ErrorCode::keyring_access_denied, "keyring_access_denied", "Keyring access denied: {reason}"},
    {ErrorCode::key_store_failed, "key_store_failed", "Failed to store key: {reason}"},
    {ErrorCode::keyring_error, "keyring_error", "Keyring {operation} failed: {reason}"},

    {ErrorCode::invalid_file_id, "invalid_file_id", "Invalid file ID: {file_id}"},
    {ErrorCode::invalid_author_id, "invalid_author_id", "Invalid author ID: {author_id}"},
    {ErrorCode::invalid_timestamp, "invalid_timestamp", "Invalid timestamp: {reason}"},
    {ErrorCode::invalid_action_code, "invalid_action_code", "Invalid action code: {code}"},
    {ErrorCode::broken_audit_chain, "broken_audit_chain",
     "Broken audit chain: previous_hash mismatch"},
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
});

consteval bool is_indexed_by_code() {
    for (std::size_t i = 0; i < code_facts.size(); ++i) {
        if (static_cast<std::size_t>(code_facts[i].code) != i) {
            return false;
        }
    }
    return code_facts.size() == error_code_count;
}

static_assert(is_indexed_by_code());

constexpr CodeFacts unknown_code{ErrorCode{error_code_count}, "unknown", "Unknown error"};

const CodeFacts& facts_of(ErrorCode code) noexcept {
    const auto index = static_cast<std::size_t>(code);
    return index < code_facts.size() ? code_facts[index] : unknown_code;
}

/// `[ab, 1, 0]`: hex without padding, the way the reference's debug form prints bytes.
std::string byte_list(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "[";
    for (const std::uint8_t byte : bytes) {
        if (out.size() > 1) {
            out += ", ";
        }
        if (byte >= 16) {
            out += digits[byte >> 4U];
        }
        out += digits[byte & 15U];
    }
    return out + "]";
}

/// Spec 02 section 3.
std::string render_value(const Error::Value* value) {
    if (value == nullptr) {
        return "?";
    }
    if (const auto* number = std::get_if<std::uint64_t>(value)) {
        return std::to_string(*number);
    }
    if (const auto* hash = std::get_if<Hash>(value)) {
        return byte_list(hash->view());
    }
    return to_valid_utf8(std::get<std::string>(*value));
}

/// The first `{name}` of `text`, without its braces; empty when there is none.
constexpr std::string_view first_field(std::string_view text) noexcept {
    const std::size_t open = text.find('{');
    if (open == std::string_view::npos) {
        return {};
    }
    return text.substr(open + 1, text.find('}', open) - open - 1);
}

std::string render(const Error& error) {
    std::string out;
    std::string_view rest = code_template(error.code());
    for (auto name = first_field(rest); !name.empty(); name = first_field(rest)) {
        const std::size_t open = rest.find('{');
        out += rest.substr(0, open);
        out += render_value(error.field(name));
        rest.remove_prefix(open + name.size() + 2);
    }
    return out += rest;
}

/// `No such file or directory (os error 2)`
std::string os_error_text(int number) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 32)
    // Not localized, whatever setlocale the program called: scripts match these texts.
    const char* known = ::strerrordesc_np(number);
    std::string text = known != nullptr ? known : "Unknown error " + std::to_string(number);
#else
    std::string text = std::generic_category().message(number);
#endif
    return text + " (os error " + std::to_string(number) + ")";
}

}  // namespace

std::string_view code_name(ErrorCode code) noexcept {
    return facts_of(code).name;
}

std::string_view code_template(ErrorCode code) noexcept {
    return facts_of(code).text;
}

Error::Error(ErrorCode code, std::vector<Field> fields) : code_(code), fields_(std::move(fields)) {}

const Error::Value* Error::field(std::string_view name) const noexcept {
    const auto found = std::ranges::find(fields_, name, &Field::name);
    return found == fields_.end() ? nullptr : &found->value;
}

std::string Error::message() const {
    return contexts_.empty() ? render(*this) : to_valid_utf8(contexts_.back());
}

std::vector<std::string> Error::messages() const {
    std::vector<std::string> lines;
    lines.reserve(contexts_.size() + 2);
    std::transform(contexts_.rbegin(), contexts_.rend(), std::back_inserter(lines), to_valid_utf8);
    lines.push_back(render(*this));
    if (os_error_ != 0) {
        lines.push_back(os_error_text(os_error_));
    }
    return lines;
}

std::string Error::full_message() const {
    std::string out;
    for (const std::string& line : messages()) {
        if (!out.empty()) {
            out += ": ";
        }
        out += line;
    }
    return out;
}

Error Error::caused_by_os(int os_error) && {
    os_error_ = os_error;
    return std::move(*this);
}

Error Error::in_context(std::string what) && {
    contexts_.push_back(std::move(what));
    return std::move(*this);
}

bool operator==(const Error& a, const Error& b) {
    return a.code_ == b.code_ && std::ranges::is_permutation(a.fields_, b.fields_);
}

bool operator==(const Error::Field& a, const Error::Field& b) {
    return a.name == b.name && a.value == b.value;
}

Error error_because(ErrorCode code, std::string reason) {
    return Error(code, {{first_field(code_template(code)), std::move(reason)}});
}

Error error_at_path(ErrorCode code, std::string path, int os_error) {
    return Error(code, {{"path", std::move(path)}}).caused_by_os(os_error);
}

Error invalid_format(std::string reason) {
    return error_because(ErrorCode::invalid_format, std::move(reason));
}

}  // namespace aion
