// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying and committing with a store of pins, under registries with a chain.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "aion/policy/attestation.hpp"
#include "aion/policy/verify_many.hpp"
#include "support/chain_world.hpp"
#include "support/results.hpp"

namespace aion::policy::test {
namespace {

using aion::test::code_of;
using aion::test::ok;

class PinChainTest : public ChainWorld {
  protected:
    VerifyOptions options(PinUse use = PinUse::record) {
        VerifyOptions made;
        made.pin_store = &pins;
        made.pin_use = use;
        return made;
    }

    CommitOptions commit_options() {
        CommitOptions made;
        made.verify = options();
        return made;
    }

    /// `VALID`, or what the pin gate found.
    std::string verdict(const std::filesystem::path& file, const trust::Registry& under,
                        const VerifyOptions& how) {
        const VerificationReport report = ok(verify(env, file, under, how));
        if (report.is_valid()) {
            return "VALID";
        }
        const Finding* const found = report.first(Gate::pin);
        return found == nullptr ? "another gate" : std::string(name_of(found->reason));
    }

    std::optional<Pin> pinned(FileId id) {
        return ok(pins.find(id, {}, AskedRegistry::none())).pin;
    }

    /// Bob's key was stolen: none of his versions counts.
    void revoke_bob() {
        say(trust::EpochRevocation{.author = bob,
                                   .epoch = Epoch{0},
                                   .reason = trust::RevocationReason::compromised,
                                   .until = bound(0)});
    }

    /// A file that the store has not seen, and a registry that it knows to be rolled back.
    trust::Registry roll_back() {
        must_create("seen");
        trust::Registry former = registry;
        revoke_bob();
        EXPECT_EQ(verdict(path, registry, options()), "VALID");
        path = unseen;
        must_create("unseen");
        return former;
    }

    const std::filesystem::path unseen = "/policies/unseen.aion";
    PinMemory pins;
};

/// Of two files one was verified since a key was revoked. With the former registry the thief would
/// go on in the other.
TEST_F(PinChainTest, ARevocationIsNotUndoneInAFileThatWasNotVerifiedSince) {
    must_create("one");
    const std::filesystem::path other = "/policies/other.aion";
    const CommitReceipt second =
        ok(create(env, other, {as_bytes("two"), alice, genesis_message}, alice_key));
    const trust::Registry former = registry;
    EXPECT_EQ(verdict(path, former, options()), "VALID");
    EXPECT_EQ(verdict(other, former, options()), "VALID");
    revoke_bob();
    EXPECT_EQ(verdict(path, registry, options()), "VALID");
    ok(commit(env, other, {as_bytes("forged"), bob, "mine"}, bob_key, former));
    EXPECT_EQ(verdict(other, former, options()), "registry_rolled_back");
    EXPECT_EQ(pinned(second.file_id)->head, second.version_hash);
    EXPECT_EQ(verdict(other, registry, options()), "another gate");
    EXPECT_EQ(pinned(second.file_id)->version, VersionNumber{1});
}

TEST_F(PinChainTest, AFileThatIsNotKnownIsRefusedUnderARegistryThatIsRolledBack) {
    const trust::Registry former = roll_back();
    for (const PinUse use : {PinUse::check, PinUse::record}) {
        EXPECT_EQ(verdict(unseen, former, options(use)), "registry_rolled_back");
        VerifyOptions how = options(use);
        how.profile = Profile::reference;
        EXPECT_EQ(verdict(unseen, former, how), "registry_rolled_back");
        const VerificationReport report = verify(content(), former, start, options(use));
        EXPECT_EQ(report.finding_count(), 1U);
        EXPECT_TRUE(report.pinned);
        EXPECT_EQ(report.state(Gate::pin), GateState::failed);
        EXPECT_FALSE(open_verified(env, unseen, former, options(use)));
        const std::vector<std::filesystem::path> files = {unseen};
        int told = 0;
        ok(verify_many(env, files, former, options(use), [&](std::size_t, const auto& one) {
            EXPECT_EQ(failed_gates(ok(one)), "pin ");
            ++told;
            return Next::go_on;
        }));
        EXPECT_EQ(told, 1);
    }
    std::size_t known = 0;
    ok(pins.for_each([&](const Pin&) { ++known; }));
    EXPECT_EQ(known, 1U);
    EXPECT_EQ(verdict(unseen, registry, options(PinUse::check)), "VALID");
    EXPECT_FALSE(ok(verify(env, unseen, registry, options())).pinned);
}

TEST_F(PinChainTest, NobodyCommitsUnderARegistryThatIsRolledBack) {
    const trust::Registry former = roll_back();
    const Bytes before = content();
    ScriptedSigner signer{key_from(aion::test::alices)};
    EXPECT_EQ(code_of(commit(env, unseen, {as_bytes("two"), alice, "m"}, signer, former,
                             commit_options())),
              ErrorCode::verdict_invalid);
    const auto session = CommitSession::open(env, unseen, former, commit_options());
    EXPECT_EQ(code_of(session), ErrorCode::verdict_invalid);
    EXPECT_EQ(signer.calls, 0);
    EXPECT_EQ(content(), before);
}

/// Two registries of the same records, the last of which is signed by one root key, or the other.
std::vector<trust::Registry> signed_otherwise() {
    std::vector<std::uint8_t> keys = {roots, roots + 1};
    trust::RootRecord root{.keys = {aion::test::public_of(roots), aion::test::public_of(roots + 1)},
                           .threshold = 1};
    std::ranges::sort(root.keys);
    std::vector<trust::Registry> made;
    for (const std::uint8_t key : keys) {
        trust::RegistryRecord first;
        first.facts = root;
        trust::RegistryChain chain = trust::RegistryChain::replay({signed_by_root(first)}).value();
        trust::RegistryRecord next = chain.next_record(
            registration(alice, "alice", alice_masters, aion::test::alices), Timestamp{1}, "");
        crypto::SigningKey signer = key_from(key);
        ok(sign(next, signer));
        ok(chain.append(next));
        made.push_back(trust::Registry::from_chain(std::move(chain)));
    }
    return made;
}

TEST_F(PinChainTest, WhoSignedTheSameRecordsMakesNoOtherRegistry) {
    const std::vector<trust::Registry> same = signed_otherwise();
    ASSERT_NE(same.at(0).to_json(), same.at(1).to_json());
    const CommitReceipt made = must_create("one");
    path = unseen;
    must_create("two");
    path = "/policies/policy.aion";
    for (const std::size_t which : {0U, 1U, 0U, 1U}) {
        EXPECT_EQ(verdict(path, same.at(which), options()), "VALID");
        EXPECT_EQ(verdict(unseen, same.at(1 - which), options(PinUse::check)), "VALID");
        EXPECT_EQ(pinned(made.file_id)->registry, same.at(0).fingerprint());
    }
}

class CommitUnderChainTest : public PinChainTest {
  protected:
    Attestation by_bob(std::uint64_t version) {
        const Bytes file = content();
        const auto view = ok(format::FileView::parse(file));
        return ok(attest(*ok(view.version_at(version - 1)), bob, bob_key));
    }

    /// The file of version 2, by alice, which was committed to what `before` is.
    NewVersion again() const { return {as_bytes("two"), alice, "again", second_time}; }

    /// Bob's first version, behind which alice's second was made and taken away again.
    trust::HistoryPoint make_twice() {
        ok(create(env, path, {as_bytes("one"), bob, genesis_message}, bob_key));
        const Bytes before = content();
        ok(commit(env, path, again(), alice_key, registry));
        const trust::HistoryPoint second = point_of(content(), 2);
        env.put(path, before);
        return second;
    }

    const Timestamp second_time{start.value + 7};
};

/// Whoever shares the store would have to take the head before for a rollback, and could not take
/// the new one yet.
TEST_F(CommitUnderChainTest, AHeadThatOthersHaveYetToSignIsNotPinned) {
    const CommitReceipt first = must_create("one");
    const Bytes before = content();
    const std::vector<Attestation> attestations = {by_bob(1)};
    CommitOptions how = commit_options();
    how.verify.attestations = attestations;
    for (const Requirement& required : {Requirement{2, {alice, bob}}, Requirement{1, {bob}}}) {
        env.put(path, before);
        how.verify.require = required;
        EXPECT_EQ(verdict(path, registry, how.verify), "VALID");
        const CommitReceipt made =
            ok(commit(env, path, {as_bytes("two"), alice, "m"}, alice_key, registry, how));
        EXPECT_FALSE(made.not_pinned);
        EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{1});
        EXPECT_EQ(verdict(path, registry, how.verify), "threshold_not_met");
        env.put(path, before);
        EXPECT_EQ(verdict(path, registry, how.verify), "VALID");
        auto session = ok(CommitSession::open(env, path, registry, how));
        ok(session.add({as_bytes("two"), alice, "m"}, alice_key));
        EXPECT_FALSE(ok(session.save()).not_pinned);
        EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{1});
    }
    env.put(path, before);
    how.verify.require = Requirement{1, {alice, bob}};
    ok(commit(env, path, {as_bytes("two"), alice, "m"}, alice_key, registry, how));
    EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{2});
}

/// The version that is made is listed as one by the key before: with it, the new key comes later.
TEST_F(CommitUnderChainTest, WhoMayNotSignAVersionThatIsListedIsRefused) {
    say(handed_over(bound(0, {make_twice()})));
    const Bytes before = content();
    ScriptedSigner second{key_from(alices_second)};
    const auto made = commit(env, path, again(), second, registry, commit_options());
    EXPECT_EQ(code_of(made), ErrorCode::key_mismatch);
    auto session = ok(CommitSession::open(env, path, registry, commit_options()));
    EXPECT_EQ(code_of(session.add(again(), second)), ErrorCode::key_mismatch);
    EXPECT_EQ(session.pending(), 0U);
    EXPECT_EQ(second.calls, 0);
    EXPECT_EQ(content(), before);
    // At another time it is another version, which nobody listed.
    ok(session.add({as_bytes("two"), alice, "again"}, second));
    ok(session.save());
    EXPECT_EQ(verdict(path, registry, options()), "VALID");
}

TEST_F(CommitUnderChainTest, AVersionThatIsListedIsPinnedByWhoVerifiesIt) {
    say(stolen(bound(5, {make_twice()})));
    const Bytes before = content();
    const CommitReceipt made =
        ok(commit(env, path, again(), alice_key, registry, commit_options()));
    EXPECT_FALSE(made.not_pinned);
    EXPECT_FALSE(pinned(made.file_id));
    env.put(path, before);
    auto session = ok(CommitSession::open(env, path, registry, commit_options()));
    ok(session.add(again(), alice_key));
    ok(session.save());
    EXPECT_FALSE(pinned(made.file_id));
    EXPECT_EQ(verdict(path, registry, options()), "VALID");
    EXPECT_EQ(pinned(made.file_id)->version, VersionNumber{2});
}

}  // namespace
}  // namespace aion::policy::test
