// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers that a long run sets from outside.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace aion::test {

/// The number in the environment variable `name`, or `otherwise`.
[[nodiscard]] inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    const std::string_view digits(text == nullptr ? "" : text);
    std::uint64_t value = otherwise;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace aion::test
