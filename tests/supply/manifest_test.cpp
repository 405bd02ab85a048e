// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/manifest.hpp"

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

Artifact artifact(std::string name, std::string_view content) {
    return {.name = std::move(name),
            .size = content.size(),
            .blake3 = crypto::blake3(as_bytes(content)),
            .sha256 = crypto::sha256(as_bytes(content))};
}

Manifest two_artifacts() {
    return ok(Manifest::make({artifact("orchid-2b.gguf", "orchid weights v1\n"),
                              artifact("vocab.txt", "alpha\nbeta\n")}));
}

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

TEST(Manifest, TheReferencesBytesAndId) {
    const auto vectors = supply_vectors("manifest-dsse.json");
    std::vector<Artifact> artifacts;
    for (const auto& one : vectors["artifacts"]) {
        artifacts.push_back(artifact(one[0], one[1].get<std::string>()));
    }
    const Manifest manifest = ok(Manifest::make(artifacts));
    EXPECT_EQ(to_hex(manifest.canonical_bytes()), vectors["canonical"].get<std::string>());
    EXPECT_EQ(to_hex(manifest.id()), vectors["manifest_id"].get<std::string>());
    EXPECT_EQ(to_hex(manifest_message(manifest, AuthorId{1})),
              vectors["signature_message"].get<std::string>());
    crypto::SigningKey key = supply_key("s1");
    EXPECT_EQ(to_hex(ok(key.sign(manifest_message(manifest, AuthorId{1})))),
              vectors["signature"].get<std::string>());
    const Envelope envelope =
        ok(sign_envelope(manifest_type, as_bytes(manifest.payload(false)), AuthorId{1}, key));
    EXPECT_EQ(to_json(envelope, EnvelopeForm::reference),
              vectors["manifest_envelope"].get<std::string>());
    EXPECT_EQ(to_hex(two_artifacts().id()),
              "590ad1221c7b8ecb9c201800abf40814db17b0ac56ad2f444ab247649967eada");
}

TEST(Manifest, ReadsItsOwnBytes) {
    const Manifest manifest = two_artifacts();
    const Manifest read = ok(Manifest::from_canonical_bytes(manifest.canonical_bytes()));
    EXPECT_EQ(read.canonical_bytes(), manifest.canonical_bytes());
    EXPECT_EQ(read.id(), manifest.id());
    EXPECT_EQ(read.artifacts()[1].name, "vocab.txt");
    EXPECT_EQ(read.artifacts()[1].sha256, std::nullopt);
    const Manifest empty = ok(Manifest::make({}));
    EXPECT_EQ(to_hex(empty.id()),
              "41d3b352e584c958e32f40e58fdf99256a59165467c3a62b1ef292b166cf29fb");
    EXPECT_EQ(ok(Manifest::from_canonical_bytes(empty.canonical_bytes())), empty);
}

TEST(Manifest, EveryChangeOfItsBytesIsAnotherManifestOrNone) {
    const Manifest manifest = two_artifacts();
    const Bytes bytes = manifest.canonical_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        Bytes changed = bytes;
        changed[i] ^= 0x41;
        const auto read = Manifest::from_canonical_bytes(changed);
        EXPECT_TRUE(!read || read->id() != manifest.id()) << i;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(Manifest::from_canonical_bytes(ByteView(bytes).first(size))) << size;
    }
}

TEST(Manifest, BytesThatAreNoneAreRefused) {
    const Bytes bytes = two_artifacts().canonical_bytes();
    const auto detail = [&](std::size_t at, std::uint8_t value) {
        Bytes changed = bytes;
        changed[at] = value;
        return detail_of(Manifest::from_canonical_bytes(changed));
    };
    EXPECT_EQ(detail(0, 'B'), "manifest_truncated");
    EXPECT_EQ(detail(26, 0xff), "manifest_truncated");    // a count of 2^63 and more
    EXPECT_EQ(detail(27 + 12, 2), "manifest_bad_entry");  // the algorithm
    EXPECT_EQ(detail(27 + 14, 1), "manifest_bad_entry");
    EXPECT_EQ(detail(27 + 127, 1), "manifest_bad_entry");
    EXPECT_EQ(detail(27, 1), "manifest_bad_name_table");
    EXPECT_EQ(detail(27 + 8, 13), "manifest_bad_name_table");
    EXPECT_EQ(detail(27 + 11, 0xff), "manifest_bad_name_table");
    EXPECT_EQ(detail(bytes.size() - 1, 'x'), "manifest_bad_name_table");
    EXPECT_EQ(detail(27 + 256, '/'), "manifest_bad_name");
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_EQ(detail_of(Manifest::from_canonical_bytes(longer)), "manifest_bad_name_table");
}

TEST(Manifest, NamesStayBelowTheirFolder) {
    for (const std::string name : {"a", "a/b.txt", ".hidden", "..a", "a..", "\u00fc/\u732b"}) {
        EXPECT_TRUE(check_artifact_name(name)) << name;
    }
    for (const std::string& name :
         {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"),
          std::string(".."), std::string("../a"), std::string("a/../b"), std::string("a/."),
          std::string("a\\b"), std::string("a\0b", 3), std::string("\xff")}) {
        EXPECT_EQ(detail_of(check_artifact_name(name)), "manifest_bad_name") << name;
        EXPECT_EQ(detail_of(Manifest::make({artifact(name, "")})), "manifest_bad_name") << name;
    }
    EXPECT_EQ(
        detail_of(Manifest::make({artifact("a", "1"), artifact("b", ""), artifact("a", "2")})),
        "manifest_duplicate_name");
}

TEST(Manifest, FindsByName) {
    const Manifest manifest = two_artifacts();
    ASSERT_NE(manifest.find("vocab.txt"), nullptr);
    EXPECT_EQ(manifest.find("vocab.txt")->size, 11U);
    EXPECT_EQ(manifest.find("vocab"), nullptr);
    EXPECT_EQ(manifest.find(""), nullptr);
}

TEST(ManifestPayload, IsReadBack) {
    const Manifest manifest = two_artifacts();
    EXPECT_EQ(ok(Manifest::from_payload(manifest.payload())), manifest);
    EXPECT_EQ(
        manifest.payload(false),
        R"({"_type":"https://aion-context.dev/manifest/v1","entries":[{"hash":"5a6d225524b4d55731d27ee94533d2a73627719abdcc51a9dd84250391193661","hash_algorithm":"BLAKE3-256","name":"orchid-2b.gguf","size":18},{"hash":"9885af894b1ee70d8c2cda08e9c68b813aec801465b87a0c16d355d7413b32b7","hash_algorithm":"BLAKE3-256","name":"vocab.txt","size":11}],"manifest_id":"590ad1221c7b8ecb9c201800abf40814db17b0ac56ad2f444ab247649967eada"})");
}

TEST(ManifestPayload, WhatDoesNotFitIsRefused) {
    const std::string payload = two_artifacts().payload();
    const auto detail = [&](std::string_view from, std::string_view to) {
        std::string changed = payload;
        const std::size_t at = changed.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return detail_of(Manifest::from_payload(changed.replace(at, from.size(), to)));
    };
    EXPECT_EQ(detail("vocab.txt", "vocab.txu"), "manifest_other_id");
    EXPECT_EQ(detail("\"size\":18", "\"size\":19"), "manifest_other_id");
    EXPECT_EQ(detail("BLAKE3-256", "BLAKE3"), "manifest_unknown_algorithm");
    EXPECT_EQ(detail("manifest/v1", "manifest/v2"), "manifest_unknown_type");
    EXPECT_EQ(detail("\"hash\":\"5a", "\"hash\":\"5A"), "manifest_bad_digest");
    EXPECT_EQ(detail("\"hash\":\"5a", "\"hash\":\"5"), "manifest_bad_digest");
    EXPECT_EQ(detail("vocab.txt", "../vocab.txt"), "manifest_bad_name");
    EXPECT_EQ(detail("\"size\":18", "\"size\":18,\"mode\":493"), "json_unknown_key");
}

// The digest that the world uses is signed, but is no part of the id.
TEST(ManifestPayload, Sha256IsBesideBlake3) {
    const Manifest manifest = two_artifacts();
    EXPECT_NE(manifest.payload(), manifest.payload(false));
    EXPECT_EQ(ok(Manifest::from_payload(manifest.payload(false))).id(), manifest.id());
}

}  // namespace
}  // namespace aion::supply
