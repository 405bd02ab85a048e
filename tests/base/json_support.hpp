// SPDX-License-Identifier: MIT OR Apache-2.0
// Looking into parsed JSON.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "base/json_reader.hpp"

namespace aion::test {

/// A member of a parsed object, which must be there.
inline const json::Value& member(const json::Value& value, std::string_view key) {
    for (const json::Member& one : std::get<json::Value::Object>(value.data)) {
        if (one.key == key) {
            return one.value;
        }
    }
    throw std::out_of_range(std::string(key));
}

inline const std::string& text_member(const json::Value& value, std::string_view key) {
    return std::get<std::string>(member(value, key).data);
}

inline std::uint64_t number_member(const json::Value& value, std::string_view key) {
    return std::get<std::uint64_t>(member(value, key).data);
}

}  // namespace aion::test
