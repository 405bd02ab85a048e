// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/pin_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>
#include <vector>

#include "support/failing_pins.hpp"
#include "support/results.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using aion::test::code_of;
using aion::test::ok;

class PinCheckTest : public World {
  protected:
    VerifyOptions options() {
        VerifyOptions made;
        made.pin_store = &pins;
        made.events = [this](const Event& event) { told.emplace_back(event.name); };
        return made;
    }

    Result<VerificationReport> try_verify() { return verify(env, path, registry, options()); }

    VerificationReport must_verify() { return ok(try_verify()); }

    std::optional<Pin> pinned(FileId id) {
        return ok(pins.memory.find(id, {}, AskedRegistry::none())).pin;
    }

    /// The one finding, which the pin gate has.
    static const Finding& only_finding(const VerificationReport& report) {
        EXPECT_FALSE(report.is_valid());
        EXPECT_EQ(failed_gates(report), "pin ");
        EXPECT_EQ(report.finding_count(), 1U);
        return report.findings.at(0);
    }

    bool was_told(std::string_view event) const {
        return std::ranges::find(told, event) != told.end();
    }

    static Error broken() { return error_at_path(ErrorCode::file_read_error, "pins.db", EIO); }

    void fail_call(int which) {
        pins.calls = 0;
        pins.before_call = [which](int index) -> Result<> {
            return index == which ? Result<>(fail(broken())) : Result<>();
        };
    }

    /// Alice's key was revoked from `from` on.
    trust::Registry revoked_registry(std::uint64_t from = 1) const {
        trust::Registry revoked = registry;
        crypto::SigningKey master = key_from(aion::test::masters);
        ok(revoked.apply(
            ok(trust::sign(trust::RevocationRecord{.author = alice,
                                                   .epoch = Epoch{0},
                                                   .reason = trust::RevocationReason::compromised,
                                                   .effective_from = VersionNumber{from},
                                                   .master_signature = {}},
                           master))));
        return revoked;
    }

    trust::Registry changed_registry() const {
        trust::Registry changed = registry;
        ok(changed.pin(AuthorId{77}, aion::test::public_of(aion::test::masters),
                       aion::test::public_of(0x77)));
        return changed;
    }

    FailingPins pins;
    std::vector<std::string> told;
};

TEST_F(PinCheckTest, AFileSeenFirstIsTrustedAndPinned) {
    const CommitReceipt made = must_create();
    env.advance(5);
    const VerificationReport report = must_verify();
    EXPECT_TRUE(report.is_valid());
    EXPECT_FALSE(report.pinned);
    EXPECT_EQ(report.state(Gate::pin), GateState::skipped);
    EXPECT_EQ(report.unauthenticated.size(), 3U);
    EXPECT_EQ(pinned(made.file_id), (Pin{.file_id = made.file_id,
                                         .version = VersionNumber{1},
                                         .head = made.version_hash,
                                         .registry = registry.fingerprint(),
                                         .name = path.string(),
                                         .first_seen = Timestamp{start.value + 5},
                                         .last_seen = Timestamp{start.value + 5}}));
}

TEST_F(PinCheckTest, AKnownFileMayGoForward) {
    const CommitReceipt made = must_create();
    EXPECT_TRUE(must_verify().is_valid());
    must_commit("two");
    const CommitReceipt last = must_commit("three");
    const VerificationReport report = must_verify();
    EXPECT_TRUE(report.is_valid());
    EXPECT_TRUE(report.pinned);
    EXPECT_EQ(report.state(Gate::pin), GateState::passed);
    EXPECT_EQ(report.unauthenticated,
              (std::vector{Unauthenticated::message_texts, Unauthenticated::history_length}));
    EXPECT_EQ(pinned(made.file_id)->version, VersionNumber{3});
    EXPECT_EQ(pinned(made.file_id)->head, last.version_hash);
    EXPECT_EQ(pinned(made.file_id)->first_seen, start);
}

TEST_F(PinCheckTest, AnOlderStateIsRefused) {
    const CommitReceipt made = must_create();
    const Bytes old = content();
    must_commit("two");
    EXPECT_TRUE(must_verify().is_valid());
    env.put(path, old);
    told.clear();
    const VerificationReport report = must_verify();
    const Finding& finding = only_finding(report);
    EXPECT_EQ(finding.reason, Reason::history_too_short);
    EXPECT_EQ(finding.version, VersionNumber{1});
    EXPECT_EQ(finding.message, "the history ends at version 1, version 2 was accepted before");
    EXPECT_EQ(told, std::vector<std::string>{"file_rejected"});
    EXPECT_EQ(pinned(made.file_id)->version, VersionNumber{2});
    EXPECT_FALSE(open_verified(env, path, registry, options()));
}

TEST_F(PinCheckTest, AForkIsRefusedThoughItIsLonger) {
    must_create();
    const Bytes trunk = content();
    const CommitReceipt accepted = must_commit("ours");
    EXPECT_TRUE(must_verify().is_valid());
    env.put(path, trunk);
    must_commit("theirs");
    must_commit("theirs, too");
    const VerificationReport report = must_verify();
    const Finding& finding = only_finding(report);
    EXPECT_EQ(finding.reason, Reason::pinned_version_differs);
    EXPECT_EQ(finding.version, VersionNumber{2});
    EXPECT_EQ(pinned(accepted.file_id)->head, accepted.version_hash);
}

TEST_F(PinCheckTest, AnotherFileOfTheNameIsRefused) {
    const CommitReceipt first = must_create();
    EXPECT_TRUE(must_verify().is_valid());
    const CommitReceipt second = must_create("other", {.replace_existing = true});
    const VerificationReport report = must_verify();
    EXPECT_EQ(only_finding(report).reason, Reason::file_id_differs);
    EXPECT_TRUE(std::ranges::count(report.unauthenticated, Unauthenticated::file_id) == 1);
    EXPECT_TRUE(pinned(first.file_id));
    EXPECT_FALSE(pinned(second.file_id));
}

TEST_F(PinCheckTest, AnOlderRegistryIsRefused) {
    must_create();
    EXPECT_TRUE(must_verify().is_valid());
    EXPECT_TRUE(ok(verify(env, path, changed_registry(), options())).is_valid());
    const VerificationReport report = must_verify();
    EXPECT_EQ(only_finding(report).reason, Reason::registry_rolled_back);
}

TEST_F(PinCheckTest, AnOlderRegistryDoesNotUndoARevocation) {
    const CommitReceipt made = must_create();
    EXPECT_TRUE(must_verify().is_valid());
    const trust::Registry revoked = revoked_registry();
    EXPECT_FALSE(ok(verify(env, path, revoked, options())).is_valid());
    EXPECT_EQ(pinned(made.file_id)->registry, revoked.fingerprint());
    EXPECT_EQ(pinned(made.file_id)->version, VersionNumber{1});
    EXPECT_EQ(only_finding(must_verify()).reason, Reason::registry_rolled_back);
    EXPECT_FALSE(open_verified(env, path, registry, options()));
}

TEST_F(PinCheckTest, WhoeverJudgesHearsOfARevocation) {
    const trust::Registry revoked = revoked_registry();
    const std::vector<std::function<void(const VerifyOptions&)>> ways = {
        [&](const VerifyOptions& how) {
            EXPECT_FALSE(verify(content(), revoked, start, how).is_valid());
        },
        [&](const VerifyOptions& how) { EXPECT_FALSE(open_verified(env, path, revoked, how)); },
        [&](const VerifyOptions& how) {
            EXPECT_FALSE(open_verified(content(), revoked, start, how));
        },
        [&](const VerifyOptions& how) {
            CommitOptions commit_how;
            commit_how.verify = how;
            EXPECT_FALSE(CommitSession::open(env, path, revoked, commit_how));
        },
    };
    must_create();
    for (const auto& way : ways) {
        PinMemory fresh;
        VerifyOptions how = options();
        how.pin_store = &fresh;
        EXPECT_TRUE(ok(verify(env, path, registry, how)).is_valid());
        way(how);
        EXPECT_EQ(only_finding(ok(verify(env, path, registry, how))).reason,
                  Reason::registry_rolled_back);
    }
}

TEST_F(PinCheckTest, ARevocationThatDoesNotConcernAFileIsLearnedWhenItIsVerified) {
    must_create();
    EXPECT_TRUE(must_verify().is_valid());
    EXPECT_TRUE(ok(verify(env, path, revoked_registry(5), options())).is_valid());
    EXPECT_EQ(only_finding(must_verify()).reason, Reason::registry_rolled_back);
}

// A key that the registry knows is named, but did not sign; or one that it does not know did.
TEST_F(PinCheckTest, WhatIsNotSignedByAKnownKeyWithdrawsNothing) {
    const CommitReceipt made = must_create();
    EXPECT_TRUE(must_verify().is_valid());
    const Bytes genuine = content();
    Bytes forged = genuine;
    const format::FileView view = ok(format::FileView::parse(forged));
    forged.at(view.offset_of(&ok(view.signatures())[0].signature)) ^= 1U;
    env.put(path, forged);
    EXPECT_FALSE(ok(verify(env, path, revoked_registry(), options())).is_valid());
    EXPECT_FALSE(ok(verify(env, path, changed_registry(), options())).is_valid());
    env.put(path, genuine);
    EXPECT_FALSE(ok(verify(env, path, trust::Registry(), options())).is_valid());
    EXPECT_EQ(pinned(made.file_id)->registry, registry.fingerprint());
    EXPECT_TRUE(must_verify().is_valid());
}

TEST_F(PinCheckTest, CheckingAndTheReferenceProfileWithdrawNothing) {
    const CommitReceipt made = must_create();
    EXPECT_TRUE(must_verify().is_valid());
    VerifyOptions how = options();
    how.pin_use = PinUse::check;
    EXPECT_FALSE(ok(verify(env, path, revoked_registry(), how)).is_valid());
    how = options();
    how.profile = Profile::reference;
    EXPECT_FALSE(ok(verify(env, path, revoked_registry(), how)).is_valid());
    EXPECT_EQ(pinned(made.file_id)->registry, registry.fingerprint());
}

TEST_F(PinCheckTest, ARevocationThatCannotBeRecordedIsNoVerdict) {
    must_create();
    fail_call(0);
    EXPECT_EQ(code_of(verify(env, path, revoked_registry(), options())),
              ErrorCode::file_read_error);
    EXPECT_TRUE(told.empty());
}

TEST_F(PinCheckTest, EverythingThatContradictsIsFound) {
    must_create();
    const Bytes old = content();
    must_commit("two");
    EXPECT_TRUE(must_verify().is_valid());
    EXPECT_TRUE(ok(verify(env, path, changed_registry(), options())).is_valid());
    must_create("other", {.replace_existing = true, .file_id = FileId{4711}});
    // A file that is pinned, at a place that is another pinned file's, under an old registry.
    env.put("/policies/other.aion", content());
    EXPECT_TRUE(ok(verify(env, "/policies/other.aion", changed_registry(), options())).is_valid());
    env.put("/policies/other.aion", old);
    const auto report = ok(verify(env, "/policies/other.aion", registry, options()));
    EXPECT_EQ(report.finding_count(), 3U);
    EXPECT_EQ(report.state(Gate::pin), GateState::failed);
}

TEST_F(PinCheckTest, CheckingRecordsNothing) {
    const CommitReceipt made = must_create();
    VerifyOptions only_check = options();
    only_check.pin_use = PinUse::check;
    EXPECT_TRUE(ok(verify(env, path, registry, only_check)).is_valid());
    EXPECT_FALSE(pinned(made.file_id));
    EXPECT_EQ(pins.calls, 1);
}

TEST_F(PinCheckTest, TheReferenceProfileIsCheckedAndPinsNothing) {
    const CommitReceipt made = must_create();
    const Bytes old = content();
    VerifyOptions reference = options();
    reference.profile = Profile::reference;
    EXPECT_TRUE(ok(verify(env, path, registry, reference)).is_valid());
    EXPECT_FALSE(pinned(made.file_id));
    must_commit("two");
    EXPECT_TRUE(must_verify().is_valid());
    env.put(path, old);
    const auto report = ok(verify(env, path, registry, reference));
    EXPECT_EQ(only_finding(report).reason, Reason::history_too_short);
}

TEST_F(PinCheckTest, WhatIsInvalidAnywayIsNotLookedUp) {
    must_create();
    Bytes file = content();
    file.back() ^= 1U;
    env.put(path, file);
    const VerificationReport report = must_verify();
    EXPECT_FALSE(report.is_valid());
    EXPECT_FALSE(report.asked(Gate::pin));
    EXPECT_EQ(pins.calls, 0);
}

TEST_F(PinCheckTest, PinsOfTheCallerCountBesideThoseOfTheStore) {
    const CommitReceipt made = must_create();
    VerifyOptions both = options();
    both.pins.head = Hash();
    EXPECT_EQ(only_finding(ok(verify(env, path, registry, both))).reason, Reason::head_differs);
    EXPECT_FALSE(pinned(made.file_id));
    both.pins.head = made.version_hash;
    EXPECT_TRUE(ok(verify(env, path, registry, both)).is_valid());
    EXPECT_TRUE(pinned(made.file_id));
}

TEST_F(PinCheckTest, NamesAreFromTheBase) {
    const CommitReceipt made = must_create();
    VerifyOptions relative = options();
    relative.pin_base = "/base/me";
    env.put("policy.aion", content());
    EXPECT_TRUE(ok(verify(env, "policy.aion", registry, relative)).is_valid());
    EXPECT_EQ(pinned(made.file_id)->name, "/base/me/policy.aion");
    EXPECT_EQ(pinned_name(relative, "/abs/x.aion"), "/abs/x.aion");
    EXPECT_EQ(pinned_name(VerifyOptions(), "/abs/x.aion"), "");
}

// Where `link/..` leads is not where `link` is.
TEST(PinnedName, KeepsWhatOnlyTheFilesystemCanResolve) {
    EXPECT_EQ(pinned_name("/base/me", "../you/./x.aion"), "/base/me/../you/x.aion");
    EXPECT_EQ(pinned_name("/base", "link/../a.aion"), "/base/link/../a.aion");
    EXPECT_EQ(pinned_name("/base//./x/", ".//a.aion"), "/base/x/a.aion");
    EXPECT_EQ(pinned_name("/base", "//abs///x.aion"), "/abs/x.aion");
    EXPECT_EQ(pinned_name("", "./a//b.aion"), "a/b.aion");
    EXPECT_EQ(pinned_name("/base", "...a./.b"), "/base/...a./.b");
    EXPECT_EQ(pinned_name("/base", ""), "");
}

// Through these every file has the same name.
TEST(PinnedName, WhatIsNoPlaceHasNone) {
    for (const char* path : {"/dev/stdin", "/dev/fd/63", "/proc/self/fd/0", "//dev/./stdin",
                             "../dev/stdin", "../../../proc/1/fd/3"}) {
        EXPECT_EQ(pinned_name("/base", path), "") << path;
    }
    EXPECT_EQ(pinned_name("/dev", "stdin"), "");
    EXPECT_EQ(pinned_name("/base", "dev/x"), "/base/dev/x");
    EXPECT_EQ(pinned_name("/base", "/device/x"), "/device/x");
}

TEST_F(PinCheckTest, AFileInMemoryIsKnownByItsIdAlone) {
    const CommitReceipt made = must_create();
    const Bytes old = content();
    EXPECT_TRUE(check(content(), options()).is_valid());
    EXPECT_EQ(pinned(made.file_id)->name, "");
    must_commit("two");
    const auto opened = open_verified(content(), registry, start, options());
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_TRUE(opened->report().pinned);
    EXPECT_EQ(std::ranges::count(opened->report().unauthenticated, Unauthenticated::file_id), 1);
    EXPECT_EQ(only_finding(check(old, options())).reason, Reason::history_too_short);
}

TEST_F(PinCheckTest, AFileInMemoryIsKnownByWhereItWasReadIfThatIsSaid) {
    const CommitReceipt made = must_create();
    VerifyOptions named = options();
    named.pin_base = path.parent_path();
    named.pin_path = path.filename();
    EXPECT_TRUE(open_verified(content(), registry, start, named));
    EXPECT_EQ(pinned(made.file_id)->name, path.string());
    must_create("other", {.replace_existing = true});
    EXPECT_EQ(only_finding(check(content(), named)).reason, Reason::file_id_differs);
}

TEST_F(PinCheckTest, AStoreThatFailsIsNoVerdictAndNobodyHearsOfOne) {
    must_create();
    for (const int call : {0, 1}) {
        fail_call(call);
        told.clear();
        const auto report = try_verify();
        ASSERT_FALSE(report);
        EXPECT_EQ(code_of(report), ErrorCode::file_read_error);
        fail_call(call);
        const auto opened = open_verified(env, path, registry, options());
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().error.code(), ErrorCode::file_read_error);
        EXPECT_FALSE(opened.error().report);
        fail_call(call);
        EXPECT_FALSE(open_verified(content(), registry, start, options()));
        EXPECT_TRUE(told.empty());
    }
}

TEST_F(PinCheckTest, WithoutAnErrorToGiveAStoreThatFailsIsAFinding) {
    must_create();
    for (const int call : {0, 1}) {
        fail_call(call);
        told.clear();
        const VerificationReport report = check(content(), options());
        const Finding& finding = only_finding(report);
        EXPECT_EQ(finding.reason, Reason::pin_store_failed);
        EXPECT_NE(finding.message.find("pins.db"), std::string::npos) << finding.message;
        EXPECT_EQ(told, std::vector<std::string>{"file_rejected"});
    }
}

TEST_F(PinCheckTest, WhatAnotherRecordsMeanwhileIsLookedAtAgain) {
    const CommitReceipt made = must_create();
    const Bytes old = content();
    EXPECT_TRUE(must_verify().is_valid());
    must_commit("two");
    const Bytes two = content();
    const CommitReceipt third = must_commit("three");
    const auto three = ok(verify(env, path, registry, options()));
    EXPECT_TRUE(three.is_valid());
    // Someone else accepts version 3 between our look at version 2 and our record of it.
    ok(pins.memory.forget(made.file_id, start, ""));
    pins.calls = 0;
    pins.before_call = [&](int index) -> Result<> {
        return index == 1 ? pins.memory.record(
                                {.file_id = made.file_id,
                                 .version = VersionNumber{3},
                                 .head = third.version_hash,
                                 .name = path.string(),
                                 .time = start},
                                AskedRegistry(registry),
                                [&](VersionNumber) { return std::optional(third.version_hash); })
                          : Result<>();
    };
    env.put(path, two);
    EXPECT_EQ(only_finding(must_verify()).reason, Reason::history_too_short);
    EXPECT_EQ(pins.calls, 3);
    EXPECT_EQ(pinned(made.file_id)->version, VersionNumber{3});
}

TEST_F(PinCheckTest, AStoreThatKeepsContradictingItselfIsAnError) {
    must_create();
    pins.before_call = [](int index) -> Result<> {
        return index % 2 == 1 ? Result<>(fail(error_because(ErrorCode::conflict, "no")
                                                  .with_detail(contradiction_detail)))
                              : Result<>();
    };
    const auto report = try_verify();
    ASSERT_FALSE(report);
    EXPECT_EQ(code_of(report), ErrorCode::conflict);
    EXPECT_GT(pins.calls, 2);
    EXPECT_TRUE(told.empty());
}

// Each call may have waited for seconds.
TEST_F(PinCheckTest, AStoreThatIsLockedIsNotAskedAgain) {
    must_create();
    pins.before_call = [](int index) -> Result<> {
        return index == 1 ? Result<>(fail(error_because(ErrorCode::conflict, "locked")))
                          : Result<>();
    };
    EXPECT_EQ(code_of(try_verify()), ErrorCode::conflict);
    EXPECT_EQ(pins.calls, 2);
}

// Whatever fails, and wherever: never VALID without the store having agreed and recorded.
TEST_F(PinCheckTest, NoFaultMakesAnOldFileValid) {
    must_create();
    const Bytes old = content();
    must_commit("two");
    EXPECT_TRUE(must_verify().is_valid());
    env.put(path, old);
    for (int store_call = -1; store_call < 2; ++store_call) {
        for (std::uint64_t env_call = 0; env_call < 12; ++env_call) {
            fail_call(store_call);
            env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord&) {
                return index == env_call ? EIO : 0;
            });
            told.clear();
            const auto report = try_verify();
            EXPECT_FALSE(report && report->is_valid());
            EXPECT_FALSE(was_told("file_verified"));
            EXPECT_FALSE(open_verified(env, path, registry, options()));
        }
    }
    env.set_fault(nullptr);
}

class PinnedCommitTest : public PinCheckTest {
  protected:
    CommitOptions commit_options() {
        CommitOptions made;
        made.verify = options();
        return made;
    }

    Result<CommitReceipt> commit_pinned(std::string_view payload, const CommitOptions& how) {
        env.advance(1'000'000'000);
        return commit(env, path, {as_bytes(payload), alice, "change"}, signer, registry, how);
    }

    ScriptedSigner signer{key_from(aion::test::alices)};
};

TEST_F(PinnedCommitTest, RecordsTheNewHead) {
    must_create();
    const CommitReceipt made = ok(commit_pinned("two", commit_options()));
    EXPECT_FALSE(made.not_pinned);
    EXPECT_EQ(pinned(made.file_id)->version, VersionNumber{2});
    EXPECT_EQ(pinned(made.file_id)->head, made.version_hash);
    EXPECT_EQ(pinned(made.file_id)->name, path.string());
    EXPECT_EQ(pins.calls, 2);
    EXPECT_EQ(ok(commit_pinned("three", commit_options())).version, VersionNumber{3});
    EXPECT_TRUE(must_verify().is_valid());
}

TEST_F(PinnedCommitTest, DoesNotContinueWhatWentBack) {
    must_create();
    const Bytes old = content();
    must_commit("two");
    EXPECT_TRUE(must_verify().is_valid());
    env.put(path, old);
    const auto made = commit_pinned("another two", commit_options());
    ASSERT_FALSE(made);
    EXPECT_EQ(code_of(made), ErrorCode::verdict_invalid);
    EXPECT_FALSE(CommitSession::open(env, path, registry, commit_options()));
    EXPECT_EQ(signer.calls, 0);
    EXPECT_EQ(content(), old);
}

TEST_F(PinnedCommitTest, AStoreThatCannotBeAskedStopsIt) {
    must_create();
    const Bytes before = content();
    fail_call(0);
    EXPECT_EQ(code_of(commit_pinned("two", commit_options())), ErrorCode::file_read_error);
    fail_call(0);
    EXPECT_FALSE(CommitSession::open(env, path, registry, commit_options()));
    EXPECT_EQ(signer.calls, 0);
    EXPECT_EQ(content(), before);
    EXPECT_FALSE(was_told("file_verified"));
}

TEST_F(PinnedCommitTest, WhatIsInPlaceAndCouldNotBePinnedIsSaidAsThat) {
    const CommitReceipt first = must_create();
    EXPECT_TRUE(must_verify().is_valid());
    fail_call(1);
    const CommitReceipt made = ok(commit_pinned("two", commit_options()));
    ASSERT_TRUE(made.not_pinned);
    EXPECT_EQ(made.not_pinned->code(), ErrorCode::file_read_error);
    EXPECT_TRUE(was_told("commit_accepted"));
    EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{1});
    pins.before_call = nullptr;
    EXPECT_TRUE(must_verify().is_valid());
    EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{2});
}

TEST_F(PinnedCommitTest, LackOfMemoryBehindTheRenameIsNoFailureOfTheCommit) {
    must_create();
    pins.before_call = [](int index) -> Result<> {
        if (index == 1) {
            throw std::bad_alloc();
        }
        return {};
    };
    const CommitReceipt made = ok(commit_pinned("two", commit_options()));
    ASSERT_TRUE(made.not_pinned);
    EXPECT_EQ(made.not_pinned->code(), ErrorCode::resource_exhausted);
}

TEST_F(PinnedCommitTest, NothingIsRecordedThatIsOnlyCheckedOrMayNotBeSigned) {
    const CommitReceipt first = must_create();
    CommitOptions how = commit_options();
    how.verify.pin_use = PinUse::check;
    ok(commit_pinned("two", how));
    how = commit_options();
    how.authorization = Authorization::not_checked;
    ok(commit_pinned("three", how));
    EXPECT_FALSE(pinned(first.file_id));
}

TEST_F(PinnedCommitTest, ASessionRecordsWhatItSavedEachTime) {
    const CommitReceipt first = must_create();
    auto session = CommitSession::open(env, path, registry, commit_options());
    ASSERT_TRUE(session);
    EXPECT_FALSE(pinned(first.file_id));
    ok(session->add({as_bytes("two"), alice, "m"}, signer));
    ok(session->add({as_bytes("three"), alice, "m"}, signer));
    EXPECT_FALSE(pinned(first.file_id));
    EXPECT_FALSE(ok(session->save()).not_pinned);
    EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{3});
    ok(session->add({as_bytes("four"), alice, "m"}, signer));
    fail_call(0);
    EXPECT_TRUE(ok(session->save()).not_pinned);
    EXPECT_EQ(session->pending(), 0U);
    EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{3});
    ok(session->add({as_bytes("five"), alice, "m"}, signer));
    EXPECT_FALSE(ok(session->save()).not_pinned);
    EXPECT_EQ(pinned(first.file_id)->version, VersionNumber{5});
    EXPECT_TRUE(must_verify().is_valid());
}

}  // namespace
}  // namespace aion::policy::test
