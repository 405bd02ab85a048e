// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/approvals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/tlog/entry.hpp"
#include "base/try.hpp"
#include "release/persons.hpp"
#include "release/receipt_details.hpp"
#include "release/signature_trial.hpp"
#include "release/statement_parts.hpp"
#include "supply/details.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::release {
namespace {

constexpr std::string_view prefix = "approval: ";
constexpr std::string_view suffix = ".json";

std::string reference_text(const supply::Envelope& envelope) {
    return supply::to_json(envelope, supply::EnvelopeForm::reference);
}

std::string file_name(const Hash& reference) {
    return to_hex(reference) + std::string(suffix);
}

std::optional<Hash> reference_of(std::string_view name) {
    if (!name.ends_with(suffix)) {
        return std::nullopt;
    }
    const auto hash = octets_from_hex<Hash>(name.substr(0, name.size() - suffix.size()));
    return hash && file_name(*hash) == name ? std::optional(*hash) : std::nullopt;
}

class Checker {
  public:
    Checker(const ReceiptStatement& receipt, const ApprovalStore& store,
            const trust::Registry& registry, const tlog::LogOrderReader* log,
            std::span<const Bytes> entries)
        : receipt_(receipt),
          inputs_(inputs_of(receipt)),
          store_(store),
          registry_(registry),
          log_(log),
          entries_(entries.begin(), entries.end()),
          receipt_entries_(entries.size()) {}

    std::vector<std::string> run() {
        std::vector<std::string> faults;
        Persons persons;
        if (const auto* const runtime = registry_.find(receipt_.runtime)) {
            const auto* const epoch = runtime->active_epoch(receipt_.receipt_version);
            persons.take(receipt_.runtime, (epoch ? *epoch : runtime->epochs.back()).public_key,
                         runtime->master_key);
        }
        for (const ReceiptApproval& approval : receipt_.approvals) {
            std::string fault = fault_of_one(approval, persons);
            if (!fault.empty()) {
                faults.push_back(
                    fmt::format("author {}: {}", approval.approver.value, std::move(fault)));
            }
        }
        return faults;
    }

  private:
    std::string fault_of_one(const ReceiptApproval& claimed, Persons& persons) {
        const auto found = store_.find(claimed.attestation);
        if (!found) {
            return "the approval cannot be read: " + escape_controls(found.error().message());
        }
        if (!*found) {
            return "the approval " + to_hex(claimed.attestation) + " is not there";
        }
        const supply::Envelope& envelope = **found;
        const auto approval = approval_of(envelope);
        if (!approval) {
            return "what is there is no approval: " + escape_controls(approval.error().message());
        }
        if (std::string fault = mismatch(claimed, envelope, *approval); !fault.empty()) {
            return fault;
        }
        return fault_of_signature(envelope, *approval, persons);
    }

    [[nodiscard]] std::string mismatch(const ReceiptApproval& claimed,
                                       const supply::Envelope& envelope,
                                       const Approval& approval) const {
        if (approval.json() != as_text(envelope.payload)) {
            return "the approval is not in the form that approvals are written in";
        }
        if (approval.approver != claimed.approver || envelope.signatures.size() != 1 ||
            envelope.signatures.front().keyid != supply::keyid_of(claimed.approver)) {
            return "the approval is another author's, or not signed by its author alone";
        }
        if (approval.file_id != receipt_.policy.file_id ||
            approval.policy_version != receipt_.policy.version) {
            return "the approval is for another policy, or another version of it";
        }
        if (approval.decision != receipt_.decision) {
            return "the approval is for another decision";
        }
        return approval.inputs == inputs_ ? "" : "the approval is for other inputs";
    }

    std::string fault_of_signature(const supply::Envelope& envelope, const Approval& approval,
                                   Persons& persons) {
        // Beside the receipt, which names the approval, its own entry.
        entries_.resize(receipt_entries_);
        if (log_ != nullptr) {
            entries_.push_back(tlog::make_entry(tlog::EntryKind::dsse_envelope,
                                                approval.policy_version.value,
                                                as_bytes(reference_text(envelope))));
        }
        const SignatureTrial trial =
            try_signature(registry_,
                          {.author = approval.approver,
                           .version = approval.version,
                           .log = log_,
                           .entries = entries_},
                          supply::pae_header(envelope.payload_type, envelope.payload.size()),
                          envelope.payload, envelope.signatures.front().signature);
        if (!trial.choice.counts()) {
            return trial.choice.reason();
        }
        if (!trial.is_genuine) {
            return "the signature of the approval is not valid";
        }
        return persons.take(approval.approver, trial.choice.epoch->public_key,
                            registry_.find(approval.approver)->master_key)
                   ? "the runtime, or an approver before, is the same person"
                   : "";
    }

    const ReceiptStatement& receipt_;
    std::vector<supply::Subject> inputs_;
    const ApprovalStore& store_;
    const trust::Registry& registry_;
    const tlog::LogOrderReader* log_;
    std::vector<Bytes> entries_;
    std::size_t receipt_entries_;
};

}  // namespace

Result<Approval> Approval::from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse_text(text, prefix));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const std::string_view type, root.text("_type"));
    if (type != supply::statement_type_uri) {
        return fail(root.error_at(
            "_type", told<supply::SupplyDetail::statement_other_type>(supply::statement_type_uri)));
    }
    AION_TRY_ASSIGN(const std::string_view predicate_type, root.text("predicateType"));
    if (predicate_type != approval_predicate_type) {
        return fail(root.error_at(
            "predicateType",
            told<supply::SupplyDetail::statement_other_predicate>(approval_predicate_type)));
    }
    Approval approval;
    AION_TRY_ASSIGN(approval.inputs, subjects_in(root));
    AION_TRY_ASSIGN(const json::ObjectReader predicate, root.object("predicate"));
    AION_TRY_ASSIGN(const json::ObjectReader policy, predicate.object("policy"));
    AION_TRY_ASSIGN(approval.file_id.value, policy.u64("file_id"));
    AION_TRY_ASSIGN(approval.policy_version.value, policy.u64("policy_version"));
    AION_TRY_ASSIGN(approval.decision, decision_in(predicate));
    AION_TRY_ASSIGN(const json::ObjectReader approver, predicate.object("approver"));
    AION_TRY_ASSIGN(approval.approver.value, approver.u64("author_id"));
    AION_TRY_ASSIGN(approval.version.value, approver.u64("version"));
    return approval;
}

std::string Approval::json() const {
    std::string out;
    begin_statement(out, supply::statement_type_uri, inputs, approval_predicate_type);
    fmt::format_to(std::back_inserter(out),
                   R"({{"policy":{{"file_id":{},"policy_version":{}}},"decision":"{}",)"
                   R"("approver":{{"author_id":{},"version":{}}}}}}})",
                   file_id.value, policy_version.value, name_of(decision), approver.value,
                   version.value);
    return out;
}

Result<supply::Envelope> sign_approval(Approval approval, crypto::Signer& key) {
    std::ranges::sort(approval.inputs, {}, &supply::Subject::name);
    if (std::string fault = fault_of(approval.inputs); !fault.empty()) {
        return fail(error_because(ErrorCode::invalid_argument, "an approval: " + std::move(fault)));
    }
    return supply::sign_envelope(supply::statement_type, as_bytes(approval.json()),
                                 approval.approver, key);
}

Result<Approval> approval_of(const supply::Envelope& envelope) {
    if (envelope.payload_type != supply::statement_type) {
        return fail(invalid<supply::SupplyDetail::statement_other_type>(supply::statement_type));
    }
    return Approval::from_json(as_text(envelope.payload));
}

Hash approval_reference(const supply::Envelope& envelope) {
    return crypto::blake3(as_bytes(reference_text(envelope)));
}

ApprovalStore::ApprovalStore(Env& env, std::filesystem::path folder)
    : env_(&env), folder_(std::move(folder)) {}

Result<std::optional<supply::Envelope>> ApprovalStore::find(const Hash& reference) const {
    const auto content = env_->read(folder_ / file_name(reference),
                                    {.max_size = max_receipt_size, .regular_only = true});
    if (!content) {
        const bool is_missing =
            content.error().os_error() == ENOENT || content.error().os_error() == ENOTDIR;
        return is_missing ? Result<std::optional<supply::Envelope>>(std::nullopt)
                          : fail(content.error());
    }
    const ByteView bytes = (*content)->bytes();
    if (crypto::blake3(bytes) != reference) {
        return fail(invalid<ReceiptDetail::approval_other_name>(to_hex(crypto::blake3(bytes))));
    }
    AION_TRY_ASSIGN(supply::Envelope envelope, supply::envelope_from_json(as_text(bytes)));
    return std::optional(std::move(envelope));
}

Result<Hash> ApprovalStore::add(const supply::Envelope& envelope) const {
    const std::string text = reference_text(envelope);
    const Hash reference = crypto::blake3(as_bytes(text));
    AION_TRY(env_->create_directories(folder_, 0755));
    const ByteView bytes = as_bytes(text);
    const auto written =
        write_file_atomically(*env_, folder_ / file_name(reference), {&bytes, 1}, {});
    if (!written && written.error().code() != ErrorCode::file_exists) {
        return fail(written.error());
    }
    return reference;
}

Result<std::vector<ReceiptApproval>> ApprovalStore::matching(
    const PolicyReference& policy, Decision decision,
    std::span<const supply::Subject> inputs) const {
    std::vector<supply::Subject> sorted(inputs.begin(), inputs.end());
    std::ranges::sort(sorted, {}, &supply::Subject::name);
    std::vector<Hash> references;
    AION_TRY_ASSIGN(const auto directory, env_->open_directory(folder_));
    std::size_t count = 0;
    AION_TRY(directory->each_entry([&](std::string_view name, std::optional<FileKind> /*kind*/) {
        const auto reference = reference_of(name);
        if (reference && ++count <= max_listed) {
            references.push_back(*reference);
        }
    }));
    if (count > max_listed) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  fmt::format("more than {} approvals", max_listed)));
    }
    std::ranges::sort(references);
    std::vector<ReceiptApproval> found;
    std::set<AuthorId> approvers;
    for (const Hash& reference : references) {
        const auto envelope = find(reference);
        const auto approval = envelope && *envelope
                                  ? approval_of(**envelope)
                                  : Result<Approval>(fail(invalid_format("no approval")));
        if (approval && approval->file_id == policy.file_id &&
            approval->policy_version == policy.version && approval->decision == decision &&
            approval->inputs == sorted && approvers.insert(approval->approver).second) {
            found.push_back({approval->approver, reference});
        }
    }
    return found;
}

std::vector<std::string> faults_of_approvals(const ReceiptStatement& receipt,
                                             const ApprovalStore& store,
                                             const trust::Registry& registry,
                                             const tlog::LogOrderReader* log,
                                             std::span<const Bytes> entries) {
    return Checker(receipt, store, registry, log, entries).run();
}

}  // namespace aion::release
