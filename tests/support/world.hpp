// SPDX-License-Identifier: MIT OR Apache-2.0
// A small world: one environment in memory, a policy file, two authors, their registry.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/commit.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/policy/verify.hpp"
#include "support/keys.hpp"
#include "support/vectors.hpp"

namespace aion::policy::test {

using aion::test::alice;
using aion::test::bob;
using aion::test::key_from;
using aion::test::ScriptedSigner;

inline constexpr std::string_view genesis_message = "Genesis version";
inline constexpr Timestamp start{1'700'000'000'000'000'000};

/// Alice and Bob, each with one epoch from the first version on.
inline const trust::Registry& known_registry() {
    static const trust::Registry known = [] {
        trust::Registry made;
        made.pin(alice, aion::test::public_of(aion::test::masters),
                 aion::test::public_of(aion::test::alices))
            .value();
        made.pin(bob, aion::test::public_of(aion::test::masters),
                 aion::test::public_of(aion::test::bobs))
            .value();
        return made;
    }();
    return known;
}

class World : public ::testing::Test {
  protected:
    World() { env.set_now(start); }

    CommitReceipt must_create(std::string_view payload = "rules: 1\n", CreateOptions options = {}) {
        auto made =
            create(env, path, {as_bytes(payload), alice, genesis_message}, alice_key, options);
        EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().full_message());
        return made ? *made : CommitReceipt{};
    }

    Result<CommitReceipt> try_commit(std::string_view payload, std::string_view message = "change",
                                     AuthorId author = alice) {
        crypto::SigningKey& key = author == alice ? alice_key : bob_key;
        return commit(env, path, {as_bytes(payload), author, message}, key, registry);
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
    crypto::SigningKey alice_key = key_from(aion::test::alices);
    crypto::SigningKey bob_key = key_from(aion::test::bobs);
    trust::Registry registry = known_registry();

    void SetUp() override { env.put_directory("/policies"); }
};

/// Recomputes the trailing hash, so that only what was changed on purpose is wrong.
inline void rehash(Bytes& file) {
    const auto covered = file.size() - format::integrity_size;
    const Hash hash = crypto::blake3(ByteView(file).first(covered));
    std::ranges::copy(hash.bytes, file.begin() + static_cast<std::ptrdiff_t>(covered));
}

inline bool is_against(const VerificationReport& report, Gate gate) {
    return report.asked(gate) && report.state(gate) != GateState::passed;
}

/// The first gate that was asked and did not pass.
inline std::optional<Gate> first_failed(const VerificationReport& report) {
    for (const Gate gate : all_gates) {
        if (is_against(report, gate)) {
            return gate;
        }
    }
    return std::nullopt;
}

inline std::string failed_gates(const VerificationReport& report) {
    std::string text;
    for (const Gate gate : all_gates) {
        if (is_against(report, gate)) {
            text += std::string(name_of(gate)) + " ";
        }
    }
    return text;
}

}  // namespace aion::policy::test
