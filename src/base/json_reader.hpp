// SPDX-License-Identifier: MIT OR Apache-2.0
// The one reader for JSON that others wrote: strict, bounded, and precise about what is wrong.
//
// A text that two programs could read differently is refused: duplicate keys, a byte-order mark,
// data after the value, invalid UTF-8, lone surrogates, NUL. So is one that is built to hurt:
// too long, too deep, too many values. No tree is made of it: what is read is found in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/result.hpp"
#include "base/details.hpp"

namespace aion::json {

/// One value of a parsed text, whose `Document` it borrows: as cheap to copy as a pointer.
class Value;
/// A value with the key that it has in its object, or none.
struct Member;

/// A text that is JSON, and where in it everything is: four bytes for each key and value, and as
/// many again for an array or object. It borrows the text, and values borrow it: both stay in
/// place.
class Document {
  public:
    [[nodiscard]] Value root() const noexcept;

  private:
    friend class Indexer;
    friend class Value;

    // Set in the place of a string that had to be decoded, which then is one in `decoded_`.
    static constexpr std::uint32_t decoded_bit = std::uint32_t{1} << 31U;

    std::string_view text_;
    // The place of each key and value in the order of the text; behind that of an array or object
    // stands the index of what follows behind its last element.
    std::vector<std::uint32_t> index_;
    std::string decoded_;  // As `Lexer` writes it.
};

class Value {
  public:
    /// `null`, `a boolean`, `an integer`, `a number`, `a string`, `an array` or `an object`. An
    /// integer is a number that 64 bits can hold, without sign, fraction and exponent.
    [[nodiscard]] std::string_view kind() const noexcept;

    [[nodiscard]] bool is_null() const noexcept { return first() == 'n'; }

    [[nodiscard]] bool is_array() const noexcept { return first() == '['; }

    [[nodiscard]] bool is_object() const noexcept { return first() == '{'; }

    /// What an integer is, or nothing for any other value.
    [[nodiscard]] std::optional<std::uint64_t> integer() const noexcept;

    /// A number as it is written, or nothing for any other value.
    [[nodiscard]] std::optional<std::string_view> number() const noexcept;

    /// What a boolean says, or nothing for any other value.
    [[nodiscard]] std::optional<bool> boolean() const noexcept {
        return first() == 't' || first() == 'f' ? std::optional(first() == 't') : std::nullopt;
    }

    /// What a string says, or nothing for any other value.
    [[nodiscard]] std::optional<std::string_view> text() const noexcept;

    /// Whether it is a string whose text is written as it is, without any escape.
    [[nodiscard]] bool is_verbatim() const noexcept {
        return (place() & Document::decoded_bit) == 0 && first() == '"';
    }

    /// Whether it is a string that says `what`, in which there is no quotation mark.
    [[nodiscard]] bool says(std::string_view what) const noexcept;

    /// The elements of an array or the members of an object in the order of the text; nothing else
    /// has any.
    class Children;
    [[nodiscard]] Children children() const noexcept;

  private:
    friend class Document;
    friend class Indexer;

    Value(const Document& document, std::uint32_t at) : document_(&document), at_(at) {}

    [[nodiscard]] std::uint32_t place() const noexcept { return document_->index_[at_]; }

    // Of the value as it is written, which says what kind it is.
    [[nodiscard]] char first() const noexcept {
        return (place() & Document::decoded_bit) != 0 ? '"' : document_->text_[place()];
    }

    [[nodiscard]] std::uint32_t behind() const noexcept {
        return is_array() || is_object() ? document_->index_[at_ + 1] : at_ + 1;
    }

    const Document* document_ = nullptr;
    std::uint32_t at_ = 0;
};

struct Member {
    std::optional<Value> name;  ///< The key, a string, or nothing in an array.
    Value value;

    /// Empty in an array.
    [[nodiscard]] std::string_view key() const noexcept;
};

class Value::Children {
  public:
    class Iterator {
      public:
        Iterator() = default;

        Iterator(const Document& document, bool are_named, std::uint32_t at)
            : document_(&document), at_(at), are_named_(are_named) {}

        [[nodiscard]] Member operator*() const noexcept {
            if (are_named_) {
                return {Value(*document_, at_), Value(*document_, at_ + 1)};
            }
            return {std::nullopt, Value(*document_, at_)};
        }

        Iterator& operator++() noexcept {
            at_ = (**this).value.behind();
            return *this;
        }

        friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
            return a.at_ == b.at_;
        }

      private:
        const Document* document_ = nullptr;
        std::uint32_t at_ = 0;
        bool are_named_ = false;
    };

    Children(Iterator begin, Iterator end) : begin_(begin), end_(end) {}

    [[nodiscard]] Iterator begin() const noexcept { return begin_; }

    [[nodiscard]] Iterator end() const noexcept { return end_; }

  private:
    Iterator begin_;
    Iterator end_;
};

/// What to accept, and how to begin the reason of an error.
struct ReadOptions {
    std::string_view error_prefix;  ///< A literal such as `registry JSON parse failed: `.
    std::size_t max_size = std::size_t{1} << 20U;    ///< Bytes of text.
    std::size_t max_depth = 32;                      ///< Arrays and objects inside each other.
    std::size_t max_values = std::size_t{1} << 20U;  ///< Values of any kind, all levels together.
};

/// Reads one value that is all of `text`, white space around it aside. `text` stays in place as
/// long as the document. Takes a third of the text's size and at most 12 bytes a value; besides,
/// while it is made, 8 for each key of the objects that are open, and what strings with escapes
/// say. Error: `invalid_format`; its reason begins with `options.error_prefix` and says what is
/// wrong and where (line and column, or the path of keys); its detail is one of json_details.hpp.
/// Throws nothing but `std::bad_alloc`.
[[nodiscard]] Result<Document> parse(std::string_view text, const ReadOptions& options);

/// Typed access to the keys of one object. Borrows the document, and the reader of the object that
/// it is part of: both must outlive it, in place.
/// Every error is `invalid_format` with a detail of json_details.hpp and names the place, e.g.
/// `authors[2].epochs[0].epoch: expected an integer from 0 to 4294967295, found a string`.
class ObjectReader {
  public:
    /// The object at the top of a document. Error: the document is no object.
    [[nodiscard]] static Result<ObjectReader> root(const Document& document,
                                                   std::string_view error_prefix);

    /// A required integer. Errors: missing; not an integer of that range.
    [[nodiscard]] Result<std::uint64_t> u64(std::string_view key) const;
    [[nodiscard]] Result<std::uint32_t> u32(std::string_view key) const;

    /// A required string; valid as long as the document. Errors: missing; not a string.
    [[nodiscard]] Result<std::string_view> text(std::string_view key) const;
    /// The same, nothing when the key is absent or null.
    [[nodiscard]] Result<std::optional<std::string_view>> text_or_null(std::string_view key) const;

    /// A required object; `key` is kept: a literal. Errors: missing; not an object.
    [[nodiscard]] Result<ObjectReader> object(std::string_view key) const;
    /// The same, nothing when the key is absent (null is an error).
    [[nodiscard]] Result<std::optional<ObjectReader>> object_if_any(std::string_view key) const;

    /// Its members, each of which must be a string, in the order of the text; they live as long as
    /// the document. Error: a member that is no string.
    [[nodiscard]] Result<std::vector<std::pair<std::string_view, std::string_view>>> all_texts()
        const;

    /// Any required value. Error: missing.
    [[nodiscard]] Result<Value> any(std::string_view key) const;

    /// The same, nothing when the key is absent.
    [[nodiscard]] std::optional<Value> any_if_any(std::string_view key) const noexcept {
        return find(key);
    }

    /// A required array of objects. `key` is kept: a literal. Errors: missing; not an array; an
    /// element is no object.
    class Objects;
    [[nodiscard]] Result<Objects> objects(std::string_view key) const;
    /// The same, empty when the key is absent (null is an error).
    [[nodiscard]] Result<Objects> objects_if_any(std::string_view key) const;

    /// An array of strings, nothing when the key is absent (null is an error); valid as long as
    /// the document. Errors: not an array; an element is no string.
    [[nodiscard]] Result<std::optional<std::vector<std::string_view>>> texts_if_any(
        std::string_view key) const;

    /// Error: the object has a key that is not in `known`.
    [[nodiscard]] Result<> check_only(std::initializer_list<std::string_view> known) const;

    /// The keys that are not in `known`, in the order of the text. They live as long as the
    /// document. `known`: keys without quotation marks.
    [[nodiscard]] std::vector<std::string_view> unknown(
        std::span<const std::string_view> known) const;

    /// Where `key` of this object is, e.g. `authors[2].epochs[0].epoch`.
    [[nodiscard]] std::string place_of(std::string_view key) const;

    /// The error for `key` of this object, for rules that only the caller knows.
    [[nodiscard]] Error error_at(std::string_view key, const Told& problem) const;

  private:
    ObjectReader(Value object, std::string_view error_prefix)
        : object_(object), error_prefix_(error_prefix) {}

    ObjectReader(const ObjectReader& parent, std::string_view key,
                 std::optional<std::size_t> number, Value object)
        : object_(object),
          error_prefix_(parent.error_prefix_),
          parent_(&parent),
          key_(key),
          number_(number) {}

    [[nodiscard]] std::optional<Value> find(std::string_view key) const noexcept;
    [[nodiscard]] Result<std::uint64_t> integer(std::string_view key, std::uint64_t max) const;
    [[nodiscard]] Result<Objects> objects_in(Value value, std::string_view key) const;
    [[nodiscard]] Error missing(std::string_view key) const;
    [[nodiscard]] Error mismatch(std::string_view key, std::string_view expected,
                                 Value found) const;

    Value object_;
    std::string_view error_prefix_;
    // Where this object is: the parent's `key_`, or element `number_` of that; the root has no
    // parent.
    const ObjectReader* parent_ = nullptr;
    std::string_view key_;
    std::optional<std::size_t> number_;
};

/// The elements of an array of objects. Borrows the reader that it comes from.
class ObjectReader::Objects {
  public:
    class Iterator {
      public:
        Iterator() = default;

        Iterator(const ObjectReader& parent, std::string_view key, Value::Children::Iterator at,
                 std::size_t number)
            : parent_(&parent), key_(key), at_(at), number_(number) {}

        [[nodiscard]] ObjectReader operator*() const noexcept {
            return {*parent_, key_, number_, (*at_).value};
        }

        Iterator& operator++() noexcept {
            ++at_;
            ++number_;
            return *this;
        }

        friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
            return a.number_ == b.number_;
        }

      private:
        const ObjectReader* parent_ = nullptr;
        std::string_view key_;
        Value::Children::Iterator at_;
        std::size_t number_ = 0;
    };

    [[nodiscard]] Iterator begin() const noexcept { return begin_; }

    [[nodiscard]] Iterator end() const noexcept { return end_; }

    Objects() = default;

    Objects(Iterator begin, Iterator end) : begin_(begin), end_(end) {}

  private:
    Iterator begin_;
    Iterator end_;
};

}  // namespace aion::json
