// SPDX-License-Identifier: MIT OR Apache-2.0
// Signatures of models (model_statement, model_bundle, model_check, and shards of artifact_hash).
#include "aion/supply/model_signing.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "support/results.hpp"
#include "support/temporary_folder.hpp"

namespace aion::supply {
namespace {

using crypto::EcPublicKey;
using crypto::EcSigningKey;
using test::code_of;
using test::ok;

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string vector_of(const std::string& name) {
    return content_of(AION_TEST_DATA "/third_party/model_signing/" + name);
}

EcPublicKey clients_key() {
    return ok(EcPublicKey::from_pem(vector_of("client/signing-key-pub.pem")));
}

crypto::Sha256Digest some_digest(std::uint8_t byte) {
    crypto::Sha256Digest digest;
    digest.bytes.fill(byte);
    return digest;
}

class Models : public ::testing::Test {
  protected:
    using Rows = std::vector<std::pair<std::string, ArtifactFinding>>;

    void put(const std::string& name, std::string_view content) const {
        std::filesystem::create_directories((top / name).parent_path());
        std::ofstream(top / name, std::ios::binary) << content;
    }

    [[nodiscard]] ModelStatement describe(const ModelSerialization& how = {}) const {
        return ok(describe_model(env, "m", ok(find_model(env, top, how)), how));
    }

    [[nodiscard]] ModelCheck check(const ModelStatement& statement,
                                   const ModelCheckOptions& options = {},
                                   const FindOptions& finding = {.keep_going = true}) const {
        const auto files = ok(find_model(env, top, statement.serialization(), finding));
        return ok(check_model(env, statement, files, options));
    }

    [[nodiscard]] Rows rows(const ModelStatement& statement,
                            const ModelCheckOptions& options = {}) const {
        Rows found;
        for (const auto& row : check(statement, options).rows) {
            found.emplace_back(row.name, row.finding);
        }
        return found;
    }

    Env& env = Env::system();
    test::TemporaryFolder folder;
    std::filesystem::path top = folder.path();
};

TEST_F(Models, FilesAreListedInTheOrderOfTheirNames) {
    put("b", "1");
    put("a/z", "2");
    put("a.txt", "3");
    put(".git/config", "no part of it");
    put("a/.git", "part of it");
    const auto statement = nlohmann::json::parse(describe().json());
    EXPECT_EQ(statement["subject"][0]["name"], "m");
    std::string digests;
    std::vector<std::string> names;
    for (const auto& resource : statement["predicate"]["resources"]) {
        names.push_back(resource["name"]);
        digests += resource["digest"];
        EXPECT_EQ(resource["algorithm"], "sha256");
    }
    EXPECT_EQ(names, (std::vector<std::string>{"a.txt", "a/.git", "a/z", "b"}));
    EXPECT_EQ(statement["predicate"]["resources"][3]["digest"],
              to_hex(crypto::sha256(as_bytes("1"))));
    EXPECT_EQ(statement["subject"][0]["digest"]["sha256"],
              to_hex(crypto::sha256(ok(from_hex(digests)))));
    const auto& how = statement["predicate"]["serialization"];
    EXPECT_EQ(how, nlohmann::json::parse(
                       R"({"method":"files","hash_type":"sha256","allow_symlinks":false})"));
}

TEST_F(Models, ShardsAreOfOneSizeAndEmptyFilesHaveNone) {
    put("w", "0123456789");
    put("x", "01234567");
    put("empty", "");
    const ModelSerialization how{.hash = ModelHash::blake3, .shard_size = 4};
    const auto statement = describe(how);
    std::vector<std::string> names;
    const auto json = nlohmann::json::parse(statement.json());
    for (const auto& resource : json["predicate"]["resources"]) {
        names.push_back(resource["name"]);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"w:0:4", "w:4:8", "w:8:10", "x:0:4", "x:4:8"}));
    EXPECT_EQ(Hash{statement.resources()[2].digest.bytes}, crypto::blake3(as_bytes("89")));
    EXPECT_EQ(statement.file_count(), 2U);
    EXPECT_TRUE(check(statement).is_valid());
    EXPECT_EQ(check(statement).unsigned_files, 1U);
    put("empty", "no more");
    EXPECT_EQ(rows(statement), (Rows{{"empty", ArtifactFinding::extra}}));
}

// As numbers, 4 stands before 12; as texts, behind it.
TEST_F(Models, ShardsAreWrittenInTheOrderOfTheirNames) {
    put("w", std::string(130, 'w'));
    const auto statement = describe({.shard_size = 12});
    const std::string json = statement.json();
    EXPECT_LT(json.find("w:0:12"), json.find("w:108:120"));
    EXPECT_LT(json.find("w:108:120"), json.find("w:12:24"));
    const auto read = ok(ModelStatement::from_json(json));
    EXPECT_EQ(read.resources(), statement.resources());
    EXPECT_EQ(read.root(), statement.root());
    const std::string clients = statement.json(ModelForm::client);
    EXPECT_TRUE(clients.contains("sha256-sharded-12"));
    EXPECT_EQ(ok(ModelStatement::from_json(clients)).resources(), statement.resources());
}

TEST_F(Models, ManyShardsOfALargeFileAreThoseOfItsBytes) {
    std::string content(std::size_t{20} << 20U, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) {
        content[i] = static_cast<char>(i * i >> 7U);
    }
    put("large", content);
    put("small", "s");
    constexpr std::uint64_t size = 3'000'001;
    const auto files = ok(find_artifacts(env, top));
    for (const bool with_sha256 : {true, false}) {
        const auto sharded =
            ok(hash_shards(env, files, size, {.with_sha256 = with_sha256, .with_blake3 = true}));
        const auto shards = ok(sharded[0]);
        ASSERT_EQ(shards.size(), content.size() / size + 1);
        for (const Shard& shard : shards) {
            const ByteView bytes = as_bytes(content).subspan(shard.begin, shard.end - shard.begin);
            EXPECT_EQ(shard.blake3, crypto::blake3(bytes));
            EXPECT_EQ(shard.sha256.has_value(), with_sha256);
            if (with_sha256) {
                EXPECT_EQ(*shard.sha256, crypto::sha256(bytes));
            }
        }
    }
    EXPECT_EQ(code_of(hash_shards(env, files, 0)), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(hash_shards(env, files, 1)), ErrorCode::resource_exhausted);
}

TEST_F(Models, AFileOfAnotherSizeThanWasFoundIsNotSharded) {
    put("w", "0123456789");
    const auto files = ok(find_artifacts(env, top));
    put("w", "01234567890");
    const auto sharded = ok(hash_shards(env, files, 4));
    EXPECT_EQ(code_of(sharded[0]), ErrorCode::file_changed);
}

TEST_F(Models, DifferencesHaveNames) {
    for (const std::optional<std::uint64_t> size : {std::optional<std::uint64_t>(), {3}}) {
        put("a", "same");
        put("b", "12345");
        put("c", "gone");
        put("d/e", "12345");
        const auto statement = describe({.shard_size = size});
        EXPECT_TRUE(check(statement).is_valid());
        EXPECT_EQ(check(statement).same, 4U);
        put("b", "12845");
        put("d/e", "1234");
        put("f", "new");
        std::filesystem::remove(top / "c");
        const auto shorter = size ? ArtifactFinding::other_size : ArtifactFinding::other_content;
        EXPECT_EQ(rows(statement), (Rows{{"b", ArtifactFinding::other_content},
                                         {"c", ArtifactFinding::missing},
                                         {"d/e", shorter},
                                         {"f", ArtifactFinding::extra}}));
        EXPECT_EQ(rows(statement, {.ignore_unsigned_files = true}).size(), 3U);
        EXPECT_EQ(check(statement, {.ignore_unsigned_files = true}).unsigned_files, 1U);
        std::filesystem::remove(top / "f");
    }
}

TEST_F(Models, WhatIsIgnoredIsNoPart) {
    put("a", "1");
    put("cache/x", "2");
    put("sub/cache", "3");
    std::filesystem::create_symlink("nowhere", top / "link");
    const ModelSerialization how{.ignored = {"cache", "link"}};
    const auto statement = describe(how);
    EXPECT_EQ(statement.file_count(), 2U);
    EXPECT_EQ(statement.resources()[1].name, "sub/cache");
    put("cache/y", "new");
    EXPECT_TRUE(check(statement).is_valid());
    put("extra/z", "new");
    EXPECT_FALSE(check(statement).is_valid());
    EXPECT_TRUE(check(statement, {}, {.keep_going = true, .ignored = {"extra"}}).is_valid());
}

TEST_F(Models, LinksAreFollowedOnlyWhereTheSignatureSaysSo) {
    put("file", "1");
    std::filesystem::create_symlink("file", top / "link");
    EXPECT_EQ(find_model(env, top, {}).error().os_error(), ELOOP);
    const auto statement = describe({.allow_symlinks = true});
    EXPECT_EQ(statement.file_count(), 2U);
    EXPECT_TRUE(check(statement).is_valid());
    std::filesystem::remove(top / "link");
    put("link", "1");
    EXPECT_TRUE(check(statement).is_valid());
    const auto strict = describe();
    std::filesystem::remove(top / "link");
    std::filesystem::create_symlink("file", top / "link");
    EXPECT_EQ(rows(strict), (Rows{{"link", ArtifactFinding::unreadable}}));
}

TEST_F(Models, AModelMayBeOneFile) {
    put("weights.bin", "1234");
    const auto path = top / "weights.bin";
    const auto files = ok(find_model(env, path, {}));
    ASSERT_TRUE(files.is_one_file);
    const auto statement = ok(describe_model(env, "weights.bin", files, {}));
    EXPECT_EQ(statement.resources()[0].name, "weights.bin");
    EXPECT_TRUE(ok(check_model(env, statement, files)).is_valid());
    ModelFiles as_client = files;
    as_client.files.front().name = ".";
    const auto point = ok(describe_model(env, "weights.bin", as_client, {.shard_size = 3}));
    EXPECT_TRUE(point.json().contains(R"("name":".:3:4")"));
    EXPECT_TRUE(
        ok(check_model(env, ok(ModelStatement::from_json(point.json())), files)).is_valid());
    EXPECT_EQ(rows(point),
              (Rows{{".", ArtifactFinding::missing}, {"weights.bin", ArtifactFinding::extra}}));
}

// --- Statements ----------------------------------------------------------------------------------

class Statements : public ::testing::Test {
  protected:
    [[nodiscard]] static std::string detail(const nlohmann::json& json) {
        const auto read = ModelStatement::from_json(json.dump());
        return read ? "" : std::string(read.error().detail());
    }

    [[nodiscard]] nlohmann::json shards(const std::vector<std::string>& names) const {
        nlohmann::json changed = json;
        auto& predicate = changed["predicate"];
        predicate["serialization"]["method"] = "shards";
        predicate["serialization"]["shard_size"] = 4;
        predicate["resources"] = nlohmann::json::array();
        std::string digests;
        for (const std::string& name : names) {
            predicate["resources"].push_back(
                {{"name", name}, {"digest", std::string(64, '1')}, {"algorithm", "sha256"}});
            digests += std::string(64, '1');
        }
        changed["subject"][0]["digest"]["sha256"] = to_hex(crypto::sha256(ok(from_hex(digests))));
        return changed;
    }

    [[nodiscard]] nlohmann::json named(const std::string& name) const {
        nlohmann::json changed = json;
        changed["predicate"]["resources"][0]["name"] = name;
        return changed;
    }

    nlohmann::json json =
        nlohmann::json::parse(ok(ModelStatement::make("m", {},
                                                      {{.name = "a", .digest = some_digest(1)},
                                                       {.name = "b", .digest = some_digest(2)}}))
                                  .json());
};

TEST_F(Statements, AreReadAsTheyWereMade) {
    const ModelSerialization how{
        .hash = ModelHash::blake3, .allow_symlinks = true, .ignored = {"x", "y/z"}};
    const auto made = ok(ModelStatement::make("m", how, {{.name = "a", .digest = some_digest(1)}}));
    const auto read = ok(ModelStatement::from_json(made.json()));
    EXPECT_EQ(read.serialization(), how);
    EXPECT_EQ(read.resources(), made.resources());
    EXPECT_EQ(read.root(), made.root());
    EXPECT_EQ(read.name(), "m");
}

TEST_F(Statements, OfOthersAreRefused) {
    EXPECT_EQ(detail(json), "");
    json["_type"] = "https://in-toto.io/Statement/v0.1";
    EXPECT_EQ(detail(json), "statement_other_type");
    json["_type"] = "https://in-toto.io/Statement/v1";
    json["predicateType"] = "https://model_signing/Digests/v0.1";
    EXPECT_EQ(detail(json), "statement_other_predicate");
}

TEST_F(Statements, SubjectAndRootAreThoseOfTheResources) {
    auto changed = json;
    changed["subject"].push_back(json["subject"][0]);
    EXPECT_EQ(detail(changed), "model_other_subject");
    changed = json;
    changed["subject"][0]["digest"] = {{"sha512", "00"}};
    EXPECT_EQ(detail(changed), "model_other_subject");
    changed = json;
    changed["predicate"]["resources"][0]["digest"] = std::string(64, '3');
    EXPECT_EQ(detail(changed), "model_other_root");
    // In another order it is another root, but as good as any.
    changed = json;
    std::swap(changed["predicate"]["resources"][0], changed["predicate"]["resources"][1]);
    EXPECT_EQ(detail(changed), "model_other_root");
    changed["subject"][0]["digest"]["sha256"] =
        to_hex(crypto::sha256(ok(from_hex(to_hex(some_digest(2)) + to_hex(some_digest(1))))));
    EXPECT_EQ(detail(changed), "");
}

TEST_F(Statements, NamesLeadNowhereElse) {
    for (const char* const name : {"../a", "/a", "a/../b", "", ".", "a/", "a\\b"}) {
        EXPECT_EQ(detail(named(name)), "manifest_bad_name") << name;
    }
    EXPECT_NE(detail(named(std::string("a\0b", 3))), "");
    EXPECT_EQ(detail(named("b")), "manifest_duplicate_name");
    for (const char* const path : {"../a", "/a", ".."}) {
        auto changed = json;
        changed["predicate"]["serialization"]["ignore_paths"] = {"fine", path};
        EXPECT_EQ(detail(changed), "manifest_bad_name") << path;
    }
}

TEST_F(Statements, ShardsLeaveNothingOut) {
    EXPECT_EQ(detail(shards({"a:0:4", "a:4:6", "b:0:4"})), "");
    EXPECT_EQ(detail(shards({"a:b:0:4"})), "");
    auto as_client = shards({"a:0:4"});
    as_client["predicate"]["serialization"]["shard_size"] = 4.0;
    EXPECT_EQ(detail(as_client), "");
    for (const auto& names : std::vector<std::vector<std::string>>{{"a:0:4", "a:8:10"},
                                                                   {"a:4:8"},
                                                                   {"a:0:3", "a:3:6"},
                                                                   {"a:0:5"},
                                                                   {"a:0:0"},
                                                                   {"a:0:4", "a:0:4"},
                                                                   {"a:4"},
                                                                   {"a"},
                                                                   {"a:00:4"},
                                                                   {"a:-0:4"},
                                                                   {"a:0:18446744073709551616"}}) {
        EXPECT_EQ(detail(shards(names)), "model_bad_shard") << names.back();
    }
    EXPECT_EQ(detail(shards({":0:4", "a:0:4"})), "manifest_bad_name");
}

TEST_F(Statements, WhatIsNotKnownIsRefusedWhereItMatters) {
    auto changed = json;
    auto& how = changed["predicate"]["serialization"];
    how["normalization"] = "NFC";
    EXPECT_EQ(detail(changed), "json_unknown_key");
    how.erase("normalization");
    how["method"] = "tensors";
    EXPECT_EQ(detail(changed), "model_unknown_method");
    how["method"] = "shards";
    EXPECT_EQ(detail(changed), "model_unknown_method");
    for (const char* const size : {"0", "0.0", "1.5", "-1", "1e3", "4.00", "\"4\""}) {
        how["shard_size"] = nlohmann::json::parse(size);
        EXPECT_NE(detail(changed), "") << size;
    }
    how["method"] = "files";
    EXPECT_EQ(detail(changed), "model_unknown_method");
    how.erase("shard_size");
    how["allow_symlinks"] = "false";
    EXPECT_EQ(detail(changed), "model_unknown_method");
    how["allow_symlinks"] = false;
    how["hash_type"] = "blake2b";
    EXPECT_EQ(detail(changed), "model_unknown_hash");
    how["hash_type"] = "blake3";
    EXPECT_EQ(detail(changed), "model_unknown_hash");  // of the resources
    how["hash_type"] = "sha256";
    changed["predicate"]["resources"][0]["media_type"] = "passed over";
    EXPECT_EQ(detail(changed), "");
    changed["predicate"]["resources"][0]["digest"] = "00";
    EXPECT_EQ(detail(changed), "manifest_bad_digest");
    changed["predicate"]["resources"] = nlohmann::json::array();
    changed["subject"][0]["digest"]["sha256"] = to_hex(crypto::sha256({}));
    EXPECT_EQ(detail(changed), "model_no_resource");
}

// --- Bundles -------------------------------------------------------------------------------------

class ModelBundles : public ::testing::Test {
  protected:
    [[nodiscard]] static std::string detail(const std::string& text) {
        const auto read = model_bundle_from_json(text);
        return read ? "" : std::string(read.error().detail());
    }

    EcSigningKey key = ok(EcSigningKey::generate(Env::system(), crypto::EcCurve::p256));
    ModelStatement statement =
        ok(ModelStatement::make("m", {}, {{.name = "a", .digest = some_digest(1)}}));
    ModelBundle bundle = ok(sign_model(statement, key));
};

TEST_F(ModelBundles, AreOpenedByTheirKeyAlone) {
    const ModelBundle read = ok(model_bundle_from_json(to_json(bundle)));
    EXPECT_EQ(read, bundle);
    EXPECT_EQ(ok(open_model_bundle(read, key.public_half())).resources(), statement.resources());
    const auto other = ok(EcSigningKey::generate(Env::system(), crypto::EcCurve::p256));
    EXPECT_EQ(code_of(open_model_bundle(read, other.public_half())), ErrorCode::verdict_invalid);
    ModelBundle changed = read;
    changed.key_hint = other.public_half().fingerprint();
    EXPECT_EQ(code_of(open_model_bundle(changed, other.public_half())), ErrorCode::verdict_invalid);
    EXPECT_EQ(code_of(open_model_bundle(changed, key.public_half())), ErrorCode::verdict_invalid);
    changed = read;
    changed.envelope.payload.back() ^= 1U;
    EXPECT_EQ(code_of(open_model_bundle(changed, key.public_half())), ErrorCode::verdict_invalid);
    changed = read;
    changed.envelope.signatures.front().signature.back() ^= 1U;
    EXPECT_EQ(code_of(open_model_bundle(changed, key.public_half())), ErrorCode::verdict_invalid);
    changed = read;
    changed.envelope.payload_type = "text/plain";
    EXPECT_EQ(code_of(open_model_bundle(changed, key.public_half())), ErrorCode::verdict_invalid);
    changed.envelope.signatures.clear();
    EXPECT_EQ(code_of(open_model_bundle(changed, key.public_half())), ErrorCode::verdict_invalid);
}

TEST_F(ModelBundles, HaveOneSignatureOfAKey) {
    auto json = nlohmann::json::parse(to_json(bundle));
    auto changed = json;
    changed["dsseEnvelope"]["signatures"].push_back(json["dsseEnvelope"]["signatures"][0]);
    EXPECT_EQ(detail(changed.dump()), "bundle_other_content");
    changed = json;
    changed["verificationMaterial"]["publicKey"]["hint"] = "";
    EXPECT_EQ(detail(changed.dump()), "model_no_key");
    changed["verificationMaterial"]["publicKey"]["rawBytes"] = "?";
    EXPECT_EQ(detail(changed.dump()), "dsse_bad_base64");
    changed = json;
    changed["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.2+json";
    EXPECT_EQ(detail(changed.dump()), "bundle_other_type");
    for (const char* const name : {"certificate", "sigstore", "missing-tlog-entries"}) {
        EXPECT_EQ(detail(vector_of("spec/" + std::string(name) + ".bundle.json")), "model_no_key");
    }
}

TEST(ModelSigningVectors, OfTheSpecificationAreReadOrRefused) {
    const auto bundle = ok(model_bundle_from_json(vector_of("spec/key.bundle.json")));
    EXPECT_EQ(bundle.key_hint, clients_key().fingerprint());
    const auto statement = ok(ModelStatement::from_json(as_text(bundle.envelope.payload)));
    EXPECT_EQ(statement.file_count(), 2U);
    EXPECT_EQ(to_hex(statement.root()),
              "92745110b1ab4368471cbe31664e10174e954b113a3df333db860317b2c6dec4");
    for (const char* const name : {"empty", "missing-envelope", "missing-verification-material"}) {
        EXPECT_FALSE(
            model_bundle_from_json(vector_of("spec/" + std::string(name) + ".bundle.json")))
            << name;
    }
    const auto other = ok(model_bundle_from_json(vector_of("spec/wrong-predicate.bundle.json")));
    EXPECT_EQ(ModelStatement::from_json(as_text(other.envelope.payload)).error().detail(),
              "statement_other_predicate");
    EXPECT_EQ(code_of(open_model_bundle(other, clients_key())), ErrorCode::verdict_invalid);
}

TEST_F(Models, OfTheClientsReleasesAreVerified) {
    put("signme-1", "signme-1\n");
    put("signme-2", "signme-2");
    put("ignore-me", "");
    for (const char* const release : {"v1.0.1", "v1.1.0"}) {
        const auto bundle =
            ok(model_bundle_from_json(vector_of("client/" + std::string(release) + ".sig")));
        const auto statement = ok(open_model_bundle(bundle, clients_key()));
        const FindOptions finding{.keep_going = true, .ignored = {"ignore-me"}};
        EXPECT_TRUE(check(statement, {}, finding).is_valid()) << release;
    }
    const auto one = ok(find_model(env, top / "signme-1", {}));
    const auto other = ok(find_model(env, top / "signme-2", {}));
    for (const char* const release : {"v0.3.1", "v1.0.0"}) {
        const auto bundle =
            ok(model_bundle_from_json(vector_of("client/" + std::string(release) + ".sig")));
        EXPECT_TRUE(bundle.key_pem && bundle.key_hint.empty());
        const auto statement = ok(open_model_bundle(bundle, clients_key()));
        EXPECT_TRUE(ok(check_model(env, statement, one)).is_valid());
        EXPECT_FALSE(ok(check_model(env, statement, other)).is_valid());
        EXPECT_FALSE(check(statement).is_valid());
        ModelBundle changed = bundle;
        changed.key_pem = content_of(AION_TEST_DATA "/pem/p384.pub.pem");
        EXPECT_EQ(code_of(open_model_bundle(changed, clients_key())), ErrorCode::verdict_invalid);
    }
}

}  // namespace
}  // namespace aion::supply
