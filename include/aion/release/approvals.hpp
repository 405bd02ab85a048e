// SPDX-License-Identifier: MIT OR Apache-2.0
// Approvals: what somebody allowed a runtime to decide, before it did.
//
// A receipt refers to an approval by its hash only. What that hash is of is defined here: a DSSE
// envelope over an in-toto statement about the very inputs of the receipt, signed by the approver,
// that names the version of the policy and the decision. So an approval of one thing is none of
// another.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/release/receipt.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/tlog/log_order.hpp"
#include "aion/trust/registry.hpp"

namespace aion::release {

inline constexpr std::string_view approval_predicate_type = "https://aion-context.dev/approval/v1";

/// What an approver signs.
struct Approval {
    /// As `inputs_of` a receipt has them: in the order of their names.
    std::vector<supply::Subject> inputs = {};
    FileId file_id;
    VersionNumber policy_version;
    Decision decision = Decision::allow;
    AuthorId approver;
    /// In the approver's own count, by which the key is found in the registry.
    VersionNumber version;

    /// Errors: `invalid_format` with the place and a detail of base/json_details.hpp, or
    /// `statement_other_type`, `statement_other_predicate`, `receipt_bad_decision`,
    /// `receipt_too_many`.
    [[nodiscard]] static Result<Approval> from_json(std::string_view text);
    /// What is signed: members in one order, without white space.
    [[nodiscard]] std::string json() const;
    friend bool operator==(const Approval&, const Approval&) = default;
};

/// An envelope with the approver's signature. Errors: `invalid_argument` for inputs that a receipt
/// could not have; the signer's own.
[[nodiscard]] Result<supply::Envelope> sign_approval(Approval approval, crypto::Signer& key);

/// What an envelope says, of which nothing is verified. Errors: `invalid_format` where its payload
/// is of another type; those of `Approval::from_json`.
[[nodiscard]] Result<Approval> approval_of(const supply::Envelope& envelope);

/// How a receipt refers to it: BLAKE3 of the envelope's JSON in the reference's form.
[[nodiscard]] Hash approval_reference(const supply::Envelope& envelope);

/// Approvals in a folder, each in a file `REFERENCE.json`, whose name is 64 lower-case hex digits.
/// Borrows `env`.
class ApprovalStore {
  public:
    ApprovalStore(Env& env, std::filesystem::path folder);

    /// The approval of that reference; nothing where there is no such file. Whatever else is in the
    /// folder is not looked at.
    /// Errors: those of `Env::read`; `invalid_format` with the detail `approval_other_name` for
    /// bytes of another hash; those of `supply::envelope_from_json`.
    [[nodiscard]] Result<std::optional<supply::Envelope>> find(const Hash& reference) const;

    /// Writes an approval into the folder, which is made where it is missing; one that is there
    /// already stays. Returns its reference. Errors: those of `write_file_atomically`.
    [[nodiscard]] Result<Hash> add(const supply::Envelope& envelope) const;

    /// The approvals in the folder of that policy, decision and those inputs, in the order of their
    /// references, one of each approver. Nothing of them is verified. Files of other names, and
    /// what does not read, are passed over. Errors: those of `Env::open_directory` and of reading;
    /// `resource_exhausted` beyond `max_listed` files.
    [[nodiscard]] Result<std::vector<ReceiptApproval>> matching(
        const PolicyReference& policy, Decision decision,
        std::span<const supply::Subject> inputs) const;

    static constexpr std::size_t max_listed = 100'000;

  private:
    Env* env_;
    std::filesystem::path folder_;
};

/// Why the approvals of a receipt do not count, each on a line of its own; nothing if all do: each
/// is found, signed by whom the receipt names, of this policy, version, decision and inputs; and
/// approvers, their keys and master keys are distinct, and not the runtime's. Keys are chosen as
/// by `choose_key`, where `entries` are the receipt as entries of `log`: it names the approval, so
/// that was there before.
[[nodiscard]] std::vector<std::string> faults_of_approvals(
    const ReceiptStatement& receipt, const ApprovalStore& store, const trust::Registry& registry,
    const tlog::LogOrderReader* log = nullptr, std::span<const Bytes> entries = {});

}  // namespace aion::release
