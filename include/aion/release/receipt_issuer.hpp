// SPDX-License-Identifier: MIT OR Apache-2.0
// What an agent embeds to say what it decided: receipts with numbers that are never used twice.
//
/// Example: an agent acts on its policy and leaves a receipt of each decision.
///
///     #include <array>
///     #include "aion/policy/policy_gate.hpp"
///
///     Env& env = Env::system();
///     policy::PinMemory pins;
///     policy::PolicyGate gate(env, "policy.aion", "registry.json", pins);
///     if (const auto looked = gate.refresh(); !looked) {
///         return fail(looked.error().error);  // nothing is in force: deny everything
///     }
///     auto key = crypto::SigningKey::generate(env);  // the runtime's, from its keystore
///     if (!key) {
///         return fail(key.error());
///     }
///     release::ReceiptIssuer issuer(env, *key, {.runtime = AuthorId{1002},
///                                               .state = "receipts.state"});
///     const std::array decisions = {release::DecisionFacts{
///         .decision = release::Decision::deny,
///         .inputs = {release::receipt_input("request", crypto::blake3(as_bytes("GET /")))}}};
///     const auto receipts = issuer.issue(*gate.current(), decisions);
///     if (!receipts) {
///         return fail(receipts.error());  // do not act on what cannot be accounted for
///     }
///     for (const release::Receipt& receipt : *receipts) {
///         std::cout << release::statement_of(receipt)->receipt_version.value << '\n';  // 1
///     }
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/release/judged_policy.hpp"
#include "aion/release/receipt.hpp"
#include "aion/tlog/checkpoint.hpp"

namespace aion::release {

/// One decision, as far as only the program that took it knows.
struct DecisionFacts {
    Decision decision = Decision::fail_closed;
    std::vector<supply::Subject> inputs = {};  ///< `receipt_input` makes one.
    std::vector<ReceiptApproval> approvals = {};
};

struct IssuerOptions {
    AuthorId runtime;
    /// The file with the next number. It is made where it is missing: whoever removes it has
    /// numbers used again, which those who verify refuse.
    std::filesystem::path state;
    /// The first number, where there is no such file.
    VersionNumber first{1};
    /// How many numbers are reserved at a time, in one durable write. Those that are not used by
    /// the end of the process are left out for good.
    std::uint32_t block = 4096;
    /// How many threads sign the receipts of one call, at most; 0 as `AION_THREADS` says. Several
    /// ask the signer at once, which has to be one that can be, as a `crypto::SigningKey` is.
    unsigned threads = 1;
};

/// Makes receipts of one runtime. A number is reserved in the file before it is used, and the file
/// is locked meanwhile, so that neither a crash nor another process uses one twice. Not
/// thread-safe: give each thread one of its own, which may have the same file. Borrows `env` and
/// `key`.
class ReceiptIssuer {
  public:
    /// Nothing is read yet.
    ReceiptIssuer(Env& env, crypto::Signer& key, IssuerOptions options);

    /// A receipt of each decision, in order, numbered upwards, each with a nonce of its own.
    /// Errors: those of `seal_receipt` for a decision without input and so on; `invalid_format`
    /// with the detail `receipt_bad_state` for a state file of another runtime, or that is none;
    /// `version_overflow` when there are no numbers left; `conflict`, `file_read_error`,
    /// `file_write_error`; `entropy_unavailable`; the signer's own. There are no receipts then;
    /// their numbers may be used up.
    [[nodiscard]] Result<std::vector<Receipt>> issue(const policy::VerifiedPayload& policy,
                                                     std::span<const DecisionFacts> decisions);
    /// The same under a policy that was judged in another way.
    [[nodiscard]] Result<std::vector<Receipt>> issue(const PolicyInForce& policy,
                                                     std::span<const DecisionFacts> decisions);

    /// From now on receipts say that they have seen this checkpoint, which shows that they were
    /// made afterwards. It has to be one that was verified. Nothing: no longer.
    void set_checkpoint(std::optional<tlog::Checkpoint> checkpoint);

    /// So many numbers, reserved for whoever makes a receipt otherwise: the first of them. Errors:
    /// as above.
    [[nodiscard]] Result<VersionNumber> take(std::uint64_t count);

  private:
    [[nodiscard]] Result<> reserve(std::uint64_t count);
    [[nodiscard]] Result<Receipt> make(const PolicyInForce& policy, const DecisionFacts& facts,
                                       VersionNumber number, ByteView nonce) const;

    Env* env_;
    crypto::Signer* key_;
    IssuerOptions options_;
    std::optional<supply::Subject> checkpoint_;
    // Ours: from `next_` to before `end_`.
    std::uint64_t next_ = 0;
    std::uint64_t end_ = 0;
};

}  // namespace aion::release
