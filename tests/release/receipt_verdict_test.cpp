// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/receipt_verdict.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "release/receipt_world.hpp"
#include "supply/vectors.hpp"

namespace aion::release {
namespace {

using namespace test;
using aion::test::public_of;

using ReceiptGates = ReceiptWorld;

TEST_F(ReceiptGates, PassAnHonestReceipt) {
    const JudgedPolicy policy = judged();
    ReplayMemory seen;
    const Receipt receipt = witnessed();
    const auto log = order_of({filler(1), entry(receipt)});
    const ReceiptVerdict verdict = judge(
        receipt,
        {.witnesses = 1, .policy = &policy, .log = log.get(), .require_log = true, .seen = &seen});
    EXPECT_EQ(failed_in(verdict), "") << verdict.reason();
    EXPECT_EQ(verdict.witnesses, std::vector{carol});
    EXPECT_EQ(verdict.log_index, 1U);
    EXPECT_EQ(verdict.statement->decision, Decision::allow);
    EXPECT_EQ(verdict.state(ReceiptGate::approvals), policy::GateState::skipped);
    EXPECT_EQ(failed(receipt), "") << "with nothing but the registry";
}

// --- Each gate, and only it ----------------------------------------------------------------------

TEST_F(ReceiptGates, FormAlone) {
    const auto form_of = [this](const std::function<void(ReceiptStatement&)>& change) {
        ReceiptStatement changed = statement();
        change(changed);
        return failed(saying(changed.json()));
    };
    EXPECT_EQ(form_of([](ReceiptStatement&) {}), "");
    EXPECT_EQ(form_of([](ReceiptStatement& s) { s.type = other_type; }), "form ");
    EXPECT_EQ(form_of([](ReceiptStatement& s) { s.predicate_type = other_type; }), "form ");
    EXPECT_EQ(form_of([](ReceiptStatement& s) { s.subjects.clear(); }), "form ");
    EXPECT_EQ(form_of([](ReceiptStatement& s) { s.subjects[0].digest.clear(); }), "form ");
    EXPECT_EQ(form_of([](ReceiptStatement& s) { s.subjects[1].name = s.subjects[0].name; }),
              "form ");
    Receipt other = saying(statement().json());
    other.envelope.payload_type = "text/plain";
    EXPECT_EQ(failed(other), "form ");
    EXPECT_EQ(failed(saying("no statement")), "form ");
    EXPECT_FALSE(judge(saying("no statement")).statement.has_value());
}

TEST_F(ReceiptGates, SignaturesAlone) {
    Receipt garbage = witnessed();
    garbage.envelope.signatures[1].signature[5] ^= 1;
    EXPECT_EQ(failed(garbage), "signatures ");
    Receipt of_nobody = receipt();
    of_nobody.envelope.signatures.push_back({"aion:author:999", Bytes(64, 7)});
    EXPECT_EQ(failed(of_nobody), "signatures ");
    Receipt without_version = witnessed();
    without_version.witnesses.clear();
    EXPECT_EQ(failed(without_version), "signatures ");
    Receipt not_signed = receipt();
    not_signed.witnesses = {{supply::keyid_of(carol), number}};
    EXPECT_EQ(failed(not_signed), "signatures ");
    Receipt listed_twice = witnessed();
    listed_twice.witnesses.push_back(listed_twice.witnesses.front());
    EXPECT_EQ(failed(listed_twice), "signatures ");
    Receipt many = receipt();
    many.envelope.signatures.resize(1'000'000, {"aion:author:7", {}});
    EXPECT_EQ(failed(many), "signatures runtime ") << "none is looked at";
}

// An honest receipt whose witness is the runtime, by another name.
TEST_F(ReceiptGates, SignaturesOfOnePersonAreNotTwo) {
    trust::Registry shared;
    ok(shared.pin(alice, public_of(policy::test::alice_masters), public_of(aion::test::alices)));
    ok(shared.pin(bob, public_of(policy::test::bob_masters), public_of(aion::test::bobs)));
    ok(shared.pin(carol, public_of(policy::test::bob_masters), public_of(carols)));
    EXPECT_EQ(failed_in(judge_receipt(witnessed(), shared)), "signatures ") << "one master key";
    Receipt same_key = receipt();
    ok(add_witness(same_key, AuthorId{1004}, VersionNumber{1}, key_of(aion::test::bobs)));
    ok(shared.pin(AuthorId{1004}, public_of(0x94), public_of(aion::test::bobs)));
    EXPECT_EQ(failed_in(judge_receipt(same_key, shared)), "signatures ");
}

TEST_F(ReceiptGates, RuntimeAlone) {
    ReceiptStatement naming_bob = statement();
    Receipt by_carol{
        .envelope = ok(supply::sign_envelope(supply::statement_type, as_bytes(naming_bob.json()),
                                             carol, key_of(carols))),
        .witnesses = {{supply::keyid_of(carol), number}}};
    EXPECT_EQ(failed(by_carol), "runtime ");
    // Whoever writes the policy does not say that it was kept.
    ReceiptDraft own = draft();
    own.runtime->author = alice;
    EXPECT_EQ(failed(ok(seal_receipt(own, key_of(aion::test::alices)))), "runtime ");
}

TEST_F(ReceiptGates, KeysAlone) {
    const Receipt receipt = witnessed();
    say(stolen_of(bob, 100));
    EXPECT_EQ(failed(receipt), "keys ") << "back-versioned: version 7 was the key's";
    EXPECT_EQ(judge(receipt).reason(),
              "keys: author 1002 at version 7: the key was revoked, and no log shows that this was "
              "signed before");
    registry = trust::Registry::from_chain(policy::test::chain_of_three());
    say(stolen_of(carol, 10));
    EXPECT_EQ(failed(receipt), "keys ") << "the witness says that it was version 3";
}

TEST_F(ReceiptGates, WitnessesAlone) {
    EXPECT_EQ(failed(receipt(), {.witnesses = 1}), "witnesses ");
    EXPECT_EQ(failed(witnessed(), {.witnesses = 1}), "");
    EXPECT_EQ(failed(witnessed(), {.witnesses = 2}), "witnesses ");
}

TEST_F(ReceiptGates, PolicyAlone) {
    const JudgedPolicy policy = judged();
    const auto policy_of = [&](const std::function<void(ReceiptDraft&)>& change, bool with_file) {
        ReceiptDraft changed = draft();
        change(changed);
        return failed(sealed(changed), {.policy = with_file ? &policy : nullptr});
    };
    EXPECT_EQ(policy_of([](ReceiptDraft& d) { d.policy.version.value = 1; }, true), "");
    EXPECT_EQ(policy_of([](ReceiptDraft& d) { ++d.policy.file_id.value; }, true), "policy ");
    EXPECT_EQ(policy_of([](ReceiptDraft& d) { d.policy.version.value = 3; }, true), "policy ")
        << "from the future";
    EXPECT_EQ(policy_of([](ReceiptDraft& d) { d.policy.version.value = 0; }, true), "policy ");
    for (const bool with_file : {true, false}) {
        EXPECT_EQ(policy_of([](ReceiptDraft& d) { d.trust.epoch.value = 1; }, with_file),
                  "policy ");
        EXPECT_EQ(policy_of([](ReceiptDraft& d) { d.trust.author = carol; }, with_file), "policy ");
    }
    EXPECT_EQ(policy_of(
                  [](ReceiptDraft& d) {
                      d.policy.author = carol;
                      d.trust.author = carol;
                  },
                  true),
              "policy ");
    const Receipt made = receipt();
    say(policy::test::handed_over(policy::test::bound(2)));
    EXPECT_EQ(failed(made), "policy ") << "version 2 is the next key's";
}

TEST_F(ReceiptGates, ApprovalsAlone) {
    ReceiptDraft approved = draft();
    approved.approvals = {{carol, Hash{}}};
    const ApprovalStore nothing(env, "/approvals");
    EXPECT_EQ(failed(sealed(approved), {.approvals = &nothing}), "approvals ");
    EXPECT_EQ(failed(receipt(), {.approvals = &nothing}), "") << "none is referred to";
    EXPECT_EQ(failed(sealed(approved)), "");
}

TEST_F(ReceiptGates, FreshnessAlone) {
    tlog::test::SmallLog log(3);
    ReceiptDraft fresh = draft();
    fresh.inputs.push_back(checkpoint_input(log.checkpoint_at(3)));
    const Receipt receipt = sealed(fresh);
    const auto known = order_of(log.entries);
    EXPECT_EQ(failed(receipt, {.log = known.get(), .min_log_size = 3}), "");
    EXPECT_EQ(judge(receipt, {.log = known.get()}).seen_log_size, 3U);
    EXPECT_EQ(failed(receipt, {.log = known.get(), .min_log_size = 4}), "freshness ");
    EXPECT_EQ(failed(receipt, {.min_log_size = 3}), "freshness ") << "nobody was asked";
    EXPECT_EQ(failed(this->receipt(), {.log = known.get(), .min_log_size = 1}), "freshness ");
    const auto forked = order_of({filler(1), filler(2), filler(3)});
    EXPECT_EQ(failed(receipt, {.log = forked.get()}), "freshness ") << "another log of that name";
    const auto behind = order_of({log.entries[0], log.entries[1]});
    EXPECT_EQ(failed(receipt, {.log = behind.get()}), "freshness ") << "from the future";
    // Where proofs lead elsewhere, nothing is known of that size.
    log.append("one more");
    const auto later = order_of(log.entries);
    EXPECT_EQ(failed(receipt, {.log = later.get()}), "");
    EXPECT_EQ(failed(receipt, {.log = later.get(), .min_log_size = 1}), "freshness ");
    for (std::uint64_t size = 4; size < 25; ++size) {
        fresh.inputs.push_back(checkpoint_input(
            {.origin = tlog::test::small_log_name, .size = size, .root = log.tree.root(3)}));
    }
    EXPECT_EQ(judge(sealed(fresh), {.log = known.get()}).reason(),
              "freshness: it has seen more than 16 checkpoints of the log");
}

TEST_F(ReceiptGates, LogAlone) {
    const Receipt receipt = witnessed();
    const auto without = order_of({filler(1)});
    EXPECT_EQ(failed(receipt, {.log = without.get(), .require_log = true}), "log ");
    EXPECT_EQ(failed(receipt, {.require_log = true}), "log ");
    for (const std::size_t signatures : {1U, 2U}) {
        const auto with = order_of({filler(1), entry(receipt, signatures)});
        EXPECT_EQ(failed(receipt, {.log = with.get(), .require_log = true}), "")
            << "logged before and after it was witnessed";
    }
    // What the witness signed first is not yet the runtime's.
    Receipt turned = receipt;
    std::swap(turned.envelope.signatures[0], turned.envelope.signatures[1]);
    const auto witness_only = order_of({entry(turned, 1)});
    EXPECT_EQ(failed(turned, {.log = witness_only.get(), .require_log = true}), "log ");
}

TEST_F(ReceiptGates, ReplayAlone) {
    ReplayMemory seen;
    const ReceiptRules rules{.seen = &seen};
    EXPECT_EQ(failed(receipt(), rules), "");
    EXPECT_EQ(failed(receipt(), rules), "replay ");
    ReceiptDraft next = draft();
    next.runtime->receipt_version.value = 8;
    EXPECT_EQ(failed(sealed(next), rules), "replay ") << "the nonce";
    next.nonce = ReceiptNonce{{9}};
    next.runtime->receipt_version = number;
    EXPECT_EQ(failed(sealed(next), rules), "replay ") << "the number";
    next.runtime->receipt_version.value = 9;
    Receipt forged = sealed(next);
    forged.envelope.signatures[0].signature[0] ^= 1;
    EXPECT_EQ(failed(forged, rules), "signatures runtime ");
    EXPECT_EQ(failed(sealed(next), rules), "") << "a forged one takes nothing away";
}

// --- What a log shows ----------------------------------------------------------------------------

TEST_F(ReceiptGates, ARevokedKeyCountsForWhatWasLoggedBefore) {
    const Receipt receipt = witnessed();
    const Bytes with_one = entry(receipt, 1);
    const Bytes with_both = entry(receipt);
    say(stolen_of(bob, 100));
    const auto before = order_of({with_one, last_record()});
    EXPECT_EQ(failed(receipt, {.log = before.get()}), "");
    const auto behind = order_of({last_record(), with_one, with_both});
    EXPECT_EQ(failed(receipt, {.log = behind.get()}), "keys ");
    registry = trust::Registry::from_chain(policy::test::chain_of_three());
    say(stolen_of(carol, 100));
    const auto only_runtime = order_of({with_one, last_record(), with_both});
    EXPECT_EQ(failed(receipt, {.log = only_runtime.get()}), "keys ")
        << "the witness's signature was not there yet";
    const auto both = order_of({with_both, last_record()});
    EXPECT_EQ(failed(receipt, {.log = both.get()}), "");
}

TEST_F(ReceiptGates, AKeyThatHasNoVersionLeftCountsByALogToo) {
    const Receipt made = receipt();
    const Bytes logged = entry(made);
    say(stolen_of(bob, 0));
    EXPECT_EQ(failed(made), "keys ");
    const auto before = order_of({logged, last_record()});
    EXPECT_EQ(failed(made, {.log = before.get()}), "");
}

TEST_F(ReceiptGates, WhoeverHasSeenTheRevocationIsNotBefore) {
    say(stolen_of(bob, 100));
    tlog::test::SmallLog log;
    log.append(filler(1));
    log.append(last_record());
    ReceiptDraft late = draft();
    late.inputs.push_back(checkpoint_input(log.checkpoint_at(2)));
    const auto known = order_of(log.entries);
    EXPECT_EQ(failed(sealed(late), {.log = known.get()}), "keys freshness ");
}

// --- What the reference accepts ------------------------------------------------------------------

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST_F(ReceiptGates, RefuseEveryTextThatTheReferenceTakesAndNobodyWrites) {
    const std::string text = statement().json();
    ASSERT_EQ(failed(saying(text)), "");
    for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
             {"https://in-toto.io/Statement/v1", other_type},
             {R"("decision")", R"("note":"hello","decision")"},
             {R"(,"runtime")", R"(,"approvals":[],"runtime")"},
             {"0102030000", "01020300\\u0030\\u0030"},
             {"}}}", "}}} \n"},
             {R"("decision":)", R"("decision": )"},
             {R"("file_id")", R"("\u0066ile_id")"},
             {R"({"name":"request","digest":{"blake3-256")",
              R"({"name":"","digest":{}},{"name":"request","digest":{"blake3-256")"}}) {
        EXPECT_EQ(failed(saying(replaced(text, what, by))), "form ") << by;
    }
    ReceiptStatement upper = statement();
    upper.nonce.bytes.fill(0xab);
    EXPECT_EQ(failed(saying(upper.json())), "");
    EXPECT_EQ(failed(saying(replaced(upper.json(), "abab", "ABab"))), "form ");
}

TEST_F(ReceiptGates, RefuseEverySignatureThatTheReferenceDoesNotLookAt) {
    const supply::EnvelopeSignature garbage{supply::keyid_of(bob), Bytes(64, 7)};
    Receipt behind = receipt();
    behind.envelope.signatures.push_back(garbage);
    EXPECT_EQ(failed(behind), "signatures ");
    Receipt in_front = receipt();
    in_front.envelope.signatures.insert(in_front.envelope.signatures.begin(), garbage);
    EXPECT_EQ(failed(in_front), "signatures runtime ");
    // The runtime as its own witness, in the reference's three ways.
    for (const std::string& keyid : {supply::keyid_of(bob), std::string("aion:author:+1002"),
                                     std::string("aion:author:0001002")}) {
        Receipt own = receipt();
        own.envelope.signatures.push_back({keyid, own.envelope.signatures[0].signature});
        own.witnesses = {{keyid, number}};
        EXPECT_EQ(failed(own, {.witnesses = 1}), "signatures witnesses ") << keyid;
    }
    Receipt short_one = witnessed();
    short_one.envelope.signatures[1].signature.pop_back();
    EXPECT_EQ(failed(short_one), "signatures ");
    Receipt none = receipt();
    none.envelope.signatures.clear();
    EXPECT_EQ(failed(none), "signatures runtime ");
}

TEST_F(ReceiptGates, JudgeTheReferencesOwnReceipt) {
    using aion::test::supply_registry;
    const auto vectors = aion::test::supply_vectors("receipt.json");
    Receipt receipt = ok(receipt_from_json(vectors["envelope"].get<std::string>()));
    EXPECT_EQ(failed_in(judge_receipt(receipt, supply_registry())), "");
    receipt = ok(receipt_from_json(vectors["with_witness_at_version_12"].get<std::string>()));
    receipt.witnesses = {{"aion:author:3", VersionNumber{12}}};
    EXPECT_EQ(failed_in(judge_receipt(receipt, supply_registry())), "signatures ")
        << "all of its authors have one master key";
}

TEST_F(ReceiptGates, JudgeTheMostSubjectsThatThereMayBe) {
    ReceiptDraft large = draft();
    large.inputs.clear();
    for (std::size_t i = 0; i < max_receipt_subjects; ++i) {
        large.inputs.push_back(receipt_input(std::to_string(i), Hash{}));
    }
    const Receipt made = sealed(large);
    EXPECT_EQ(failed(ok(receipt_from_json(to_json(made)))), "");
    const auto log = order_of({entry(made)});
    EXPECT_EQ(failed(made, {.log = log.get(), .require_log = true}), "");
}

TEST(ReceiptVerdicts, AreNotValidBeforeAnythingWasJudged) {
    EXPECT_FALSE(ReceiptVerdict().is_valid());
}

TEST(ReceiptPolicies, AreJudgedFirst) {
    EXPECT_EQ(code_of(JudgedPolicy::judge(as_bytes("no file"), {}, Timestamp{})),
              ErrorCode::verdict_invalid);
    EXPECT_EQ(
        code_of(JudgedPolicy::judge({}, {}, Timestamp{}, {.profile = policy::Profile::reference})),
        ErrorCode::invalid_argument);
}

TEST_F(ReceiptGates, APolicysVersionsHaveTheKeysThatSignedThem) {
    say(policy::test::handed_over(policy::test::bound(3)));
    env.advance(1);
    ASSERT_TRUE(policy::commit(env, path, {as_bytes("x"), alice, "third"},
                               key_of(policy::test::alices_second), registry)
                    .has_value());
    const JudgedPolicy judged_one = judged();
    ASSERT_EQ(judged_one.versions().size(), 3U);
    EXPECT_EQ(judged_one.at(VersionNumber{2})->trust, (EpochReference{alice, Epoch{0}}));
    EXPECT_EQ(judged_one.current().trust, (EpochReference{alice, Epoch{1}}));
    EXPECT_EQ(judged_one.at(VersionNumber{4}), std::nullopt);
    const auto opened = policy::open_verified(env, path, registry);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(PolicyInForce::of(*opened), judged_one.current());
}

}  // namespace
}  // namespace aion::release
