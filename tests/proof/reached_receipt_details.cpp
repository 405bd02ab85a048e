// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_receipt_details.hpp"

#include <string>

#include "aion/base/memory_env.hpp"
#include "aion/release/approvals.hpp"
#include "aion/release/receipt_issuer.hpp"
#include "support/keys.hpp"

namespace aion::proof {
namespace {

using release::ReceiptDetail;
using release::ReceiptDraft;

ReceiptDraft whole_draft() {
    ReceiptDraft draft;
    draft.decision = release::Decision::deny;
    draft.runtime = ReceiptDraft::Runtime{};
    draft.nonce = release::ReceiptNonce{};
    draft.inputs = {release::receipt_input("a", Hash{})};
    draft.approvals = {{}};
    return draft;
}

Outcome sealed_without(void (*change)(ReceiptDraft&)) {
    ReceiptDraft draft = whole_draft();
    change(draft);
    return outcome(release::seal_receipt(draft, aion::test::key_of(1)));
}

Outcome read_with(const std::string& what, const std::string& instead) {
    const auto receipt = release::seal_receipt(whole_draft(), aion::test::key_of(1));
    std::string text = release::statement_of(*receipt)->json();
    text.replace(text.find(what), what.size(), instead);
    return outcome(release::ReceiptStatement::from_json(text));
}

Outcome issued_by_anothers_state() {
    MemoryEnv env;
    env.put("/state", as_bytes(R"({"runtime":1,"next_receipt_version":2})"));
    release::ReceiptIssuer issuer(env, aion::test::key_of(1),
                                  {.runtime = AuthorId{2}, .state = "/state"});
    return outcome(issuer.take(1));
}

Outcome approval_under_another_name() {
    MemoryEnv env;
    env.put("/a/" + std::string(64, '0') + ".json", as_bytes("{}"));
    return outcome(release::ApprovalStore(env, "/a").find(Hash{}));
}

}  // namespace

Outcome provoke(ReceiptDetail detail) {
    switch (detail) {
        case ReceiptDetail::receipt_no_decision:
            return sealed_without([](ReceiptDraft& draft) { draft.decision.reset(); });
        case ReceiptDetail::receipt_no_runtime:
            return sealed_without([](ReceiptDraft& draft) { draft.runtime.reset(); });
        case ReceiptDetail::receipt_no_nonce:
            return sealed_without([](ReceiptDraft& draft) { draft.nonce.reset(); });
        case ReceiptDetail::receipt_no_input:
            return sealed_without([](ReceiptDraft& draft) { draft.inputs.clear(); });
        case ReceiptDetail::receipt_too_many:
            return sealed_without([](ReceiptDraft& draft) {
                draft.approvals.resize(release::max_receipt_approvals + 1);
            });
        case ReceiptDetail::receipt_bad_decision:
            return read_with("deny", "maybe");
        case ReceiptDetail::receipt_bad_nonce:
            return read_with(R"("nonce":"00)", R"("nonce":")");
        case ReceiptDetail::receipt_bad_reference:
            return read_with("blake3:", "sha256:");
        case ReceiptDetail::receipt_bad_state:
            return issued_by_anothers_state();
        case ReceiptDetail::approval_other_name:
            return approval_under_another_name();
    }
    return std::nullopt;
}

}  // namespace aion::proof
