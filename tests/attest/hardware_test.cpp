// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/hardware.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "aion/base/base64.hpp"
#include "supply/vectors.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::attest {
namespace {

using test::code_of;
using test::key_of;
using test::ok;
using test::public_of;

/// Says yes or no to everything of one kind, and counts.
class ScriptedVerifier final : public EvidenceVerifier {
  public:
    [[nodiscard]] bool knows(EvidenceKind kind) const noexcept override { return kind == known; }

    [[nodiscard]] Result<> verify(const Evidence& evidence, const PublicKey& expected) override {
        ++calls;
        last_evidence = evidence;
        last_key = expected;
        return refuses ? Result<>(fail(error_because(ErrorCode::verdict_invalid, "not today")))
                       : Result<>();
    }

    EvidenceKind known = EvidenceKind::custom;
    bool refuses = false;
    int calls = 0;
    Evidence last_evidence;
    PublicKey last_key;
};

class HardwareBindings : public ::testing::Test {
  protected:
    HardwareBindings() {
        ok(registry.pin(test::alice, public_of(test::masters), public_of(test::alices)));
    }

    static HardwareBinding binding_of(Epoch epoch, std::uint8_t key) {
        HardwareBinding binding;
        binding.author = test::alice;
        binding.epoch = epoch;
        binding.public_key = public_of(key);
        binding.evidence = {.kind = EvidenceKind::custom, .nonce = {}, .bytes = {1, 2, 3}};
        binding.evidence.nonce.bytes.fill(7);
        return ok(sign(binding, key_of(test::masters)));
    }

    BindingFinding judge(const HardwareBinding& binding, const BindingRules& rules = {}) {
        return ok(judge_binding(binding, registry, rules, verifier)).finding;
    }

    trust::Registry registry;
    ScriptedVerifier verifier;
    HardwareBinding good = binding_of(Epoch{0}, test::alices);
};

TEST_F(HardwareBindings, AreSignedAsTheReferenceDoes) {
    const auto vectors = test::supply_vectors("hardware-bindings.json");
    crypto::SigningKey master = test::supply_key(vectors["master"]);
    const PublicKey key = test::supply_key(vectors["key"]).public_half();
    const trust::Registry pinned = test::supply_registry();
    ASSERT_EQ(vectors["bindings"].size(), 7U);
    for (const auto& vector : vectors["bindings"]) {
        HardwareBinding binding;
        binding.author = AuthorId{vectors["author"]};
        binding.epoch = Epoch{vectors["epoch"]};
        binding.public_key = key;
        binding.evidence.kind = ok(evidence_kind_from_code(vector["kind"]));
        binding.evidence.nonce.bytes.fill(vector["nonce_byte"]);
        const std::string evidence = vector["evidence"];
        binding.evidence.bytes.assign(evidence.begin(), evidence.end());
        EXPECT_EQ(to_hex(binding.message()), vector["message"].get<std::string>());
        binding = ok(sign(binding, master));
        EXPECT_EQ(to_hex(binding.master_signature), vector["master_signature"].get<std::string>());
        verifier.known = binding.evidence.kind;
        EXPECT_TRUE(ok(judge_binding(binding, pinned, {}, verifier)).is_valid());
    }
}

TEST_F(HardwareBindings, KindsHaveTheReferencesNumbersAndNoOthers) {
    for (const std::uint16_t code : std::to_array<std::uint16_t>({1, 2, 3, 4, 5, 6, 7, 8, 65535})) {
        const EvidenceKind kind = ok(evidence_kind_from_code(code));
        EXPECT_EQ(static_cast<std::uint16_t>(kind), code);
        EXPECT_EQ(evidence_kind_named(name_of(kind)), kind);
    }
    for (const std::uint16_t code : std::to_array<std::uint16_t>({0, 9, 100, 65534})) {
        const auto kind = evidence_kind_from_code(code);
        EXPECT_EQ(test::refusal(kind),
                  "Invalid file format: Unknown attestation kind: " + std::to_string(code));
    }
    EXPECT_EQ(evidence_kind_named("unknown"), std::nullopt);
}

TEST_F(HardwareBindings, AskTheVerifierOnceAboutWhatIsBound) {
    EXPECT_EQ(judge(good), BindingFinding::valid);
    EXPECT_EQ(verifier.calls, 1);
    EXPECT_EQ(verifier.last_evidence, good.evidence);
    EXPECT_EQ(verifier.last_key, public_of(test::alices));
    verifier.refuses = true;
    const auto verdict = ok(judge_binding(good, registry, {}, verifier));
    EXPECT_EQ(verdict.finding, BindingFinding::evidence_refused);
    EXPECT_EQ(verdict.reason(), "not today");
    EXPECT_FALSE(verdict.is_valid());
}

TEST_F(HardwareBindings, AnyFieldChangedIsNotWhatTheMasterSigned) {
    const auto refused = [this](auto change) {
        HardwareBinding changed = good;
        change(changed);
        EXPECT_EQ(judge(changed), BindingFinding::bad_master_signature);
    };
    refused([](HardwareBinding& b) { b.evidence.kind = EvidenceKind::tpm2_quote; });
    refused([](HardwareBinding& b) { b.evidence.nonce.bytes[31] ^= 1; });
    refused([](HardwareBinding& b) { b.evidence.nonce = {}; });
    refused([](HardwareBinding& b) { b.evidence.bytes[0] ^= 1; });
    refused([](HardwareBinding& b) { b.evidence.bytes.clear(); });
    refused([](HardwareBinding& b) { b.master_signature.bytes[0] ^= 1; });
    HardwareBinding changed = good;
    changed.epoch = Epoch{1};
    EXPECT_EQ(judge(changed), BindingFinding::other_epoch);
    changed = good;
    changed.public_key = public_of(test::bobs);
    EXPECT_EQ(judge(changed), BindingFinding::other_epoch);
    changed = good;
    changed.author = test::bob;
    EXPECT_EQ(judge(changed), BindingFinding::unknown_author);
    ok(registry.pin(test::bob, public_of(test::masters), public_of(test::alices)));
    EXPECT_EQ(judge(changed), BindingFinding::bad_master_signature);
    EXPECT_EQ(verifier.calls, 0);
}

TEST_F(HardwareBindings, OnlyTheMasterKeySigns) {
    EXPECT_EQ(judge(ok(sign(good, key_of(test::alices)))), BindingFinding::bad_master_signature);
}

TEST_F(HardwareBindings, AreOfTheEpochThatIsActive) {
    const auto rotation =
        ok(trust::sign(trust::RotationRecord{.author = test::alice,
                                             .from_epoch = Epoch{0},
                                             .to_epoch = Epoch{1},
                                             .to_public_key = public_of(test::bobs),
                                             .effective_from = VersionNumber{9},
                                             .master_signature = {}},
                       key_of(test::masters)));
    ok(registry.apply(rotation));
    const HardwareBinding next = binding_of(Epoch{1}, test::bobs);
    EXPECT_EQ(judge(good), BindingFinding::other_epoch);
    EXPECT_EQ(judge(next), BindingFinding::valid);
    EXPECT_EQ(judge(good, {.at_version = VersionNumber{8}}), BindingFinding::valid);
    EXPECT_EQ(judge(good, {.at_version = VersionNumber{9}}), BindingFinding::other_epoch);
    EXPECT_EQ(judge(next, {.at_version = VersionNumber{8}}), BindingFinding::other_epoch);
    const auto revocation =
        ok(trust::sign(trust::RevocationRecord{.author = test::alice,
                                               .epoch = Epoch{1},
                                               .reason = trust::RevocationReason::compromised,
                                               .effective_from = VersionNumber{20},
                                               .master_signature = {}},
                       key_of(test::masters)));
    ok(registry.apply(revocation));
    EXPECT_EQ(judge(next), BindingFinding::no_active_epoch);
    EXPECT_EQ(judge(next, {.at_version = VersionNumber{19}}), BindingFinding::valid);
    EXPECT_EQ(judge(next, {.at_version = VersionNumber{20}}), BindingFinding::no_active_epoch);
}

TEST_F(HardwareBindings, NoncesAreDrawnAndAskedFor) {
    HardwareBinding unasked = good;
    unasked.evidence.nonce = {};
    unasked = ok(sign(unasked, key_of(test::masters)));
    EXPECT_EQ(judge(unasked), BindingFinding::zero_nonce);
    EXPECT_EQ(judge(unasked, {.allow_zero_nonce = true}), BindingFinding::valid);
    EXPECT_EQ(judge(good, {.nonce = good.evidence.nonce}), BindingFinding::valid);
    EXPECT_EQ(judge(good, {.nonce = ok(fresh_nonce(Env::system()))}), BindingFinding::other_nonce);
    EXPECT_NE(ok(fresh_nonce(Env::system())), ok(fresh_nonce(Env::system())));
}

TEST_F(HardwareBindings, OfAKindThatNobodyCanJudgeHaveNoVerdict) {
    verifier.known = EvidenceKind::amd_sev_snp;
    const auto verdict = judge_binding(good, registry, {}, verifier);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().detail(), "evidence_kind_unsupported");
    EXPECT_EQ(verifier.calls, 0);
    // What is wrong anyway is said.
    good.evidence.bytes[0] ^= 1;
    EXPECT_EQ(judge(good), BindingFinding::bad_master_signature);
}

TEST_F(HardwareBindings, EvidenceIsBounded) {
    good.evidence.bytes.resize(max_evidence_size);
    good = ok(sign(good, key_of(test::masters)));
    EXPECT_EQ(ok(hardware_binding_from_json(to_json(good))), good);
    good.evidence.bytes.push_back(0);
    const auto signed_one = sign(good, key_of(test::masters));
    EXPECT_EQ(code_of(signed_one), ErrorCode::resource_exhausted);
    EXPECT_EQ(signed_one.error().detail(), "evidence_too_large");
    const auto read = hardware_binding_from_json(to_json(good));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().detail(), "evidence_too_large");
}

// --- As JSON -------------------------------------------------------------------------------------

TEST_F(HardwareBindings, AreReadAsTheyWereWritten) {
    EXPECT_EQ(ok(hardware_binding_from_json(to_json(good))), good);
    good.evidence.bytes.clear();
    EXPECT_EQ(ok(hardware_binding_from_json(to_json(good))), good);
}

std::string_view detail_of(const nlohmann::json& document) {
    const auto read = hardware_binding_from_json(document.dump());
    return read ? std::string_view() : read.error().detail();
}

TEST_F(HardwareBindings, AreReadStrictly) {
    const auto whole = nlohmann::json::parse(to_json(good));
    for (const auto& [key, value] : whole.items()) {
        nlohmann::json without = whole;
        without.erase(key);
        EXPECT_EQ(detail_of(without), "json_missing_key") << key;
        nlohmann::json other = whole;
        other[key] = nullptr;
        EXPECT_EQ(detail_of(other), "json_wrong_type") << key;
    }
    const auto with = [&whole](const char* key, const nlohmann::json& value) {
        nlohmann::json changed = whole;
        changed[key] = value;
        return detail_of(changed);
    };
    EXPECT_EQ(with("comment", "not signed"), "json_unknown_key");
    EXPECT_EQ(with("type", "aion.rotation.v1"), "binding_bad_type");
    EXPECT_EQ(with("kind", "tpm3-quote"), "evidence_kind_unknown");
    EXPECT_EQ(with("nonce", "!"), "binding_bad_base64");
    EXPECT_EQ(with("nonce", to_base64(Bytes(31))), "binding_bad_size");
    EXPECT_EQ(with("public_key", to_base64(Bytes(33))), "binding_bad_size");
    EXPECT_EQ(with("master_signature", ""), "binding_bad_size");
    EXPECT_EQ(with("epoch", std::uint64_t{1} << 32U), "json_wrong_type");
    EXPECT_EQ(detail_of(nlohmann::json::array()), "json_wrong_type");
}

}  // namespace
}  // namespace aion::attest
