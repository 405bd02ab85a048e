// SPDX-License-Identifier: MIT OR Apache-2.0
// A JSON or YAML document of somebody else, as a tree, within limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/result.hpp"

namespace aion::report {

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

/// Bounds on what is read, so that a hostile document costs no more than a few times its length.
struct ValueLimits {
    std::size_t depth = 128;
    std::size_t values = 1'000'000;
};

/// Strict JSON (base/json_reader.hpp): no duplicate keys. Errors: `invalid_format`, with the place.
[[nodiscard]] Result<Value> parse_json(std::string_view text, const ValueLimits& limits = {});

/// One YAML document, core schema of YAML 1.2 for plain scalars. Anchors, aliases, merge keys,
/// tags of other types, keys that are no scalars, and duplicate keys are refused: what a person
/// reads is what is compared. Errors: `invalid_format`, with line and column.
[[nodiscard]] Result<Value> parse_yaml(std::string_view text, const ValueLimits& limits = {});

}  // namespace aion::report
