// SPDX-License-Identifier: MIT OR Apache-2.0
// AIBOMs, and what is wrong with them (aibom_check).
#include "aion/supply/aibom.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/supply/envelope.hpp"
#include "supply/aiboms.hpp"

namespace aion::supply {
namespace {

using nlohmann::json;
using test::aibom_vector;
using test::full_aibom;
using test::ok;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

TEST(AiBom, TheReferencesBytes) {
    for (const char* const name : {"minimal", "full"}) {
        const std::string text = aibom_vector(name);
        EXPECT_EQ(to_json(ok(aibom_from_json(text))), text) << name;
    }
    EXPECT_EQ(ok(to_canonical_json(full_aibom())), aibom_vector("canonical"));
    const std::string heron = test::supply_vectors("release-parts.json")["aibom_payload"];
    EXPECT_EQ(to_json(ok(aibom_from_json(heron))), heron);
}

TEST(AiBom, IsMadeMemberByMember) {
    AiBom aibom;
    aibom.model = full_aibom().model;
    aibom.created_at_version = 12;
    EXPECT_EQ(to_json(aibom), aibom_vector("minimal"));
    ok(set_hyperparameter(aibom, "seed", "4242"));
    ok(set_hyperparameter(aibom, "optimizer", R"({ "name": "lion", "betas": [0.9, 9.9e-1] })"));
    ok(set_hyperparameter(aibom, "learning_rate", "2e-06"));
    ok(set_hyperparameter(aibom, "Temperature", "2"));
    ok(set_hyperparameter(aibom, "Temperature", "1.0"));
    EXPECT_EQ(aibom.hyperparameters, full_aibom().hyperparameters);
    EXPECT_EQ(detail_of(set_hyperparameter(aibom, "lr", "0,1")), "json_syntax");
}

TEST(AiBom, TheReferencesEnvelope) {
    crypto::SigningKey key = ok(crypto::SigningKey::from_seed(
        ok(from_hex("101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"))));
    const Envelope made =
        ok(sign_envelope(aibom_type, as_bytes(to_json(full_aibom())), AuthorId{70017}, key));
    EXPECT_EQ(to_json(made, EnvelopeForm::reference), aibom_vector("envelope"));
}

TEST(AiBom, AnyIsReadAsItWasWritten) {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        const AiBom aibom = test::RandomAiBom(seed).draw();
        std::vector<std::string> unknown;
        EXPECT_EQ(ok(aibom_from_json(to_json(aibom), &unknown)), aibom) << seed;
        EXPECT_TRUE(unknown.empty());
    }
}

json full_json() {
    return json::parse(aibom_vector("full"));
}

std::string detail_of(const json& document) {
    return detail_of(aibom_from_json(document.dump()));
}

TEST(AiBom, MembersThatMayBeAbsentAndThoseThatMustNot) {
    const std::set<std::string> nullable = {"/frameworks/0/cpe",
                                            "/datasets/0/hash_algorithm",
                                            "/datasets/0/size",
                                            "/datasets/0/uri",
                                            "/datasets/0/license_spdx_id",
                                            "/licenses/0/text_uri",
                                            "/export_controls/0/notes",
                                            "/safety_attestations/0/report_hash_algorithm",
                                            "/safety_attestations/0/report_uri"};
    const std::set<std::string> null_but_there = {"/datasets/0/hash",
                                                  "/safety_attestations/0/report_hash"};
    const json flat = full_json().flatten();
    std::set<std::string> members;
    for (const auto& [pointer, value] : flat.items()) {
        if (pointer.find("hyperparameters") == std::string::npos &&
            pointer.find("/1/") == std::string::npos) {
            members.insert(pointer);
            members.insert(pointer.substr(0, pointer.find('/', 1)));
        }
    }
    ASSERT_GE(members.size(), 36U);
    for (const std::string& member : members) {
        const json::json_pointer pointer(member);
        json without = full_json();
        without.at(pointer.parent_pointer()).erase(pointer.back());
        json null = full_json();
        null.at(pointer) = nullptr;
        const bool may_be_null = nullable.contains(member) || null_but_there.contains(member);
        EXPECT_EQ(detail_of(without), nullable.contains(member) ? "no error" : "json_missing_key")
            << member;
        EXPECT_EQ(detail_of(null), may_be_null ? "no error" : "json_wrong_type") << member;
    }
}

TEST(AiBom, RefusesWhatTheReferenceRefuses) {
    json bad = full_json();
    bad["model"]["hash"] = "5a";
    EXPECT_EQ(detail_of(bad), "aibom_bad_digest");
    bad = full_json();
    bad["datasets"][0]["hash"] = std::string(64, 'g');
    EXPECT_EQ(detail_of(bad), "aibom_bad_digest");
    bad = full_json();
    bad["licenses"][0]["scope"] = "weights";
    EXPECT_EQ(detail_of(bad), "aibom_unknown_scope");
    for (const char* const number : {"12.0", "1e3", "-1", "18446744073709551616"}) {
        std::string text = aibom_vector("minimal");
        text.replace(text.find("12}"), 2, number);
        EXPECT_EQ(detail_of(aibom_from_json(text)), "json_wrong_type") << number;
    }
    EXPECT_EQ(detail_of(json::array()), "json_wrong_type");
    EXPECT_EQ(detail_of(aibom_from_json(R"({"a":1,"a":2})")), "json_duplicate_key");
    EXPECT_EQ(detail_of(aibom_from_json(std::string(max_aibom_size + 1, ' '))), "json_too_large");
    EXPECT_EQ(detail_of(aibom_from_json(std::string(max_aibom_depth + 1, '['))), "json_too_deep");
}

TEST(AiBom, DigestsInCapitalsAndMembersInAnyOrder) {
    json document = full_json();
    document["model"]["hash"] = "5A6D225524B4D55731D27EE94533D2A73627719ABDCC51A9DD84250391193661";
    EXPECT_EQ(ok(aibom_from_json(document.dump())), full_aibom());  // Sorted by nlohmann.
}

TEST(AiBom, PointsAtMembersThatNobodyKnows) {
    json document = full_json();
    document["a/b~"] = 1;
    document["model"]["licence"] = "MIT";
    document["datasets"][1]["rows"] = 7;
    document["hyperparameters"]["anything"] = 8;
    std::vector<std::string> unknown;
    ok(aibom_from_json(document.dump(), &unknown));
    EXPECT_EQ(unknown, (std::vector<std::string>{"/a~1b~0", "/model/licence", "/datasets/1/rows"}));
}

// --- Findings ------------------------------------------------------------------------------------

std::vector<std::string> findings(const AiBom& aibom, const Manifest* manifest = nullptr) {
    std::vector<std::string> lines;
    for (const AiBomFinding& finding : check_aibom(aibom, manifest)) {
        lines.push_back(std::string(finding.is_error ? "error " : "remark ") +
                        std::string(name_of(finding.rule)) + " " + finding.pointer);
        EXPECT_FALSE(finding.text.empty());
    }
    return lines;
}

TEST(CheckAiBom, NothingIsWrongWithTheReferences) {
    EXPECT_EQ(findings(full_aibom()), std::vector<std::string>{});
    const std::string heron = test::supply_vectors("release-parts.json")["aibom_payload"];
    EXPECT_EQ(findings(ok(aibom_from_json(heron))),
              std::vector<std::string>{"error bad_cpe /frameworks/0/cpe"});
}

TEST(CheckAiBom, FindsEachThing) {
    AiBom aibom = full_aibom();
    aibom.schema_version = "aion.aibom.v2";
    aibom.model.name = "";
    aibom.model.version = "";
    aibom.model.hash_algorithm = "MD5";
    aibom.model.size = 0;
    aibom.frameworks[1] = aibom.frameworks[0];
    aibom.datasets[0].hash_algorithm.reset();
    aibom.datasets[0].uri = "meadow corpus";
    aibom.datasets[1].name = aibom.datasets[0].name;
    aibom.datasets[1].hash_algorithm = "BLAKE3-256";
    aibom.licenses[0].spdx_id = "Apache 2.0";
    aibom.licenses[1].spdx_id = "cc-by-4.0";
    aibom.safety_attestations[0].report_uri = "rt-7.pdf";
    aibom.export_controls[0].regime = "";
    aibom.created_at_version = 0;
    EXPECT_EQ(findings(aibom), (std::vector<std::string>{
                                   "error unknown_schema_version /schema_version",
                                   "error empty_name /model/name",
                                   "remark empty_text /model/version",
                                   "error unknown_hash_algorithm /model/hash_algorithm",
                                   "remark empty_model /model/size",
                                   "error lone_hash /datasets/0/hash_algorithm",
                                   "error bad_uri /datasets/0/uri",
                                   "remark lone_hash /datasets/1/hash_algorithm",
                                   "error bad_license /licenses/0/spdx_id",
                                   "remark unknown_license /licenses/1/spdx_id",
                                   "error bad_uri /safety_attestations/0/report_uri",
                                   "error empty_name /export_controls/0/regime",
                                   "remark duplicate /frameworks/1",
                                   "error duplicate /datasets/1",
                                   "remark empty_model /created_at_version",
                               }));
}

TEST(CheckAiBom, TheModelIsAnArtefactOfItsManifest) {
    AiBom aibom = full_aibom();
    const Artifact weights{.name = "orchid-2b.gguf",
                           .size = 18,
                           .blake3 = aibom.model.hash,
                           .sha256 = crypto::sha256(as_bytes("orchid weights v1\n"))};
    const Manifest manifest = ok(Manifest::make({weights}));
    EXPECT_EQ(findings(aibom, &manifest), std::vector<std::string>{});
    aibom.model.size = 17;
    EXPECT_EQ(findings(aibom, &manifest), std::vector<std::string>{"error other_size /model/size"});
    aibom.model.size = 18;
    aibom.model.hash.bytes[0] ^= 1U;
    EXPECT_EQ(findings(aibom, &manifest),
              std::vector<std::string>{"error not_in_manifest /model/hash"});
    aibom.model.hash_algorithm = "sha256";
    std::ranges::copy(weights.sha256->bytes, aibom.model.hash.bytes.begin());
    EXPECT_EQ(findings(aibom, &manifest), std::vector<std::string>{});
    // The digest of one algorithm is none of another.
    aibom.model.hash = weights.blake3;
    EXPECT_EQ(findings(aibom, &manifest),
              std::vector<std::string>{"error not_in_manifest /model/hash"});
}

}  // namespace
}  // namespace aion::supply
