// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/vectors.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "aion/base/hex.hpp"

namespace aion::test {

namespace {

using Json = nlohmann::json;

Json load_json(const std::string& path) {
    return Json::parse(read_vector(path));
}

std::string text_at(const Json& object, const char* key) {
    return object.at(key).get<std::string>();
}

std::uint64_t number_at(const Json& object, const char* key) {
    return object.at(key).get<std::uint64_t>();
}

template <class Value>
Value octets(const std::string& hex) {
    auto value = octets_from_hex<Value>(hex);
    if (!value) {
        throw std::runtime_error("vectors: bad hex: " + value.error().message());
    }
    return *value;
}

VectorVersion version_from(const Json& row) {
    VectorVersion version;
    version.number = {number_at(row, "version")};
    version.author = {number_at(row, "author")};
    version.key = text_at(row, "key");
    version.message = text_at(row, "message");
    version.payload_size = number_at(row, "payload_len");
    version.rules_hash = octets<Hash>(text_at(row, "rules_hash"));
    version.timestamp = {number_at(row, "timestamp")};
    if (const auto& hash = row.at("version_hash"); !hash.is_null()) {
        version.version_hash = octets<Hash>(hash.get<std::string>());
    }
    return version;
}

ValidVector valid_from(const Json& row) {
    ValidVector vector;
    vector.file = text_at(row, "file");
    vector.payload = text_at(row, "payload");
    vector.registry = text_at(row, "registry");
    vector.file_id = {std::stoull(text_at(row, "file_id"), nullptr, 16)};
    vector.size = number_at(row, "bytes");
    vector.blake3 = octets<Hash>(text_at(row, "blake3"));
    vector.version_count = number_at(row, "versions");
    for (const Json& version : row.at("history")) {
        vector.history.push_back(version_from(version));
    }
    return vector;
}

}  // namespace

std::vector<ValidVector> load_valid_vectors() {
    std::vector<ValidVector> vectors;
    const Json index = load_json("index.json");
    for (const Json& row : index.at("valid")) {
        vectors.push_back(valid_from(row));
    }
    return vectors;
}

std::vector<HostileVector> load_hostile_vectors() {
    std::vector<HostileVector> vectors;
    const Json rows = load_json("hostile.json");
    for (const Json& row : rows) {
        vectors.push_back({.file = text_at(row, "file"),
                           .base = text_at(row, "base"),
                           .registry = text_at(row, "registry"),
                           .expect = text_at(row, "expect"),
                           .gate = text_at(row, "gate"),
                           .note = text_at(row, "note"),
                           .reference_says = text_at(row, "reference_says")});
    }
    return vectors;
}

std::map<std::string, TestKey> load_test_keys() {
    struct SeedPurpose;
    std::map<std::string, TestKey> keys;
    const Json index = load_json("index.json");
    for (const auto& [name, row] : index.at("keys").items()) {
        keys[name] = {.seed = octets<Octets<32, SeedPurpose>>(text_at(row, "seed")).bytes,
                      .public_key = octets<PublicKey>(text_at(row, "public"))};
    }
    return keys;
}

Bytes read_vector(const std::string& path) {
    std::ifstream file(std::string(AION_TEST_DATA) + "/vectors/" + path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("vectors: cannot read " + path);
    }
    return Bytes(std::istreambuf_iterator<char>(file), {});
}

}  // namespace aion::test
