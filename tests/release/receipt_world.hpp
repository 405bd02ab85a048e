// SPDX-License-Identifier: MIT OR Apache-2.0
// A world in which alice writes a policy, bob's runtime enforces it, and carol is a witness, each
// with a master key of their own, under a chain.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aion/release/receipt_verdict.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "support/chain_world.hpp"
#include "support/results.hpp"
#include "tlog/small_log.hpp"

namespace aion::release::test {

using aion::test::code_of;
using aion::test::key_of;
using aion::test::ok;
using aion::test::refusal;
using policy::test::alice;
using policy::test::bob;
using policy::test::carol;
using policy::test::carols;

inline constexpr VersionNumber number{7};
inline const std::string other_type = "https://example.org/x";

inline trust::EpochRevocation stolen_of(AuthorId author, std::uint64_t unlisted) {
    trust::EpochRevocation record = policy::test::stolen(policy::test::bound(unlisted));
    record.author = author;
    return record;
}

class ReceiptWorld : public policy::test::ChainWorld {
  protected:
    void SetUp() override {
        ChainWorld::SetUp();
        must_create();
        must_commit("rules: 2\n");
    }

    [[nodiscard]] JudgedPolicy judged() const {
        return ok(JudgedPolicy::judge(content(), registry, policy::test::start));
    }

    [[nodiscard]] ReceiptDraft draft() const {
        const PolicyInForce in_force = judged().current();
        return {.policy = in_force.policy,
                .trust = in_force.trust,
                .decision = Decision::allow,
                .runtime = {{.author = bob, .receipt_version = number}},
                .nonce = ReceiptNonce{{1, 2, 3}},
                .inputs = {receipt_input("request", crypto::blake3(as_bytes("GET /"))),
                           receipt_input("session", crypto::blake3(as_bytes("s1")))}};
    }

    [[nodiscard]] static Receipt sealed(const ReceiptDraft& draft) {
        return ok(seal_receipt(draft, key_of(aion::test::bobs)));
    }

    [[nodiscard]] Receipt receipt() const { return sealed(draft()); }

    [[nodiscard]] Receipt witnessed(VersionNumber version = VersionNumber{3}) const {
        Receipt made = receipt();
        ok(add_witness(made, carol, version, key_of(carols)));
        return made;
    }

    [[nodiscard]] ReceiptStatement statement() const { return ok(statement_of(receipt())); }

    /// Any text, signed by the runtime.
    [[nodiscard]] static Receipt saying(std::string_view text) {
        return {.envelope = ok(supply::sign_envelope(supply::statement_type, as_bytes(text), bob,
                                                     key_of(aion::test::bobs)))};
    }

    [[nodiscard]] ReceiptVerdict judge(const Receipt& judged_one,
                                       const ReceiptRules& rules = {}) const {
        return judge_receipt(judged_one, registry, rules);
    }

    /// The gates that refuse it, with a space behind each.
    [[nodiscard]] std::string failed(const Receipt& judged_one,
                                     const ReceiptRules& rules = {}) const {
        return failed_in(judge(judged_one, rules));
    }

    [[nodiscard]] static std::string failed_in(const ReceiptVerdict& verdict) {
        std::string names;
        for (const ReceiptGate gate : all_receipt_gates) {
            if (verdict.state(gate) == policy::GateState::failed) {
                names += std::string(name_of(gate)) + " ";
            }
        }
        EXPECT_EQ(names.empty(), verdict.is_valid());
        EXPECT_EQ(names.empty(), verdict.reason().empty());
        return names;
    }

    /// The record that the chain ends with, as an entry of a log.
    [[nodiscard]] Bytes last_record() const {
        return *tlog::entry_of(registry.chain()->records().back());
    }

    [[nodiscard]] Bytes entry(const Receipt& logged, std::size_t signatures = SIZE_MAX) const {
        return receipt_entry(logged.envelope, judged().current().policy.version, signatures);
    }

    /// What a log of these entries says, each proven.
    [[nodiscard]] static std::unique_ptr<tlog::LogOrderReader> order_of(
        const std::vector<Bytes>& entries) {
        tlog::test::SmallLog log;
        for (const Bytes& one : entries) {
            log.append(one);
        }
        auto reader = std::make_unique<tlog::LogOrderReader>(tlog::LogPolicy::of(log.key()));
        constexpr std::array kinds = {tlog::EntryKind::enforcement_receipt,
                                      tlog::EntryKind::dsse_envelope};
        for (std::size_t i = 0; i < entries.size(); ++i) {
            EXPECT_TRUE(reader->add_proof(log.proof_of(i), kinds).has_value());
        }
        return reader;
    }
};

inline Bytes filler(std::uint64_t i) {
    return tlog::make_entry(tlog::EntryKind::dsse_envelope, i, as_bytes("{}"));
}

}  // namespace aion::release::test
