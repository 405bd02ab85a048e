// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as a JSON or YAML document of somebody else: it is refused with a place, or it is a tree
// within the limits, whose texts are UTF-8 and whose keys are different; what is JSON is what
// another reader of JSON finds in it, and what is both is the same tree.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>

#include "aion/base/bytes.hpp"
#include "aion/base/utf8.hpp"
#include "base/value.hpp"
#include "support/require.hpp"

namespace {

using aion::Value;
using aion::fuzz::require;

// Small, so that they are met.
constexpr aion::ValueLimits limits{.depth = 12, .values = 300};

// Of keys and values together at most as many as were allowed.
std::size_t check(const Value& value, std::size_t depth) {  // NOLINT(misc-no-recursion): bounded
    const bool holds = value.kind == Value::Kind::list || value.kind == Value::Kind::object;
    require(depth < limits.depth || !holds);
    require(!aion::find_utf8_fault(value.text));
    std::size_t count = 1;
    for (const Value& item : value.items) {
        count += check(item, depth + 1);
    }
    std::set<std::string> keys;
    for (const auto& [key, member] : value.members) {
        require(!aion::find_utf8_fault(key) && keys.insert(key).second);
        require(value.find(key) == &member);
        count += check(member, depth + 1);
    }
    return count;
}

bool same(const Value& a, const nlohmann::json& b) {  // NOLINT(misc-no-recursion): bounded
    switch (a.kind) {
        case Value::Kind::null:
            return b.is_null();
        case Value::Kind::boolean:
            return b.is_boolean() && b.get<bool>() == a.truth;
        case Value::Kind::number:
            return b.is_number() && nlohmann::json::parse(a.text) == b;
        case Value::Kind::text:
            return b.is_string() && b.get_ref<const std::string&>() == a.text;
        case Value::Kind::list:
            return b.is_array() &&
                   std::equal(a.items.begin(), a.items.end(), b.begin(), b.end(), same);
        case Value::Kind::object:
            break;
    }
    return b.is_object() && b.size() == a.members.size() &&
           std::ranges::all_of(a.members, [&](const auto& member) {
               return b.contains(member.first) && same(member.second, b.at(member.first));
           });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = aion::as_text({data, size});
    const auto json = aion::parse_json(text, limits);
    const auto yaml = aion::parse_yaml(text, limits);
    for (const auto* read : {&json, &yaml}) {
        if (*read) {
            require(check(**read, 0) <= limits.values);
        } else {
            require(!read->error().detail().empty() && !read->error().full_message().empty());
        }
    }
    if (json) {
        require(same(*json, nlohmann::json::parse(text)));
        require(!yaml || *yaml == *json);
    }
    return 0;
}
