// SPDX-License-Identifier: MIT OR Apache-2.0
// The vectors under tests/data/vectors (tests/data/README.md says what they are). Anything
// unreadable throws, which fails the test that asked.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"

namespace aion::test {

/// One version as index.json tells it.
struct VectorVersion {
    VersionNumber number;
    AuthorId author;
    std::string key;  ///< Name of the signing key, see `load_test_keys`.
    std::string message;
    std::uint64_t payload_size = 0;
    Hash rules_hash;
    Timestamp timestamp;
    std::optional<Hash> version_hash;  ///< Absent for the genesis.
};

/// A file that verifies. Paths are relative to the vectors, for `read_vector`.
struct ValidVector {
    std::string file;
    std::string payload;
    std::string registry;
    FileId file_id;
    std::uint64_t size = 0;
    Hash blake3;  ///< Of the whole file.
    std::uint64_t version_count = 0;
    std::vector<VectorVersion> history;  ///< Of long chains only the first and the last.
};

/// A changed file and what a sound verifier says of it.
struct HostileVector {
    std::string file;
    std::string base;
    std::string registry;
    std::string expect;  ///< `invalid`, `valid-unless-pinned`, `valid-but-named-unauthenticated`.
    std::string gate;
    std::string note;
    std::string reference_says;
};

struct TestKey {
    std::array<std::uint8_t, 32> seed{};
    PublicKey public_key;
};

[[nodiscard]] std::vector<ValidVector> load_valid_vectors();
[[nodiscard]] std::vector<HostileVector> load_hostile_vectors();
/// By name: `a1`, `m1`, …
[[nodiscard]] std::map<std::string, TestKey> load_test_keys();

/// All bytes of a file under tests/data/vectors, e.g. `read_vector("valid/chain-2.aion")`.
[[nodiscard]] Bytes read_vector(const std::string& path);

}  // namespace aion::test
