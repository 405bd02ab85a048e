// SPDX-License-Identifier: MIT OR Apache-2.0
// Attacks that leave nothing inconsistent for accident's sake: whatever is not signed is made to
// fit. Without an author's key they come to nothing but the three things that
// docs/verification.md names, and those that pins catch are caught by pins; with a key they are
// bounded by what the registry allows that key.
#include <gtest/gtest.h>

#include "proof/forgery.hpp"
#include "proof/genuine.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

using policy::Gate;
using policy::Pins;
using policy::Reason;
using policy::Unauthenticated;
using policy::test::failed_gates;
using policy::test::key_from;

constexpr std::uint64_t alice = 1001;
constexpr std::uint64_t bob = 1002;
constexpr std::uint64_t mallory = 6666;
constexpr Timestamp now{1'800'000'000'000'000'000};

class Attack : public ::testing::Test {
  protected:
    [[nodiscard]] static Forgery forgery_of(const Genuine& original) {
        return Forgery::of(original.file, original.payload);
    }

    [[nodiscard]] policy::VerificationReport check(ByteView file, const Pins& pins = {}) const {
        return policy::verify(file, original.registry, now, {.pins = pins});
    }

    // The file is refused by exactly these gates; the first finding of `gate` is this one.
    void expect_refused(ByteView file, const std::string& gates, Gate gate, Reason reason,
                        std::uint64_t version, const Pins& pins = {}) const {
        const auto report = check(file, pins);
        EXPECT_FALSE(report.is_valid());
        EXPECT_EQ(failed_gates(report), gates) << report.summary();
        const auto* found = report.first(gate);
        ASSERT_NE(found, nullptr) << report.summary();
        EXPECT_EQ(name_of(found->reason), name_of(reason));
        EXPECT_EQ(found->version, VersionNumber{version});
        const auto opened = policy::open_verified(file, original.registry, now, {.pins = pins});
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().error.code(), ErrorCode::verdict_invalid);
    }

    void expect_refused(const Forgery& made, Reason reason, std::uint64_t version) const {
        expect_refused(made.write(), "signatures ", Gate::signatures, reason, version);
    }

    static bool names(const policy::VerificationReport& report, Unauthenticated what) {
        return std::ranges::find(report.unauthenticated, what) != report.unauthenticated.end();
    }

    // Format v2 cannot tell: the report says so.
    void expect_named(ByteView file, Unauthenticated what, const Pins& pins = {}) const {
        const auto report = check(file, pins);
        EXPECT_TRUE(report.is_valid()) << report.summary();
        EXPECT_TRUE(names(report, what));
    }

    // The same file is refused by whoever has these pins.
    void expect_caught(ByteView file, Reason reason, const Pins& pins) const {
        const auto report = check(file, pins);
        EXPECT_EQ(failed_gates(report), "pin ") << report.summary();
        ASSERT_EQ(report.findings.size(), 1U);
        EXPECT_EQ(name_of(report.findings.front().reason), name_of(reason));
    }

    const Genuine& original = genuine("one_author");
    const Genuine& rotated = genuine("rotated_and_revoked");
    Forgery forgery = forgery_of(original);
    crypto::SigningKey alices = key_from(0x11);
    crypto::SigningKey bobs = key_from(0x22);
    crypto::SigningKey mallorys = key_from(0x66);
};

// If this fails, the attacks below prove nothing.
TEST_F(Attack, ForgeryWithoutChangesIsTheGenuineFile) {
    for (const std::string& name : genuine_names()) {
        const Genuine& shape = genuine(name);
        EXPECT_EQ(forgery_of(shape).write(), shape.file) << name;
    }
}

TEST_F(Attack, AuthorKeyCanContinueAFile) {
    forgery.append(alice, alices, "new rules");
    forgery.append(bob, bobs, "newer rules");
    const auto opened = policy::open_verified(forgery.write(), original.registry, now);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    EXPECT_EQ(opened->text(), "newer rules");
}

TEST_F(Attack, WholeFileByAnUnknownAuthor) {
    Forgery made;
    made.append(mallory, mallorys, "one");
    made.append(mallory, mallorys, "two");
    expect_refused(made, Reason::no_active_epoch, 1);
}

TEST_F(Attack, WholeFileInTheNameOfAnAuthor) {
    Forgery made;
    made.append(alice, mallorys, "one");
    made.append(alice, mallorys, "two");
    expect_refused(made, Reason::pubkey_substitution, 1);
    for (std::size_t i = 0; i < 2; ++i) {
        made.versions[i].key = alices.public_half();
    }
    expect_refused(made, Reason::bad_signature, 1);
}

TEST_F(Attack, VersionAppendedByAStranger) {
    const Forgery before = forgery;
    forgery.append(mallory, mallorys, "mine");
    expect_refused(forgery, Reason::no_active_epoch, 4);
    forgery = before;
    forgery.append(alice, mallorys, "mine");
    expect_refused(forgery, Reason::pubkey_substitution, 4);
    forgery.versions[3].key = alices.public_half();
    expect_refused(forgery, Reason::bad_signature, 4);
    // Signed as himself, for a version that says that it is by Alice.
    forgery.versions[3].signed_by = mallory;
    forgery.versions[3].key = mallorys.public_half();
    expect_refused(forgery, Reason::author_mismatch, 4);
}

TEST_F(Attack, OneAuthorsKeyDoesNotSpeakForAnother) {
    forgery.append(alice, bobs, "by Bob in the name of Alice");
    expect_refused(forgery, Reason::pubkey_substitution, 4);
}

TEST_F(Attack, MasterKeySignsNoVersions) {
    auto master = key_from(master_fill);
    forgery.append(alice, master, "by the master key");
    expect_refused(forgery, Reason::pubkey_substitution, 4);
}

TEST_F(Attack, EveryVersionRewrittenWithoutItsKey) {
    for (std::size_t i = 0; i < 3; ++i) {
        SCOPED_TRACE(i);
        Forgery made = forgery_of(original);

        made.versions[i].rules_hash.bytes[0] ^= 1U;
        if (i == 2) {
            made.set_payload("THREE");
        }
        made.relink_from(i + 1);
        expect_refused(made, Reason::bad_signature, i + 1);
        made.sign(i, mallorys);
        expect_refused(made, Reason::pubkey_substitution, i + 1);
    }
}

// An insider may say what he likes from his version on, but not what came before him.
TEST_F(Attack, ParentRewrittenAndSignedByTheAuthor) {
    forgery.versions[2].parent.bytes[0] ^= 1U;
    forgery.sign(2, alices);
    expect_refused(forgery.write(), "chain ", Gate::chain, Reason::parent_hash_mismatch, 3);
    forgery = forgery_of(original);
    forgery.versions[0].parent.bytes[31] = 1;
    forgery.relink_from(1);
    for (std::size_t i = 0; i < 3; ++i) {
        forgery.sign(i, alices);
    }
    expect_refused(forgery.write(), "chain ", Gate::chain, Reason::genesis_invalid, 1);
}

TEST_F(Attack, ParentRewrittenAndOnlyRehashed) {
    forgery.versions[1].parent = forgery.versions[0].parent;
    forgery.relink_from(2);
    expect_refused(forgery.write(), "chain signatures ", Gate::chain, Reason::parent_hash_mismatch,
                   2);
}

TEST_F(Attack, NumbersThatDoNotCount) {
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{4}, UINT64_MAX}) {
        forgery.versions[2].number = number;
        forgery.sign(2, alices);
        expect_refused(forgery.write(), "chain ", Gate::chain, Reason::version_number_invalid, 3);
    }
}

TEST_F(Attack, NumbersThatWrapAround) {
    forgery.versions[0].number = UINT64_MAX - 1;
    forgery.versions[1].number = UINT64_MAX;
    forgery.versions[2].number = 0;
    forgery.relink_from(1);
    for (std::size_t i = 0; i < 3; ++i) {
        forgery.sign(i, alices);
    }
    const auto report = check(forgery.write());
    EXPECT_EQ(failed_gates(report), "chain ");
    ASSERT_EQ(report.findings.size(), 2U);
    EXPECT_EQ(report.findings[0].reason, Reason::genesis_invalid);
    EXPECT_EQ(report.findings[1].reason, Reason::version_number_invalid);
    EXPECT_EQ(report.findings[1].version, VersionNumber{3});
}

TEST_F(Attack, VersionLeftOut) {
    for (std::size_t i = 0; i < 2; ++i) {
        SCOPED_TRACE(i);
        Forgery made = forgery_of(original);
        made.versions.erase(made.versions.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(check(made.write()).is_valid());
        made.lay_messages();
        for (std::size_t k = 0; k < made.versions.size(); ++k) {
            made.versions[k].number = k + 1;
        }
        made.relink_from(0);
        expect_refused(made, Reason::bad_signature, i + 1);
    }
}

TEST_F(Attack, VersionRepeated) {
    forgery.versions.push_back(forgery.versions.back());
    const auto report = check(forgery.write());
    EXPECT_EQ(report.state(Gate::chain), policy::GateState::failed);
    EXPECT_EQ(report.first(Gate::chain)->reason, Reason::version_number_invalid);
    // Renumbered and linked, it is no longer what was signed.
    forgery.versions[3].number = 4;
    forgery.lay_messages();
    forgery.relink_from(3);
    expect_refused(forgery, Reason::bad_signature, 4);
}

// A version that the same author signed for another file has another past.
TEST_F(Attack, VersionOfAnotherFile) {
    Forgery other;
    for (const char* content : {"x", "y", "z"}) {
        other.append(alice, alices, content, "third!");
    }
    forgery.versions[2] = other.versions[2];
    forgery.payload = other.payload;
    const auto report = check(forgery.write());
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.state(Gate::signatures), policy::GateState::passed) << "it is Alice's";
    ASSERT_NE(report.first(Gate::chain), nullptr);
    EXPECT_EQ(report.first(Gate::chain)->reason, Reason::parent_hash_mismatch);
    EXPECT_EQ(report.first(Gate::chain)->version, VersionNumber{3});
}

TEST_F(Attack, SignatureOfAnotherVersion) {
    forgery.versions[2].signature = forgery.versions[1].signature;
    expect_refused(forgery, Reason::bad_signature, 3);
}

// S + L satisfies the equation as well as S does.
TEST_F(Attack, MalleableSignature) {
    constexpr std::array<std::uint8_t, 32> order = {0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58,
                                                    0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
                                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10};
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        const unsigned sum = forgery.versions[1].signature.bytes[32 + i] + order[i] + carry;
        forgery.versions[1].signature.bytes[32 + i] = static_cast<std::uint8_t>(sum);
        carry = sum >> 8U;
    }
    expect_refused(forgery, Reason::bad_signature, 2);
}

TEST_F(Attack, EarlierPayloadSealedAsTheLatest) {
    forgery.payload = Bytes{'t', 'w', 'o'};
    expect_refused(forgery.write(), "payload ", Gate::payload, Reason::rules_hash_mismatch, 3);
}

TEST_F(Attack, PayloadSealedForAnotherVersion) {
    Forgery shorter = forgery;
    shorter.versions.pop_back();
    const Bytes old_seal = shorter.write();
    Bytes file = forgery.write();
    const FileMap map(file);
    std::copy_n(old_seal.begin() + header_size, map.section(1) - header_size,
                file.begin() + header_size);
    policy::test::rehash(file);
    expect_refused(file, "payload ", Gate::payload, Reason::payload_undecryptable, 3);
}

TEST_F(Attack, RevokedKeySignsOn) {
    // Bob's key is revoked from version 4 on: his version 2 stands, a new one of his does not.
    Forgery made = forgery_of(rotated);
    made.append(bob, bobs, "too late");
    const auto report = policy::verify(made.write(), rotated.registry, now);
    EXPECT_EQ(failed_gates(report), "signatures ");
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].reason, Reason::no_active_epoch);
    EXPECT_EQ(report.findings[0].version, VersionNumber{5});
}

TEST_F(Attack, RotatedOutKeySignsOn) {
    Forgery made = forgery_of(rotated);
    made.append(alice, alices, "with the key of before version 3");
    const auto report = policy::verify(made.write(), rotated.registry, now);
    EXPECT_EQ(failed_gates(report), "signatures ");
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].reason, Reason::pubkey_substitution);
    EXPECT_EQ(report.findings[0].version, VersionNumber{5});
}

// Whoever has only the new key cannot rewrite what the old one signed.
TEST_F(Attack, NewKeyRewritesThePastOfTheOld) {
    auto second = key_from(0x12);
    Forgery made = forgery_of(rotated);
    for (std::size_t i = 0; i < made.versions.size(); ++i) {
        made.versions[i].author = alice;
        made.relink_from(i);
        made.sign(i, second);
    }
    const auto report = policy::verify(made.write(), rotated.registry, now);
    EXPECT_EQ(failed_gates(report), "signatures ");
    ASSERT_EQ(report.findings.size(), 2U);
    EXPECT_EQ(report.findings[0].reason, Reason::pubkey_substitution);
    EXPECT_EQ(report.findings[1].version, VersionNumber{2});
}

TEST_F(Attack, AuthorizedOnceIsNotAuthorizedUnderAnyRegistry) {
    EXPECT_FALSE(policy::verify(original.file, trust::Registry(), now).is_valid());
    const auto other = registry_with({{alice, 0x66}});
    EXPECT_EQ(policy::verify(original.file, other, now).first(Gate::signatures)->reason,
              Reason::pubkey_substitution);
}

// --- The three things that format v2 does not sign, which are all that is left --------------

TEST_F(Attack, MessageReplacedByOneOfItsLength) {
    forgery.versions[1].message = "SECOND";
    const Bytes file = forgery.write();
    const auto report =
        check(file, {FileId{forgery.file_id}, check(original.file).head, VersionNumber{3}});
    EXPECT_TRUE(report.is_valid()) << "no pin covers message texts";
    EXPECT_EQ(report.unauthenticated, std::vector{Unauthenticated::message_texts});
}

TEST_F(Attack, MessageReplacedByOneOfAnotherLength) {
    forgery.versions[1].message = "another";
    forgery.lay_messages();
    const auto report = check(forgery.write());
    EXPECT_EQ(failed_gates(report), "chain signatures ");
    EXPECT_EQ(report.first(Gate::signatures)->reason, Reason::bad_signature);
    EXPECT_EQ(report.first(Gate::signatures)->version, VersionNumber{2});
}

TEST_F(Attack, FileIdReplacedAndPayloadSealedAnew) {
    const Pins pins{.file_id = FileId{forgery.file_id}};
    EXPECT_FALSE(names(check(original.file, pins), Unauthenticated::file_id));
    forgery.file_id ^= 1U;
    expect_named(forgery.write(), Unauthenticated::file_id);
    expect_caught(forgery.write(), Reason::file_id_differs, pins);
}

TEST_F(Attack, HistoryCutToAnOlderState) {
    const Pins head{.head = check(original.file).head};
    EXPECT_FALSE(names(check(original.file, head), Unauthenticated::history_length));
    forgery.versions.pop_back();
    forgery.payload = Bytes{'t', 'w', 'o'};
    expect_named(forgery.write(), Unauthenticated::history_length);
    expect_caught(forgery.write(), Reason::head_differs, head);
    expect_caught(forgery.write(), Reason::history_too_short, {.min_version = VersionNumber{3}});
    // A minimum that the older state reaches says nothing about the newer one.
    expect_named(forgery.write(), Unauthenticated::history_length,
                 {.min_version = VersionNumber{2}});
    // Without the payload of that state the attack comes to nothing.
    forgery.payload = original.payload;
    expect_refused(forgery.write(), "payload ", Gate::payload, Reason::rules_hash_mismatch, 2);
}

// A key that was stolen can also fork: whoever remembers a head notices.
TEST_F(Attack, ForkByAnAuthorIsCaughtByThePinnedHead) {
    const Pins head{.head = check(original.file).head};
    forgery.set_payload("other");
    forgery.sign(2, alices);
    expect_named(forgery.write(), Unauthenticated::history_length);
    expect_caught(forgery.write(), Reason::head_differs, head);
    EXPECT_TRUE(check(forgery.write(), {.min_version = VersionNumber{3}}).is_valid())
        << "it is as long";
}

}  // namespace
}  // namespace aion::proof
