// SPDX-License-Identifier: MIT OR Apache-2.0
// What an attacker can make who has read docs/file-format.md and holds some keys: files whose every
// unsigned part is consistent. Written from that page alone, without the library's writer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "aion/crypto/signing.hpp"
#include "proof/file_map.hpp"

namespace aion::proof {

/// One version with its signature.
struct ForgedVersion {
    std::uint64_t number = 0;
    Hash parent;
    Hash rules_hash;
    std::uint64_t author = 0;
    std::uint64_t time = 0;
    std::uint64_t message_offset = 0;
    std::string message;
    std::uint64_t signed_by = 0;
    PublicKey key;
    Signature signature;

    /// The 100 bytes that are hashed and signed.
    [[nodiscard]] Bytes body() const;
    /// The BLAKE3 of the body.
    [[nodiscard]] Hash hash() const;
};

class Forgery {
  public:
    std::uint64_t file_id = 0;
    Bytes payload;
    std::array<std::uint8_t, 12> nonce{};
    std::vector<ForgedVersion> versions;

    /// Takes a genuine file apart.
    [[nodiscard]] static Forgery of(ByteView file, ByteView payload);

    /// The file: header, audit trail, seal and trailing hash as the versions imply them. Parent
    /// hashes, message offsets and signatures are as they are.
    [[nodiscard]] Bytes write() const;

    /// Appends a version that follows properly, signed with `key`, and makes `content` the payload.
    void append(std::uint64_t author, crypto::SigningKey& key, const std::string& content,
                const std::string& message = "forged");

    /// Puts the messages one behind the other.
    void lay_messages();
    /// Makes each version from `i` on follow the one before it.
    void relink_from(std::size_t i);
    /// Signs version `i` as its author with `key`, which becomes the embedded one.
    void sign(std::size_t i, crypto::SigningKey& key);
    /// Makes `content` the payload, and what the last version says of it true.
    void set_payload(const std::string& content);
};

}  // namespace aion::proof
