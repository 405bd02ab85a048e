// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/sigstore_bundle.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "aion/base/base64.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::supply {
namespace {

using test::alice;
using test::code_of;
using test::ok;

Envelope signed_by_alice() {
    return ok(sign_envelope(statement_type, as_bytes("{}"), alice, test::key_of(test::alices)));
}

trust::Registry registry_of_alice() {
    trust::Registry registry;
    ok(registry.pin(alice, test::public_of(test::masters), test::public_of(test::alices)));
    return registry;
}

std::string bundle_text() {
    return ok(to_json(SigstoreBundle{.key_hint = "alice", .content = signed_by_alice()}));
}

TEST(SigstoreBundle, HasWhatTheFormatAsksFor) {
    const auto json = nlohmann::json::parse(bundle_text());
    EXPECT_EQ(json["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
    EXPECT_EQ(json["verificationMaterial"]["publicKey"]["hint"], "alice");
    EXPECT_EQ(json["dsseEnvelope"]["payload"], to_base64(as_bytes("{}")));
    EXPECT_EQ(json["dsseEnvelope"]["signatures"].size(), 1U);
    EXPECT_EQ(json.size(), 3U);
}

TEST(SigstoreBundle, IsReadAsItWasWritten) {
    const SigstoreBundle bundle{.key_hint = "a \"b\"", .content = signed_by_alice()};
    EXPECT_EQ(ok(sigstore_bundle_from_json(ok(to_json(bundle)))), bundle);
    const SigstoreBundle blob{
        .key_hint = {}, .content = ok(sign_blob(as_bytes("hello"), test::key_of(test::alices)))};
    EXPECT_EQ(ok(sigstore_bundle_from_json(ok(to_json(blob)))), blob);
}

TEST(SigstoreBundle, HasExactlyOneSignature) {
    Envelope envelope = signed_by_alice();
    ok(add_signature(envelope, test::bob, test::key_of(test::bobs)));
    EXPECT_EQ(code_of(to_json(SigstoreBundle{.key_hint = {}, .content = envelope})),
              ErrorCode::invalid_argument);
    envelope.signatures.clear();
    EXPECT_EQ(code_of(to_json(SigstoreBundle{.key_hint = {}, .content = envelope})),
              ErrorCode::invalid_argument);
}

TEST(SigstoreBundle, OthersAreTold) {
    EXPECT_TRUE(is_sigstore_bundle(bundle_text()));
    EXPECT_FALSE(is_sigstore_bundle(to_json(signed_by_alice())));
    EXPECT_FALSE(is_sigstore_bundle("{\"mediaType\":7}"));
    EXPECT_FALSE(is_sigstore_bundle("no JSON"));
    const auto detail = [](auto change) {
        auto json = nlohmann::json::parse(bundle_text());
        change(json);
        const auto read = sigstore_bundle_from_json(json.dump());
        return read ? "no error" : std::string(read.error().detail());
    };
    EXPECT_EQ(detail([](auto& json) {
                  json["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.2+json";
              }),
              "bundle_other_type");
    EXPECT_EQ(detail([](auto& json) { json.erase("dsseEnvelope"); }), "bundle_other_content");
    EXPECT_EQ(detail([](auto& json) {
                  json["messageSignature"] = {
                      {"messageDigest", {{"algorithm", "SHA2_256"}, {"digest", ""}}},
                      {"signature", ""}};
              }),
              "bundle_other_content");
    EXPECT_EQ(detail([](auto& json) {
                  json.erase("dsseEnvelope");
                  json["messageSignature"] = {
                      {"messageDigest", {{"algorithm", "SHA2_512"}, {"digest", ""}}},
                      {"signature", ""}};
              }),
              "bundle_other_content");
    EXPECT_EQ(detail([](auto& json) {
                  json.erase("dsseEnvelope");
                  json["messageSignature"] = {
                      {"messageDigest", {{"algorithm", "SHA2_256"}, {"digest", "AAAA"}}},
                      {"signature", ""}};
              }),
              "bundle_other_content");
    EXPECT_EQ(detail([](auto& json) { json["dsseEnvelope"]["payload"] = "?"; }), "dsse_bad_base64");
}

TEST(BlobSignatures, AreOfOneFileByOneKey) {
    const trust::Registry registry = registry_of_alice();
    BlobSignature signature = ok(sign_blob(as_bytes("hello"), test::key_of(test::alices)));
    EXPECT_EQ(signer_of(as_bytes("hello"), signature, registry, {}), alice);
    EXPECT_EQ(signer_of(as_bytes("hellp"), signature, registry, {}), std::nullopt);
    EXPECT_EQ(signer_of(as_bytes("hello"), signature, registry, {.authors = {test::bob}}),
              std::nullopt);
    EXPECT_EQ(signer_of(as_bytes("hello"),
                        ok(sign_blob(as_bytes("hello"), test::key_of(test::bobs))), registry, {}),
              std::nullopt);
    BlobSignature other = signature;
    other.digest->bytes[0] ^= 1;
    EXPECT_EQ(signer_of(as_bytes("hello"), other, registry, {}), std::nullopt);
    other.digest.reset();
    EXPECT_EQ(signer_of(as_bytes("hello"), other, registry, {}), alice);
    EXPECT_EQ(signer_of(as_bytes("hellp"), other, registry, {}), std::nullopt);
    signature.signature.pop_back();
    EXPECT_EQ(signer_of(as_bytes("hello"), signature, registry, {}), std::nullopt);
}

// What `cosign sign-blob` writes where the key is Ed25519.
TEST(BlobSignatures, MayComeWithoutADigest) {
    SigstoreBundle bundle{.key_hint = "alice",
                          .content = ok(sign_blob(as_bytes("hello"), test::key_of(test::alices)))};
    std::get<BlobSignature>(bundle.content).digest.reset();
    const std::string text = ok(to_json(bundle));
    EXPECT_EQ(nlohmann::json::parse(text)["messageSignature"]["messageDigest"],
              nlohmann::json::object());
    EXPECT_EQ(ok(sigstore_bundle_from_json(text)), bundle);
    const auto with_digest = [&](const nlohmann::json& digest) {
        auto json = nlohmann::json::parse(text);
        json["messageSignature"]["messageDigest"] = digest;
        return sigstore_bundle_from_json(json.dump());
    };
    EXPECT_EQ(ok(with_digest(nullptr)), bundle);
    EXPECT_EQ(ok(with_digest({{"algorithm", "HASH_ALGORITHM_UNSPECIFIED"}, {"digest", ""}})),
              bundle);
    for (const nlohmann::json& half :
         {nlohmann::json{{"algorithm", "SHA2_256"}}, nlohmann::json{{"digest", "AAAA"}}}) {
        EXPECT_EQ(code_of(with_digest(half)), ErrorCode::invalid_format) << half;
    }
}

// A signature of such a file would be one of a version, a record, or an envelope.
TEST(BlobSignatures, NothingThatMeansSomethingElseIsSigned) {
    for (const std::string_view content :
         {"AION_V2_VERSION_SIGNATURE_V1", "AION_V2_REGISTRY_RECORD_V1...", "DSSEv1 1 a 1 b"}) {
        EXPECT_EQ(code_of(sign_blob(as_bytes(content), test::key_of(test::alices))),
                  ErrorCode::invalid_argument)
            << content;
    }
    const Envelope envelope = signed_by_alice();
    const std::string_view signed_bytes = "DSSEv1 28 application/vnd.in-toto+json 2 {}";
    EXPECT_EQ(signer_of(as_bytes(signed_bytes),
                        {.digest = {}, .signature = envelope.signatures.front().signature},
                        registry_of_alice(), {}),
              std::nullopt);
}

}  // namespace
}  // namespace aion::supply
