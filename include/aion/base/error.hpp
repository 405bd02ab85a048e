// SPDX-License-Identifier: MIT OR Apache-2.0
// The one error type of the library (spec 02): a code, the fields of that code, a message.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/variant.hpp"

namespace aion {

/// What went wrong. The enumerators are the taxonomy of spec 02 section 2 in its order, followed
/// by the codes this library adds. Consumers must tolerate codes they do not know: new ones may
/// be appended. `code_name` gives each a stable lower-snake-case name for machines.
enum class ErrorCode : std::uint16_t {
    // Input and output
    file_read_error,
    file_write_error,
    file_exists,
    file_not_found,
    permission_denied,
    // Format
    invalid_format,
    corrupted_file,
    unsupported_version,
    invalid_header,
    // Cryptography and authorization
    signature_verification_failed,
    invalid_signature,
    entropy_unavailable,
    signing_failed,
    unauthorized_signer,
    key_mismatch,
    decryption_failed,
    encryption_failed,
    hash_mismatch,
    invalid_private_key,
    invalid_public_key,
    // Version chain
    broken_version_chain,
    invalid_version_number,
    version_overflow,
    missing_version,
    // Key management
    key_not_found,
    keyring_access_denied,
    key_store_failed,
    keyring_error,
    // Validation
    invalid_file_id,
    invalid_author_id,
    invalid_timestamp,
    invalid_action_code,
    broken_audit_chain,
    invalid_utf8,
    rules_too_large,
    // Operational
    operation_not_permitted,
    conflict,
    unresolved_approval,
    resource_exhausted,
    // Added by this library
    invalid_argument,  ///< A caller's value is out of range or malformed. Field: reason.
    verdict_invalid,   ///< Content was withheld because the file is INVALID. Field: reason.
    file_changed,      ///< The file shrank or changed while it was being read. Field: path.
};

/// One past the last code; `for (i in 0..error_code_count)` reaches every code.
inline constexpr std::size_t error_code_count =
    static_cast<std::size_t>(ErrorCode::file_changed) + 1;

/// The stable machine name of a code, e.g. `unauthorized_signer`; `unknown` for a value that is
/// no code.
[[nodiscard]] std::string_view code_name(ErrorCode code) noexcept;

/// The display template of a code with its fields in braces, e.g.
/// `Failed to read file: {path}` (spec 02 section 2).
[[nodiscard]] std::string_view code_template(ErrorCode code) noexcept;

/// An error value: cheap to move, can cross threads.
///
/// Making one: `Error(ErrorCode::unauthorized_signer, {{"author", 50001}, {"version", 3}})`, or
/// one of the short forms below. The fields are those that the template names; a field that the
/// template names and the error lacks renders as `?`.
class Error {
  public:
    using Value = Variant<std::uint64_t, std::string, Hash>;

    struct Field {
        std::string_view name;  ///< A literal: the template's name for it.
        Value value;

        /// A number, never negative.
        Field(std::string_view field_name, std::integral auto number)
            : name(field_name), value(static_cast<std::uint64_t>(number)) {}

        /// An id of any kind.
        template <class Rep, class Purpose>
        Field(std::string_view field_name, Id<Rep, Purpose> id)
            : name(field_name), value(static_cast<std::uint64_t>(id.value)) {}

        Field(std::string_view field_name, std::string text)
            : name(field_name), value(std::move(text)) {}

        Field(std::string_view field_name, const Hash& hash) : name(field_name), value(hash) {}
    };

    explicit Error(ErrorCode code, std::vector<Field> fields = {});

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }

    /// The fields in the order given.
    [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }

    /// The named field, or nullptr. Points into this object.
    [[nodiscard]] const Value* field(std::string_view name) const noexcept;

    /// One line: the outermost context if any, else the rendered template. Always valid UTF-8;
    /// text that came from a file may hold control characters, see `escape_controls`.
    [[nodiscard]] std::string message() const;

    /// Every line a person should see, outermost first: contexts, the rendered template, then
    /// the operating system's text such as `No such file or directory (os error 2)`.
    [[nodiscard]] std::vector<std::string> messages() const;

    /// The lines of `messages` joined by ": ".
    [[nodiscard]] std::string full_message() const;

    /// The operating system's error number that caused this, 0 if none.
    [[nodiscard]] int os_error() const noexcept { return os_error_; }

    /// The same error with the operating system's error number as its cause.
    [[nodiscard]] Error caused_by_os(int os_error) &&;

    /// The same error with an outer line saying what was being attempted.
    [[nodiscard]] Error in_context(std::string what) &&;

    /// Same code and same fields; contexts and causes are not compared.
    friend bool operator==(const Error& a, const Error& b);

  private:
    ErrorCode code_;
    int os_error_ = 0;
    std::vector<Field> fields_;
    std::vector<std::string> contexts_;  // innermost first
};

/// Same name and same value.
[[nodiscard]] bool operator==(const Error::Field& a, const Error::Field& b);

/// Any code whose template names one field that is free text: `reason`, or `resource` for
/// `resource_exhausted`.
[[nodiscard]] Error error_because(ErrorCode code, std::string reason);
/// Any code whose only field is `path`, with the operating system's number (0 for none).
[[nodiscard]] Error error_at_path(ErrorCode code, std::string path, int os_error = 0);
/// `Invalid file format: {reason}`
[[nodiscard]] Error invalid_format(std::string reason);

}  // namespace aion
