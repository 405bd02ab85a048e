// SPDX-License-Identifier: MIT OR Apache-2.0
// The tree of a JSON text, made of what the strict reader found in it.
#include <cstdint>

#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "base/value.hpp"

namespace aion {
namespace {

// As deep as the reader allowed.
Value tree_of(const json::Value& from) {  // NOLINT(misc-no-recursion): bounded
    Value to;
    if (from.is_null()) {
        return to;
    }
    if (const auto truth = from.boolean()) {
        to.kind = Value::Kind::boolean;
        to.truth = *truth;
    } else if (const auto number = from.number()) {
        to.kind = Value::Kind::number;
        to.text = *number;
    } else if (const auto text = from.text()) {
        to.kind = Value::Kind::text;
        to.text = *text;
    } else if (from.is_array()) {
        to.kind = Value::Kind::list;
        for (const json::Member element : from.children()) {
            to.items.push_back(tree_of(element.value));
        }
    } else {
        to.kind = Value::Kind::object;
        for (const json::Member member : from.children()) {
            to.members.emplace_back(member.key(), tree_of(member.value));
        }
    }
    return to;
}

}  // namespace

Result<Value> parse_json(std::string_view text, const ValueLimits& limits) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = "",
                                       .max_size = limits.json_size,
                                       .max_depth = limits.depth,
                                       .max_values = limits.values}));
    return tree_of(document.root());
}

}  // namespace aion
