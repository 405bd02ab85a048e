// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/verify.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using format::AuditRecord;
using format::HeaderRecord;
using format::SignatureRecord;
using format::VersionRecord;

// A three-version file and ways to write into its parts.
class VerifyTest : public World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("one");
        must_commit("two", "second", bob);
        must_commit("three", "third");
        file = content();
    }

    HeaderRecord& header() { return *reinterpret_cast<HeaderRecord*>(file.data()); }

    template <class Record>
    Record& record(std::uint64_t section, std::size_t index) {
        return *reinterpret_cast<Record*>(file.data() + section + index * sizeof(Record));
    }

    VersionRecord& version(std::size_t i) {
        return record<VersionRecord>(header().versions.offset, i);
    }

    SignatureRecord& signature(std::size_t i) {
        return record<SignatureRecord>(header().signatures.offset, i);
    }

    AuditRecord& audit(std::size_t i) { return record<AuditRecord>(header().audit.offset, i); }

    // Makes version `i` whole again after a change: relinks and signs everything from it on.
    void resign_from(std::size_t i) {
        for (; i < 3; ++i) {
            if (i > 0) {
                version(i).parent_hash = format::version_hash(version(i - 1));
            }
            auto& key = version(i).author == alice.value ? alice_key : bob_key;
            signature(i).signature = *key.sign(format::version_message(version(i)));
        }
    }

    void relink_audit() {
        for (std::size_t i = 1; i < 3; ++i) {
            audit(i).previous_hash = format::audit_hash(audit(i - 1));
        }
    }

    void expect_only(Gate gate, Reason reason) {
        rehash(file);
        const auto report = check(file);
        EXPECT_EQ(failed_gates(report), std::string(name_of(gate)) + " ");
        ASSERT_NE(report.first(gate), nullptr);
        EXPECT_EQ(name_of(report.first(gate)->reason), name_of(reason));
        EXPECT_FALSE(report.is_valid());
        EXPECT_NE(report.summary().find(name_of(gate)), std::string::npos);
    }

    Bytes file;
};

TEST_F(VerifyTest, HonestFilePassesEveryGate) {
    const auto report = check(file);
    EXPECT_TRUE(report.is_valid());
    EXPECT_EQ(report.summary(), "VALID");
    EXPECT_EQ(report.reason(), "");
    EXPECT_EQ(report.version_count, 3U);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.unauthenticated.size(), 3U);
    EXPECT_EQ(report.profile, Profile::strict);
    for (const Gate gate : all_gates) {  // nothing was pinned
        EXPECT_EQ(report.asked(gate), gate != Gate::pin) << name_of(gate);
        EXPECT_EQ(report.state(gate), gate == Gate::pin ? GateState::skipped : GateState::passed);
    }
    EXPECT_TRUE(report.temporal_warnings.empty());
    EXPECT_GT(report.timings.total, 0U);
}

TEST_F(VerifyTest, HeaderGateNamesEachField) {
    const Bytes good = file;
    const std::vector<std::pair<std::function<void()>, Reason>> cases = {
        {[&] { header().current_version = 9; }, Reason::current_version_mismatch},
        {[&] { header().root_hash.bytes[3] ^= 1U; }, Reason::root_hash_mismatch},
        {[&] { header().current_hash.bytes[3] ^= 1U; }, Reason::current_hash_mismatch},
        {[&] { header().created_at = 1; }, Reason::created_at_mismatch},
        {[&] { header().modified_at = 1; }, Reason::modified_at_mismatch},
        {[&] { header().flags = 0; }, Reason::encrypted_flag_missing},
    };
    for (const auto& [change, reason] : cases) {
        SCOPED_TRACE(name_of(reason));
        file = good;
        change();
        expect_only(Gate::header, reason);
    }
}

TEST_F(VerifyTest, IntegrityGateSeesAnyChangeOfTheHash) {
    file.back() ^= 1U;
    const auto report = check(file);
    EXPECT_EQ(failed_gates(report), "integrity ");
    EXPECT_EQ(report.first(Gate::integrity)->reason, Reason::integrity_hash_mismatch);
    EXPECT_EQ(report.first(Gate::integrity)->offset, file.size() - 32);
}

TEST_F(VerifyTest, PayloadGateSeesSwappedPayload) {
    file[256 + 20] ^= 1U;
    expect_only(Gate::payload, Reason::payload_undecryptable);
}

TEST_F(VerifyTest, PayloadGateSeesAnotherPayloadSealedWithTheDerivableKey) {
    // Another file of the same id and length: its payload decrypts here, but was never signed.
    CreateOptions options;
    options.file_id = check(file).file_id;
    options.replace_existing = true;
    must_create("one", options);
    must_commit("two", "second", bob);
    must_commit("THREE", "third");
    const Bytes other = content();
    std::copy_n(other.begin() + 256, 5 + 28, file.begin() + 256);
    expect_only(Gate::payload, Reason::rules_hash_mismatch);
}

TEST_F(VerifyTest, ChainGateNamesNumberAndParent) {
    const Bytes good = file;
    version(1).number = 7;
    rehash(file);
    EXPECT_EQ(check(file).first(Gate::chain)->reason, Reason::version_number_invalid);
    EXPECT_EQ(check(file).first(Gate::chain)->version, VersionNumber{2});
    file = good;
    version(2).parent_hash.bytes[0] ^= 1U;
    rehash(file);
    EXPECT_EQ(check(file).first(Gate::chain)->reason, Reason::parent_hash_mismatch);
    file = good;
    version(0).parent_hash.bytes[0] = 1;
    resign_from(0);
    expect_only(Gate::chain, Reason::genesis_invalid);
    file = good;
    version(0).number = UINT64_MAX;
    rehash(file);
    EXPECT_EQ(check(file).state(Gate::chain), GateState::failed);
}

TEST_F(VerifyTest, SignatureGateListsEveryFailure) {
    signature(0).signature.bytes[5] ^= 1U;
    signature(1).public_key = alice_key.public_half();
    signature(2).author = bob.value;
    rehash(file);
    const auto report = check(file);
    EXPECT_EQ(failed_gates(report), "signatures ");
    ASSERT_EQ(report.findings.size(), 3U);
    EXPECT_EQ(report.findings[0].reason, Reason::bad_signature);
    EXPECT_EQ(report.findings[1].reason, Reason::pubkey_substitution);
    EXPECT_EQ(report.findings[2].reason, Reason::author_mismatch);
    EXPECT_EQ(report.signatures_valid, 0U);
    EXPECT_EQ(report.findings[0].version, VersionNumber{1});
    EXPECT_TRUE(report.reason().ends_with(" (and 2 more)")) << report.reason();
    EXPECT_EQ(report.summary(), "INVALID: " + report.reason());
}

TEST_F(VerifyTest, SignatureGateAsksTheRegistryForTheEpoch) {
    auto master = key_from(0x99);
    trust::RevocationRecord record{
        bob, Epoch{0}, trust::RevocationReason::compromised, VersionNumber{2}, {}};
    ASSERT_TRUE(registry.apply(*trust::sign(record, master)).has_value());
    expect_only(Gate::signatures, Reason::no_active_epoch);
}

// What the file names is not proven: the texts say what the key is, not who signed.
TEST_F(VerifyTest, AKeyOfAnotherEpochIsCalledThat) {
    auto master = key_from(0x99);
    auto newer = key_from(0x98);
    const trust::RotationRecord rotation{
        bob, Epoch{0}, Epoch{1}, newer.public_half(), VersionNumber{2}, {}};
    ASSERT_TRUE(registry.apply(*trust::sign(rotation, master)).has_value());
    auto report = check(file);
    EXPECT_EQ(report.first(Gate::signatures)->reason, Reason::pubkey_substitution);
    EXPECT_EQ(report.first(Gate::signatures)->message,
              fmt::format("version 2 by author {} names the key of epoch 0, which handed over to "
                          "epoch 1 at version 2; it has to be that of epoch 1",
                          bob.value));
    signature(1).public_key = key_from(0x97).public_half();
    rehash(file);
    report = check(file);
    EXPECT_TRUE(report.first(Gate::signatures)->message.contains("not the one that the registry"))
        << report.first(Gate::signatures)->message;
}

// Ended twice at the same version; that its key was stolen is never left out.
TEST_F(VerifyTest, AKeyOfAnEpochThatWasRotatedAndRevokedIsCalledRevoked) {
    auto master = key_from(0x99);
    const trust::RotationRecord rotation{
        bob, Epoch{0}, Epoch{1}, key_from(0x98).public_half(), VersionNumber{2}, {}};
    ASSERT_TRUE(registry.apply(*trust::sign(rotation, master)).has_value());
    trust::RevocationRecord revocation{
        bob, Epoch{0}, trust::RevocationReason::compromised, VersionNumber{3}, {}};
    ASSERT_TRUE(registry.apply(*trust::sign(revocation, master)).has_value());
    EXPECT_FALSE(check(file).first(Gate::signatures)->message.contains("revoked"));
    revocation.effective_from = VersionNumber{2};
    ASSERT_TRUE(registry.apply(*trust::sign(revocation, master)).has_value());
    EXPECT_EQ(check(file).first(Gate::signatures)->message,
              fmt::format("version 2 by author {} names the key of epoch 0, which handed over to "
                          "epoch 1 at version 2 and was revoked (compromised) from version 2 on; "
                          "it has to be that of epoch 1",
                          bob.value));
}

TEST_F(VerifyTest, MissingSignatureIsNamed) {
    header().signatures.count = 2;
    rehash(file);
    const auto report = check(file);
    EXPECT_NE(std::ranges::find(report.findings, Reason::count_mismatch, &Finding::reason),
              report.findings.end());
    EXPECT_EQ(report.first(Gate::signatures)->reason, Reason::signature_missing);
}

TEST_F(VerifyTest, AuditGateComparesTheTrailWithTheVersions) {
    const Bytes good = file;
    const std::vector<std::pair<std::function<void()>, Reason>> cases = {
        {[&] { audit(1).author = 4; }, Reason::audit_author_mismatch},
        {[&] { audit(1).timestamp = std::uint64_t{audit(1).timestamp} + 1; },
         Reason::audit_timestamp_mismatch},
        {[&] { audit(2).action = 1; }, Reason::audit_action_mismatch},
        {[&] { audit(0).action = 2; }, Reason::audit_action_mismatch},
        {[&] { audit(2).details_length = 3; }, Reason::audit_details_present},
    };
    for (const auto& [change, reason] : cases) {
        SCOPED_TRACE(name_of(reason));
        file = good;
        change();
        relink_audit();
        expect_only(Gate::audit, reason);
    }
    file = good;
    audit(1).previous_hash.bytes[0] ^= 1U;
    rehash(file);
    EXPECT_EQ(check(file).first(Gate::audit)->reason, Reason::audit_link_broken);
    file = good;
    header().audit.count = 2;
    rehash(file);
    EXPECT_EQ(check(file).first(Gate::audit)->reason, Reason::audit_count_mismatch);
}

TEST_F(VerifyTest, TimeRunningBackwardsIsNeverValidEvenWhenSigned) {
    version(2).timestamp = start.value - 1;
    resign_from(2);
    audit(2).timestamp = start.value - 1;
    relink_audit();
    header().modified_at = start.value - 1;
    expect_only(Gate::audit, Reason::timestamp_regression);
    EXPECT_EQ(check(file).temporal_warnings.size(), 1U);
}

TEST_F(VerifyTest, PinsTurnDifferencesIntoFailures) {
    const auto genuine = check(file);
    VerifyOptions options;
    options.pins = {genuine.file_id, genuine.head, VersionNumber{3}};
    EXPECT_TRUE(check(file, options).is_valid());
    EXPECT_EQ(check(file, options).unauthenticated,
              std::vector<Unauthenticated>{Unauthenticated::message_texts});
    options.pins = {FileId{1}, Hash{}, VersionNumber{4}};
    const auto report = check(file, options);
    EXPECT_EQ(failed_gates(report), "pin ");
    ASSERT_EQ(report.findings.size(), 3U);
    EXPECT_EQ(report.findings[0].reason, Reason::file_id_differs);
    EXPECT_EQ(report.findings[1].reason, Reason::head_differs);
    EXPECT_EQ(report.findings[2].reason, Reason::history_too_short);
    EXPECT_FALSE(verify(Bytes(), registry, start, options).is_valid());
}

TEST_F(VerifyTest, HugeCountsCostNothing) {
    for (const std::uint64_t count : {UINT64_MAX, UINT64_MAX / 152, std::uint64_t{1} << 40U}) {
        header().versions.count = count;
        header().signatures.count = count;
        header().audit.count = count;
        rehash(file);
        EXPECT_EQ(first_failed(check(file)), Gate::structure);
    }
}

TEST_F(VerifyTest, ThreadsDoNotChangeTheReport) {
    CreateOptions replace;
    replace.replace_existing = true;
    must_create(std::string(600'000, 'p'), replace);
    auto session = CommitSession::open(env, path, registry);
    for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(session->add({as_bytes(std::string(600'000, 'q')), alice, "m"}, alice_key));
    }
    ASSERT_TRUE(session->save().has_value());
    file = content();
    signature(7).signature.bytes[0] ^= 1U;
    signature(40).signature.bytes[0] ^= 1U;
    for (const unsigned threads : {0U, 1U, 2U, 3U}) {
        VerifyOptions options;
        options.threads = threads;
        const auto report = check(file, options);
        EXPECT_EQ(failed_gates(report), "integrity signatures ");
        ASSERT_EQ(report.findings.size(), 3U);
        EXPECT_EQ(report.findings[1].version, VersionNumber{8});
        EXPECT_EQ(report.findings[2].version, VersionNumber{41});
        EXPECT_EQ(report.signatures_valid, 59U);
    }
}

TEST_F(VerifyTest, ReadFailuresAreErrorsNotVerdicts) {
    EXPECT_EQ(verify(env, "/absent", registry).error().code(), ErrorCode::file_read_error);
    EXPECT_EQ(open_verified(env, "/absent", registry).error().error.code(),
              ErrorCode::file_read_error);
    env.put("/text", as_bytes("twenty-one bytes long"));
    const auto report = verify(env, "/text", registry);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->first(Gate::structure)->reason, Reason::too_small);
    EXPECT_EQ(report->state(Gate::payload), GateState::skipped);
}

TEST(TemporalWarningTest, TextsAsTheReferenceWordsThem) {
    using Kind = TemporalWarning::Kind;
    EXPECT_EQ((TemporalWarning{Kind::non_monotonic, {3}, {1'000'000'000}, {402'500'000'000}, 0})
                  .message(),
              "Version 3 has non-monotonic timestamp (401s before previous version)");
    EXPECT_EQ((TemporalWarning{Kind::future, {2}, {90'999'999'999}, {0}, 0}).message(),
              "Version 2 has future timestamp (90s in the future)");
    EXPECT_EQ((TemporalWarning{Kind::clock_skew, {2}, {}, {}, -999'999}).message(),
              "Version 2 shows potential clock skew (0ms)");
    EXPECT_EQ((TemporalWarning{Kind::clock_skew, {2}, {}, {}, -1'500'000}).message(),
              "Version 2 shows potential clock skew (-1ms)");
}

TEST_F(VerifyTest, FutureTimestampsAreRemarkedOn) {
    const Timestamp long_ago{start.value - 100'000'000'000};
    const auto report = verify(file, registry, long_ago);
    EXPECT_TRUE(report.is_valid());
    ASSERT_EQ(report.temporal_warnings.size(), 3U);
    EXPECT_EQ(report.temporal_warnings[0].kind, TemporalWarning::Kind::future);
}

TEST(ReportTest, NamesAreUniqueAndStable) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < reason_count; ++i) {
        EXPECT_TRUE(names.insert(name_of(static_cast<Reason>(i))).second);
    }
    EXPECT_EQ(name_of(Reason::too_small), "too_small");
    EXPECT_EQ(name_of(Reason::bad_signature), "bad_signature");
    EXPECT_EQ(name_of(Reason::unreadable), "unreadable");
    EXPECT_EQ(name_of(Reason{reason_count}), "unknown");
    EXPECT_EQ(gate_of(Reason::unreadable), std::nullopt);
    EXPECT_EQ(gate_of(Reason{reason_count}), std::nullopt);
    EXPECT_EQ(name_of(Gate{gate_count}), "unknown");
    EXPECT_EQ(name_of(GateState::skipped), "skipped");
    for (const auto what : {Unauthenticated::message_texts, Unauthenticated::file_id,
                            Unauthenticated::history_length}) {
        EXPECT_FALSE(name_of(what).empty());
        EXPECT_FALSE(explain(what).empty());
    }
    EXPECT_EQ(name_of(Profile::strict), "strict");
    EXPECT_EQ(name_of(Profile::reference), "reference");
}

TEST(ReportTest, WhatWasNotJudgedIsNotValid) {
    VerificationReport report;
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.reason(), "structure: could not be evaluated");
    report.profile = Profile::reference;
    EXPECT_FALSE(report.is_valid());
}

}  // namespace
}  // namespace aion::policy::test
