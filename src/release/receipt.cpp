// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/receipt.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "aion/base/utf8.hpp"
#include "aion/tlog/entry.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "release/receipt_details.hpp"
#include "release/statement_parts.hpp"
#include "supply/details.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::release {
namespace {

constexpr std::string_view prefix = "receipt: ";

Error too_many_signatures() {
    return invalid<ReceiptDetail::receipt_too_many>(max_receipt_signatures, "signatures");
}

Error bad_argument(std::string why) {
    return error_because(ErrorCode::invalid_argument, std::move(why));
}

Result<> check_signatures(const json::ObjectReader& root) {
    AION_TRY_ASSIGN(const auto signatures, root.objects("signatures"));
    std::size_t count = 0;
    for (const json::ObjectReader signature : signatures) {
        if (++count > max_receipt_signatures) {
            return fail(too_many_signatures());
        }
        AION_TRY(signature.check_only({"keyid", "sig"}));
    }
    return {};
}

Result<std::vector<ReceiptWitness>> witnesses_in(const json::ObjectReader& root) {
    std::vector<ReceiptWitness> witnesses;
    AION_TRY_ASSIGN(const auto objects, root.objects_if_any("witnesses"));
    for (const json::ObjectReader object : objects) {
        if (witnesses.size() == max_receipt_signatures) {
            return fail(too_many_signatures());
        }
        AION_TRY(object.check_only({"keyid", "version"}));
        AION_TRY_ASSIGN(const std::string_view keyid, object.text("keyid"));
        AION_TRY_ASSIGN(const std::uint64_t version, object.u64("version"));
        witnesses.push_back({std::string(keyid), VersionNumber{version}});
    }
    return witnesses;
}

Result<> check_draft(const ReceiptDraft& draft) {
    if (!draft.decision) {
        return fail(invalid<ReceiptDetail::receipt_no_decision>());
    }
    if (!draft.runtime) {
        return fail(invalid<ReceiptDetail::receipt_no_runtime>());
    }
    if (!draft.nonce) {
        return fail(invalid<ReceiptDetail::receipt_no_nonce>());
    }
    if (draft.inputs.empty()) {
        return fail(invalid<ReceiptDetail::receipt_no_input>());
    }
    if (draft.inputs.size() > max_receipt_subjects) {
        return fail(invalid<ReceiptDetail::receipt_too_many>(max_receipt_subjects, "subjects"));
    }
    if (draft.approvals.size() > max_receipt_approvals) {
        return fail(invalid<ReceiptDetail::receipt_too_many>(max_receipt_approvals, "approvals"));
    }
    for (const supply::Subject& input : draft.inputs) {
        if (find_utf8_fault(input.name)) {
            return fail(bad_argument("the name of an input is not UTF-8"));
        }
    }
    std::string fault = fault_of(draft.inputs);
    return fault.empty() ? Result<>() : fail(bad_argument("a receipt: " + fault));
}

}  // namespace

Result<Receipt> receipt_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse_text(text, prefix));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    AION_TRY(root.check_only({"payloadType", "payload", "signatures", "witnesses"}));
    AION_TRY(check_signatures(root));
    Receipt receipt;
    AION_TRY_ASSIGN(receipt.envelope, supply::read_envelope(root));
    AION_TRY_ASSIGN(receipt.witnesses, witnesses_in(root));
    return receipt;
}

std::string to_json(const Receipt& receipt) {
    std::string out = supply::to_json(receipt.envelope, supply::EnvelopeForm::reference);
    if (receipt.witnesses.empty()) {
        return out;
    }
    out.pop_back();
    out += R"(,"witnesses":[)";
    for (const ReceiptWitness& witness : receipt.witnesses) {
        out += &witness == receipt.witnesses.data() ? R"({"keyid":)" : R"(,{"keyid":)";
        append_json_string(out, witness.keyid);
        out += R"(,"version":)" + std::to_string(witness.version.value) + '}';
    }
    return out += "]}";
}

Result<ReceiptStatement> statement_of(const Receipt& receipt) {
    if (receipt.envelope.payload_type != supply::statement_type) {
        return fail(invalid<supply::SupplyDetail::statement_other_type>(supply::statement_type));
    }
    return ReceiptStatement::from_json(as_text(receipt.envelope.payload));
}

Result<Receipt> seal_receipt(const ReceiptDraft& draft, crypto::Signer& runtime) {
    AION_TRY(check_draft(draft));
    ReceiptStatement statement;
    statement.subjects = draft.inputs;
    statement.policy = draft.policy;
    statement.trust = draft.trust;
    statement.decision = *draft.decision;
    statement.approvals = draft.approvals;
    statement.runtime = draft.runtime->author;
    statement.receipt_version = draft.runtime->receipt_version;
    statement.nonce = *draft.nonce;
    const std::string text = statement.json();
    if (text.size() > max_receipt_size / 4 * 3 - (max_receipt_size / 64)) {
        return fail(bad_argument("a receipt of so many subjects is too large"));
    }
    AION_TRY_ASSIGN(
        supply::Envelope envelope,
        supply::sign_envelope(supply::statement_type, as_bytes(text), statement.runtime, runtime));
    return Receipt{.envelope = std::move(envelope)};
}

Result<> add_witness(Receipt& receipt, AuthorId witness, VersionNumber version,
                     crypto::Signer& key) {
    AION_TRY_ASSIGN(const ReceiptStatement statement, statement_of(receipt));
    std::string keyid = supply::keyid_of(witness);
    if (statement.runtime == witness) {
        return fail(bad_argument("the runtime of a receipt cannot be its witness"));
    }
    if (std::ranges::find(receipt.witnesses, keyid, &ReceiptWitness::keyid) !=
        receipt.witnesses.end()) {
        return fail(bad_argument("the receipt has a version of " + keyid + " already"));
    }
    if (receipt.envelope.signatures.size() >= max_receipt_signatures) {
        return fail(too_many_signatures());
    }
    receipt.witnesses.reserve(receipt.witnesses.size() + 1);
    AION_TRY(supply::add_signature(receipt.envelope, witness, key));
    receipt.witnesses.push_back({std::move(keyid), version});
    return {};
}

Bytes receipt_entry(const supply::Envelope& envelope, VersionNumber policy_version,
                    std::size_t signatures) {
    constexpr auto kind = tlog::EntryKind::enforcement_receipt;
    if (signatures >= envelope.signatures.size()) {
        const std::string text = supply::to_json(envelope, supply::EnvelopeForm::reference);
        return tlog::make_entry(kind, policy_version.value, as_bytes(text));
    }
    const auto first = envelope.signatures.begin();
    const supply::Envelope earlier{
        .payload_type = envelope.payload_type,
        .payload = envelope.payload,
        .signatures = {first, first + static_cast<std::ptrdiff_t>(signatures)}};
    const std::string text = supply::to_json(earlier, supply::EnvelopeForm::reference);
    return tlog::make_entry(kind, policy_version.value, as_bytes(text));
}

}  // namespace aion::release
