// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace aion::test {

/// A JSON file under tests/data. Throws when it cannot be read, which fails the test that asked.
inline nlohmann::json json_data(const std::filesystem::path& name) {
    const auto path = std::filesystem::path(AION_TEST_DATA) / name;
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return nlohmann::json::parse(file);
}

/// A file under tests/data/third_party, whose README.md says where it comes from.
inline nlohmann::json third_party_vectors(std::string_view name) {
    return json_data(std::filesystem::path("third_party") / name);
}

}  // namespace aion::test
