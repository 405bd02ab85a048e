// SPDX-License-Identifier: MIT OR Apache-2.0
// What a receipt is worth: named gates, each with what it found.
//
// A receipt says itself which key to ask for, when it was made and what stood behind it. None of
// that is believed: every signature must count, a key that was revoked counts only by a log, the
// key and author of the policy are compared with the registry and with the policy's file, and what
// was seen of a log is compared with the log.
//
/// Example: a receipt that counts for the policy at hand, but has no witness.
///
///     #include "aion/base/files.hpp"
///
///     Env& env = Env::system();
///     auto registry = trust::Registry::load(env, "registry.json");
///     auto master = crypto::SigningKey::generate(env);
///     auto key = crypto::SigningKey::generate(env);
///     const auto file = read_file(env, "policy.aion");
///     if (!registry || !master || !key || !file) {
///         return fail(invalid_format("something is missing"));
///     }
///     const AuthorId runtime{1002};
///     if (const auto pinned =
///             registry->pin(runtime, master->public_half(), key->public_half());
///         !pinned) {
///         return fail(pinned.error());
///     }
///     const auto policy = release::JudgedPolicy::judge(*file, *registry, env.now());
///     if (!policy) {
///         return fail(policy.error());
///     }
///     release::ReceiptDraft draft{.policy = policy->current().policy,
///                                 .trust = policy->current().trust};
///     draft.decision = release::Decision::deny;
///     draft.runtime = {.author = runtime, .receipt_version = VersionNumber{1}};
///     draft.nonce = release::ReceiptNonce{};  // ReceiptIssuer draws one
///     draft.inputs = {release::receipt_input("request", crypto::blake3(as_bytes("GET /")))};
///     const auto receipt = release::seal_receipt(draft, *key);
///     if (!receipt) {
///         return fail(receipt.error());
///     }
///     const auto verdict = release::judge_receipt(*receipt, *registry, {.policy = &*policy});
///     std::cout << (verdict.is_valid() ? "VALID" : verdict.reason()) << '\n';  // VALID
///     const auto stricter = release::judge_receipt(*receipt, *registry, {.witnesses = 1});
///     std::cout << stricter.reason() << '\n';  // witnesses: 0 of 1 required witnesses
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/policy/report.hpp"
#include "aion/release/approvals.hpp"
#include "aion/release/judged_policy.hpp"
#include "aion/release/key_choice.hpp"
#include "aion/release/receipt.hpp"
#include "aion/tlog/log_order.hpp"
#include "aion/trust/registry.hpp"

namespace aion::release {

/// What a receipt has to pass, in the order of report.
enum class ReceiptGate : std::uint8_t {
    form,        ///< A statement of this type as its writer writes it, about named digests.
    signatures,  ///< Each is genuine, and by another person: nothing superfluous is carried along.
    runtime,     ///< The runtime that it names has signed it, and is not the policy's author.
    keys,        ///< Each signer's key counts at the version that it was signed at.
    witnesses,   ///< Enough others than the runtime have signed.
    policy,      ///< The policy's author had that key, and the file that version of that author.
    approvals,   ///< All that it refers to are there and are for this.
    freshness,   ///< What it has seen of the log is what the log was, and enough of it.
    log,         ///< It is in the log.
    replay,      ///< No other receipt of the runtime has its number or its nonce.
};
inline constexpr std::size_t receipt_gate_count = 10;
inline constexpr std::array<ReceiptGate, receipt_gate_count> all_receipt_gates = {
    ReceiptGate::form,      ReceiptGate::signatures, ReceiptGate::runtime,   ReceiptGate::keys,
    ReceiptGate::witnesses, ReceiptGate::policy,     ReceiptGate::approvals, ReceiptGate::freshness,
    ReceiptGate::log,       ReceiptGate::replay};
/// `form`, `signatures`, …: stable.
[[nodiscard]] std::string_view name_of(ReceiptGate gate) noexcept;

/// The numbers and nonces that receipts had, each of its runtime. Only receipts that are valid are
/// remembered: a forged one takes nothing from a genuine one.
class ReplayMemory {
  public:
    /// Why a receipt is another one's double; nothing if it is not.
    [[nodiscard]] std::optional<std::string> double_of(const ReceiptStatement& statement) const;
    void remember(const ReceiptStatement& statement);

  private:
    std::set<std::pair<AuthorId, VersionNumber>> numbers_;
    std::set<std::pair<AuthorId, ReceiptNonce>> nonces_;
};

/// What is asked of a receipt beyond what is always asked. Everything is borrowed.
struct ReceiptRules {
    /// How many others than the runtime must have signed, at least.
    std::uint32_t witnesses = 0;
    /// The policy that it has to be about.
    const JudgedPolicy* policy = nullptr;
    /// Where its approvals have to be. Null: they are not looked at.
    const ApprovalStore* approvals = nullptr;
    /// By which revoked keys may count, and what a receipt says of a log is compared.
    const tlog::LogOrderReader* log = nullptr;
    /// Whether it has to be in that log.
    bool require_log = false;
    /// How many entries of the log it must have seen: it was made when the log had so many.
    std::uint64_t min_log_size = 0;
    /// The receipts before. A valid one is added.
    ReplayMemory* seen = nullptr;
    crypto::KeyCache* keys = nullptr;  ///< Shared precomputation for signers' keys.
};

struct ReceiptVerdict {
    struct Finding {
        ReceiptGate gate = ReceiptGate::form;
        std::string reason;  ///< For people, without control characters.
    };

    /// Of one gate, at most.
    static constexpr std::size_t max_findings = 16;

    /// `skipped`: not asked for; or not evaluated, as the statement could not be read.
    std::array<policy::GateState, receipt_gate_count> gates = all_skipped();
    std::vector<Finding> findings;  ///< In the order of the gates.
    /// What the receipt says, if that could be read. Believe it if the verdict is valid.
    std::optional<ReceiptStatement> statement;
    std::vector<AuthorId>
        witnesses;  ///< Who has signed besides the runtime, and counts; ascending.
    /// Where the log has it, if a log was asked.
    std::optional<std::uint64_t> log_index;
    /// The most that it has seen of the log, if what it says was found true.
    std::optional<std::uint64_t> seen_log_size;

    [[nodiscard]] policy::GateState state(ReceiptGate gate) const noexcept {
        return gates[static_cast<std::size_t>(gate)];
    }

    /// The verdict: the statement could be read, and no gate failed. Nothing else decides it.
    [[nodiscard]] bool is_valid() const noexcept;
    /// Why not, in one line: `GATE: FINDING` of the first one; empty if it is valid.
    [[nodiscard]] std::string reason() const;

  private:
    static constexpr std::array<policy::GateState, receipt_gate_count> all_skipped() noexcept {
        std::array<policy::GateState, receipt_gate_count> states{};
        states.fill(policy::GateState::skipped);
        return states;
    }
};

/// Judges a receipt: all gates, whatever the others found. Time is linear in its size.
[[nodiscard]] ReceiptVerdict judge_receipt(const Receipt& receipt, const trust::Registry& registry,
                                           const ReceiptRules& rules = {});

}  // namespace aion::release
