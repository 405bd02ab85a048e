// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys and authors of the tests: a key is named by the byte that its seed consists of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "aion/base/ids.hpp"
#include "aion/crypto/signing.hpp"

namespace aion::test {

inline constexpr AuthorId alice{1001};
inline constexpr AuthorId bob{1002};
// Their keys, and the master key of both.
inline constexpr std::uint8_t alices = 0x11;
inline constexpr std::uint8_t bobs = 0x22;
inline constexpr std::uint8_t masters = 0x99;

/// The key whose seed is 32 times `filler`.
inline crypto::SigningKey key_from(std::uint8_t filler) {
    const Bytes seed(crypto::SigningKey::seed_size, filler);
    return crypto::SigningKey::from_seed(seed).value();
}

/// The same, made once for the whole process: what a test holds must not be what memory ends for.
inline crypto::SigningKey& key_of(std::uint8_t filler) {
    static std::map<std::uint8_t, crypto::SigningKey> made;
    auto found = made.find(filler);
    if (found == made.end()) {
        found = made.emplace(filler, key_from(filler)).first;
    }
    return found->second;
}

inline PublicKey public_of(std::uint8_t filler) {
    return key_of(filler).public_half();
}

/// A signer that counts, and answers what the test wants.
class ScriptedSigner final : public crypto::Signer {
  public:
    explicit ScriptedSigner(crypto::SigningKey key) : key_(std::move(key)) {}

    Result<PublicKey> public_key() override { return key_.public_half(); }

    Result<Signature> sign(ByteView message) override {
        ++calls;
        last_message.assign(message.begin(), message.end());
        if (failure) {
            return fail(*failure);
        }
        return answer ? Result<Signature>(*answer) : key_.sign(message);
    }

    int calls = 0;
    Bytes last_message;
    std::optional<Error> failure;
    std::optional<Signature> answer;

  private:
    crypto::SigningKey key_;
};

}  // namespace aion::test
