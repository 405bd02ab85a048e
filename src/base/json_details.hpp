// SPDX-License-Identifier: MIT OR Apache-2.0
// What the one JSON reader refuses.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::json {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class JsonDetail : std::uint8_t {
    json_too_large,        ///< More bytes than the document may have.
    json_invalid_utf8,     ///< The text is not UTF-8.
    json_byte_order_mark,  ///< The text begins with a byte-order mark.
    json_nul,              ///< The text has a NUL character.
    json_syntax,           ///< Not JSON, or a number that is out of range.
    json_duplicate_key,    ///< An object has a key twice.
    json_too_many_values,  ///< More values than the document may have.
    json_too_deep,         ///< Arrays and objects inside each other, too many.
    json_missing_key,      ///< A key that must be there is not.
    json_wrong_type,       ///< A value of another type or range than expected.
    json_unknown_key,      ///< A key that nobody knows, where that is an error.
};

inline constexpr NameTable json_details(std::to_array<DetailRow<JsonDetail>>({
    {JsonDetail::json_too_large, "json_too_large", "text has {} bytes, more than {}"},
    {JsonDetail::json_invalid_utf8, "json_invalid_utf8", "{}"},
    {JsonDetail::json_byte_order_mark, "json_byte_order_mark",
     "byte-order mark at line 1 column 1"},
    {JsonDetail::json_nul, "json_nul", "NUL character at {}"},
    {JsonDetail::json_syntax, "json_syntax", "{} at {}"},
    {JsonDetail::json_duplicate_key, "json_duplicate_key", "duplicate key \"{}\"{}"},
    {JsonDetail::json_too_many_values, "json_too_many_values", "more than {} values"},
    {JsonDetail::json_too_deep, "json_too_deep", "nested more than {} deep"},
    {JsonDetail::json_missing_key, "json_missing_key", "missing"},
    {JsonDetail::json_wrong_type, "json_wrong_type", "expected {}, found {}"},
    {JsonDetail::json_unknown_key, "json_unknown_key", "unknown key"},
}));

consteval const auto& details_of(JsonDetail /*of which layer*/) {
    return json_details;
}

}  // namespace aion::json
