// SPDX-License-Identifier: MIT OR Apache-2.0
// Looking into parsed JSON.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"

namespace aion::test {

/// A member of a parsed object, which must be there.
inline json::Value member(json::Value value, std::string_view key) {
    for (const json::Member& one : value.children()) {
        if (one.key() == key) {
            return one.value;
        }
    }
    throw std::out_of_range(std::string(key));
}

inline std::string text_member(json::Value value, std::string_view key) {
    return std::string(member(value, key).text().value());
}

inline std::uint64_t number_member(json::Value value, std::string_view key) {
    return member(value, key).integer().value();
}

}  // namespace aion::test
