// SPDX-License-Identifier: MIT OR Apache-2.0
// A small world for policy tests: one environment in memory, two authors, their registry.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/author.hpp"
#include "aion/policy/verify.hpp"
#include "support/vectors.hpp"

namespace aion::policy::test {

inline constexpr AuthorId alice{1001};
inline constexpr AuthorId bob{1002};
inline constexpr Timestamp start{1'700'000'000'000'000'000};

inline crypto::SigningKey key_from(std::uint8_t fill) {
    const Bytes seed(32, fill);
    return *crypto::SigningKey::from_seed(seed);
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

class World : public ::testing::Test {
  protected:
    World() {
        env.set_now(start);
        const PublicKey master = key_from(0x99).public_half();
        EXPECT_TRUE(registry.pin(alice, master, alice_key.public_half()).has_value());
        EXPECT_TRUE(registry.pin(bob, master, bob_key.public_half()).has_value());
    }

    CommitReceipt must_create(std::string_view payload = "rules: 1\n", CreateOptions options = {}) {
        auto made = create(env, path, as_bytes(payload), alice, alice_key, options);
        EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().full_message());
        return made ? *made : CommitReceipt{};
    }

    Result<CommitReceipt> try_commit(std::string_view payload, std::string_view message = "change",
                                     AuthorId author = alice) {
        CommitOptions options;
        options.message = message;
        crypto::SigningKey& key = author == alice ? alice_key : bob_key;
        return commit(env, path, as_bytes(payload), author, key, registry, options);
    }

    CommitReceipt must_commit(std::string_view payload, std::string_view message = "change",
                              AuthorId author = alice) {
        env.advance(1'000'000'000);
        auto made = try_commit(payload, message, author);
        EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().full_message());
        return made ? *made : CommitReceipt{};
    }

    Bytes content() const { return *env.get(path); }

    VerificationReport check(ByteView bytes, VerifyOptions options = {}) const {
        return verify(bytes, registry, start, options);
    }

    MemoryEnv env;
    std::filesystem::path path = "/policies/policy.aion";
    crypto::SigningKey alice_key = key_from(0x11);
    crypto::SigningKey bob_key = key_from(0x22);
    trust::Registry registry;

    void SetUp() override { env.put_directory("/policies"); }
};

/// Recomputes the trailing hash, so that only what was changed on purpose is wrong.
inline void rehash(Bytes& file) {
    const auto covered = file.size() - format::integrity_size;
    const Hash hash = crypto::blake3(ByteView(file).first(covered));
    std::ranges::copy(hash.bytes, file.begin() + static_cast<std::ptrdiff_t>(covered));
}

/// The first gate that did not pass.
inline std::optional<Gate> first_failed(const VerificationReport& report) {
    for (const Gate gate : all_gates) {
        if (report.state(gate) != GateState::passed) {
            return gate;
        }
    }
    return std::nullopt;
}

inline std::string failed_gates(const VerificationReport& report) {
    std::string text;
    for (const Gate gate : all_gates) {
        if (report.state(gate) != GateState::passed) {
            text += std::string(name_of(gate)) + " ";
        }
    }
    return text;
}

}  // namespace aion::policy::test
