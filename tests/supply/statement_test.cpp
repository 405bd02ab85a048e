// SPDX-License-Identifier: MIT OR Apache-2.0
// Statements, and the predicates that we know (provenance, verification_summary).
#include "aion/supply/statement.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/supply/envelope.hpp"
#include "supply/vectors.hpp"

namespace aion::supply {
namespace {

using test::ok;
using test::supply_key;
using test::supply_vectors;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

std::vector<Artifact> orchid() {
    const auto hash = [](std::string_view hex) { return ok(octets_from_hex<Hash>(hex)); };
    return {{.name = "orchid-2b.gguf",
             .size = 18,
             .blake3 = hash("5a6d225524b4d55731d27ee94533d2a73627719abdcc51a9dd84250391193661"),
             .sha256 = {}},
            {.name = "vocab.txt",
             .size = 11,
             .blake3 = hash("9885af894b1ee70d8c2cda08e9c68b813aec801465b87a0c16d355d7413b32b7"),
             .sha256 = crypto::sha256(as_bytes("alpha\nbeta\n"))}};
}

TEST(Provenance, TheReferencesMinimalStatement) {
    const auto statement =
        ok(make_provenance(orchid(), {.builder_id = "https://ci.orchid.example/pipelines/9"},
                           StatementForm::reference));
    EXPECT_EQ(
        statement.json(),
        R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"orchid-2b.gguf","digest":{"blake3-256":"5a6d225524b4d55731d27ee94533d2a73627719abdcc51a9dd84250391193661"}},{"name":"vocab.txt","digest":{"blake3-256":"9885af894b1ee70d8c2cda08e9c68b813aec801465b87a0c16d355d7413b32b7"}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"https://aion-context.dev/buildtypes/generic/v1","externalParameters":{},"resolvedDependencies":[]},"runDetails":{"builder":{"id":"https://ci.orchid.example/pipelines/9"}}}})");
    crypto::SigningKey key = ok(crypto::SigningKey::from_seed(
        ok(from_hex("101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"))));
    const Envelope envelope =
        ok(sign_envelope(statement_type, as_bytes(statement.json()), AuthorId{70017}, key));
    EXPECT_TRUE(to_json(envelope, EnvelopeForm::reference)
                    .ends_with("\"keyid\":\"aion:author:70017\",\"sig\":\"b/"
                               "UktCFQ7WoTJk82w2f/3yW+YjNWfdPOhZdBn8qlrIg1Nny60BQf23RDVmxP4RJowvgsQ"
                               "GsWMC7T6eRlLehiBA\"}]}"));
}

Provenance full() {
    return {
        .builder_id = "https://ci.orchid.example/pipelines/9",
        .build_type = "https://orchid.example/buildtypes/train/v2",
        .external_parameters =
            R"({"repo":"https://git.orchid.example/models","epochs":3,"lr":0.00003,"big":1e30,"dry_run":false})",
        .internal_parameters = R"({"runner":"gpu-pool-b"})",
        .resolved_dependencies = {{.name = "source",
                                   .uri = "git+https://git.orchid.example/models@refs/heads/main",
                                   .digest = DigestSet{{"sha256", std::string(64, '9')},
                                                       {"gitCommit", "4d4d"}}},
                                  {.uri = "oci://registry.orchid.example/train:12",
                                   .media_type = "application/vnd.oci.image.manifest.v1+json"}},
        .invocation_id = "run-20260105-9",
        .started_on = "2026-01-05T08:00:00Z",
        .finished_on = "2026-01-05T11:42:10Z",
        .byproducts = {{.name = "train.log"}}};
}

TEST(Provenance, TheReferencesFullStatement) {
    EXPECT_TRUE(
        ok(make_provenance(orchid(), full(), StatementForm::reference))
            .json()
            .ends_with(
                R"("predicate":{"buildDefinition":{"buildType":"https://orchid.example/buildtypes/train/v2","externalParameters":{"big":1e+30,"dry_run":false,"epochs":3,"lr":0.00003,"repo":"https://git.orchid.example/models"},"internalParameters":{"runner":"gpu-pool-b"},"resolvedDependencies":[{"name":"source","uri":"git+https://git.orchid.example/models@refs/heads/main","digest":{"gitCommit":"4d4d","sha256":"9999999999999999999999999999999999999999999999999999999999999999"}},{"uri":"oci://registry.orchid.example/train:12","mediaType":"application/vnd.oci.image.manifest.v1+json"}]},"runDetails":{"builder":{"id":"https://ci.orchid.example/pipelines/9"},"metadata":{"invocationId":"run-20260105-9","startedOn":"2026-01-05T08:00:00Z","finishedOn":"2026-01-05T11:42:10Z"},"byproducts":[{"name":"train.log"}]}}})"));
}

TEST(Provenance, TheReferencesReleaseIsReadAndMadeAgain) {
    const auto vectors = supply_vectors("release-parts.json");
    const std::string payload = vectors["slsa_payload"];
    const Statement read = ok(Statement::from_json(payload));
    EXPECT_EQ(read.json(), payload);
    const Provenance provenance = ok(provenance_of(read));
    EXPECT_EQ(provenance.builder_id, "https://ci.heron.example/runs/512");
    std::vector<Artifact> artifacts;
    for (const Subject& subject : read.subjects()) {
        artifacts.push_back({.name = subject.name,
                             .size = 0,
                             .blake3 = ok(octets_from_hex<Hash>(subject.digest.front().second)),
                             .sha256 = {}});
    }
    EXPECT_EQ(ok(make_provenance(artifacts, provenance, StatementForm::reference)).json(), payload);
    const Envelope envelope = ok(envelope_from_json(vectors["slsa_dsse"].get<std::string>()));
    EXPECT_EQ(as_text(envelope.payload), payload);
}

TEST(Provenance, IsReadBack) {
    const Statement statement = ok(make_provenance(orchid(), full()));
    Provenance expected = full();
    expected.external_parameters =
        R"({"big":1e+30,"dry_run":false,"epochs":3,"lr":0.00003,"repo":"https://git.orchid.example/models"})";
    std::swap((*expected.resolved_dependencies[0].digest)[0],
              (*expected.resolved_dependencies[0].digest)[1]);
    EXPECT_EQ(ok(provenance_of(statement)), expected);
}

TEST(Provenance, WhatNobodyCouldUseIsRefused) {
    const auto code = [](std::span<const Artifact> artifacts, const Provenance& provenance) {
        return test::code_of(make_provenance(artifacts, provenance));
    };
    EXPECT_EQ(code({}, {.builder_id = "b"}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(orchid(), {}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(orchid(), {.builder_id = "b", .started_on = "yesterday"}),
              ErrorCode::invalid_argument);
    EXPECT_EQ(code(orchid(), {.builder_id = "b", .external_parameters = "{"}),
              ErrorCode::invalid_format);
}

TEST(Statement, KeepsWhatNobodyHereKnows) {
    const std::string foreign =
        R"({ "predicateType":"https://slsa.dev/provenance/v1","_type":"https://in-toto.io/Statement/v1",)"
        R"("subject":[{"name":"a","uri":"x","digest":{"sha512":"00"}}],)"
        R"("predicate":{"buildDefinition":{"buildType":"t","externalParameters":{"a":1}},)"
        R"("runDetails":{"builder":{"id":"b","version":{"v":"1"}},"metadata":{}}}})";
    const Statement statement = ok(Statement::from_json(foreign));
    EXPECT_EQ(statement.json(), foreign);
    EXPECT_EQ(ok(provenance_of(statement)).builder_id, "b");
}

TEST(Statement, IsAboutSomething) {
    const auto detail = [](std::string_view type, std::string_view subjects) {
        return detail_of(Statement::from_json(R"({"_type":")" + std::string(type) +
                                              R"(","predicateType":"p","predicate":{},"subject":)" +
                                              std::string(subjects) + "}"));
    };
    EXPECT_EQ(detail(statement_type_uri, R"([{"digest":{"sha256":"0"}}])"), "no error");
    EXPECT_EQ(detail("https://in-toto.io/Statement/v0.1", R"([{"digest":{"sha256":"0"}}])"),
              "statement_other_type");
    EXPECT_EQ(detail(statement_type_uri, "[]"), "statement_no_subject");
    EXPECT_EQ(detail(statement_type_uri, R"([{"name":"a","digest":{}}])"), "statement_no_subject");
    EXPECT_EQ(detail(statement_type_uri, R"([{"digest":{"sha256":0}}])"), "json_wrong_type");
}

TEST(Statement, SubjectsAreFoundByTheirDigests) {
    const Statement statement = ok(make_provenance(orchid(), {.builder_id = "b"}));
    std::vector<Artifact> files = orchid();
    files[1].name = "renamed";
    ASSERT_NE(statement.find(files[1]), nullptr);
    EXPECT_EQ(statement.find(files[1])->name, "vocab.txt");
    // One digest is right and the other is not.
    files[1].sha256->bytes[0] ^= 1;
    EXPECT_EQ(statement.find(files[1]), nullptr);
    files[0].blake3.bytes[0] ^= 1;
    EXPECT_EQ(statement.find(files[0]), nullptr);
}

TEST(VerificationSummary, IsReadBack) {
    const VerificationSummary summary{.verifier_id = "https://aion.example/gate",
                                      .time_verified = Timestamp{1'767'225'600'000'000'000},
                                      .resource_uri = "policy.aion",
                                      .policy_uri = "https://aion.example/registry",
                                      .policy_digest = {{"blake3-256", "00"}},
                                      .has_passed = true,
                                      .verified_levels = {"AION_VALID"}};
    const Statement statement = ok(make_verification_summary(orchid()[1], summary));
    EXPECT_EQ(ok(verification_summary_of(statement)), summary);
    EXPECT_EQ(detail_of(provenance_of(statement)), "statement_other_predicate");
    EXPECT_EQ(test::code_of(make_verification_summary(orchid()[1], {})),
              ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aion::supply
