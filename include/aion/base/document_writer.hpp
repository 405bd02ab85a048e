// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing a structured result without knowing its form: JSON, JSON Lines (json_writer.hpp), or
// whatever else a program brings. Streaming: no tree of values is built, so a document may be
// longer than memory.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/ids.hpp"

namespace aion {

/// A document as a sequence of calls, from its first value to the end of that value. Inside an
/// object every value follows its `key`; containers are ended in the reverse order of their
/// beginning. Text may be any bytes: what is not UTF-8 is written as U+FFFD, so that the document
/// can always be read. Nothing fails but by `std::bad_alloc`, and by what the sink throws.
///
///     out.begin_object().member("path", path).key("findings").begin_array();
///     …
///     out.end_array().end_object();
class DocumentWriter {
  public:
    DocumentWriter() = default;
    virtual ~DocumentWriter() = default;
    DocumentWriter(const DocumentWriter&) = delete;
    DocumentWriter& operator=(const DocumentWriter&) = delete;
    DocumentWriter(DocumentWriter&&) = delete;
    DocumentWriter& operator=(DocumentWriter&&) = delete;

    virtual DocumentWriter& begin_object() = 0;
    virtual DocumentWriter& end_object() = 0;
    virtual DocumentWriter& begin_array() = 0;
    virtual DocumentWriter& end_array() = 0;
    /// An object that is one of several kinds: in JSON the only member of an object, under the
    /// name of its kind; in YAML an object with that tag.
    virtual DocumentWriter& begin_variant(std::string_view kind) = 0;
    virtual DocumentWriter& end_variant() = 0;
    /// The name of the next value.
    virtual DocumentWriter& key(std::string_view name) = 0;

    virtual DocumentWriter& text(std::string_view text) = 0;
    /// All 64 bits, exactly.
    virtual DocumentWriter& number(std::uint64_t number) = 0;
    virtual DocumentWriter& signed_number(std::int64_t number) = 0;
    virtual DocumentWriter& boolean(bool truth) = 0;
    virtual DocumentWriter& null() = 0;

    /// Hands on all that was said so far. A sink that changes behind that gets what is said behind
    /// it, and nothing else: so the beginning of a document may be kept back until its end is
    /// known.
    virtual void flush() = 0;

    /// The same by type. An id is its number, bytes of fixed length are an array of numbers, an
    /// empty optional is null.
    DocumentWriter& value(std::string_view what) { return text(what); }

    DocumentWriter& value(const std::string& what) { return text(what); }

    DocumentWriter& value(const char* what) { return text(what); }

    DocumentWriter& value(std::nullptr_t) { return null(); }

    template <std::integral T>
    DocumentWriter& value(T what) {
        if constexpr (std::same_as<T, bool>) {
            return boolean(what);
        } else if constexpr (std::unsigned_integral<T>) {
            return number(what);
        } else {
            return signed_number(what);
        }
    }

    template <class Rep, class Purpose>
    DocumentWriter& value(Id<Rep, Purpose> id) {
        return number(id.value);
    }

    template <std::size_t size>
    DocumentWriter& value(const std::array<std::uint8_t, size>& bytes) {
        begin_array();
        for (const std::uint8_t byte : bytes) {
            number(byte);
        }
        return end_array();
    }

    template <class T>
    DocumentWriter& value(const std::optional<T>& what) {
        return what ? value(*what) : null();
    }

    template <class T>
    DocumentWriter& member(std::string_view name, const T& what) {
        return key(name).value(what);
    }
};

}  // namespace aion
