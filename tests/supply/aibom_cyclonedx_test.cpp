// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/aibom_cyclonedx.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "supply/aiboms.hpp"

namespace aion::supply {
namespace {

using nlohmann::json;
using test::full_aibom;
using test::ok;

using Lines = std::vector<std::string>;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

json written(const AiBom& aibom, const CycloneDxOptions& options = {}) {
    return json::parse(to_cyclonedx(aibom, options));
}

ConvertedAiBom read(const json& document) {
    return ok(aibom_from_cyclonedx(document.dump()));
}

TEST(CycloneDx, AnyAiBomIsReadAsItWasWritten) {
    for (const CycloneDxVersion version : {CycloneDxVersion::v1_6, CycloneDxVersion::v1_7}) {
        for (std::uint32_t seed = 0; seed < 300; ++seed) {
            const AiBom aibom = test::RandomAiBom(seed).draw();
            const std::string text = to_cyclonedx(aibom, {.version = version});
            const ConvertedAiBom back = ok(aibom_from_cyclonedx(text));
            EXPECT_EQ(to_json(back.aibom), to_json(aibom)) << seed;
            EXPECT_EQ(back.aibom, aibom);
            EXPECT_EQ(back.lost, Lines{}) << seed;
            EXPECT_EQ(back.assumed, Lines{}) << seed;
        }
    }
}

TEST(CycloneDx, SaysInItsOwnMembersWhatItCan) {
    const json document = written(full_aibom());
    EXPECT_EQ(document["specVersion"], "1.7");
    const json& model = document["metadata"]["component"];
    EXPECT_EQ(model["type"], "machine-learning-model");
    EXPECT_EQ(model["hashes"][0]["alg"], "BLAKE3");
    EXPECT_EQ(model["licenses"][0]["license"]["id"], "Apache-2.0");
    EXPECT_EQ(model["licenses"][1]["license"]["url"],
              "https://creativecommons.org/licenses/by/4.0/legalcode");
    EXPECT_EQ(model["externalReferences"][0]["type"], "model-card");
    EXPECT_EQ(model["externalReferences"][1]["type"], "attestation");
    const json& components = document["components"];
    EXPECT_EQ(components[0]["cpe"], "cpe:2.3:a:google:jax:0.4.38:*:*:*:*:*:*:*");
    EXPECT_EQ(components[2]["data"][0]["contents"]["url"], "s3://orchid-data/meadow/");
    EXPECT_EQ(document["dependencies"][0]["dependsOn"].size(), 4U);
    EXPECT_FALSE(document["metadata"].contains("timestamp"));
    EXPECT_EQ(written(full_aibom(), {.version = CycloneDxVersion::v1_6})["specVersion"], "1.6");
}

TEST(CycloneDx, TheSameAiBomHasTheSameBytes) {
    AiBom aibom = full_aibom();
    EXPECT_EQ(to_cyclonedx(aibom), to_cyclonedx(aibom));
    const std::string serial = written(aibom)["serialNumber"];
    EXPECT_EQ(serial.size(), 45U);
    EXPECT_EQ(serial[9 + 14], '8');  // Version 8, of our own making.
    ++aibom.created_at_version;
    EXPECT_NE(written(aibom)["serialNumber"], serial);
}

TEST(CycloneDx, ATimestampOnlyWhereOneIsGiven) {
    const json document = written(full_aibom(), {.timestamp = Timestamp{1'000'000'000}});
    EXPECT_EQ(document["metadata"]["timestamp"], "1970-01-01T00:00:01Z");
    const ConvertedAiBom back = read(document);
    EXPECT_EQ(back.aibom, full_aibom());
    EXPECT_EQ(back.lost, Lines{"metadata.timestamp"});
}

TEST(CycloneDx, OneExpressionIsAnExpression) {
    AiBom aibom = full_aibom();
    aibom.licenses = {{"MIT OR Apache-2.0", LicenseScope::weights, "https://x.example/"}};
    const json document = written(aibom);
    EXPECT_EQ(document["metadata"]["component"]["licenses"],
              json::parse(R"([{"expression":"MIT OR Apache-2.0"}])"));
    EXPECT_EQ(read(document).aibom, aibom);
}

TEST(CycloneDx, WhatOthersChangeIsWhatIsRead) {
    json document = written(full_aibom());
    json& model = document["metadata"]["component"];
    model["name"] = "rose";
    model["hashes"][0] = {{"alg", "SHA-256"}, {"content", std::string(64, 'A')}};
    model["licenses"] = json::parse(R"([{"license":{"id":"MIT"}}])");
    const AiBom aibom = read(document).aibom;
    EXPECT_EQ(aibom.model.name, "rose");
    EXPECT_EQ(aibom.model.hash_algorithm, "SHA-256");
    EXPECT_EQ(aibom.model.hash.bytes[0], 0xAA);
    EXPECT_EQ(aibom.licenses[0].spdx_id, "MIT");
}

TEST(CycloneDx, NamesWhatIsLostAndWhatIsAssumed) {
    const ConvertedAiBom back = ok(aibom_from_cyclonedx(R"({
        "bomFormat":"CycloneDX","specVersion":"1.6","version":3,"metadata":{
          "tools":[],"component":{"type":"machine-learning-model","bom-ref":"m","name":"n",
            "purl":"pkg:x/y","hashes":[
              {"alg":"MD5","content":"00000000000000000000000000000000"},
              {"alg":"SHA-256","content":"1111111111111111111111111111111111111111111111111111111111111111"},
              {"alg":"BLAKE3","content":"2222222222222222222222222222222222222222222222222222222222222222"}],
            "licenses":[{"license":{"id":"MIT","acknowledgement":"declared"}}],
            "externalReferences":[{"type":"vcs","url":"https://x.example/","comment":"c"}],
            "modelCard":{"modelParameters":{"task":"text-generation","approach":{"type":"supervised"},
              "datasets":[{"ref":"d"},{"type":"dataset","name":"inline","contents":{"url":"s3://i/"}}]},
              "considerations":{},"properties":[{"name":"foreign","value":"1"}]},
            "properties":[{"name":"other","value":"2"}]}},
        "components":[{"type":"library","bom-ref":"l","name":"torch","version":"2"},
          {"type":"data","bom-ref":"d","name":"c","licenses":[{"license":{"name":"own"}},{"license":{"id":"MIT"}}]},
          {"type":"file","name":"f"}],
        "dependencies":[{"ref":"m","dependsOn":["d"]},{"ref":"l","dependsOn":["d"]}],
        "compositions":[]})"));
    EXPECT_EQ(back.lost,
              (Lines{"compositions", "metadata.tools", "metadata.component.purl",
                     "metadata.component.hashes[0].alg", "metadata.component.hashes[1].alg",
                     "metadata.component.licenses[0].license.acknowledgement",
                     "metadata.component.externalReferences[0].comment",
                     "metadata.component.modelCard.considerations",
                     "metadata.component.modelCard.properties[0].name",
                     "metadata.component.modelCard.modelParameters.approach",
                     "metadata.component.properties[0].name", "components[1].licenses[1].license",
                     "components[2]", "dependencies[1]"}));
    EXPECT_EQ(back.assumed,
              (Lines{"/model/version: \"\"", "/created_at_version: 0", "/model/size: 0",
                     "/model/format: \"\"", "/licenses/0/scope: Weights"}));
    EXPECT_EQ(back.aibom.model.hash_algorithm, "BLAKE3-256");
    EXPECT_EQ(back.aibom.hyperparameters[0].second, R"({"pipeline_tag":"text-generation"})");
    ASSERT_EQ(back.aibom.datasets.size(), 2U);
    EXPECT_EQ(back.aibom.datasets[0].uri, "s3://i/");
    EXPECT_EQ(back.aibom.datasets[1].license_spdx_id, "own");
    EXPECT_EQ(back.aibom.frameworks[0].name, "torch");
}

TEST(CycloneDx, OneModelWithADigest) {
    json document = written(full_aibom());
    document["metadata"]["component"]["type"] = "application";
    EXPECT_EQ(detail_of(aibom_from_cyclonedx(document.dump())), "aibom_no_model");
    document = written(full_aibom());
    const json model = document["metadata"]["component"];
    document["metadata"].erase("component");
    document["components"].push_back(model);
    EXPECT_EQ(read(document).aibom, full_aibom());
    document["components"].push_back(model);
    EXPECT_EQ(detail_of(aibom_from_cyclonedx(document.dump())), "aibom_no_model");
    document = written(full_aibom());
    document["metadata"]["component"].erase("hashes");
    EXPECT_EQ(detail_of(aibom_from_cyclonedx(document.dump())), "aibom_no_digest");
    document = written(full_aibom());
    document["metadata"]["component"]["hashes"][0]["content"] = "00";
    EXPECT_EQ(detail_of(aibom_from_cyclonedx(document.dump())), "aibom_bad_digest");
    document = written(full_aibom());
    document["specVersion"] = "1.8";
    EXPECT_EQ(detail_of(aibom_from_cyclonedx(document.dump())), "aibom_other_format");
    document["metadata"] = 1;
    document["specVersion"] = "1.7";
    EXPECT_EQ(detail_of(aibom_from_cyclonedx(document.dump())), "json_wrong_type");
}

TEST(CycloneDx, IsToldFromOthers) {
    EXPECT_TRUE(is_cyclonedx(to_cyclonedx(full_aibom())));
    EXPECT_FALSE(is_cyclonedx(to_json(full_aibom())));
    EXPECT_FALSE(is_cyclonedx("[]"));
    EXPECT_FALSE(is_cyclonedx(R"({"bomFormat":"CycloneDX")"));
}

}  // namespace
}  // namespace aion::supply
