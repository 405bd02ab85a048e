// SPDX-License-Identifier: MIT OR Apache-2.0
// A JSON or YAML document of somebody else, as a tree, within limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/result.hpp"

namespace aion {

/// One value of a document. Numbers keep their text: nothing is rounded.
struct Value {
    enum class Kind : std::uint8_t { null, boolean, number, text, list, object };

    Kind kind = Kind::null;
    bool truth = false;
    std::string text;  ///< Of a number as written, of a text its content.
    std::vector<Value> items;
    std::vector<std::pair<std::string, Value>> members;  ///< In the order of the document.

    /// The member of that name, or nullptr.
    [[nodiscard]] const Value* find(std::string_view name) const noexcept;
    friend bool operator==(const Value&, const Value&) = default;
};

/// The number that `text` is in decimal, without sign or needless zeros; nothing if it is none.
[[nodiscard]] std::optional<std::uint64_t> unsigned_from(std::string_view text) noexcept;

/// Bounds on what is read. A value costs some 150 bytes of memory. While YAML is read, each word of
/// what stands in one line, or in brackets, costs another 100 for each of up to three tokens: there
/// are no more than three tokens a value that is allowed. So a hostile document costs 400 MB at the
/// most, and three seconds; and objects in brackets, with all their commas and colons, may have
/// some three quarters of the values that all others may.
struct ValueLimits {
    std::size_t depth = 128;                         ///< Lists and objects inside each other.
    std::size_t values = 1'000'000;                  ///< Of any kind, all levels together.
    std::size_t json_size = std::size_t{64} << 20U;  ///< Bytes of text.
    std::size_t yaml_size = std::size_t{8} << 20U;   ///< The same; YAML is read at some 3 MB/s.
};

/// Strict JSON (base/json_reader.hpp): no duplicate keys. Errors: `invalid_format`, with the place
/// and a detail of base/json_details.hpp.
[[nodiscard]] Result<Value> parse_json(std::string_view text, const ValueLimits& limits = {});

/// One YAML document, core schema of YAML 1.2 for plain scalars. Anchors, aliases, merge keys,
/// tags of other types, keys that are null or no scalars, and duplicate keys are refused: what a
/// person reads is what is compared. A key that is a number or boolean is its text as written.
/// Errors: `invalid_format`, with line and column (characters, from 1) and a detail of
/// base/yaml_details.hpp.
[[nodiscard]] Result<Value> parse_yaml(std::string_view text, const ValueLimits& limits = {});

}  // namespace aion
