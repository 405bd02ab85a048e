// SPDX-License-Identifier: MIT OR Apache-2.0
// The one error type of the library: a code, the fields of that code, a message; docs/errors.md.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/error_code.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/variant.hpp"

namespace aion {

/// The name of a detail. Only what lives as long as the program compiles: errors keep the view.
class DetailName {
  public:
    constexpr DetailName() = default;

    template <std::convertible_to<std::string_view> Text>
    // NOLINTNEXTLINE(google-explicit-constructor): callers write the name.
    consteval DetailName(const Text& text) : text_(text) {}

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

  private:
    std::string_view text_;
};

/// An error value: cheap to move, can cross threads.
///
/// Made by the functions below the class only, each of which takes what the fields of its code
/// are, so that none is missing or misspelt.
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

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }

    /// What precisely is wrong, where the code leaves that to the text: a stable name such as
    /// `registry_duplicate_author`, of those that docs/errors.md lists. Empty when there is none.
    [[nodiscard]] std::string_view detail() const noexcept { return detail_; }

    /// The fields in the order given.
    [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }

    /// The named field, or nullptr. Points into this object.
    [[nodiscard]] const Value* field(std::string_view name) const noexcept;

    /// One line: the outermost context if any, else the rendered template. Always valid UTF-8: a
    /// byte of a path that is not reads `\xff`, the path itself is in the field. Text that came
    /// from a file may hold control characters, see `escape_controls`.
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

    /// The same error with a detail. `name`: in lower snake case.
    [[nodiscard]] Error with_detail(DetailName name) &&;

    /// The same error with an outer line saying what was being attempted.
    [[nodiscard]] Error in_context(std::string what) &&;

    /// Same code and same fields; details, contexts and causes are not compared.
    friend bool operator==(const Error& a, const Error& b);

  private:
    friend struct ErrorMaker;
    Error(ErrorCode code, std::vector<Field> fields);

    ErrorCode code_;
    int os_error_ = 0;
    std::vector<Field> fields_;
    std::string_view detail_;
    std::vector<std::string> contexts_;  // innermost first
};

/// Same name and same value.
[[nodiscard]] bool operator==(const Error::Field& a, const Error::Field& b);

/// A code whose only field is free text: `reason`, or `resource` for `resource_exhausted`. Another
/// code does not compile.
class ReasonCode {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): callers write the code.
    consteval ReasonCode(ErrorCode code) : code_(code) {
        if (only_field(code) != "reason" && only_field(code) != "resource") {
            code_has_other_fields();
        }
    }

    [[nodiscard]] constexpr ErrorCode code() const noexcept { return code_; }

  private:
    static void code_has_other_fields();  // Never defined, so that there is no such constant.

    ErrorCode code_;
};

/// A code whose only field is `path`. Another code does not compile.
class PathCode {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): callers write the code.
    consteval PathCode(ErrorCode code) : code_(code) {
        if (only_field(code) != "path") {
            code_has_other_fields();
        }
    }

    [[nodiscard]] constexpr ErrorCode code() const noexcept { return code_; }

  private:
    static void code_has_other_fields();  // Never defined, so that there is no such constant.

    ErrorCode code_;
};

/// Any code whose one field is free text.
[[nodiscard]] Error error_because(ReasonCode code, std::string reason);
/// Any code whose one field is a path, with the operating system's number (0 for none).
[[nodiscard]] Error error_at_path(PathCode code, std::string path, int os_error = 0);
/// `Invalid file format: {reason}`, with a detail if there is one.
[[nodiscard]] Error invalid_format(std::string reason, DetailName detail = {});

// The codes that have other fields, in the order of the enumeration.

/// Hashes as the file holds them and as they are; shown in hex.
[[nodiscard]] Error corrupted_file(const Hash& expected, const Hash& actual);
/// A format version, and what is supported instead, e.g. `2`.
[[nodiscard]] Error unsupported_version(std::uint16_t version, std::string supported);
[[nodiscard]] Error unauthorized_signer(AuthorId author, VersionNumber version);
[[nodiscard]] Error key_mismatch(AuthorId author, Epoch epoch);
[[nodiscard]] Error hash_mismatch(const Hash& expected, const Hash& actual);
/// `max`: the last number that there is.
[[nodiscard]] Error version_overflow(VersionNumber max);
[[nodiscard]] Error missing_version(VersionNumber version);
/// `key`: the number of the key, which is that of an author by custom only.
[[nodiscard]] Error key_not_found(std::uint64_t key, std::string reason);
/// `operation`: what the keystore was about to do, e.g. `write`.
[[nodiscard]] Error keyring_error(std::string operation, std::string reason);
[[nodiscard]] Error invalid_action_code(std::uint16_t code);
[[nodiscard]] Error broken_audit_chain(const Hash& expected, const Hash& actual);
/// `Operation not permitted: {operation} requires {required}`
[[nodiscard]] Error operation_not_permitted(std::string operation, std::string required);

}  // namespace aion
