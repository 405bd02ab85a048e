// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "trust/chain_records.hpp"

namespace aion::trust {
namespace {

using aion::test::ok;
using aion::test::public_of;
using aion::test::refusal;
using test::ascending;
using test::bound;
using test::chain_records;
using test::point;

constexpr std::uint64_t most = INT64_MAX;

// What is wrong with a record; reading its bytes says the same.
std::string problem(const RegistryRecord& record) {
    const std::string message = refusal(check_form(record));
    EXPECT_EQ(refusal(decode_record(encode(record))), message);
    constexpr std::string_view prefix = "Invalid file format: ";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

std::string problem(RecordFacts facts) {
    return problem(RegistryRecord{.number = 1,
                                  .previous = {},
                                  .time = {},
                                  .reason = "",
                                  .facts = std::move(facts),
                                  .signatures = {}});
}

std::string problem_of_bound(Bound until) {
    return problem(EpochRotation{
        .author = {}, .from_epoch = {}, .to_public_key = {}, .until = std::move(until)});
}

std::string problem_of_contact(std::string contact) {
    return problem(AuthorRenaming{.author = {}, .name = "", .contact = std::move(contact)});
}

constexpr std::string_view fine = "no error";

TEST(RecordForm, OfTheVectorsIsFine) {
    for (const RegistryRecord& record : chain_records()) {
        EXPECT_EQ(problem(record), fine);
    }
}

TEST(RecordForm, ARootHasKeysInOrderAndAThresholdThatTheyCanMeet) {
    const auto root = [](std::vector<PublicKey> keys, std::uint16_t threshold) {
        return problem(RootRecord{.keys = std::move(keys), .threshold = threshold});
    };
    auto keys = ascending({0xA1, 0xA2, 0xA3});
    EXPECT_EQ(root(keys, 1), fine);
    EXPECT_EQ(root(keys, 3), fine);
    EXPECT_EQ(root(keys, 0), "threshold: 0 is not from 1 to 3");
    EXPECT_EQ(root(keys, 4), "threshold: 4 is not from 1 to 3");
    EXPECT_EQ(root({}, 1), "keys: 0, expected 1 to 64");
    std::swap(keys[1], keys[2]);
    EXPECT_EQ(root(keys, 1), "keys[2]: is not behind the element before it");
    EXPECT_EQ(root({keys[0], keys[0]}, 1), "keys[1]: is not behind the element before it");
    std::vector<PublicKey> many(max_root_keys + 1);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i].bytes[0] = static_cast<std::uint8_t>(i);
    }
    EXPECT_EQ(root(many, 1), "keys: 65, expected 1 to 64");
    many.pop_back();
    EXPECT_EQ(root(many, 64), fine);
}

TEST(RecordForm, BoundsAreVersionsThatAFileCanHave) {
    EXPECT_EQ(problem_of_bound(bound(0)), fine);
    EXPECT_EQ(problem_of_bound(bound(most)), fine);
    EXPECT_EQ(problem_of_bound(bound(most + 1)),
              "until.unlisted: 9223372036854775808 is not from 0 to 9223372036854775807");
    EXPECT_EQ(problem_of_bound(bound(0, {point(1, 1)})), fine);
    EXPECT_EQ(problem_of_bound(bound(0, {point(most, 1)})), fine);
    EXPECT_EQ(problem_of_bound(bound(0, {point(0, 1)})),
              "until.listed[0].version: 0 is not from 1 to 9223372036854775807");
    EXPECT_EQ(problem_of_bound(bound(0, {point(1, 1), point(most + 1, 2)})),
              "until.listed[1].version: 9223372036854775808 is not from 1 to 9223372036854775807");
    const AuthorRegistration late{.author = {},
                                  .name = "",
                                  .contact = "",
                                  .master_key = {},
                                  .operational_key = {},
                                  .active_from = VersionNumber{most + 1}};
    EXPECT_EQ(problem(late),
              "active_from: 9223372036854775808 is not from 0 to 9223372036854775807");
}

TEST(RecordForm, PointsAreInOrderAndNoneIsThereTwice) {
    EXPECT_EQ(problem_of_bound(bound(0, {point(3, 1), point(3, 2), point(4, 0)})), fine);
    EXPECT_EQ(problem_of_bound(bound(0, {point(3, 2), point(3, 1)})),
              "until.listed[1]: is not behind the element before it");
    EXPECT_EQ(problem_of_bound(bound(0, {point(3, 1), point(2, 2)})),
              "until.listed[1]: is not behind the element before it");
    EXPECT_EQ(problem_of_bound(bound(0, {point(3, 1, 1, "a"), point(3, 1, 2, "b")})),
              "until.listed[1]: is not behind the element before it");
    EXPECT_EQ(problem_of_bound(bound(0, {point(3, 1), point(4, 1)})),
              "until.listed: has a hash twice");
    EXPECT_EQ(problem(AuthorScope{.author = {}, .histories = {{point(2, 2), point(1, 1)}}}),
              "histories[1]: is not behind the element before it");
}

TEST(RecordForm, CodesAreThoseThatThereAre) {
    const auto revoked = [](std::uint16_t code) {
        return problem(EpochRevocation{
            .author = {}, .epoch = {}, .reason = RevocationReason{code}, .until = {}});
    };
    for (const std::uint16_t code : std::to_array<std::uint16_t>({1, 2, 3, 255})) {
        EXPECT_EQ(revoked(code), fine);
    }
    for (const std::uint16_t code : std::to_array<std::uint16_t>({0, 4, 254, 256, 65535})) {
        EXPECT_EQ(revoked(code), "reason_code: unknown code " + std::to_string(code));
    }
    for (const std::uint8_t code : std::to_array<std::uint8_t>({0, 3, 255})) {
        const std::string expected = "end: unknown code " + std::to_string(code);
        EXPECT_EQ(
            problem(EndTightening{.author = {}, .epoch = {}, .end = EpochEnd{code}, .until = {}}),
            expected);
        EXPECT_EQ(
            problem(EndExtension{.author = {}, .epoch = {}, .end = EpochEnd{code}, .until = {}}),
            expected);
    }
}

TEST(RecordForm, TextsHaveALengthAndNoControlCharacters) {
    EXPECT_EQ(problem_of_contact(std::string(max_contact, 'c')), fine);
    EXPECT_EQ(problem_of_contact(std::string(max_contact + 1, 'c')),
              "contact: 1025 bytes, at most 1024 are allowed");
    EXPECT_EQ(problem_of_contact("Zoë, \u202Etel. ☎ 1\u202C"), fine)
        << "only screens have to fear it";
    EXPECT_EQ(problem_of_contact("a\tb"), "contact: control character \\t");
    EXPECT_EQ(problem_of_contact("a\x7F"), "contact: control character \\x7f");
    EXPECT_EQ(problem_of_contact("a\u0085"), "contact: control character \\u{85}");
    EXPECT_EQ(problem_of_contact("a\xFF"),
              "contact: invalid utf-8 sequence of 1 bytes from index 1");
    EXPECT_EQ(problem_of_bound(bound(0, {point(1, 1, 1, std::string(max_point_name, 'n'))})), fine);
    EXPECT_EQ(problem_of_bound(bound(0, {point(1, 1, 1, std::string(max_point_name + 1, 'n'))})),
              "until.listed[0].name: 1025 bytes, at most 1024 are allowed");
    EXPECT_EQ(problem_of_bound(bound(0, {point(1, 1, 1, "a\nb")})),
              "until.listed[0].name: control character \\n");
    RegistryRecord record = chain_records().at(0);
    record.reason.assign(max_record_reason, 'r');
    EXPECT_EQ(problem(record), fine);
    record.reason += 'r';
    EXPECT_EQ(problem(record), "reason: 4097 bytes, at most 4096 are allowed");
    record.reason.assign(1, '\0');
    EXPECT_EQ(problem(record), "reason: control character \\x00");
}

TEST(RecordForm, SignaturesAreInOrderAndNotTooMany) {
    RegistryRecord record = chain_records().at(0);
    ASSERT_EQ(record.signatures.size(), 2U);
    std::swap(record.signatures[0], record.signatures[1]);
    EXPECT_EQ(problem(record), "signatures[1]: is not behind the element before it");
    record.signatures[1] = record.signatures[0];
    EXPECT_EQ(problem(record), "signatures[1]: is not behind the element before it");
    record.signatures.resize(max_record_signatures + 1);
    EXPECT_EQ(problem(record), "signatures: 129, expected 0 to 128");
    for (std::size_t i = 0; i < record.signatures.size(); ++i) {
        record.signatures[i].key.bytes[0] = static_cast<std::uint8_t>(i);
    }
    record.signatures.pop_back();
    std::ranges::sort(record.signatures, {}, &KeySignature::key);
    EXPECT_EQ(problem(record), fine);
}

TEST(RecordForm, NamesThatAnAuthorMayHave) {
    for (const std::string name :
         {"alice", "a", "Zoë", "alice@example.com", "a@1.example", "@", "a@", "1a", "author-",
          "author-1a", "x-1", "名前", "a+b", "a:b/c\\d", "(a)", "0x10"}) {
        EXPECT_EQ(refusal(check_author_name(name)), fine) << name;
        EXPECT_EQ(problem(AuthorRenaming{.author = {}, .name = name, .contact = ""}), fine);
    }
    EXPECT_EQ(refusal(check_author_name(std::string(max_author_name, 'n'))), fine);
    EXPECT_EQ(problem(AuthorRenaming{.author = {}, .name = "", .contact = ""}), fine)
        << "an author may have none";
}

TEST(RecordForm, NamesThatNoAuthorMayHave) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "is empty"},
        {std::string(max_author_name + 1, 'n'), "has 129 bytes, at most 128 are allowed"},
        {"a\xC3", "has an incomplete utf-8 byte sequence from index 1"},
        {"a b", "has the character \" \", which no name may have"},
        {"a\u00A0b", "has the character \"\u00A0\", which no name may have"},
        {"a\u3000", "has the character \"\u3000\", which no name may have"},
        {"a\tb", "has the character \"\\t\", which no name may have"},
        {"a\u200B", "has the character \"\\u{200b}\", which no name may have"},
        {"\u202Ea", "has the character \"\\u{202e}\", which no name may have"},
        {"a,b", "has the character \",\", which no name may have"},
        {"\"a\"", "has the character \"\"\", which no name may have"},
        {"it's", "has the character \"'\", which no name may have"},
        {"a`", "has the character \"`\", which no name may have"},
        {"12", "12 could be taken for an author id"},
        {"0", "0 could be taken for an author id"},
        {"-a", "-a could be taken for an option"},
        {"+a", "+a could be taken for an option"},
        {"a@12", "a@12 could be taken for an author and a version"},
        {"@1", "@1 could be taken for an author and a version"},
        {"a@b@1", "a@b@1 could be taken for an author and a version"},
        {"author-12", "author-12 could be taken for an author without a name"},
    };
    for (const auto& [name, words] : cases) {
        EXPECT_EQ(refusal(check_author_name(name)), "Invalid file format: author name " + words);
        if (!name.empty() && name.size() <= max_author_name) {
            EXPECT_EQ(problem(AuthorRenaming{.author = {}, .name = name, .contact = ""}),
                      "author name " + words);
        }
    }
}

}  // namespace
}  // namespace aion::trust
