// SPDX-License-Identifier: MIT OR Apache-2.0
// `release.json` and what it makes, against what the reference wrote.
#include "aion/release/bundle.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/tlog/memory_log.hpp"
#include "release/release_world.hpp"

namespace aion::release {
namespace {

using aion::test::ok;
using test::artifact_of;
using test::content_of;

constexpr AuthorId signer{61007};

std::string vector_text() {
    std::ifstream file(AION_TEST_DATA "/supply/bundle/release.json", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

crypto::SigningKey signers_key() {
    return ok(crypto::SigningKey::from_seed(
        ok(from_hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"))));
}

supply::Artifact heron() {
    return artifact_of("heron-3b.gguf", "heron weights, build 5\n");
}

// The bill that both vectors have in common.
supply::AiBom bill() {
    supply::AiBom aibom;
    aibom.model = {.name = "heron-3b", .version = "0.9.1", .hash = {}, .format = "gguf"};
    aibom.frameworks = {{.name = "jax", .version = "0.4.38"}};
    aibom.created_at_version = 7;
    return aibom;
}

Bundle sealed(std::vector<supply::Artifact> artifacts, supply::AiBom aibom,
              std::string external_parameters = "{}") {
    crypto::SigningKey key = signers_key();
    return ok(seal({.manifest = ok(supply::Manifest::make(std::move(artifacts))),
                    .aibom = std::move(aibom),
                    .provenance = {.builder_id = "https://ci.heron.example/runs/512",
                                   .external_parameters = std::move(external_parameters)}},
                   signer, key, SealForm::reference));
}

std::string sha256_of(std::string_view text) {
    return to_hex(crypto::sha256(as_bytes(text)));
}

tlog::MemoryLog log_with(const Bundle& bundle, tlog::MemoryLog log = tlog::MemoryLog()) {
    for (const Bytes& entry : entries_of(bundle, VersionNumber{7})) {
        const auto view = ok(tlog::EntryView::parse(entry));
        log.append(view.kind, view.timestamp_version, view.payload.value());
    }
    return log;
}

TEST(Bundle, TheReferencesReleaseIsMadeByteForByte) {
    supply::AiBom aibom = bill();
    aibom.licenses = {{.spdx_id = "Apache-2.0", .scope = supply::LicenseScope::weights},
                      {.spdx_id = "CC-BY-4.0", .scope = supply::LicenseScope::documentation}};
    aibom.safety_attestations = {{.name = "redteam-spring", .result = "PASS"}};
    aibom.export_controls = {{.regime = "US-ECCN", .classification = "EAR99"}};
    const Bundle bundle = sealed({heron()}, aibom);
    ASSERT_EQ(vector_text().size(), 7802U);
    EXPECT_EQ(to_json(bundle), vector_text());
    EXPECT_EQ(ok(bundle_from_json(vector_text())), bundle);
    const tlog::MemoryLog log = log_with(bundle);
    EXPECT_EQ(to_hex(log.tree().root()),
              "17139964ba01a90462bc2404857221abcbb64f81f4e410da02e5bce937a5b02f");
    EXPECT_EQ(to_hex(log.entries()[1].leaf()),
              "7e285ed7a13e683cd9317414a5f74875210f35b5a6aa55c7a2c0a75e3e45f1ec");
}

TEST(Bundle, TheReferencesReleaseOfSeveralFilesInALogWithAnEntry) {
    supply::AiBom aibom = bill();
    Hash reeds;
    reeds.bytes.fill(0x6d);
    aibom.datasets = {{.name = "reeds",
                       .hash_algorithm = "BLAKE3-256",
                       .hash = reeds,
                       .size = 4096,
                       .license_spdx_id = "CC0-1.0"}};
    aibom.licenses = {{.spdx_id = "Apache-2.0", .scope = supply::LicenseScope::combined}};
    EXPECT_TRUE(set_hyperparameter(aibom, "steps", "1200").has_value());
    EXPECT_TRUE(set_hyperparameter(aibom, "lr", "0.0005").has_value());
    EXPECT_TRUE(
        set_hyperparameter(aibom, "opt", R"({"name":"adamw","betas":[0.9,0.95]})").has_value());
    aibom.references = {{.kind = "model_card", .uri = "https://heron.example/card"}};
    const Bundle bundle =
        sealed({heron(), artifact_of("tokenizer.json", "{\"v\":1}"), artifact_of("empty.cfg", "")},
               aibom, R"({"ref":"refs/tags/v0.9.1","clean":true})");
    EXPECT_EQ(to_hex(bundle.manifest_signature.signature),
              "ba53f15239576eb0f7b3cfd06039b1631db5b43c5fa1777fc41355ceb4cf7cac57917895b7a1a91f6d01"
              "4432f45c2b0ede8985a602c28516afd8fa5b86c1720e");
    const OciGraph graph = oci_graph_of(bundle, "heron-3b", VersionNumber{7});
    EXPECT_EQ(sha256_of(graph.aibom_blob),
              "6ed5aa46a40a82424e11ea9e77496059c0f92534e4341ed05580f4b376e6b609");
    EXPECT_EQ(sha256_of(graph.provenance_blob),
              "0ef2d25088fd46f6693114181230543f9c1d2195bd8909420c28e95835517d0a");
    EXPECT_EQ(sha256_of(supply::to_json(bundle.manifest_envelope, supply::EnvelopeForm::reference)),
              "bfddf29f5187fe2e95ffb54d265f563447dcb42db6e5ef5b7d522ab7a7dca9f3");
    EXPECT_EQ(sha256_of(bundle.oci_primary),
              "cf1c68f3ebe41f503e22b5ea6b11e336657a16f8bfbc10bd1ae39f16c4335df2");
    EXPECT_EQ(sha256_of(bundle.oci_aibom),
              "4f1d5022f978f9cfd37f3ebd7483831730c95d47965ad97b9cfe1f124c8bd5a1");
    EXPECT_EQ(sha256_of(bundle.oci_provenance),
              "d7de10f756e90d8294fc03bb0561972983e0b5c6082ffa093652b465c0895718");
    tlog::MemoryLog log;
    log.append(tlog::EntryKind::key_rotation, 5, as_bytes("earlier entry"));
    log = log_with(bundle, std::move(log));
    EXPECT_EQ(to_hex(log.tree().root()),
              "84628ce650dbfceab3e67bc0ba011d1f43329ef27daecca8ead67dfff1ec3383");
}

TEST(Bundle, SealingNeedsAModelAndABuilder) {
    crypto::SigningKey key = signers_key();
    Content content = content_of({});
    content.provenance.builder_id.clear();
    EXPECT_EQ(seal(content, signer, key).error().message(),
              "Invalid argument: a release needs an artefact: the first one is the model");
    content.manifest = ok(supply::Manifest::make({heron()}));
    const auto without_builder = seal(content, signer, key);
    ASSERT_FALSE(without_builder.has_value());
    EXPECT_EQ(without_builder.error().code(), ErrorCode::invalid_argument);
    EXPECT_NE(without_builder.error().message().find("builder"), std::string::npos);
}

TEST(Bundle, WhatASignerRefusesIsNoRelease) {
    for (int signed_before = 0; signed_before < 4; ++signed_before) {
        class Tired final : public crypto::Signer {
          public:
            explicit Tired(int left) : left_(left), key_(signers_key()) {}

            Result<PublicKey> public_key() override { return key_.public_half(); }

            Result<Signature> sign(ByteView message) override {
                if (left_-- == 0) {
                    return fail(error_because(ErrorCode::signing_failed, "no more"));
                }
                return key_.sign(message);
            }

          private:
            int left_;
            crypto::SigningKey key_;
        } key(signed_before);

        const auto made = seal(content_of({heron()}), signer, key);
        ASSERT_FALSE(made.has_value());
        EXPECT_EQ(made.error().code(), ErrorCode::signing_failed);
    }
}

std::string with(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

TEST(Bundle, WhiteSpaceIsFreeAndNothingElseIs) {
    const std::string text = vector_text();
    const Bundle bundle = ok(bundle_from_json(text));
    EXPECT_EQ(ok(bundle_from_json(" \n" + text + "\n")), bundle);

    struct Case {
        const char* what;
        const char* by;
        const char* detail;
    };

    for (const Case& one : {
             Case{"\"signer\": 61007,", "\"signer\": 61007, \"note\": 1,",
                  "release_other_spelling"},
             Case{"4fd099cc", "4FD099cc", "release_other_spelling"},
             Case{"41494f4e5f56", "41494F4e5f56", "release_other_spelling"},
             Case{"41494f4e5f56", "4149xx4e5f56", "release_bad_hex"},
             Case{"41db3dcb", "41db3d", "release_bad_hex"},
             Case{"\"kind\": 2,", "\"kind\": 65538,", "release_other_spelling"},
             Case{"\"kind\": 2,", "\"kind\": 2, \"x\": [],", "release_other_spelling"},
             Case{"\"keyid\": ", "\"k\": 0, \"keyid\": ", "release_other_spelling"},
             Case{"\"signer\": 61007,", "", "json_missing_key"},
             Case{"\"signer\": 61007,", "\"signer\": 61007, \"signer\": 61007,",
                  "json_duplicate_key"},
             Case{"\"signer\": 61007,", "\"signer\": \"61007\",", "json_wrong_type"},
             Case{"\"log_entries\": [", "\"log_entries\": 3, \"x\": [", "json_wrong_type"},
         }) {
        const auto read = bundle_from_json(with(text, one.what, one.by));
        ASSERT_FALSE(read.has_value()) << one.by;
        EXPECT_EQ(read.error().detail(), one.detail) << read.error().message();
    }
}

TEST(Bundle, AnEscapeThatMeansTheSameIsTheSame) {
    const std::string text = vector_text();
    EXPECT_EQ(ok(bundle_from_json(with(text, R"("gguf")", R"("gg\u0075f")"))),
              ok(bundle_from_json(text)));
}

TEST(Bundle, WhereItIsWrittenOtherwiseIsSaid) {
    const auto read = bundle_from_json(
        with(vector_text(), "\"signer\": 61007,", "\"signer\": 61007, \"note\": 1,"));
    ASSERT_FALSE(read.has_value());
    EXPECT_NE(read.error().message().find("from byte 17 on"), std::string::npos)
        << read.error().message();
}

TEST(Bundle, HostileTextsAreRefused) {
    EXPECT_FALSE(bundle_from_json("").has_value());
    EXPECT_FALSE(bundle_from_json("{}").has_value());
    EXPECT_FALSE(bundle_from_json("[]").has_value());
    EXPECT_FALSE(bundle_from_json(std::string(100'000, '[')).has_value());
    EXPECT_FALSE(bundle_from_json(vector_text().substr(0, 4000)).has_value());
    EXPECT_FALSE(bundle_from_json("\xef\xbb\xbf" + vector_text()).has_value());
    std::string objects = "{\"log_entries\":[";
    for (int i = 0; i < 2'000'000; ++i) {
        objects += "{},";
    }
    objects.back() = ']';
    const auto many = bundle_from_json(objects + "}");
    ASSERT_FALSE(many.has_value()) << "of a million objects and more there is none";
    EXPECT_EQ(many.error().detail(), "json_missing_key");
}

}  // namespace
}  // namespace aion::release
