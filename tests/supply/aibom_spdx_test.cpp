// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/aibom_spdx.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "supply/aiboms.hpp"

namespace aion::supply {
namespace {

using nlohmann::json;
using test::full_aibom;
using test::ok;

using Lines = std::vector<std::string>;

const SpdxOptions options{.supplier = "Orchid Labs", .time = Timestamp{1'000'000'000}};

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

json written(const AiBom& aibom) {
    return json::parse(ok(to_spdx(aibom, options)));
}

json& element(json& document, const std::string& type, std::size_t number = 0) {
    for (json& one : document["@graph"]) {
        if (one["type"] == type && number-- == 0) {
            return one;
        }
    }
    throw std::runtime_error("no " + type);
}

TEST(Spdx, AnyAiBomIsReadAsItWasWritten) {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        const AiBom aibom = test::RandomAiBom(seed).draw();
        const std::string text = ok(to_spdx(aibom, options));
        const ConvertedAiBom back = ok(aibom_from_spdx(text));
        EXPECT_EQ(to_json(back.aibom), to_json(aibom)) << seed;
        EXPECT_EQ(back.aibom, aibom);
        EXPECT_EQ(back.assumed, Lines{}) << seed;
        // An AIBOM has no room for what SPDX was given besides.
        for (const std::string& lost : back.lost) {
            EXPECT_TRUE(lost.ends_with(".suppliedBy") || lost.ends_with(".releaseTime")) << lost;
        }
        EXPECT_EQ(back.lost.size(), 2U) << seed;
    }
}

TEST(Spdx, HasWhatItsTextDemands) {
    json document = written(full_aibom());
    const json& model = element(document, "ai_AIPackage");
    for (const char* const member : {"suppliedBy", "releaseTime", "software_downloadLocation",
                                     "software_packageVersion", "software_primaryPurpose"}) {
        EXPECT_TRUE(model.contains(member)) << member;
    }
    EXPECT_EQ(model["verifiedUsing"][0]["algorithm"], "blake3");
    EXPECT_EQ(model["releaseTime"], "1970-01-01T00:00:01Z");
    const json& dataset = element(document, "dataset_DatasetPackage");
    for (const char* const member :
         {"builtTime", "originatedBy", "releaseTime", "software_downloadLocation",
          "software_primaryPurpose", "dataset_datasetType"}) {
        EXPECT_TRUE(dataset.contains(member)) << member;
    }
    std::multiset<std::string> relations;
    std::set<std::string> ids;
    for (const json& one : document["@graph"]) {
        if (one["type"] == "Relationship") {
            relations.insert(one["relationshipType"]);
        }
        ids.insert(one.value("spdxId", one.value("@id", "")));
    }
    EXPECT_EQ(ids.size(), document["@graph"].size());
    EXPECT_EQ(relations.count("hasDeclaredLicense"), 5U);  // Model, frameworks, datasets.
    EXPECT_EQ(relations.count("hasConcludedLicense"), 5U);
    EXPECT_EQ(relations.count("trainedOn"), 1U);
    EXPECT_EQ(
        element(document, "simplelicensing_LicenseExpression")["simplelicensing_licenseExpression"],
        "Apache-2.0 AND CC-BY-4.0");
}

TEST(Spdx, SomebodySuppliesAModel) {
    const auto made = to_spdx(full_aibom(), {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), ErrorCode::invalid_argument);
}

TEST(Spdx, ADownloadIsWhereAModelIsHadFrom) {
    AiBom aibom = full_aibom();
    aibom.references.push_back({"download", "https://orchid.example/get"});
    json document = written(aibom);
    EXPECT_EQ(element(document, "ai_AIPackage")["software_downloadLocation"],
              "https://orchid.example/get");
    document = written(full_aibom());
    element(document, "ai_AIPackage")["software_downloadLocation"] = "https://orchid.example/get";
    EXPECT_EQ(ok(aibom_from_spdx(document.dump())).aibom, aibom);
}

TEST(Spdx, WhatOthersChangeIsWhatIsRead) {
    json document = written(full_aibom());
    element(document, "simplelicensing_LicenseExpression")["simplelicensing_licenseExpression"] =
        "MIT";
    element(document, "ai_AIPackage")["ai_hyperparameter"] =
        json::parse(R"([{"type":"DictionaryEntry","key":"optimizer","value":"adam"}])");
    const ConvertedAiBom back = ok(aibom_from_spdx(document.dump()));
    EXPECT_EQ(back.aibom.licenses,
              (std::vector<License>{{.spdx_id = "MIT", .scope = LicenseScope::weights}}));
    EXPECT_EQ(back.assumed, Lines{"/licenses/0/scope: Weights"});
    EXPECT_EQ(back.aibom.hyperparameters[0].second, R"("adam")");
}

TEST(Spdx, OfOthersItNamesWhatIsLost) {
    const ConvertedAiBom back = ok(aibom_from_spdx(R"({
      "@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
      {"type":"ai_AIPackage","spdxId":"https://x.example/m","creationInfo":"_:c","name":"m",
       "ai_autonomyType":"no","verifiedUsing":[
        {"type":"Hash","algorithm":"sha512","hashValue":"00"},
        {"type":"Hash","algorithm":"sha256","hashValue":"1111111111111111111111111111111111111111111111111111111111111111"}],
       "externalRef":[{"type":"ExternalRef","externalRefType":"vcs","locator":["https://a.example/","https://b.example/"]}]},
      {"type":"dataset_DatasetPackage","spdxId":"https://x.example/d","creationInfo":"_:c","name":"d",
       "dataset_datasetType":["text"],"dataset_datasetSize":7,"releaseTime":"2026-01-01T00:00:00Z"},
      {"type":"software_File","spdxId":"https://x.example/f","creationInfo":"_:c"},
      {"type":"Relationship","spdxId":"https://x.example/r","creationInfo":"_:c","from":"https://x.example/m",
       "relationshipType":"testedOn","to":["https://x.example/d"]}]})"));
    EXPECT_EQ(back.lost, (Lines{"@graph[0].ai_autonomyType", "@graph[0].verifiedUsing[0].algorithm",
                                "@graph[1].releaseTime", "@graph[1].dataset_datasetType",
                                "@graph[2]", "@graph[3]"}));
    EXPECT_EQ(back.aibom.model.hash_algorithm, "SHA-256");
    EXPECT_EQ(back.aibom.references.size(), 2U);
    EXPECT_EQ(back.aibom.references[1], (ExternalReference{"vcs", "https://b.example/"}));
    EXPECT_EQ(back.aibom.datasets[0].size, 7U);
}

TEST(Spdx, OneModelWithADigest) {
    json document = written(full_aibom());
    document["@graph"].push_back(element(document, "ai_AIPackage"));
    EXPECT_EQ(detail_of(aibom_from_spdx(document.dump())), "aibom_no_model");
    document = written(full_aibom());
    element(document, "ai_AIPackage").erase("verifiedUsing");
    EXPECT_EQ(detail_of(aibom_from_spdx(document.dump())), "aibom_no_digest");
    document = written(full_aibom());
    document["@context"] = "https://spdx.org/rdf/4";
    EXPECT_EQ(detail_of(aibom_from_spdx(document.dump())), "aibom_other_format");
    EXPECT_FALSE(is_spdx(document.dump()));
    EXPECT_TRUE(is_spdx(written(full_aibom()).dump()));
    EXPECT_FALSE(is_spdx("1"));
}

}  // namespace
}  // namespace aion::supply
