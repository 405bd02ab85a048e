// SPDX-License-Identifier: MIT OR Apache-2.0
// Trusted registry JSON (docs/registry.md#the-file): the bytes we write and every rule of loading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "aion/base/base64.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::active_at;
using test::author;
using test::code_of;
using test::ok;
using test::pinned;
using test::public_of;
using test::refusal;
using test::registry_vectors;
using test::revocation;
using test::rotation;
using test::vector_text;

constexpr std::string_view master = "0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=";
constexpr std::string_view op_0 = "oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA=";
constexpr std::string_view op_1 = "F8t5+ytBIPKx7GXkGY1uCLKOgT/rAeSkAIObheGAgM4=";

// Every key of the format at least once.
constexpr std::string_view example = R"({
  "version": 1,
  "authors": [
    {
      "author_id": 50001,
      "master_key": "0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=",
      "epochs": [
        {
          "epoch": 0,
          "public_key": "oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA=",
          "active_from_version": 0,
          "status": "revoked"
        },
        {
          "epoch": 1,
          "public_key": "F8t5+ytBIPKx7GXkGY1uCLKOgT/rAeSkAIObheGAgM4=",
          "active_from_version": 9,
          "status": "active"
        }
      ],
      "revocations": [
        {
          "epoch": 0,
          "reason": "Compromised",
          "effective_from_version": 9
        }
      ]
    }
  ]
})";

// --- Building documents

std::string epoch_json(std::uint64_t number, std::string_view key, std::uint64_t from) {
    return R"({"epoch":)" + std::to_string(number) + R"(,"public_key":")" + std::string(key) +
           R"(","active_from_version":)" + std::to_string(from) + "}";
}

std::string revocation_json(std::uint64_t number, std::string_view reason, std::uint64_t from) {
    return R"({"epoch":)" + std::to_string(number) + R"(,"reason":")" + std::string(reason) +
           R"(","effective_from_version":)" + std::to_string(from) + "}";
}

struct AuthorText {
    std::string id = "50001";
    std::string master_key = std::string(master);
    std::string epochs = epoch_json(0, op_0, 0);
    std::string more = {};  // e.g. `,"revocations":[]`
};

std::string author_json(const AuthorText& text) {
    return R"({"author_id":)" + text.id + R"(,"master_key":")" + text.master_key +
           R"(","epochs":[)" + text.epochs + "]" + text.more + "}";
}

std::string document(const std::string& authors, std::string_view version = "1") {
    return R"({"version":)" + std::string(version) + R"(,"authors":[)" + authors + "]}";
}

std::string document_of(const AuthorText& text) {
    return document(author_json(text));
}

Registry loaded(const std::string& text) {
    return ok(Registry::from_json(text));
}

// What loading answers, without the part that all format errors share.
std::string problem(const std::string& text) {
    std::string message = refusal(Registry::from_json(text));
    constexpr std::string_view prefix = "Invalid file format: ";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

std::string parse_problem(const std::string& text) {
    std::string reason = problem(text);
    constexpr std::string_view prefix = "registry JSON parse failed: ";
    EXPECT_TRUE(reason.starts_with(prefix)) << reason;
    return reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason;
}

// --- Writing

TEST(RegistryJson, WritesTheExampleByteForByte) {
    Registry registry = pinned();
    ok(registry.apply(rotation(0, 1, 0x33, 9)));
    ok(registry.apply(revocation(0, 9)));
    EXPECT_EQ(registry.to_json(), example);
    EXPECT_EQ(loaded(std::string(example)), registry);
}

TEST(RegistryJson, WritesTheStatusOfEveryEpoch) {
    Registry registry = pinned();
    EXPECT_THAT(registry.to_json(), testing::HasSubstr(R"("status": "active")"));
    ok(registry.apply(rotation(0, 1, 0x33, 9)));
    EXPECT_THAT(registry.to_json(), testing::HasSubstr(R"("status": "rotated")"));
    EXPECT_THAT(registry.to_json(), testing::HasSubstr(R"("status": "active")"));
    EXPECT_THAT(registry.to_json(), testing::Not(testing::HasSubstr("revocations")));
    ok(registry.apply(revocation(1, 12)));
    EXPECT_THAT(registry.to_json(), testing::HasSubstr(R"("status": "revoked")"));
}

TEST(RegistryJson, AnEmptyRegistry) {
    EXPECT_EQ(Registry().to_json(), "{\n  \"version\": 1,\n  \"authors\": []\n}");
    EXPECT_EQ(loaded(R"({"version":1,"authors":[]})"), Registry());
}

TEST(RegistryJson, WhatTheReferenceWroteComesBackByteForByte) {
    for (const std::string& name : registry_vectors()) {
        const std::string text = vector_text("registries/" + name);
        EXPECT_EQ(loaded(text).to_json(), text) << name;
    }
}

TEST(RegistryJson, WhatTheReferenceWroteMeansTheSame) {
    constexpr AuthorId one{1001};
    const auto at = [&](const std::string& name, std::uint64_t version) {
        return active_at(loaded(vector_text("registries/" + name)), version, one);
    };
    EXPECT_EQ(at("basic.json", 1), 0);
    EXPECT_EQ(at("empty.json", 1), -1);
    EXPECT_EQ(at("revoked-at-1.json", 0), 0);
    EXPECT_EQ(at("revoked-at-1.json", 1), -1);
    EXPECT_EQ(at("revoked-at-20.json", 19), 0);
    EXPECT_EQ(at("revoked-at-20.json", 20), -1);
    EXPECT_EQ(at("rotated-at-5.json", 4), 0);
    EXPECT_EQ(at("rotated-at-5.json", 5), 1);
    EXPECT_EQ(at("rotated-at-2.json", 1), 0);
    EXPECT_EQ(at("rotated-at-2.json", 2), 1);
}

// --- Loading: what is accepted

TEST(RegistryJson, LoadsAMinimalFile) {
    const Registry registry = loaded(document_of(AuthorText{}));
    EXPECT_EQ(registry, pinned());
    EXPECT_EQ(active_at(registry, 1), 0);
}

TEST(RegistryJson, LoadsTwoEpochsAndARevocationOfTheSecond) {
    const Registry registry = loaded(
        document_of({.epochs = epoch_json(0, op_0, 0) + "," + epoch_json(1, op_1, 10),
                     .more = R"(,"revocations":[)" + revocation_json(1, "Retired", 20) + "]"}));
    EXPECT_EQ(active_at(registry, 9), 0);
    EXPECT_EQ(active_at(registry, 10), 1);
    EXPECT_EQ(active_at(registry, 19), 1);
    EXPECT_EQ(active_at(registry, 20), -1);
    EXPECT_EQ(registry.latest_epoch(author)->revocation->reason, RevocationReason::retired);
}

TEST(RegistryJson, EpochsMayFollowARevokedOne) {
    const Registry registry = loaded(
        document_of({.epochs = epoch_json(0, op_0, 0) + "," + epoch_json(1, op_1, 10),
                     .more = R"(,"revocations":[)" + revocation_json(0, "Compromised", 5) + "]"}));
    EXPECT_EQ(active_at(registry, 4), 0);
    EXPECT_EQ(active_at(registry, 5), -1);
    EXPECT_EQ(active_at(registry, 10), 1);
}

TEST(RegistryJson, EpochNumbersMayHaveGaps) {
    const Registry registry =
        loaded(document_of({.epochs = epoch_json(0, op_0, 0) + "," + epoch_json(3, op_1, 10) + "," +
                                      epoch_json(7, master, 20)}));
    EXPECT_EQ(active_at(registry, 9), 0);
    EXPECT_EQ(active_at(registry, 10), 3);
    EXPECT_EQ(active_at(registry, 20), 7);
    EXPECT_EQ(loaded(registry.to_json()), registry);
    Registry rotated = registry;
    EXPECT_EQ(ok(rotated.apply(rotation(7, 8, 0x44, 30))), Applied::changed);
}

std::string epoch_with_status(std::uint64_t number, std::string_view key, std::uint64_t from,
                              const std::string& status) {
    std::string epoch = epoch_json(number, key, from);
    return epoch.insert(epoch.size() - 1, ",\"status\":" + status);
}

TEST(RegistryJson, StatusIsCheckedForSpelling) {
    for (const std::string status : {"null", "\"active\""}) {
        EXPECT_EQ(loaded(document_of({.epochs = epoch_with_status(0, op_0, 0, status)})), pinned());
    }
    EXPECT_EQ(parse_problem(document_of({.epochs = epoch_with_status(0, op_0, 0, "\"Active\"")})),
              "authors[0].epochs[0].status: expected active, rotated or revoked");
}

// Whoever wrote it believes that the key has ended.
TEST(RegistryJson, AStatusThatNothingBearsOutIsRefused) {
    EXPECT_EQ(problem(document_of({.epochs = epoch_with_status(0, op_0, 0, "\"revoked\"")})),
              "status of epoch 0 of author 50001 says revoked, but nothing in \"revocations\" ends "
              "it");
    EXPECT_EQ(problem(document_of({.epochs = epoch_with_status(0, op_0, 0, "\"rotated\"")})),
              "status of epoch 0 of author 50001 says rotated, but no epoch follows it");
    EXPECT_EQ(problem(document_of({.epochs = epoch_with_status(0, op_0, 0, "\"revoked\"") + "," +
                                             epoch_json(1, op_1, 9)})),
              "status of epoch 0 of author 50001 says revoked, but nothing in \"revocations\" ends "
              "it");
    EXPECT_EQ(problem(document_of(
                  {.epochs = epoch_with_status(0, op_0, 0, "\"rotated\""),
                   .more = R"(,"revocations":[)" + revocation_json(0, "Retired", 9) + "]"})),
              "status of epoch 0 of author 50001 says rotated, but no epoch follows it");
}

TEST(RegistryJson, AStatusThatSaysLessThanCountsIsRemarked) {
    const Registry registry = loaded(
        document_of({.epochs = epoch_with_status(0, op_0, 0, "\"rotated\"") + "," +
                               epoch_with_status(1, op_1, 9, "\"active\"") + "," +
                               epoch_with_status(2, master, 12, "\"active\""),
                     .more = R"(,"revocations":[)" + revocation_json(0, "Retired", 9) + "]"}));
    const auto warnings = registry.warnings();
    ASSERT_GE(warnings.size(), 2U);
    EXPECT_EQ(warnings[0].message,
              "status of epoch 0 of author 50001 says rotated, but the epoch "
              "is revoked, which counts");
    EXPECT_EQ(warnings[1].message,
              "status of epoch 1 of author 50001 says active, but the epoch is "
              "rotated, which counts");
    EXPECT_EQ(warnings[1].epoch, Epoch{1});
}

TEST(RegistryJson, UnknownKeysAreIgnoredAtEveryLevel) {
    std::string epoch = epoch_json(0, op_0, 0);
    epoch.insert(1, R"("note":[{"a":null}],)");
    std::string author_text =
        author_json({.epochs = epoch, .more = R"(,"revocations":[],"x":1.5)"});
    std::string text = document(author_text);
    text.insert(1, R"("$schema":"x",)");
    const Registry registry = loaded(text);
    EXPECT_EQ(registry, pinned());
    EXPECT_EQ(registry.to_json(), pinned().to_json());
    EXPECT_EQ(registry.fingerprint(), pinned().fingerprint());
    EXPECT_EQ(registry.unknown_keys().text(), "$schema, authors[0].x, authors[0].epochs[0].note");
    const auto warnings = registry.warnings();
    ASSERT_EQ(warnings.size(), 3U);
    EXPECT_EQ(warnings[2].message,
              "authors[0].epochs[0].note is no field that aion knows; it has no effect");
    EXPECT_EQ(warnings[2].author, std::nullopt);
}

TEST(RegistryJson, KeysThatWereMeantAreRefused) {
    const auto in_author = [](const std::string& key) {
        return parse_problem(document_of({.more = ",\"" + key + "\":[]"}));
    };
    for (const std::string key :
         {"revocation", "Revocations", "revocatoins", "revoked", "revoke_list", "REVOKED"}) {
        EXPECT_EQ(in_author(key),
                  "authors[0]." + key + ": no such key here; did you mean \"revocations\"?");
    }
    EXPECT_EQ(in_author("status"),
              "authors[0].status: no such key here; did you mean \"status\" of an epoch?");
    EXPECT_EQ(parse_problem(R"({"version":1,"Authors":[],"authors":[]})"),
              "Authors: no such key here; did you mean \"authors\"?");
    EXPECT_EQ(parse_problem(R"({"version":1,"revocations":[],"authors":[]})"),
              "revocations: no such key here; did you mean \"revocations\" of an author?");
    std::string epoch = epoch_json(0, op_0, 0);
    epoch.insert(1, R"("revoked":true,)");
    EXPECT_EQ(parse_problem(document_of({.epochs = epoch})),
              "authors[0].epochs[0].revoked: no such key here; did you mean \"revocations\" of an "
              "author?");
    std::string revocation = revocation_json(0, "Retired", 9);
    revocation.insert(1, R"("Reason":"Compromised",)");
    EXPECT_EQ(parse_problem(document_of({.more = R"(,"revocations":[)" + revocation + "]"})),
              "authors[0].revocations[0].Reason: no such key here; did you mean \"reason\"?");
}

TEST(RegistryJson, KeyOrderIsFree) {
    EXPECT_EQ(loaded(R"({"authors":[{"epochs":[{"active_from_version":0,"public_key":")" +
                     std::string(op_0) + R"(","epoch":0}],"master_key":")" + std::string(master) +
                     R"(","author_id":50001}],"version":1})"),
              pinned());
}

TEST(RegistryJson, Base64MayLackPaddingOrBeUrlSafe) {
    std::string unpadded(op_0);
    unpadded.pop_back();
    EXPECT_EQ(loaded(document_of({.epochs = epoch_json(0, unpadded, 0)})), pinned());
    std::string url_safe(op_0);
    std::ranges::replace(url_safe, '+', '-');
    std::ranges::replace(url_safe, '/', '_');
    EXPECT_EQ(loaded(document_of({.epochs = epoch_json(0, url_safe, 0)})), pinned());
}

TEST(RegistryJson, AuthorsComeInAnyOrderAndGoOutSorted) {
    const Registry registry =
        loaded(document(author_json({.id = "18446744073709551615"}) + "," +
                        author_json({.id = "7"}) + "," + author_json({.id = "0"})));
    const std::string text = registry.to_json();
    EXPECT_LT(text.find("\"author_id\": 0,"), text.find("\"author_id\": 7,"));
    EXPECT_LT(text.find("\"author_id\": 7,"), text.find("\"author_id\": 18446744073709551615,"));
}

TEST(RegistryJson, RevocationsComeInAnyOrderAndGoOutByEpoch) {
    const Registry registry =
        loaded(document_of({.epochs = epoch_json(0, op_0, 0) + "," + epoch_json(1, op_1, 10),
                            .more = R"(,"revocations":[)" + revocation_json(1, "Unspecified", 20) +
                                    "," + revocation_json(0, "Superseded", 10) + "]"}));
    const std::string text = registry.to_json();
    EXPECT_LT(text.find("Superseded"), text.find("Unspecified"));
}

// --- Loading: step 1, the shape

TEST(RegistryJson, RefusesWhatIsNoJson) {
    for (const std::string text : {"", "{", "not json", "[]", "null", "1", "{} {}"}) {
        EXPECT_THAT(problem(text), testing::StartsWith("registry JSON parse failed: ")) << text;
    }
    parse_problem("\xEF\xBB\xBF" + std::string(example));
    parse_problem(std::string(example) + "x");
    parse_problem(std::string(example) + std::string(1, '\0'));
    EXPECT_EQ(loaded(" \r\n\t" + std::string(example) + "\n"), loaded(std::string(example)));
}

TEST(RegistryJson, NamesTheMissingKey) {
    EXPECT_EQ(parse_problem("{}"), "version: missing");
    EXPECT_EQ(parse_problem(R"({"version":1})"), "authors: missing");
    EXPECT_EQ(parse_problem(R"({"authors":[]})"), "version: missing");
    EXPECT_EQ(parse_problem(document("{}")), "authors[0].author_id: missing");
    EXPECT_EQ(parse_problem(document(R"({"author_id":1})")), "authors[0].master_key: missing");
    EXPECT_EQ(parse_problem(document(R"({"author_id":1,"master_key":""})")),
              "authors[0].epochs: missing");
    EXPECT_EQ(parse_problem(document_of({.epochs = "{}"})), "authors[0].epochs[0].epoch: missing");
    EXPECT_EQ(parse_problem(document_of({.epochs = R"({"epoch":0})"})),
              "authors[0].epochs[0].public_key: missing");
    EXPECT_EQ(parse_problem(document_of({.epochs = R"({"epoch":0,"public_key":""})"})),
              "authors[0].epochs[0].active_from_version: missing");
    EXPECT_EQ(parse_problem(document_of({.more = R"(,"revocations":[{}])"})),
              "authors[0].revocations[0].epoch: missing");
    EXPECT_EQ(parse_problem(document_of({.more = R"(,"revocations":[{"epoch":0}])"})),
              "authors[0].revocations[0].reason: missing");
    EXPECT_EQ(
        parse_problem(document_of({.more = R"(,"revocations":[{"epoch":0,"reason":"Retired"}])"})),
        "authors[0].revocations[0].effective_from_version: missing");
}

TEST(RegistryJson, RefusesDuplicateKeysAtEveryLevel) {
    EXPECT_EQ(parse_problem(R"({"version":1,"version":1,"authors":[]})"),
              "duplicate key \"version\"");
    EXPECT_EQ(parse_problem(document_of({.more = R"(,"author_id":50001)"})),
              "duplicate key \"author_id\" in authors[0]");
    std::string epoch = epoch_json(0, op_0, 0);
    epoch.insert(1, R"("epoch":0,)");
    EXPECT_EQ(parse_problem(document_of({.epochs = epoch})),
              "duplicate key \"epoch\" in authors[0].epochs[0]");
    EXPECT_EQ(parse_problem(document_of({.more = R"(,"x":{"y":1,"y":2})"})),
              "duplicate key \"y\" in authors[0].x");
}

TEST(RegistryJson, RefusesNumbersOutOfRange) {
    for (const std::string id : {"-1", "1.0", "1e3", "18446744073709551616", "\"1\"", "null"}) {
        EXPECT_THAT(parse_problem(document_of({.id = id})),
                    testing::StartsWith("authors[0].author_id: expected an integer from 0 to "
                                        "18446744073709551615, found "))
            << id;
    }
    EXPECT_EQ(parse_problem(document_of({.epochs = epoch_json(4294967296, op_0, 0)})),
              "authors[0].epochs[0].epoch: expected an integer from 0 to 4294967295, found "
              "4294967296");
    EXPECT_EQ(parse_problem(document("", "4294967296")),
              "version: expected an integer from 0 to 4294967295, found 4294967296");
}

TEST(RegistryJson, RefusesWrongTypes) {
    EXPECT_EQ(parse_problem(R"({"version":1,"authors":{}})"),
              "authors: expected an array, found an object");
    EXPECT_EQ(parse_problem(document("[]")), "authors[0]: expected an object, found an array");
    EXPECT_EQ(parse_problem(document_of({.more = R"(,"revocations":null)"})),
              "authors[0].revocations: expected an array, found null");
    EXPECT_EQ(parse_problem(document(R"({"author_id":1,"master_key":7,"epochs":[]})")),
              "authors[0].master_key: expected a string, found 7");
}

TEST(RegistryJson, RefusesReasonsOutsideTheVocabulary) {
    for (const std::string reason : {"compromised", "RETIRED", "", "Lost"}) {
        EXPECT_EQ(parse_problem(document_of(
                      {.more = R"(,"revocations":[)" + revocation_json(0, reason, 1) + "]"})),
                  "authors[0].revocations[0].reason: expected Compromised, Superseded, Retired or "
                  "Unspecified");
    }
}

TEST(RegistryJson, RefusesDepthBombsInUnknownKeys) {
    const std::string bomb(200'000, '[');
    EXPECT_EQ(parse_problem(document_of({.more = ",\"x\":" + bomb})), "nested more than 32 deep");
}

// --- Loading: step 2, the version

TEST(RegistryJson, RefusesOtherVersions) {
    EXPECT_EQ(problem(document("", "2")), "unsupported registry file version: 2 (expected 1)");
    EXPECT_EQ(problem(document("", "0")), "unsupported registry file version: 0 (expected 1)");
    // Shape first: a future version with another shape is a parse error.
    EXPECT_EQ(parse_problem(R"({"version":2,"people":[]})"), "authors: missing");
    // Version before content.
    EXPECT_EQ(problem(document(author_json({.master_key = "!"}), "2")),
              "unsupported registry file version: 2 (expected 1)");
}

// --- Loading: the rules, author by author (docs/registry.md#reading-it) -------------------------

TEST(RegistryJson, LoadingMasterKeyBase64) {
    for (const std::string key : {"!", "0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc==",
                                  "0EqyMnQrtKs6E2i9RhXk5tAiSrca\nAWuvhSCjMsl3hzc=",
                                  "0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzd="}) {
        std::string escaped = key;
        if (const auto newline = escaped.find('\n'); newline != std::string::npos) {
            escaped.replace(newline, 1, "\\n");
        }
        EXPECT_THAT(
            problem(document_of({.master_key = escaped})),
            testing::AllOf(testing::StartsWith("registry master_key base64 decode failed: "),
                           testing::EndsWith(" (author 50001)")));
    }
}

TEST(RegistryJson, LoadingMasterKeyLength) {
    const std::string short_key = to_base64(Bytes(16));
    EXPECT_EQ(problem(document_of({.master_key = short_key})),
              "registry master_key must decode to exactly 32 bytes (got 16) (author 50001)");
    EXPECT_EQ(problem(document_of({.master_key = ""})),
              "registry master_key must decode to exactly 32 bytes (got 0) (author 50001)");
}

std::string filled(std::uint8_t filler) {
    return to_base64(Bytes(32, filler));
}

TEST(RegistryJson, LoadingMasterKeyIsAStrictPoint) {
    for (const std::uint8_t filler : {std::uint8_t{0xAB}, std::uint8_t{0}}) {
        EXPECT_EQ(problem(document_of({.master_key = filled(filler)})),
                  "Invalid public key: master key of author 50001 is not the canonical encoding "
                  "of an Ed25519 point of large order");
    }
    EXPECT_EQ(code_of(Registry::from_json(document_of({.master_key = filled(0xAB)}))),
              ErrorCode::invalid_public_key);
}

TEST(RegistryJson, LoadingEpochs) {
    EXPECT_EQ(problem(document_of({.epochs = ""})), "author 50001 has no epochs");
}

TEST(RegistryJson, LoadingFirstKey) {
    EXPECT_THAT(problem(document_of({.epochs = epoch_json(0, "?", 0)})),
                testing::AllOf(testing::StartsWith("registry public_key base64 decode failed: "),
                               testing::EndsWith(" (author 50001, epoch 0)")));
    EXPECT_EQ(
        problem(document_of({.epochs = epoch_json(0, to_base64(Bytes(16)), 0)})),
        "registry public_key must decode to exactly 32 bytes (got 16) (author 50001, epoch 0)");
}

TEST(RegistryJson, LoadingFirstKeyIsAStrictPoint) {
    for (const std::uint8_t filler : {std::uint8_t{0xAB}, std::uint8_t{0}}) {
        EXPECT_EQ(problem(document_of({.epochs = epoch_json(0, filled(filler), 0)})),
                  "Invalid public key: key of author 50001, epoch 0, is not the canonical "
                  "encoding of an Ed25519 point of large order");
    }
}

TEST(RegistryJson, LoadingAuthorTwice) {
    EXPECT_EQ(problem(document(author_json({}) + "," + author_json({}))),
              "author 50001 already registered");
}

TEST(RegistryJson, LoadingFirstEpochIsZero) {
    EXPECT_EQ(problem(document_of({.epochs = epoch_json(1, op_0, 0)})),
              "first epoch for author 50001 must be 0, got 1");
}

TEST(RegistryJson, LoadingFurtherEpochs) {
    const auto second = [](const std::string& epoch) {
        return problem(document_of({.epochs = epoch_json(0, op_0, 5) + "," + epoch}));
    };
    EXPECT_THAT(second(epoch_json(1, "?", 9)), testing::EndsWith(" (author 50001, epoch 1)"));
    EXPECT_EQ(
        second(epoch_json(1, to_base64(Bytes(33)), 9)),
        "registry public_key must decode to exactly 32 bytes (got 33) (author 50001, epoch 1)");
    EXPECT_EQ(second(epoch_json(0, op_1, 9)),
              "epoch 0 not strictly greater than existing max 0 for author 50001");
    for (const std::uint64_t from : {4U, 5U}) {
        EXPECT_EQ(second(epoch_json(1, op_1, from)),
                  "active_from_version " + std::to_string(from) +
                      " does not strictly follow prior epoch at version 5 (author 50001, epoch "
                      "1)");
    }
    EXPECT_EQ(problem(document_of({.epochs = epoch_json(0, op_0, 0) + "," + epoch_json(7, op_1, 9) +
                                             "," + epoch_json(3, master, 10)})),
              "epoch 3 not strictly greater than existing max 7 for author 50001");
}

// The reference loads these and fails later, at the first signature.
TEST(RegistryJson, LoadingFurtherKeysAreStrictPointsToo) {
    for (const std::uint8_t filler : {std::uint8_t{0xAB}, std::uint8_t{0}}) {
        const std::string epochs = epoch_json(0, op_0, 0) + "," + epoch_json(1, filled(filler), 9);
        EXPECT_EQ(problem(document_of({.epochs = epochs})),
                  "Invalid public key: key of author 50001, epoch 1, is not the canonical "
                  "encoding of an Ed25519 point of large order");
    }
}

TEST(RegistryJson, LoadingRevocations) {
    EXPECT_EQ(problem(document_of(
                  {.more = R"(,"revocations":[)" + revocation_json(1, "Retired", 9) + "]"})),
              "epoch 1 not found for author 50001");
    EXPECT_EQ(
        problem(document_of({.more = R"(,"revocations":[)" + revocation_json(0, "Retired", 9) +
                                     "," + revocation_json(0, "Retired", 9) + "]"})),
        "epoch 0 for author 50001 already revoked");
}

TEST(RegistryJson, AFileWithoutStatusMeansTheSame) {
    std::string text(example);
    for (auto at = text.find(",\n          \"status\""); at != std::string::npos;
         at = text.find(",\n          \"status\"")) {
        text.erase(at, text.find('\n', at + 2) - at);
    }
    EXPECT_EQ(loaded(text), loaded(std::string(example)));
}

// --- Properties

// A registry reached by random operations, valid ones and refused ones.
Registry arbitrary_registry() {
    const auto seeds = *rc::gen::container<std::vector<std::uint32_t>>(
        *rc::gen::inRange<std::size_t>(0, 12), rc::gen::arbitrary<std::uint32_t>());
    Registry registry = pinned();
    for (const std::uint32_t seed : seeds) {
        const EpochRecord& latest = *registry.latest_epoch(author);
        if (seed % 2 == 0) {
            (void)registry.apply(rotation(latest.epoch.value, latest.epoch.value + 1,
                                          static_cast<std::uint8_t>(seed >> 8U),
                                          latest.active_from.value + seed % 5));
        } else {
            (void)registry.apply(revocation(seed % (latest.epoch.value + 2), seed % 40));
        }
        if (seed % 7 == 0) {
            (void)registry.pin(AuthorId{seed % 3}, public_of(0x11), public_of(0x22));
        }
    }
    return registry;
}

RC_GTEST_PROP(RegistryJsonProperty, EveryReachableRegistryLoadsAgain, ()) {
    const Registry registry = arbitrary_registry();
    const std::string text = registry.to_json();
    const Registry again = loaded(text);
    RC_ASSERT(again == registry);
    RC_ASSERT(again.to_json() == text);
    RC_ASSERT(again.fingerprint() == registry.fingerprint());
}

RC_GTEST_PROP(RegistryJsonProperty, DamagedFilesLoadSoundlyOrNotAtAll, ()) {
    std::string text(example);
    const auto changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) {
        text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    }
    const auto registry = Registry::from_json(text);
    if (registry) {
        RC_ASSERT(loaded(registry->to_json()) == *registry);
    }
}

}  // namespace
}  // namespace aion::trust
