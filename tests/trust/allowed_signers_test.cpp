// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/allowed_signers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aion/trust/registry_chain.hpp"
#include "trust/chain_records.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using aion::test::ok;
using aion::test::public_of;
using aion::test::refusal;

// `ssh-keygen -y` of the key whose seed is 32 times 0x11, and so on.
const std::string key_11 =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3";

std::string key_text(std::uint8_t filler) {
    Bytes blob = ok(from_base64("AAAAC3NzaC1lZDI1NTE5AAAAIA=="));
    blob.resize(19);
    const PublicKey key = public_of(filler);
    blob.insert(blob.end(), key.bytes.begin(), key.bytes.end());
    return "ssh-ed25519 " + to_base64(blob);
}

AllowedSigners read(const std::string& text, const ReadSignersOptions& options = {}) {
    return ok(read_allowed_signers(text, options));
}

// Of a text with one line.
AllowedSigner only_signer(const std::string& line) {
    const AllowedSigners all = read(line);
    EXPECT_EQ(all.signers.size(), 1U) << line;
    for (const SignerRemark& remark : all.remarks) {
        ADD_FAILURE() << line << ": " << remark.message;
    }
    return all.signers.empty() ? AllowedSigner() : all.signers[0];
}

// Why that line is left out.
std::string problem(const std::string& line) {
    const AllowedSigners all = read(line);
    EXPECT_TRUE(all.signers.empty()) << line;
    if (all.remarks.size() != 1) {
        ADD_FAILURE() << line << ": " << all.remarks.size() << " remarks";
        return "";
    }
    EXPECT_EQ(all.remarks[0].line, 1U);
    EXPECT_TRUE(all.remarks[0].is_left_out);
    return all.remarks[0].message;
}

TEST(AllowedSigners, ALineIsANameAndAKey) {
    EXPECT_EQ(key_text(0x11), key_11);
    const AllowedSigner alice = only_signer("alice@example.com " + key_11 + " Alice, desk 4\n");
    EXPECT_EQ(alice.line, 1U);
    EXPECT_EQ(alice.name, "alice@example.com");
    EXPECT_EQ(alice.author, std::nullopt);
    EXPECT_EQ(alice.key, public_of(0x11));
    EXPECT_EQ(alice.contact, "Alice, desk 4");
}

TEST(AllowedSigners, EmptyLinesAndCommentsAreNothing) {
    const AllowedSigners all = read("\xEF\xBB\xBF# a list\r\n\r\n \t\n  # more\nalice " + key_11);
    ASSERT_EQ(all.signers.size(), 1U);
    EXPECT_EQ(all.signers[0].line, 5U);
    EXPECT_EQ(all.signers[0].contact, "");
    EXPECT_TRUE(all.remarks.empty());
    EXPECT_TRUE(read("").signers.empty());
}

TEST(AllowedSigners, SpacesTabsAndQuotationMarksSeparateAsForOpenSsh) {
    EXPECT_EQ(only_signer("\t \"alice\" \t namespaces=\"aion\"  " + key_11 + "\r\n").name, "alice");
    EXPECT_EQ(only_signer("alice NAMESPACES=\"git,a?on,file\" " + key_11).name, "alice");
    EXPECT_EQ(only_signer("alice namespaces=\"*\" " + key_11).name, "alice");
}

TEST(AllowedSigners, FurtherPrincipalsAreContactsIfThereIsRoom) {
    const AllowedSigner alice = only_signer("alice,alice@example.com,a@example.org " + key_11);
    EXPECT_EQ(alice.name, "alice");
    EXPECT_EQ(alice.contact, "alice@example.com, a@example.org");
    const AllowedSigners both = read("alice,alice@example.com " + key_11 + " desk 4");
    ASSERT_EQ(both.signers.size(), 1U);
    EXPECT_EQ(both.signers[0].contact, "desk 4");
    ASSERT_EQ(both.remarks.size(), 1U);
    EXPECT_FALSE(both.remarks[0].is_left_out);
    EXPECT_EQ(both.remarks[0].message,
              "of its principals the first is its name; not taken over: alice@example.com");
}

TEST(AllowedSigners, ACommentThatIsNoContactIsNotTakenOver) {
    const AllowedSigners all = read("alice " + key_11 + " a\tb");
    ASSERT_EQ(all.signers.size(), 1U);
    EXPECT_EQ(all.signers[0].contact, "");
    ASSERT_EQ(all.remarks.size(), 1U);
    EXPECT_FALSE(all.remarks[0].is_left_out);
    EXPECT_THAT(all.remarks[0].message, testing::HasSubstr("control character"));
}

TEST(AllowedSigners, AnAuthorWithoutANameIsItsNumber) {
    const AllowedSigner author = only_signer("author-18446744073709551615 " + key_11);
    EXPECT_EQ(author.name, "");
    EXPECT_EQ(author.author, AuthorId{UINT64_MAX});
    for (const std::string principal : {"author-18446744073709551616", "author-007"}) {
        EXPECT_THAT(problem(principal + " " + key_11), testing::HasSubstr("could be no author's"));
    }
}

TEST(AllowedSigners, WhatARegistryCannotSayIsLeftOut) {
    EXPECT_EQ(problem("*@example.com " + key_11),
              "principal *@example.com is a pattern, not somebody");
    EXPECT_EQ(problem("alice,!bob " + key_11), "principal !bob is a pattern, not somebody");
    EXPECT_EQ(problem("alice cert-authority " + key_11),
              "it is an authority for certificates, which no registry knows");
    EXPECT_EQ(problem("alice namespaces=\"aion\",valid-before=\"20270101\" " + key_11),
              "valid-before 20270101: a registry counts versions, never dates");
    EXPECT_EQ(problem("alice valid-after=\"20200101Z\" " + key_11),
              "valid-after 20200101Z: a registry counts versions, never dates");
    EXPECT_THAT(problem("12 " + key_11), testing::HasSubstr("could be no author's name"));
    EXPECT_THAT(problem(",alice " + key_11), testing::HasSubstr("author name is empty"));
}

TEST(AllowedSigners, OtherNamespacesAreAskedFor) {
    const std::string line = "alice namespaces=\"git\" " + key_11;
    EXPECT_EQ(problem(line), "it is for namespaces git only, not for aion");
    EXPECT_EQ(problem("alice namespaces=\"*,!aion\" " + key_11),
              "it is for namespaces *,!aion only, not for aion");
    EXPECT_EQ(read(line, {.any_namespace = true}).signers.size(), 1U);
}

TEST(AllowedSigners, OtherKeysAreLeftOut) {
    EXPECT_EQ(problem("alice ssh-rsa AAAAB3NzaC1yc2E="),
              "keys of type ssh-rsa cannot sign versions, ssh-ed25519 can");
    EXPECT_EQ(problem("alice sk-ssh-ed25519@openssh.com AAAA"),
              "keys of type sk-ssh-ed25519@openssh.com cannot sign versions, ssh-ed25519 can");
    EXPECT_EQ(
        problem("alice ssh-ed25519-cert-v01@openssh.com AAAA"),
        "keys of type ssh-ed25519-cert-v01@openssh.com cannot sign versions, ssh-ed25519 can");
    for (const std::string& key :
         {key_11.substr(0, key_11.size() - 4), key_11 + "AAAA", "ssh-ed25519 !" + key_11.substr(13),
          std::string("ssh-ed25519 AAAAB3NzaC1yc2E="), std::string("ssh-ed25519")}) {
        EXPECT_EQ(problem("alice " + key), "what stands behind ssh-ed25519 is no such key");
    }
    // The neutral point.
    EXPECT_EQ(problem("alice ssh-ed25519 "
                      "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
              "its key is no sound Ed25519 key");
}

TEST(AllowedSigners, LinesThatOpenSshWouldNotReadAreLeftOut) {
    EXPECT_EQ(problem("alice"), "there is no key");
    EXPECT_EQ(problem("alice namespaces=\"aion\""), "there is no key");
    EXPECT_EQ(problem("\"alice " + key_11), "a quotation mark is left open");
    EXPECT_EQ(problem("alice namespaces=aion " + key_11),
              "option namespaces needs a value in quotation marks");
    EXPECT_EQ(problem("alice verify-required " + key_11), "unknown option verify-required");
    EXPECT_EQ(problem("al\xFFice " + key_11), "invalid utf-8 sequence of 1 bytes from index 2");
    EXPECT_EQ(problem(std::string("al\0ice ", 7) + key_11), "it has control characters");
    EXPECT_EQ(problem("alice " + std::string(100, 'x') + " " + key_11),
              "unknown option " + std::string(60, 'x') + "…");
}

TEST(AllowedSigners, OptionsAreReadAsOpenSshReadsThemOrNotAtAll) {
    EXPECT_EQ(problem("alice namespaces=\"aion\", " + key_11), "there is no option behind a comma");
    EXPECT_EQ(problem("alice namespaces=\"aion\",namespaces=\"aion\" " + key_11),
              "option namespaces is there twice");
    EXPECT_EQ(problem("alice namespaces=\"aion\",NAMESPACES=\"*\" " + key_11),
              "option namespaces is there twice");
    EXPECT_EQ(problem("alice namespaces=\"aion,\\\"git\\\"\" " + key_11),
              "option namespaces has a quotation mark in its value");
    EXPECT_EQ(problem("alice namespaces=\"aion\\\"\" " + key_11),
              "option namespaces has a quotation mark in its value");
    EXPECT_EQ(problem("alice , " + key_11), "there is no option behind a comma");
}

TEST(AllowedSigners, NameAndKeyAreThereOnce) {
    const AllowedSigners all = read("alice " + key_11 + "\nalice " + key_text(0x12) + "\nbob " +
                                    key_11 + "\nbob " + key_text(0x12) + "\n");
    ASSERT_EQ(all.signers.size(), 2U);
    EXPECT_EQ(all.signers[1].line, 4U);
    EXPECT_EQ(all.signers[1].key, public_of(0x12));
    ASSERT_EQ(all.remarks.size(), 2U);
    EXPECT_EQ(all.remarks[0].line, 2U);
    EXPECT_EQ(all.remarks[0].message,
              "alice has the key of line 1, and an author has one at a time");
    EXPECT_EQ(all.remarks[1].line, 3U);
    EXPECT_EQ(all.remarks[1].message, "line 1 has its key");
}

// As in a registry, which would refuse the second of them.
TEST(AllowedSigners, NamesThatDifferByCaseAreOneName) {
    const AllowedSigners all = read("Alice " + key_11 + "\nalice " + key_text(0x12) + "\n");
    ASSERT_EQ(all.signers.size(), 1U);
    EXPECT_EQ(all.signers[0].name, "Alice");
    ASSERT_EQ(all.remarks.size(), 1U);
    EXPECT_EQ(all.remarks[0].message,
              "alice has the key of line 1, and an author has one at a time");
}

TEST(AllowedSigners, AreBounded) {
    const std::string most(max_signers_size, '\n');
    EXPECT_TRUE(read(most).signers.empty());
    EXPECT_EQ(aion::test::code_of(read_allowed_signers(most + "\n")),
              ErrorCode::resource_exhausted);
    std::string lines;
    for (std::size_t i = 0; i < max_signers_lines; ++i) {
        lines += "a\n";
    }
    EXPECT_EQ(read(lines).remarks.size(), max_signers_lines);
    EXPECT_THAT(refusal(read_allowed_signers(lines + "a")),
                testing::HasSubstr("more than 65536 lines of allowed signers"));
}

TEST(AllowedSigners, ARegistryIsWrittenAsItsNewestKeys) {
    Registry registry = test::pinned();
    EXPECT_EQ(to_allowed_signers(registry),
              "# Newest keys of a registry, which alone says what each of them may sign.\n"
              "author-50001 namespaces=\"aion\" " +
                  key_text(0x22) + "\n");
    ok(registry.apply(test::rotation(0, 1, 0x33, 9)));
    EXPECT_THAT(to_allowed_signers(registry), testing::HasSubstr(key_text(0x33) + "\n"));
    EXPECT_THAT(to_allowed_signers(registry), testing::Not(testing::HasSubstr(key_text(0x22))));
    ok(registry.apply(test::revocation(1, 20)));
    EXPECT_THAT(to_allowed_signers(registry),
                testing::EndsWith("\n# author-50001: its newest key was revoked\n"));
}

TEST(AllowedSigners, AnAuthorWithAScopeIsNotWritten) {
    auto records = test::chain_records();
    const auto text_of = [&](std::size_t count) {
        return to_allowed_signers(Registry::from_chain(ok(RegistryChain::replay(
            {records.begin(), records.begin() + static_cast<std::ptrdiff_t>(count)}))));
    };
    for (const std::size_t count : {10U, 11U}) {  // Of one history, and of none.
        EXPECT_THAT(text_of(count),
                    testing::EndsWith("\n# bób: it may sign certain histories only\n"));
    }
    EXPECT_THAT(text_of(12), testing::HasSubstr("\nbób namespaces"));
}

TEST(AllowedSigners, OneKeyIsWrittenAsOpenSslReadsIt) {
    Registry registry = test::pinned();
    ok(registry.apply(test::rotation(0, 1, 0x11, 9)));
    // `openssl pkey -pubout` of the key whose seed is 32 times 0x11.
    EXPECT_EQ(ok(to_public_key_pem(registry, AuthorId{50001})),
              "-----BEGIN PUBLIC KEY-----\n"
              "MCowBQYDK2VwAyEA0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=\n"
              "-----END PUBLIC KEY-----\n");
    EXPECT_THAT(refusal(to_public_key_pem(registry, AuthorId{50002})),
                testing::HasSubstr("the registry has no author 50002"));
    ok(registry.apply(test::revocation(1, 20)));
    EXPECT_THAT(refusal(to_public_key_pem(registry, AuthorId{50001})),
                testing::HasSubstr("its newest key was revoked"));
}

TEST(AllowedSigners, NamesAndContactsOfAChainAreReadBack) {
    auto records = test::chain_records();
    records.resize(9);
    const Registry registry = Registry::from_chain(ok(RegistryChain::replay(std::move(records))));
    const std::string text = to_allowed_signers(registry);
    EXPECT_THAT(text, testing::HasSubstr("\nalice namespaces=\"aion\" " + key_text(0x12) +
                                         " Alice <alice@example.com>\n"));
    const AllowedSigners all = read(text);
    EXPECT_TRUE(all.remarks.empty());
    ASSERT_EQ(all.signers.size(), 2U);
    EXPECT_EQ(all.signers[0].name, "alice");
    EXPECT_EQ(all.signers[0].key, public_of(0x12));
    EXPECT_EQ(all.signers[1].name, "bób");
    EXPECT_EQ(all.signers[1].contact, "bob@example.com, +1 555 0100");
}

TEST(AllowedSigners, ANameThatOpenSshWouldTakeForSomebodyElseIsNotWritten) {
    for (const std::string name : {"a*", "a?b", "!bob", "#bob"}) {
        auto records = test::chain_records();
        records.resize(2);
        auto& record = records[1];
        std::get<AuthorRegistration>(record.facts).name = name;
        record.signatures.clear();
        record = test::signed_by({0xA1, 0xA2}, record);
        const Registry registry =
            Registry::from_chain(ok(RegistryChain::replay(std::move(records))));
        EXPECT_THAT(to_allowed_signers(registry), testing::HasSubstr("\nauthor-1001 ")) << name;
    }
}

}  // namespace
}  // namespace aion::trust
