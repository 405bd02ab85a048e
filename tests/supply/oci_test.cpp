// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/oci.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/results.hpp"

namespace aion::supply {
namespace {

using test::ok;

const std::string hex64(64, 'a');
const std::string digest_text = "sha256:" + hex64;

std::string descriptor_json(const std::string& more = "") {
    return R"({"mediaType":"t","digest":")" + digest_text + R"(","size":5)" + more + "}";
}

std::string manifest_json(const std::string& more = "", const std::string& layers = "[]") {
    return R"({"schemaVersion":2,"config":)" + descriptor_json() + R"(,"layers":)" + layers + more +
           "}";
}

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "none" : std::string(result.error().detail());
}

// What it writes of the same values.
TEST(Oci, WritesTheBytesOfTheReference) {
    const OciAionConfig config{
        .format_version = 2, .file_id = 8812, .version = 12, .created_at = "2026-01-05T12:00:00Z"};
    EXPECT_EQ(to_json(config),
              R"({"schema_version":"aion.oci.config.v1","format_version":2,"file_id":8812,)"
              R"("created_at_version":12,"created_at":"2026-01-05T12:00:00Z"})");
    OciDescriptor layer = describe_bytes(oci_aion_layer_type, "pretend .aion file bytes");
    layer.annotations.emplace(oci_title, "orchid-policy.aion");
    const std::string primary = to_json(make_aion_manifest(layer, config));
    EXPECT_EQ(primary.size(), 589U);
    EXPECT_EQ(describe_bytes(oci_manifest_type, primary).digest.text(),
              "sha256:e0498c0420c61d6fb64a5588be935da3e16925a8c69352cfaeef55b36cdaa939");
    const OciDescriptor blob{
        .media_type = "application/vnd.aion.aibom.v1+json",
        .digest = ok(OciDigest::parse(
            "sha256:db914af13449d00d9c05fb526241e0e41561f51599f26fedfe61850ccc404802")),
        .size = 2000};
    const std::string referrer = to_json(make_referrer("application/vnd.aion.aibom.v1+json", blob,
                                                       describe_bytes(oci_manifest_type, primary)));
    EXPECT_EQ(referrer.size(), 599U);
    EXPECT_EQ(describe_bytes(oci_manifest_type, referrer).digest.text(),
              "sha256:1e947453f4cdaae8502281bd39c7c64294757c7b842291a07ef7de1eb97bd8bc");
}

TEST(Oci, ReadsWhatItWrites) {
    OciDescriptor layer = describe_bytes("application/x", "content");
    layer.annotations = {{"a", "1"}, {"b", "\n\"\xc3\xa4"}};
    layer.artifact_type = "kind";
    layer.others = R"("platform":{"os":"linux"},"urls":["https://example.org/1"])";
    const OciManifest manifest{.artifact_type = "application/y",
                               .config = oci_empty_descriptor(),
                               .layers = {layer, layer},
                               .subject = describe_bytes(oci_manifest_type, "{}"),
                               .annotations = {{"c", ""}}};
    EXPECT_EQ(ok(oci_manifest_from_json(to_json(manifest))), manifest);
    const OciIndex index{.artifact_type = "z",
                         .manifests = {layer},
                         .annotations = {{"d", "2"}},
                         .others = R"("x":[1.50,true,null,"q"])"};
    EXPECT_EQ(ok(oci_index_from_json(to_json(index))), index);
}

TEST(Oci, KeepsWhatItDoesNotKnowAsItIsWritten) {
    const auto index = ok(oci_index_from_json(
        R"({ "schemaVersion": 2, "manifests": [ )" +
        descriptor_json(R"(, "platform": { "os" : "linux", "n": 1.0e5 }, "data": "e30=")") +
        R"( ], "later": [ 1, "two" ] })"));
    EXPECT_EQ(index.manifests[0].others, R"("platform":{"os":"linux","n":1.0e5},"data":"e30=")");
    EXPECT_EQ(index.others, R"("later":[1,"two"])");
    EXPECT_EQ(index.media_type, "");
}

TEST(Oci, RefusesWhatIsNoManifest) {
    EXPECT_TRUE(oci_manifest_from_json(manifest_json()).has_value());
    EXPECT_EQ(detail_of(oci_manifest_from_json(manifest_json(R"(,"manifests":[])"))),
              "oci_other_type");
    EXPECT_EQ(detail_of(oci_index_from_json(R"({"schemaVersion":2,"manifests":[],"layers":[]})")),
              "oci_other_type");
    EXPECT_EQ(detail_of(oci_manifest_from_json(
                  manifest_json(R"(,"mediaType":"application/vnd.oci.image.index.v1+json")"))),
              "oci_other_type");
    EXPECT_EQ(detail_of(oci_index_from_json(R"({"schemaVersion":1,"manifests":[]})")),
              "oci_other_type");
    EXPECT_EQ(detail_of(oci_manifest_from_json(R"({"schemaVersion":2,"layers":[]})")),
              "json_missing_key");
    EXPECT_EQ(detail_of(oci_manifest_from_json(
                  manifest_json("", R"([{"mediaType":"t","digest":"sha256:0","size":1}])"))),
              "oci_bad_digest");
    EXPECT_EQ(detail_of(oci_manifest_from_json(manifest_json(
                  "", R"([{"mediaType":"t","digest":")" + digest_text + R"(","size":-1}])"))),
              "json_wrong_type");
    EXPECT_EQ(detail_of(oci_manifest_from_json(manifest_json(R"(,"annotations":{"a":1})"))),
              "json_wrong_type");
}

TEST(Oci, HasLimits) {
    EXPECT_EQ(detail_of(oci_manifest_from_json(
                  manifest_json(R"(,"x":")" + std::string(max_oci_document, 'x') + "\""))),
              "json_too_large");
    EXPECT_EQ(detail_of(oci_manifest_from_json(
                  manifest_json(R"(,"x":)" + std::string(100, '[') + std::string(100, ']')))),
              "json_too_deep");
    std::string many;
    for (int i = 0; i < 65; ++i) {
        many += ",\"x" + std::to_string(i) + "\":0";
    }
    EXPECT_EQ(detail_of(oci_index_from_json(R"({"schemaVersion":2,"manifests":[])" + many + "}")),
              "oci_too_many");
}

TEST(Oci, DigestsHaveOneForm) {
    EXPECT_EQ(ok(OciDigest::parse(digest_text)).hex(), hex64);
    EXPECT_TRUE(ok(OciDigest::parse(digest_text)).is_sha256());
    const std::string longer = "sha512:" + hex64 + hex64;
    EXPECT_EQ(ok(OciDigest::parse(longer)).algorithm(), "sha512");
    for (const std::string& bad : {std::string(), std::string("sha256"), "sha256:" + hex64 + "a",
                                   "sha256:A" + hex64.substr(1), "SHA256:" + hex64,
                                   "sha256:" + hex64.substr(1), "sha512:" + hex64, "md5:" + hex64,
                                   "sha256:../" + hex64.substr(3), "sha256::" + hex64.substr(1)}) {
        EXPECT_EQ(detail_of(OciDigest::parse(bad)), "oci_bad_digest") << bad;
    }
}

TEST(OciReference, NamesRegistries) {
    const auto whole =
        ok(OciReference::parse("registry.example:5000/team/a_b--c:v1.0@" + digest_text));
    EXPECT_EQ(whole.host, "registry.example:5000");
    EXPECT_EQ(whole.repository, "team/a_b--c");
    EXPECT_EQ(whole.tag, "v1.0");
    EXPECT_EQ(whole.version(), digest_text);
    EXPECT_EQ(whole.text(), "registry.example:5000/team/a_b--c:v1.0@" + digest_text);
    for (const std::string good : {"localhost/m", "localhost:1/m:t", "[::1]:5000/m", "127.0.0.1/m",
                                   "a.b/c/d/e:0", "host:80/m"}) {
        EXPECT_EQ(ok(OciReference::parse(good)).text(), good);
    }
    for (const std::string bad : {"",
                                  "model",
                                  "model:v1",
                                  "team/model",
                                  "registry.example",
                                  "registry.example/",
                                  "registry.example/Model",
                                  "registry.example/m:",
                                  "registry.example/m:.x",
                                  "registry.example/m@sha256:0",
                                  "registry.example/a//b",
                                  "registry.example/a/../b",
                                  "registry.example/-a",
                                  "registry.example/a___b",
                                  "registry.example:0/a",
                                  "registry.example:65536/a",
                                  "registry.example:/a",
                                  "user@registry.example/a",
                                  "http://registry.example/a",
                                  "[::1/a",
                                  "[]:1/a",
                                  "-a.b/c",
                                  "a..b/c",
                                  "a.b/c d",
                                  "a.b/c:t:t",
                                  "a.b/c?x",
                                  "a.b/c#x",
                                  "a.b/c%2f"}) {
        EXPECT_EQ(detail_of(OciReference::parse(bad)), "oci_bad_reference") << bad;
    }
    EXPECT_TRUE(OciReference::parse("a.b/" + std::string(255, 'c')).has_value());
    EXPECT_FALSE(OciReference::parse("a.b/" + std::string(256, 'c')).has_value());
    EXPECT_FALSE(OciReference::parse("a.b/c:" + std::string(129, 't')).has_value());
}

TEST(OciReference, NamesLayouts) {
    const auto plain = ok(OciReference::parse("oci:models"));
    EXPECT_TRUE(plain.is_layout());
    EXPECT_EQ(plain.folder, "models");
    EXPECT_EQ(plain.version(), "");
    EXPECT_EQ(ok(OciReference::parse("oci:/a/b:v1")).tag, "v1");
    EXPECT_EQ(ok(OciReference::parse("oci:/a:b/c")).folder, "/a:b/c");
    EXPECT_EQ(ok(OciReference::parse("oci:/a/b@c")).folder, "/a/b@c");
    const auto both = ok(OciReference::parse("oci:d:t@" + digest_text));
    EXPECT_EQ(both.folder, "d");
    EXPECT_EQ(both.tag, "t");
    EXPECT_EQ(both.version(), digest_text);
    EXPECT_EQ(both.text(), "oci:d:t@" + digest_text);
    EXPECT_EQ(detail_of(OciReference::parse("oci:")), "oci_bad_reference");
    EXPECT_EQ(detail_of(OciReference::parse("oci::v1")), "oci_bad_reference");
}

}  // namespace
}  // namespace aion::supply
