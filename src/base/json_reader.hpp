// SPDX-License-Identifier: MIT OR Apache-2.0
// The one reader for JSON that others wrote: strict, bounded, and precise about what is wrong.
//
// A text that two programs could read differently is refused: duplicate keys, a byte-order mark,
// data after the value, invalid UTF-8, lone surrogates, NUL. So is one that is built to hurt:
// too long, too deep, too many values. The JSON library stays behind this header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aion/base/result.hpp"
#include "base/details.hpp"

namespace aion::json {

struct Member;

/// One parsed JSON value.
struct Value {
    using Array = std::vector<Value>;
    using Object = std::vector<Member>;  ///< In the order of the text; keys are unique.

    /// A number that is no unsigned 64-bit integer: negative, with fraction or exponent, or huge.
    struct OtherNumber {
        double value = 0;
    };

    std::variant<std::monostate, bool, std::uint64_t, OtherNumber, std::string, Array, Object> data;

    /// `null`, `a boolean`, `an integer`, `a number`, `a string`, `an array` or `an object`.
    [[nodiscard]] std::string_view kind() const noexcept;
};

struct Member {
    std::string key;
    Value value;
};

/// What to accept, and how to begin the reason of an error.
struct ReadOptions {
    std::string_view error_prefix;  ///< A literal such as `registry JSON parse failed: `.
    std::size_t max_size = std::size_t{1} << 20U;    ///< Bytes of text.
    std::size_t max_depth = 32;                      ///< Arrays and objects inside each other.
    std::size_t max_values = std::size_t{1} << 20U;  ///< Values of any kind, all levels together.
};

/// Reads one value that is all of `text`, white space around it aside.
/// Error: `invalid_format`; its reason begins with `options.error_prefix` and says what is wrong
/// and where (line and column, or the path of keys); its detail is one of json_details.hpp. Throws
/// nothing but `std::bad_alloc`.
[[nodiscard]] Result<Value> parse(std::string_view text, const ReadOptions& options);

/// Typed access to the keys of one object. Borrows the value, which must outlive it.
/// Every error is `invalid_format` with a detail of json_details.hpp and names the place, e.g.
/// `authors[2].epochs[0].epoch: expected an integer from 0 to 4294967295, found a string`.
class ObjectReader {
  public:
    /// The object at the top of a document. Error: `value` is no object.
    [[nodiscard]] static Result<ObjectReader> root(const Value& value,
                                                   std::string_view error_prefix);

    /// A required integer. Errors: missing; not an integer of that range.
    [[nodiscard]] Result<std::uint64_t> u64(std::string_view key) const;
    [[nodiscard]] Result<std::uint32_t> u32(std::string_view key) const;

    /// A required string; valid as long as the value. Errors: missing; not a string.
    [[nodiscard]] Result<std::string_view> text(std::string_view key) const;
    /// The same, nothing when the key is absent or null.
    [[nodiscard]] Result<std::optional<std::string_view>> text_or_null(std::string_view key) const;

    /// A required array of objects. Errors: missing; not an array; an element is no object.
    [[nodiscard]] Result<std::vector<ObjectReader>> objects(std::string_view key) const;
    /// The same, empty when the key is absent (null is an error).
    [[nodiscard]] Result<std::vector<ObjectReader>> objects_if_any(std::string_view key) const;

    /// Error: the object has a key that is not in `known`.
    [[nodiscard]] Result<> check_only(std::initializer_list<std::string_view> known) const;

    /// The keys that are not in `known`, in the order of the text. They live as long as the value.
    [[nodiscard]] std::vector<std::string_view> unknown(
        std::span<const std::string_view> known) const;

    /// Where `key` of this object is, e.g. `authors[2].epochs[0].epoch`.
    [[nodiscard]] std::string place_of(std::string_view key) const;

    /// The error for `key` of this object, for rules that only the caller knows.
    [[nodiscard]] Error error_at(std::string_view key, const Told& problem) const;

  private:
    ObjectReader(const Value::Object& object, std::string path, std::string_view error_prefix)
        : object_(&object), path_(std::move(path)), error_prefix_(error_prefix) {}

    [[nodiscard]] const Value* find(std::string_view key) const noexcept;
    [[nodiscard]] Result<std::uint64_t> integer(std::string_view key, std::uint64_t max) const;
    [[nodiscard]] Result<std::vector<ObjectReader>> objects_in(const Value& value,
                                                               std::string_view key) const;
    [[nodiscard]] Error missing(std::string_view key) const;
    [[nodiscard]] Error mismatch(std::string_view key, std::string_view expected,
                                 const Value& found) const;

    const Value::Object* object_;
    std::string path_;  // empty for the root
    std::string_view error_prefix_;
};

}  // namespace aion::json
