// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/registry_entries.hpp"

#include <gtest/gtest.h>

#include "aion/crypto/hash.hpp"
#include "support/results.hpp"
#include "trust/support.hpp"

namespace aion::tlog {
namespace {

using aion::test::ok;

trust::RegistryRecord record_of(trust::RecordFacts facts) {
    trust::RegistryRecord record;
    record.number = 9;
    record.reason = "because";
    record.facts = std::move(facts);
    return record;
}

TEST(RegistryEntries, AVersionIsLoggedWithItsSignature) {
    const trust::SignedVersion version{.file_id = FileId{7},
                                       .version = VersionNumber{3},
                                       .author = AuthorId{1001},
                                       .version_hash = crypto::blake3(as_bytes("version")),
                                       .signature_hash = crypto::blake3(as_bytes("signature"))};
    const Bytes entry = entry_of(version);
    const EntryView view = ok(EntryView::parse(entry));
    EXPECT_EQ(view.kind, EntryKind::version_attestation);
    EXPECT_EQ(view.timestamp_version, 3U);
    ASSERT_TRUE(view.payload.has_value());
    const auto logged = LoggedVersion::from(*view.payload);
    ASSERT_TRUE(logged.has_value());
    EXPECT_EQ(logged->file_id, version.file_id);
    EXPECT_EQ(logged->version, version.version);
    EXPECT_EQ(logged->author, version.author);
    EXPECT_EQ(logged->version_hash, version.version_hash);
    EXPECT_EQ(logged->signature_hash, version.signature_hash);
}

TEST(RegistryEntries, ARecordIsLoggedByWhatIsSignedOfIt) {
    const AuthorId author{1001};
    const std::vector<std::pair<trust::RecordFacts, EntryKind>> logged = {
        {trust::EpochRotation{.author = author, .from_epoch = {}, .to_public_key = {}, .until = {}},
         EntryKind::key_rotation},
        {trust::EpochRevocation{.author = author, .epoch = {}, .reason = {}, .until = {}},
         EntryKind::key_revocation},
        {trust::EndTightening{.author = author, .epoch = {}, .end = {}, .until = {}},
         EntryKind::key_revocation},
        {trust::EndExtension{.author = author, .epoch = {}, .end = {}, .until = {}},
         EntryKind::key_revocation},
    };
    for (const auto& [facts, kind] : logged) {
        trust::RegistryRecord record = record_of(facts);
        const auto entry = entry_of(record);
        ASSERT_TRUE(entry.has_value());
        const EntryView view = ok(EntryView::parse(*entry));
        EXPECT_EQ(view.kind, kind);
        EXPECT_EQ(view.timestamp_version, 9U);
        EXPECT_EQ(view.payload_hash, record.hash());
        // Signatures can be collected later: they are no part of it.
        record.signatures.push_back({});
        EXPECT_EQ(entry_of(record), entry);
    }
}

TEST(RegistryEntries, OtherRecordsOrderNothing) {
    EXPECT_EQ(entry_of(record_of(trust::RegistryExpiry{})), std::nullopt);
    EXPECT_EQ(entry_of(record_of(trust::RootRecord{})), std::nullopt);
    const std::vector<trust::RegistryRecord> records = {
        record_of(trust::RegistryExpiry{}), record_of(trust::EpochRevocation{}),
        record_of(trust::AuthorRenaming{}), record_of(trust::EpochRotation{})};
    const std::vector<Bytes> entries = entries_of(records);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0], entry_of(records[1]));
    EXPECT_EQ(entries[1], entry_of(records[3]));
}

// An inventory of many files is longer than a tile's entry may be.
TEST(RegistryEntries, ALongRecordIsLoggedByItsHash) {
    trust::EpochRevocation revocation{};
    for (std::uint64_t version = 1; version <= 2'000; ++version) {
        revocation.until.listed.push_back(
            {.version = VersionNumber{version}, .hash = {}, .file_id = {}, .name = "a.aion"});
    }
    const trust::RegistryRecord record = record_of(std::move(revocation));
    const auto entry = entry_of(record);
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->size(), entry_header_size + 32);
    const EntryView view = ok(EntryView::parse(*entry));
    EXPECT_EQ(view.payload, std::nullopt);
    EXPECT_EQ(view.payload_hash, record.hash());
}

// Keys as they are ended in a registry: the first was rotated, the second revoked later.
TEST(RegistryEntries, AnOperatorsKeysAreThoseOfTheRegistry) {
    using trust::test::author;
    trust::Registry registry = trust::test::pinned();
    const auto keys = [&](FormerKeys former = FormerKeys::left_out) {
        return ok(operator_keys(registry, author, "a.example/log", former));
    };
    const auto key_of = [&](std::size_t at) {
        return ok(NoteKey::make("a.example/log", NoteKeyType::ed25519,
                                registry.find(author)->epochs[at].public_key.view()));
    };
    EXPECT_EQ(keys(), std::vector{key_of(0)});
    ok(registry.apply(trust::test::rotation(0, 1, 0x33, 9)));
    EXPECT_EQ(keys(), std::vector{key_of(1)});
    EXPECT_EQ(keys(FormerKeys::included), (std::vector{key_of(0), key_of(1)}));
    ok(registry.apply(trust::test::revocation(1, 20)));
    EXPECT_TRUE(keys().empty());
    EXPECT_EQ(keys(FormerKeys::included), std::vector{key_of(0)});
    EXPECT_TRUE(ok(operator_keys(registry, AuthorId{9}, "a.example/log")).empty());
    EXPECT_FALSE(operator_keys(registry, author, "no name", FormerKeys::included));
}

}  // namespace
}  // namespace aion::tlog
