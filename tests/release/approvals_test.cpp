// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/approvals.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/tlog/entry.hpp"
#include "release/receipt_world.hpp"

namespace aion::release {
namespace {

using namespace test;

class Approvals : public ReceiptWorld {
  protected:
    [[nodiscard]] Approval approval() const {
        const ReceiptStatement about = statement();
        return {.inputs = inputs_of(about),
                .file_id = about.policy.file_id,
                .policy_version = about.policy.version,
                .decision = about.decision,
                .approver = carol,
                .version = VersionNumber{4}};
    }

    [[nodiscard]] static supply::Envelope signed_by_carol(Approval approval) {
        return ok(sign_approval(std::move(approval), key_of(carols)));
    }

    // What is found wrong with a receipt that refers to these, which are in the store.
    std::vector<std::string> faults(const std::vector<supply::Envelope>& envelopes,
                                    const tlog::LogOrderReader* log = nullptr) {
        ReceiptDraft approved = draft();
        for (const supply::Envelope& envelope : envelopes) {
            approved.approvals.push_back(
                {*supply::author_of_keyid(envelope.signatures.front().keyid),
                 ok(store.add(envelope))});
        }
        const Receipt made = sealed(approved);
        const std::vector<Bytes> entries = {entry(made)};
        const std::vector<std::string> found =
            faults_of_approvals(ok(statement_of(made)), store, registry, log, entries);
        EXPECT_EQ(failed(made, {.approvals = &store, .log = log}),
                  found.empty() ? "" : "approvals ");
        return found;
    }

    // The only fault with an approval that says something else.
    std::string fault_with(const std::function<void(Approval&)>& change) {
        Approval changed = approval();
        change(changed);
        const auto found = faults({signed_by_carol(changed)});
        return found.empty() ? "" : found.front();
    }

    ApprovalStore store{env, "/approvals"};
};

TEST_F(Approvals, CountForWhatTheyWereGivenFor) {
    EXPECT_TRUE(faults({signed_by_carol(approval())}).empty());
    const std::string text = approval().json();
    EXPECT_EQ(ok(Approval::from_json(text)), approval());
    EXPECT_EQ(ok(Approval::from_json(text)).json(), text);
}

TEST_F(Approvals, CountForNothingElse) {
    EXPECT_EQ(fault_with([](Approval& a) { ++a.file_id.value; }),
              "author 1003: the approval is for another policy, or another version of it");
    EXPECT_EQ(fault_with([](Approval& a) { ++a.policy_version.value; }),
              "author 1003: the approval is for another policy, or another version of it");
    EXPECT_EQ(fault_with([](Approval& a) { a.decision = Decision::deny; }),
              "author 1003: the approval is for another decision");
    EXPECT_EQ(fault_with([](Approval& a) { a.inputs.pop_back(); }),
              "author 1003: the approval is for other inputs");
    EXPECT_EQ(fault_with([](Approval& a) { a.inputs[0].digest[0].second[0] = 'f'; }),
              "author 1003: the approval is for other inputs");
}

TEST_F(Approvals, ACheckpointIsNoInput) {
    ReceiptDraft fresh = draft();
    fresh.inputs.push_back(checkpoint_input(tlog::test::SmallLog(2).checkpoint_at(2)));
    fresh.approvals = {{carol, ok(store.add(signed_by_carol(approval())))}};
    EXPECT_EQ(failed(sealed(fresh), {.approvals = &store}), "");
}

TEST_F(Approvals, AreTheApproversOwn) {
    supply::Envelope damaged = signed_by_carol(approval());
    damaged.signatures[0].signature[3] ^= 1;
    EXPECT_EQ(faults({damaged}).front(), "author 1003: the signature of the approval is not valid");
    Approval of_bob = approval();
    of_bob.approver = bob;
    const supply::Envelope own = ok(sign_approval(of_bob, key_of(aion::test::bobs)));
    EXPECT_EQ(faults({own}).front(),
              "author 1002: the runtime, or an approver before, is the same person");
    const supply::Envelope good = signed_by_carol(approval());
    Approval again = approval();
    again.version.value = 5;
    EXPECT_EQ(faults({good, signed_by_carol(again)}).size(), 1U) << "carol twice is one";
    Receipt claimed = sealed([&] {
        ReceiptDraft by_alice = draft();
        by_alice.approvals = {{alice, ok(store.add(good))}};
        return by_alice;
    }());
    EXPECT_EQ(judge(claimed, {.approvals = &store}).reason(),
              "approvals: author 1001: the approval is another author's, or not signed by its "
              "author alone");
    supply::Envelope loose = good;
    std::string text(as_text(loose.payload));
    text += ' ';
    loose =
        ok(supply::sign_envelope(supply::statement_type, as_bytes(text), carol, key_of(carols)));
    EXPECT_EQ(faults({loose}).front(),
              "author 1003: the approval is not in the form that approvals are written in");
    loose.payload_type = "text/plain";
    EXPECT_EQ(faults({loose}).size(), 1U);
}

TEST_F(Approvals, OfARevokedKeyCountByALogOnly) {
    const supply::Envelope good = signed_by_carol(approval());
    say(stolen_of(carol, 100));
    EXPECT_EQ(faults({good}).size(), 1U);
    const Bytes logged =
        tlog::make_entry(tlog::EntryKind::dsse_envelope, approval().policy_version.value,
                         as_bytes(supply::to_json(good, supply::EnvelopeForm::reference)));
    EXPECT_TRUE(faults({good}, order_of({logged, last_record()}).get()).empty());
    EXPECT_EQ(faults({good}, order_of({last_record(), logged}).get()).size(), 1U);
    // A receipt that names it was there, so it was.
    ReceiptDraft approved = draft();
    approved.approvals = {{carol, approval_reference(good)}};
    EXPECT_TRUE(faults({good}, order_of({entry(sealed(approved)), last_record()}).get()).empty());
}

TEST_F(Approvals, AreFoundByTheirHash) {
    const supply::Envelope good = signed_by_carol(approval());
    const Hash reference = ok(store.add(good));
    EXPECT_EQ(ok(store.add(good)), reference) << "once more changes nothing";
    EXPECT_EQ(ok(store.find(reference)), good);
    EXPECT_EQ(ok(store.find(Hash{})), std::nullopt);
    env.put("/approvals/" + std::string(64, '0') + ".json", as_bytes("{}"));
    EXPECT_EQ(store.find(Hash{}).error().detail(), "approval_other_name");
    env.put("/approvals/" + std::string(64, '0') + ".json", Bytes(max_receipt_size + 1));
    EXPECT_EQ(code_of(store.find(Hash{})), ErrorCode::resource_exhausted);
    const std::string junk = "{}";
    const Hash of_junk = crypto::blake3(as_bytes(junk));
    env.put("/approvals/" + to_hex(of_junk) + ".json", as_bytes(junk));
    EXPECT_EQ(store.find(of_junk).error().detail(), "json_missing_key");
}

TEST_F(Approvals, AreLookedForByWhatTheyAreFor) {
    const ReceiptStatement about = statement();
    EXPECT_FALSE(store.matching(about.policy, about.decision, about.subjects).has_value())
        << "there is no folder yet";
    const Hash reference = ok(store.add(signed_by_carol(approval())));
    Approval other = approval();
    other.decision = Decision::deny;
    ok(store.add(signed_by_carol(other)));
    env.put("/approvals/README", as_bytes("text"));
    env.put("/approvals/" + std::string(64, '0') + ".json", as_bytes("{}"));
    EXPECT_EQ(ok(store.matching(about.policy, about.decision, about.subjects)),
              (std::vector{ReceiptApproval{carol, reference}}));
}

TEST_F(Approvals, ThatAreNoneAreRefused) {
    const std::string text = approval().json();
    const auto detail_of = [&](const std::string& what, const std::string& by) {
        std::string changed = text;
        changed.replace(changed.find(what), what.size(), by);
        const auto read = Approval::from_json(changed);
        return read ? "none" : std::string(read.error().detail());
    };
    EXPECT_EQ(detail_of("Statement/v1", "Statement/v2"), "statement_other_type");
    EXPECT_EQ(detail_of("approval/v1", "approval/v2"), "statement_other_predicate");
    EXPECT_EQ(detail_of("allow", "maybe"), "receipt_bad_decision");
    EXPECT_EQ(detail_of(R"("version":4)", R"("version":null)"), "json_wrong_type");
    Approval about_nothing = approval();
    about_nothing.inputs.clear();
    EXPECT_EQ(code_of(sign_approval(about_nothing, key_of(carols))), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aion::release
