// SPDX-License-Identifier: MIT OR Apache-2.0
// Environment variables that make a test longer or replay one of its cases.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace aion::test {

/// The number in the environment variable `name`, else `otherwise`. Throws when it holds anything
/// else, so that a mistyped run is not taken for a long one.
inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): tests set none
    if (text == nullptr) {
        return otherwise;
    }
    std::size_t used = 0;
    const std::uint64_t number = std::stoull(text, &used);
    if (used != std::string(text).size()) {
        throw std::invalid_argument(std::string(name) + " is not a number: " + text);
    }
    return number;
}

}  // namespace aion::test
