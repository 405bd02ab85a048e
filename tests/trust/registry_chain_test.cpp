// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/registry_chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "aion/trust/registry.hpp"
#include "trust/chain_support.hpp"

namespace aion::trust::test {
namespace {

using aion::test::code_of;
using aion::test::refusal;
using ::testing::HasSubstr;
using namespace chain_keys;

std::string detail_of(const Result<>& result) {
    return result ? "" : std::string(result.error().detail());
}

TEST(RegistryChain, BeginsWithARootThatItsOwnKeysSigned) {
    EXPECT_TRUE(RegistryChain::replay({first_record()}));
    EXPECT_EQ(RegistryChain::replay({}).error().detail(), "chain_no_root");
    RegistryRecord expiry;
    expiry.facts = RegistryExpiry{};
    EXPECT_EQ(RegistryChain::replay({signed_by(expiry, {root})}).error().detail(), "chain_no_root");
    RegistryRecord record;
    record.facts = RootRecord{public_keys({root, second_root}), 2};
    EXPECT_EQ(RegistryChain::replay({signed_by(record, {root})}).error().detail(),
              "chain_signatures_missing");
    EXPECT_TRUE(RegistryChain::replay({signed_by(record, {root, second_root})}));
    record.number = 1;
    EXPECT_EQ(RegistryChain::replay({signed_by(record, {root, second_root})}).error().detail(),
              "chain_wrong_number");
}

TEST(RegistryChain, ANewRootIsSignedUnderTheOldAndTheNewThreshold) {
    RegistryChain chain = ok(RegistryChain::replay({first_record({root, second_root}, 2)}));
    const RootRecord next{public_keys({third_root}), 1};
    EXPECT_EQ(detail_of(chain.append(next_of(chain, next, {third_root}))),
              "chain_signatures_missing");
    EXPECT_EQ(detail_of(chain.append(next_of(chain, next, {root, third_root}))),
              "chain_signatures_missing");
    EXPECT_EQ(detail_of(chain.append(next_of(chain, next, {root, second_root}))),
              "chain_signatures_missing");
    add(chain, next, {root, second_root, third_root});
    // From now on only the new one counts.
    const auto alices = registration(alice, "alice", alice_master, alice_first);
    EXPECT_EQ(detail_of(chain.append(next_of(chain, alices, {root, second_root}))),
              "chain_foreign_signature");
    add(chain, alices, {third_root});
    EXPECT_EQ(chain.root(), next);
}

TEST(RegistryChain, WhoMaySignWhat) {
    const RegistryChain chain = chain_of_alice();

    struct Row {
        const char* what;
        RecordFacts facts;
        bool by_master;
    };

    const std::vector<Row> rows = {
        {"root", RootRecord{public_keys({root}), 1}, false},
        {"register", registration(bob, "bob", bob_master, bob_first), false},
        {"rotate", rotation_to(alice_second, bound(3)), true},
        {"revoke", revocation_of(0, bound(3)), true},
        {"rename", AuthorRenaming{alice, "alicia", ""}, false},
        {"rekey", MasterRekeying{alice, public_of(0x66)}, false},
        {"hybrid", hybrid_of(0), true},
        {"scope", AuthorScope{alice, std::vector{point(1, 1)}}, false},
        {"expire", RegistryExpiry{Timestamp{5}}, false},
    };
    for (const Row& row : rows) {
        RegistryChain copy = chain;
        EXPECT_EQ(detail_of(copy.append(next_of(chain, row.facts, {}))), "chain_signatures_missing")
            << row.what;
        EXPECT_EQ(detail_of(copy.append(next_of(chain, row.facts, {alice_first}))),
                  "chain_foreign_signature")
            << row.what;
        EXPECT_EQ(detail_of(copy.append(next_of(chain, row.facts, {alice_master}))),
                  row.by_master ? "" : "chain_foreign_signature")
            << row.what;
        copy = chain;
        EXPECT_EQ(detail_of(copy.append(next_of(chain, row.facts, {root}))), "") << row.what;
    }
}

TEST(RegistryChain, AnEpochHasOnePostQuantumKeyForGood) {
    RegistryChain chain = chain_of_alice();
    EXPECT_EQ(chain.hybrid_key(alice, Epoch{0}), nullptr);
    EXPECT_EQ(chain.hybrid_key(bob, Epoch{0}), nullptr);
    EXPECT_EQ(detail_of(chain.append(next_of(chain, hybrid_of(1), {alice_master}))),
              "registry_unknown_epoch");
    add(chain, hybrid_of(0), {alice_master});
    ASSERT_NE(chain.hybrid_key(alice, Epoch{0}), nullptr);
    EXPECT_EQ(*chain.hybrid_key(alice, Epoch{0}), hybrid_of(0).key);
    EXPECT_EQ(detail_of(chain.append(next_of(chain, hybrid_of(0, 9), {root}))),
              "chain_hybrid_bound");
    add(chain, rotation_to(alice_second, bound(5)), {alice_master});
    EXPECT_EQ(chain.hybrid_key(alice, Epoch{1}), nullptr) << "a new epoch begins without one";
    EXPECT_EQ(detail_of(chain.append(next_of(chain, hybrid_of(1), {alice_master}))),
              "chain_hybrid_used");
    add(chain, hybrid_of(1, 9), {alice_master});
    EXPECT_EQ(*chain.hybrid_key(alice, Epoch{1}), hybrid_of(1, 9).key);
    EXPECT_EQ(chain.hybrid_key(alice, Epoch{2}), nullptr);
    // What versions of files may be signed, is the same.
    RegistryChain without = chain_of_alice();
    add(without, rotation_to(alice_second, bound(5)), {alice_master});
    EXPECT_EQ(chain.projected(chain.authors().at(alice)),
              without.projected(without.authors().at(alice)));
}

TEST(RegistryChain, APostQuantumKeyHasItsLength) {
    const RegistryChain chain = chain_of_alice();
    HybridBinding facts = hybrid_of(0);
    facts.key.pop_back();
    RegistryRecord record = chain.next_record(facts, Timestamp{1}, "");
    EXPECT_EQ(check_form(record).error().detail(), "record_bad_count");
    facts.key.resize(facts.key.size() + 2);
    record = chain.next_record(facts, Timestamp{1}, "");
    EXPECT_EQ(check_form(record).error().detail(), "record_bad_count");
}

TEST(RegistryChain, WhatGivesAuthorityBackIsTheRootsAlone) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(5)), {alice_master});
    const EndExtension extension{alice, Epoch{0}, EpochEnd::rotation, bound(9)};
    EXPECT_EQ(detail_of(chain.append(next_of(chain, extension, {alice_master}))),
              "chain_foreign_signature");
    // An earlier end of epoch 0 is an earlier beginning of epoch 1.
    const EndTightening tightening{alice, Epoch{0}, EpochEnd::rotation, bound(3)};
    RegistryChain before = chain;
    EXPECT_EQ(detail_of(before.append(next_of(chain, tightening, {alice_master}))), "");
    add(chain, revocation_of(1, bound(0)), {alice_master});
    EXPECT_EQ(detail_of(chain.append(next_of(chain, tightening, {alice_master}))),
              "chain_foreign_signature");
    EXPECT_EQ(detail_of(chain.append(next_of(chain, tightening, {root}))), "");
}

// The versions that become free may pass through epochs that are left none.
TEST(RegistryChain, NoRevokedEpochBeginsEarlierByAMasterKey) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(10)), {alice_master});
    add(chain, rotation_to(0x77, bound(0), 1), {alice_master});
    const EndTightening tightening{alice, Epoch{0}, EpochEnd::rotation, bound(5)};
    RegistryChain before = chain;
    EXPECT_EQ(detail_of(before.append(next_of(chain, tightening, {alice_master}))), "");
    add(chain, revocation_of(2, bound(20)), {root});
    EXPECT_EQ(detail_of(chain.append(next_of(chain, tightening, {alice_master}))),
              "chain_foreign_signature");
}

TEST(RegistryChain, ManyRecordsAreAddedAtOnceOrNone) {
    Registry registry = Registry::from_chain(chain_of_alice());
    RegistryChain chain = *registry.chain();
    add(chain, registration(bob, "bob", bob_master, bob_first));
    add(chain, revocation_of(0, bound(3)));
    EXPECT_EQ(ok(append(registry, chain.records())), Applied::changed);
    EXPECT_EQ(*registry.chain(), chain);
    EXPECT_EQ(ok(append(registry, chain.records())), Applied::already);
    std::vector<RegistryRecord> records = {next_of(chain, RegistryExpiry{})};
    records.push_back(records.front());
    EXPECT_FALSE(append(registry, records));
    EXPECT_EQ(*registry.chain(), chain);
    Registry unchained;
    EXPECT_EQ(append(unchained, records).error().code(), ErrorCode::operation_not_permitted);
}

// As when they are added one by one.
TEST(RegistryChain, WhatAFileHasBesideIsKeptWhenManyRecordsAreAdded) {
    RegistryChain chain = chain_of_alice();
    std::string text = Registry::from_chain(chain).to_json();
    text.insert(1, "\n  \"comment\": 1,");
    Registry registry = ok(Registry::from_json(text));
    add(chain, registration(bob, "bob", bob_master, bob_first));
    EXPECT_EQ(ok(append(registry, chain.records())), Applied::changed);
    EXPECT_EQ(registry.unknown_keys().text(), "comment");
}

TEST(RegistryChain, OtherSignaturesMakeNoOtherRegistry) {
    std::vector<RegistryRecord> records = {first_record({root, second_root}, 1)};
    const Registry both = Registry::from_chain(ok(RegistryChain::replay(records)));
    records.front().signatures.pop_back();
    const Registry one = Registry::from_chain(ok(RegistryChain::replay(records)));
    EXPECT_EQ(one.fingerprint(), both.fingerprint());
    EXPECT_EQ(one.fingerprint(), one.chain()->head());
}

TEST(RegistryChain, ASignatureMustVerify) {
    const RegistryChain chain = chain_of_alice();
    RegistryRecord record = next_of(chain, RegistryExpiry{Timestamp{5}});
    record.signatures.front().signature.bytes[3] ^= 1;
    RegistryChain copy = chain;
    const auto refused = copy.append(record);
    EXPECT_EQ(code_of(refused), ErrorCode::invalid_signature);
    EXPECT_THAT(refused.error().full_message(), HasSubstr("registry record 2"));
    EXPECT_EQ(copy, chain);
    record = next_of(chain, RegistryExpiry{Timestamp{5}});
    record.reason = "another";
    EXPECT_EQ(code_of(copy.append(record)), ErrorCode::invalid_signature);
}

TEST(RegistryChain, WhatARecordSaysIsJudgedBeforeItsSignatures) {
    RegistryChain chain = chain_of_alice();
    auto record = next_of(chain, registration(alice, "bob", bob_master, bob_first));
    record.signatures.front().signature.bytes[3] ^= 1;
    EXPECT_EQ(detail_of(chain.append(record)), "registry_duplicate_author");
    auto weak = registration(bob, "bob", bob_master, bob_first);
    weak.operational_key = PublicKey{};
    record = next_of(chain, weak);
    record.signatures.front().signature.bytes[3] ^= 1;
    EXPECT_EQ(code_of(chain.append(record)), ErrorCode::invalid_public_key);
}

// Whatever is wrong later, the first record that is wrong is told.
TEST(RegistryChain, TheFirstFaultIsTold) {
    const RegistryChain chain = chain_of_alice();
    std::vector<RegistryRecord> records = chain.records();
    records[1].signatures.front().signature.bytes[0] ^= 1;
    records.push_back(records.back());
    const auto refused = RegistryChain::replay(records);
    EXPECT_EQ(code_of(refused), ErrorCode::invalid_signature);
    EXPECT_THAT(refused.error().full_message(), HasSubstr("registry record 1"));
}

TEST(RegistryChain, RecordsOfAnotherChainOutOfOrderOrTwiceAreRefused) {
    RegistryChain chain = chain_of_alice();
    RegistryChain other = ok(RegistryChain::replay({first_record({root, second_root})}));
    const auto foreign = next_of(other, registration(bob, "bob", bob_master, bob_first), {root});
    EXPECT_EQ(detail_of(chain.append(foreign)), "chain_wrong_number");
    add(chain, registration(bob, "bob", bob_master, bob_first));
    std::vector<RegistryRecord> records = chain.records();
    records[2] = foreign;
    records[2].number = 2;
    EXPECT_EQ(RegistryChain::replay(records).error().detail(), "chain_wrong_previous");
    records = chain.records();
    std::swap(records[1], records[2]);
    EXPECT_EQ(RegistryChain::replay(records).error().detail(), "chain_wrong_number");
    EXPECT_EQ(detail_of(chain.append(chain.records().back())), "chain_wrong_number");
}

TEST(RegistryChain, AKeyIsOneEpochsOnly) {
    RegistryChain chain = chain_of_alice();
    EXPECT_EQ(
        detail_of(chain.append(next_of(chain, registration(bob, "bob", bob_master, alice_first)))),
        "chain_key_used");
    EXPECT_EQ(detail_of(chain.append(next_of(chain, rotation_to(alice_first, bound(2))))),
              "chain_key_used");
    EXPECT_EQ(
        detail_of(chain.append(next_of(chain, registration(bob, "alice", bob_master, bob_first)))),
        "chain_name_used");
    EXPECT_EQ(
        detail_of(chain.append(next_of(chain, registration(alice, "bob", bob_master, bob_first)))),
        "registry_duplicate_author");
}

TEST(RegistryChain, KeysArePointsOfLargeOrder) {
    const RegistryChain chain = chain_of_alice();
    RegistryChain copy = chain;
    auto weak = registration(bob, "bob", bob_master, bob_first);
    weak.master_key = PublicKey{};
    weak.master_key.bytes[0] = 1;
    EXPECT_EQ(code_of(copy.append(next_of(chain, weak))), ErrorCode::invalid_public_key);
    weak = registration(bob, "bob", bob_master, bob_first);
    weak.operational_key = PublicKey{};
    EXPECT_EQ(code_of(copy.append(next_of(chain, weak))), ErrorCode::invalid_public_key);
    PublicKey of_order_one;
    of_order_one.bytes[0] = 1;
    auto keys = public_keys({root});
    keys.insert(keys.begin(), of_order_one);
    std::ranges::sort(keys);
    EXPECT_EQ(code_of(copy.append(next_of(chain, RootRecord{keys, 1}))),
              ErrorCode::invalid_public_key);
}

TEST(RegistryChain, EndsThatMakeNoSenseAreRefused) {
    RegistryChain chain = chain_of_alice();
    const auto refused = [&](const RecordFacts& facts) {
        RegistryChain copy = chain;
        return detail_of(copy.append(next_of(chain, facts)));
    };
    EXPECT_EQ(refused(rotation_to(alice_second, bound(3), 1)), "rotation_wrong_source");
    EXPECT_EQ(refused(revocation_of(1, bound(3))), "registry_unknown_epoch");
    EXPECT_EQ(refused(EndTightening{alice, Epoch{0}, EpochEnd::revocation, bound(1)}),
              "chain_no_such_end");
    EXPECT_EQ(refused(EndExtension{alice, Epoch{0}, EpochEnd::rotation, bound(1)}),
              "chain_no_such_end");
    EXPECT_EQ(refused(EndTightening{bob, Epoch{0}, EpochEnd::revocation, bound(1)}),
              "registry_unknown_author");
    add(chain, revocation_of(0, bound(110)), {alice_master});
    EXPECT_EQ(refused(revocation_of(0, bound(11))), "chain_already_revoked");
    EXPECT_EQ(refused(EndTightening{alice, Epoch{0}, EpochEnd::revocation, bound(110)}),
              "chain_not_tighter");
    add(chain, EndTightening{alice, Epoch{0}, EpochEnd::revocation, bound(11)}, {alice_master});
    EXPECT_EQ(chain.unlisted(chain.authors().at(alice)).epochs[0].valid_until(), VersionNumber{11});
    add(chain, rotation_to(alice_second, bound(7)), {alice_master});
    EXPECT_EQ(refused(rotation_to(0x77, bound(6), 1)), "rotation_too_early");
    EXPECT_EQ(refused(rotation_to(0x77, bound(7), 1)), "chain_leaves_nothing");
    EXPECT_EQ(refused(rotation_to(0x77, bound(0), 1)), "");
}

TEST(RegistryChain, ATighteningEndsSomeHistoryEarlier) {
    const RegistryChain chain = chain_of_alice();

    struct Row {
        Bound before;
        Bound next;
        bool is_tighter;
    };

    const std::vector<Row> rows = {
        {bound(10), bound(9), true},
        {bound(10), bound(11), false},
        {bound(10), bound(10, {point(3, 1)}), true},
        {bound(3), bound(3, {point(3, 1)}), false},
        {bound(0, {point(3, 1)}), bound(0), true},
        {bound(9, {point(3, 1)}), bound(9), false},
        {bound(9, {point(9, 1)}), bound(9), true},
        // A history that has both points ended at the higher one, and one that has it alone does
        // not matter.
        {bound(10, {point(3, 1), point(5, 2)}), bound(10, {point(3, 1)}), true},
        {bound(10, {point(3, 1), point(5, 2)}), bound(10, {point(5, 2)}), false},
        {bound(10, {point(5, 1)}), bound(10, {point(5, 1), point(9, 2)}), false},
    };
    for (const Row& row : rows) {
        RegistryChain copy = chain;
        add(copy, revocation_of(0, row.before));
        const EndTightening tightening{alice, Epoch{0}, EpochEnd::revocation, row.next};
        EXPECT_EQ(detail_of(copy.append(next_of(copy, tightening))),
                  row.is_tighter ? "" : "chain_not_tighter")
            << &row - rows.data();
    }
}

TEST(RegistryChain, ARekeyedMasterHasNoSayAnyMore) {
    RegistryChain chain = chain_of_alice();
    add(chain, MasterRekeying{alice, public_of(0x66)});
    EXPECT_EQ(detail_of(chain.append(
                  next_of(chain, rotation_to(alice_second, bound(3)), {alice_master}))),
              "chain_foreign_signature");
    add(chain, rotation_to(alice_second, bound(3)), {0x66});
}

TEST(RegistryChain, ALookBeforeNeedsNoSignature) {
    const RegistryChain chain = chain_of_alice();
    const auto record = next_of(chain, revocation_of(0, bound(2)), {});
    const RegistryChain after = ok(chain.if_signed(record));
    EXPECT_EQ(after.unlisted(after.authors().at(alice)).epochs[0].valid_until(), VersionNumber{2});
    EXPECT_FALSE(chain.if_signed(next_of(chain, revocation_of(3, bound(2)), {})));
}

TEST(RegistryChain, NamesAreOneAuthorsAndMayChange) {
    RegistryChain chain = chain_of_alice();
    add(chain, AuthorRenaming{alice, "alicia", "alicia@example.com"});
    EXPECT_EQ(chain.author_named("alicia"), alice);
    EXPECT_EQ(chain.author_named("alice"), std::nullopt);
    EXPECT_EQ(chain.author_named("Alicia"), std::nullopt);
    // What was somebody's name, in whatever case, is nobody else's.
    for (const char* const taken : {"alice", "Alice", "ALICIA"}) {
        EXPECT_EQ(detail_of(chain.append(
                      next_of(chain, registration(bob, taken, bob_master, bob_first)))),
                  "chain_name_used")
            << taken;
    }
    add(chain, registration(bob, "bob", bob_master, bob_first));
    EXPECT_EQ(detail_of(chain.append(next_of(chain, AuthorRenaming{bob, "alice", ""}))),
              "chain_name_used");
    add(chain, AuthorRenaming{alice, "Alice", ""});
    EXPECT_EQ(chain.author_named("Alice"), alice);
    add(chain, AuthorRenaming{alice, "alicia", ""});
    // A contact alone.
    add(chain, AuthorRenaming{alice, "alicia", "elsewhere"});
    EXPECT_EQ(chain.authors().at(alice).contact, "elsewhere");
}

// --- In a registry file ------------------------------------------------------------------------

TEST(RegistryChain, StandsInTheRegistrysFileBesideWhatItComesTo) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(5)), {alice_master});
    const Registry registry = Registry::from_chain(chain);
    const std::string text = registry.to_json();
    const Registry again = ok(Registry::from_json(text));
    EXPECT_EQ(again, registry);
    ASSERT_NE(again.chain(), nullptr);
    EXPECT_EQ(*again.chain(), chain);
    EXPECT_EQ(again.author_name(alice), "alice");
    EXPECT_EQ(again.author_named("alice"), alice);
    EXPECT_EQ(again.to_json(), text);
    EXPECT_EQ(again.unknown_keys().count, 0U);
    // Its readers who know of no chain read the same windows.
    std::string stripped = text.substr(0, text.find(",\n  \"chain\"")) + "\n}";
    const Registry plain = ok(Registry::from_json(stripped));
    EXPECT_EQ(plain.chain(), nullptr);
    EXPECT_EQ(plain.authors(), registry.authors());
    EXPECT_NE(plain, registry);
    EXPECT_NE(plain.fingerprint(), registry.fingerprint());
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(RegistryChain, AFileThatSaysAnythingElseThanItsChainIsRefused) {
    RegistryChain chain = chain_of_alice();
    add(chain, rotation_to(alice_second, bound(5)), {alice_master});
    add(chain, revocation_of(0, bound(0, {point(2, 7)})), {alice_master});
    add(chain, AuthorRenaming{alice, "alicia", ""});
    const std::string text = Registry::from_chain(chain).to_json();

    struct Row {
        std::string from;
        std::string to;
        std::string how;
    };

    for (const auto& [from, to, how] : std::vector<Row>{
             {"\"active_from_version\": 5", "\"active_from_version\": 6", "see record 2"},
             {"\"active_from_version\": 0", "\"active_from_version\": 1", "see record 1"},
             {"\"effective_from_version\": 0", "\"effective_from_version\": 1", "see record 3"},
             {"\"Compromised\"", "\"Retired\"", "see record 3"},
             {"\"master_key\": \"0E",
              "\"master_key\": \"oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/"
              "5ODRVpPA=\", \"x\": \"",
              "see record 1"},
             {"\"revoked\"", "\"rotated\"", "the status of epoch 0"},
             {"\"revoked\"", "\"active\"", "the status of epoch 0"},
             {"\"author_id\": 1001", "\"author_id\": 1003", "record 1 registers it"},
             {"\"authors\": [", "\"authors\": [], \"x\": [", "record 1 registers it"}}) {
        const auto refused = Registry::from_json(replaced(text, from, to));
        ASSERT_FALSE(refused) << from;
        EXPECT_EQ(refused.error().detail(), "registry_projection_differs") << from;
        EXPECT_THAT(refused.error().message(), HasSubstr("comes to: " + how)) << from;
    }
    RegistryChain with_bob = chain;
    add(with_bob, registration(bob, "bob", bob_master, bob_first));
    std::string more = Registry::from_chain(with_bob).to_json();
    more.erase(more.rfind(",\n"), more.rfind("\"\n  ]") + 1 - more.rfind(",\n"));
    EXPECT_THAT(Registry::from_json(more).error().message(),
                HasSubstr("author 1002 is not what its chain of records comes to: no record "
                          "registers it"));
    EXPECT_EQ(Registry::from_json(replaced(text, "\"chain\": [\n    \"", "\"chain\": [\n    \"*"))
                  .error()
                  .detail(),
              "chain_bad_base64");
    EXPECT_FALSE(Registry::from_json(replaced(text, "\"chain\": [", "\"chain\": [1,")));
    EXPECT_FALSE(Registry::from_json(R"({"version": 1, "authors": [], "chain": null})"));
    EXPECT_EQ(Registry::from_json(R"({"version": 1, "authors": [], "chain": []})").error().detail(),
              "chain_no_root");
    EXPECT_EQ(
        Registry::from_json(R"({"version": 1, "authors": [], "chains": []})").error().detail(),
        "registry_mistyped_key");
}

TEST(RegistryChain, IsChangedByItsRecordsOnly) {
    Registry registry = Registry::from_chain(chain_of_alice());
    EXPECT_EQ(registry.pin(bob, public_of(bob_master), public_of(bob_first)).error().code(),
              ErrorCode::operation_not_permitted);
    const RegistryRecord record =
        next_of(*registry.chain(), registration(bob, "bob", bob_master, bob_first));
    const Hash before = registry.fingerprint();
    EXPECT_EQ(ok(registry.append(record)), Applied::changed);
    EXPECT_NE(registry.fingerprint(), before);
    EXPECT_EQ(ok(registry.append(record)), Applied::already);
    EXPECT_NE(registry.find(bob), nullptr);
    EXPECT_EQ(Registry().append(record).error().code(), ErrorCode::operation_not_permitted);
}

TEST(RegistryChain, KnowsWhatItContinues) {
    RegistryChain chain = chain_of_alice();
    const Hash earlier = chain.head();
    add(chain, registration(bob, "bob", bob_master, bob_first));
    const Registry registry = Registry::from_chain(chain);
    EXPECT_TRUE(registry.is_or_continues(earlier));
    EXPECT_TRUE(registry.is_or_continues(chain.head()));
    EXPECT_TRUE(registry.is_or_continues(registry.fingerprint()));
    EXPECT_FALSE(registry.is_or_continues(Hash{}));
    EXPECT_FALSE(Registry::from_chain(chain_of_alice()).is_or_continues(chain.head()));
}

}  // namespace
}  // namespace aion::trust::test
