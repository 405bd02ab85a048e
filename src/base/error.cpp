// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/error.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "base/error_maker.hpp"
#include "base/names.hpp"

namespace aion {
namespace {

constexpr NameTable codes(error_code_rows);

constexpr std::string_view unknown_text = "Unknown error";

/// The `{field}`s of a code: those that its message shows, then the others.
template <ErrorCode code>
constexpr auto fields_of = [] {
    constexpr const ErrorCodeRow& row = *codes.find(code);
    constexpr auto count = [](std::string_view text) {
        return static_cast<std::size_t>(std::ranges::count(text, '{'));
    };
    std::array<std::string_view, count(row.text) + count(row.unshown)> fields;
    std::size_t i = 0;
    for (std::string_view rest : {row.text, row.unshown}) {
        for (auto field = first_field(rest); !field.empty(); field = first_field(rest)) {
            fields[i++] = field;
            rest.remove_prefix(rest.find('}') + 1);
        }
    }
    return fields;
}();

/// An error of that code with its fields, all of them, in the order of its row.
template <ErrorCode code, class... Values>
Error filled(Values&&... values) {
    static_assert(fields_of<code>.size() == sizeof...(Values));
    std::vector<Error::Field> fields;
    fields.reserve(sizeof...(Values));
    std::size_t i = 0;
    (fields.emplace_back(fields_of<code>[i++], std::forward<Values>(values)), ...);
    return ErrorMaker::make(code, std::move(fields));
}

Error filled_with(ErrorCode code, std::string text) {
    std::vector<Error::Field> fields;
    fields.emplace_back(only_field(code), std::move(text));
    return ErrorMaker::make(code, std::move(fields));
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

/// As docs/errors.md#errors says.
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
    return escape_bad_bytes(std::get<std::string>(*value));
}

std::string render(const Error& error) {
    std::string out;
    std::string_view rest = template_of(error.code());
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

std::string_view name_of(ErrorCode code) noexcept {
    return codes.name(code);
}

std::string_view template_of(ErrorCode code) noexcept {
    const ErrorCodeRow* row = codes.find(code);
    return row == nullptr ? unknown_text : row->text;
}

Error::Error(ErrorCode code, std::vector<Field> fields) : code_(code), fields_(std::move(fields)) {}

const Error::Value* Error::field(std::string_view name) const noexcept {
    const auto found = std::ranges::find(fields_, name, &Field::name);
    return found == fields_.end() ? nullptr : &found->value;
}

std::string Error::message() const {
    return contexts_.empty() ? render(*this) : escape_bad_bytes(contexts_.back());
}

std::vector<std::string> Error::messages() const {
    std::vector<std::string> lines;
    lines.reserve(contexts_.size() + 2);
    std::transform(contexts_.rbegin(), contexts_.rend(), std::back_inserter(lines),
                   escape_bad_bytes);
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

Error Error::with_detail(DetailName name) && {
    detail_ = name.text();
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

Error error_because(ReasonCode code, std::string reason) {
    return filled_with(code.code(), std::move(reason));
}

Error error_at_path(PathCode code, std::string path, int os_error) {
    return filled_with(code.code(), std::move(path)).caused_by_os(os_error);
}

Error invalid_format(std::string reason, DetailName detail) {
    return filled<ErrorCode::invalid_format>(std::move(reason)).with_detail(detail);
}

Error corrupted_file(const Hash& expected, const Hash& actual) {
    return filled<ErrorCode::corrupted_file>(to_hex(expected), to_hex(actual));
}

Error unsupported_version(std::uint16_t version, std::string supported) {
    return filled<ErrorCode::unsupported_version>(version, std::move(supported));
}

Error unauthorized_signer(AuthorId author, VersionNumber version) {
    return filled<ErrorCode::unauthorized_signer>(author, version);
}

Error key_mismatch(AuthorId author, Epoch epoch) {
    return filled<ErrorCode::key_mismatch>(author, epoch);
}

Error hash_mismatch(const Hash& expected, const Hash& actual) {
    return filled<ErrorCode::hash_mismatch>(expected, actual);
}

Error version_overflow(VersionNumber max) {
    return filled<ErrorCode::version_overflow>(max);
}

Error missing_version(VersionNumber version) {
    return filled<ErrorCode::missing_version>(version);
}

Error key_not_found(std::uint64_t key, std::string reason) {
    return filled<ErrorCode::key_not_found>(key, std::move(reason));
}

Error keyring_error(std::string operation, std::string reason) {
    return filled<ErrorCode::keyring_error>(std::move(operation), std::move(reason));
}

Error invalid_action_code(std::uint16_t code) {
    return filled<ErrorCode::invalid_action_code>(code);
}

Error broken_audit_chain(const Hash& expected, const Hash& actual) {
    return filled<ErrorCode::broken_audit_chain>(expected, actual);
}

Error operation_not_permitted(std::string operation, std::string required) {
    return filled<ErrorCode::operation_not_permitted>(std::move(operation), std::move(required));
}

}  // namespace aion
